"""A lost rate that changes for days is reported for a line of totals, with the evidence of its calls."""

from __future__ import annotations

import random
from datetime import date

from streams.desks.line import Line
from streams.desks.line_corrected import corrected_of
from streams.events import Reading, Review
from streams.watch.facts import LostRateOfDays, NoOutcomeOfDays, Rush
from streams.watch.incident import Incident
from streams.watch.reported_rate import NO_OUTCOME, OF_DAYS
from tests.streams.desks.test_reported import FIRST, OFFICE, of_day, taken

DAY = 86_400


def told(days: range, calls: float = 200, rate: float = 0.04) -> list[Reading]:
    """Return readings of the working days of the test's office."""
    readings = []
    for day in days:
        chance = random.Random(f"{day} {calls} {rate}")
        if (FIRST // DAY + day + 3) % 7 < 5:
            offered = round(chance.gauss(calls, calls / 10))
            lost = sum(chance.random() < rate for _ in range(offered))
            readings.append(of_day(day, offered, offered - lost, lost))
    return readings


def incidents(line: Line) -> list[Incident]:
    return [each for each in line.state.watch.incidents if each.cause == OF_DAYS]


def test_a_rise_without_a_rush_is_undecided_from_its_first_day_to_its_end() -> None:
    line = taken(*told(range(70)), *told(range(70, 84), rate=0.2), *told(range(84, 110)))
    (incident,) = incidents(line)
    assert (incident.verdict, incident.kind, incident.over) == ("undecided", "drift", True)
    assert (incident.start, incident.end) == ((FIRST + 70 * DAY) * 1000, (FIRST + 82 * DAY) * 1000)
    assert incident.detected <= (FIRST + 75 * DAY) * 1000
    first, second = incident.evidence
    assert isinstance(first.facts, LostRateOfDays)
    assert (first.facts.since, first.observed) == (date(2013, 6, 10).toordinal(), 0.1989)
    assert isinstance(second.facts, Rush)


def test_a_rise_with_a_rush_is_an_overload() -> None:
    line = taken(*told(range(70)), *told(range(70, 84), calls=340, rate=0.22))
    (incident,) = incidents(line)
    assert (incident.verdict, incident.kind) == ("overload", "overload")


def test_phantoms_bring_no_rush() -> None:
    """Answered calls stay as they were, and made-up lost calls are added."""
    line = taken(*told(range(70)), *told(range(70, 84), calls=244, rate=0.21))
    (incident,) = incidents(line)
    assert (incident.verdict, incident.kind) == ("undecided", "phantom")


def test_answered_calls_taken_for_lost_are_no_phantoms() -> None:
    line = taken(*told(range(70)), *told(range(70, 84), calls=201, rate=0.21))
    (incident,) = incidents(line)
    assert (incident.verdict, incident.kind) == ("undecided", "drift")


def test_a_day_whose_weekday_was_never_learnt_is_compared_with_no_calls() -> None:
    line = taken(
        *[of_day(day, 200, 196, 4) for day in range(70) if (FIRST // DAY + day + 3) % 7 < 5],
        *[of_day(day, 300, 180, 120) for day in range(70, 90) if (FIRST // DAY + day + 3) % 7 == 5],
    )
    (incident,) = incidents(line)
    assert (incident.verdict, incident.kind) == ("undecided", "drift")
    assert [each.facts for each in incident.evidence if isinstance(each.facts, Rush)] == [Rush(None)]


def test_a_third_outcome_that_comes_is_reported_from_its_first_day_to_its_end() -> None:
    def other(day: int, share: float) -> Reading:
        others = round(200 * share)
        return of_day(day, 200, 192 - others, 8)

    line = taken(
        *(other(day, 0.005) for day in range(60)),
        *(other(day, 0.074) for day in range(60, 90)),
        *(other(day, 0.01) for day in range(90, 120)),
    )
    (incident,) = [each for each in line.state.watch.incidents if each.cause == NO_OUTCOME]
    assert (incident.verdict, incident.kind, incident.over) == ("undecided", "drift", True)
    assert incident.start == (FIRST + 60 * DAY) * 1000
    assert incident.end <= (FIRST + 92 * DAY) * 1000
    (evidence,) = incident.evidence
    assert isinstance(evidence.facts, NoOutcomeOfDays)
    assert evidence.observed == 0.075


def test_answers_that_are_missing_are_told_as_such() -> None:
    line = taken(*told(range(70)), *told(range(70, 84), calls=40, rate=0.2))
    (incident,) = incidents(line)
    assert (incident.verdict, incident.kind) == ("undecided", "missing")


def test_quarters_of_an_hour_are_judged_by_their_days() -> None:
    def quarters(days: range, lost: int) -> list[Reading]:
        return [
            Reading(
                line="circulation", mode="interval", since=at, at=at + 900, offered=10, answered=10 - lost, lost=lost
            )
            for day in days
            for at in range(FIRST + day * DAY + 9 * 3_600, FIRST + day * DAY + 17 * 3_600, 3_600)
            if (FIRST // DAY + day + 3) % 7 < 5
        ]

    line = taken(*quarters(range(30), 1), *quarters(range(30, 44), 7))
    (incident,) = incidents(line)
    assert incident.start == (FIRST + 30 * DAY + 9 * 3_600) * 1000


def test_a_change_that_somebody_dismisses_is_usual_from_then_on() -> None:
    line = taken(*told(range(70)), *told(range(70, 90), rate=0.2))
    (incident,) = incidents(line)
    at = FIRST + 90 * DAY
    line.review(Review(decision="dismiss", at=at, by="ann", incident=incident.id, line="circulation"))
    for each in told(range(90, 150), rate=0.2):
        line.read(each)
        line.check()
    assert [(each.status, each.over) for each in incidents(line)] == [("dismissed", True)]
    for each in told(range(150, 160), rate=0.6):
        line.read(each)
    assert len(incidents(line)) == 2


def test_a_live_figure_is_withheld_while_nobody_knows_whether_it_is_right() -> None:
    reasons = []
    for days in (told(range(7)), told(range(30)), [*told(range(70)), *told(range(70, 84), rate=0.2)]):
        guard = corrected_of(taken(*days)).guard
        reasons.append(None if guard is None else guard.reason)
    assert reasons == ["no baseline", None, "undecided"]


def test_days_that_a_sum_of_columns_made_wrong_are_judged_by_their_right_figure() -> None:
    sound = told(range(70))
    summed = [
        Reading(line=each.line, mode="interval", since=each.since, at=each.at, offered=each.offered,
                answered=each.answered, lost=each.offered)
        for each in told(range(70, 90))
    ]  # fmt: skip
    line = taken(*sound, *summed)
    assert [each.kind for each in line.state.watch.incidents] == ["duplicate"]
    assert OFFICE.expected is None
