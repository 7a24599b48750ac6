"""Readings of a service that break a law become incidents, and sound ones do not."""

from __future__ import annotations

from datetime import date
from math import log
from random import Random

import pytest
from msgspec.structs import replace

from streams.cases.reported import CaseTotals, grown
from streams.checks.reading_waits import ReadingWaits
from streams.desks.service import Service
from streams.events import ServiceReading, milliseconds
from streams.indicators.cases import reported_means
from streams.kept.mark import DUPLICATE, LATE, OK
from streams.kept.times import DAY_MS, utc_day_end
from streams.tickets.rules import ServiceRules
from tests.streams.reading_back import read_back

DAY = 86_400
FIRST = 19_723 * DAY  # a Monday
BAD = range(20, 26)


def midnight(at: int) -> int:
    return (at // DAY_MS + 1) * DAY_MS


def service() -> Service:
    return Service(ServiceRules(site="mende", service="titres", closing=midnight))


def days(number: int = 40) -> list[ServiceReading]:
    """Return honest days: people are conserved, and the means vary by a third."""
    readings = []
    for day in range(number):
        chance = Random(day)
        issued, left = chance.randint(60, 110), chance.randint(0, 6)
        mean = 900 * chance.lognormvariate(0, 0.3)
        since = FIRST + day * DAY
        readings.append(
            ServiceReading(
                service="titres",
                mode="interval",
                since=since,
                at=since + DAY,
                issued=issued,
                served=issued - left,
                no_show=left,
                waiting=0,
                mean_wait=mean,
            )
        )
    return readings


def told(readings: list[ServiceReading]) -> Service:
    desk = service()
    for each in readings:
        desk.read(each)
    desk.advance(desk.state.high + 3 * DAY_MS)
    return desk


def incidents(desk: Service) -> list[tuple[str, str]]:
    return [(each.verdict, each.kind) for each in desk.state.watch.incidents]


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        (lambda day: replace(day, mean_wait=day.mean_wait / 60), "unit"),
        (lambda day: replace(day, mean_wait=day.mean_wait * 60), "unit"),
        (lambda day: replace(day, mean_wait=0.0), "zero"),
        (lambda day: replace(day, mean_wait=None), "missing"),
        (lambda day: replace(day, served=2 * day.served), "duplicate"),
        (lambda day: replace(day, served=day.issued + 30), "mismatch"),
        (lambda day: replace(day, issued=day.served, served=day.issued + day.no_show, no_show=8), "swapped"),
        (lambda day: replace(day, mean_wait=2_000.0, answered_within={"60": 0, "900": day.served}), "mismatch"),
    ],
)
def test_wrong_days_are_reported_after_the_first(change: object, kind: str) -> None:
    readings = [change(each) if at in BAD else each for at, each in enumerate(days())]  # type: ignore[operator]
    desk = told(readings)
    assert incidents(desk) == [("miscount", kind)]
    (incident,) = desk.state.watch.incidents
    assert incident.start == (FIRST + BAD[0] * DAY) * 1000
    assert incident.detected == incident.start + DAY_MS
    assert (incident.end, incident.over) == ((FIRST + (BAD[-1] + 1) * DAY) * 1000, True)


def test_honest_days_a_rush_and_a_strike_are_no_miscount() -> None:
    rush = [replace(each, mean_wait=3 * (each.mean_wait or 0)) if at in BAD else each for at, each in enumerate(days())]
    assert incidents(told(days())) == incidents(told(rush)) == []
    strike = [replace(each, served=20) if at in BAD[:2] else each for at, each in enumerate(days())]
    assert incidents(told(strike)) == [("undecided", "never-closed")]


def test_a_day_that_repeats_the_one_before_is_reported() -> None:
    readings = days()
    again = replace(readings[19], at=readings[20].at, since=readings[20].since)
    assert incidents(told([*readings[:20], again, *readings[21:]])) == [("miscount", "duplicate")]


def test_the_queue_gives_the_mean_wait_away() -> None:
    """Ten people wait all day; by Little's law the 90 of a day of eight hours have waited 53 min each."""
    desk = service()
    for hour in range(8):
        since, issued = FIRST + (9 + hour) * 3_600, 10 if hour else 20
        desk.read(
            ServiceReading(
                service="titres", mode="interval", since=since, at=since + 3_600, issued=issued, served=10,
                waiting=10, mean_wait=60.0,
            )
        )  # fmt: skip
    desk.advance(desk.state.high + 3 * DAY_MS)
    assert incidents(desk) == [("miscount", "unit")]


def polls(number: int = 40, *, busy: bool = True) -> list[ServiceReading]:
    """Return the waits that a display shows each hour, in whole minutes; at a quiet one half of them are 0."""
    readings = []
    for day in range(number):
        chance = Random(day)
        level = 40 * chance.lognormvariate(0, 0.4) if busy else chance.choice((0, 0, 5))
        for hour in range(9, 17):
            at = FIRST + day * DAY + hour * 3_600
            wait = 60.0 * round(level * chance.lognormvariate(0, 0.5))
            readings.append(ServiceReading(service="titres", mode="interval", since=at - 3_600, at=at, mean_wait=wait))
    return readings


@pytest.mark.parametrize(("factor", "kind"), [(1 / 60, "unit"), (60, "unit"), (0, "zero")])
def test_a_display_without_people_is_checked_by_its_usual_days(factor: float, kind: str) -> None:
    readings = polls()
    wrong = slice(8 * BAD.start, 8 * BAD.stop)
    readings[wrong] = [replace(each, mean_wait=factor * (each.mean_wait or 0)) for each in readings[wrong]]
    desk = told(readings)
    assert incidents(desk) == [("miscount", kind)]
    assert desk.state.watch.incidents[0].start == (FIRST + BAD.start * DAY + 8 * 3_600) * 1000


def test_a_display_that_repeats_a_day_is_reported_and_an_honest_or_quiet_one_is_not() -> None:
    assert incidents(told(polls())) == incidents(told(polls(busy=False))) == []
    readings = polls()
    readings[8:16] = [
        replace(each, mean_wait=before.mean_wait) for each, before in zip(readings[8:16], readings, strict=False)
    ]
    assert incidents(told(readings)) == [("miscount", "duplicate")]


def test_a_display_may_show_0_while_the_office_is_closed() -> None:
    def hours(day: int) -> list[tuple[int, int]]:
        return [(day * DAY_MS, day * DAY_MS + DAY_MS // 2)] if day % 7 else []

    desk = Service(ServiceRules(site="mende", service="titres", closing=midnight, opened=hours))
    for each in polls():
        opened = hours(desk.rules.day(milliseconds(each.at)))
        desk.read(each if opened else replace(each, mean_wait=0.0))
    desk.advance(desk.state.high + 3 * DAY_MS)
    assert incidents(desk) == []


def test_running_totals_give_the_same_as_intervals() -> None:
    desk = service()
    for hour, issued in enumerate((0, 10, 25)):
        at = FIRST + (9 + hour) * 3_600
        assert desk.read(ServiceReading(service="titres", mode="cumulative", at=at, issued=issued, served=issued)) == OK
    assert desk.state.reported is not None
    assert [each.totals.issued for each in desk.state.reported.periods] == [10, 15]


def test_a_reading_again_is_a_duplicate_and_an_older_one_is_late() -> None:
    first, second = days(2)
    desk = service()
    assert [desk.read(each) for each in (first, second, second, replace(second, since=FIRST + DAY + 60))] == [
        OK,
        OK,
        DUPLICATE,
        LATE,
    ]


def test_the_corrected_mean_leaves_wrong_days_out() -> None:
    wrong = [
        replace(each, mean_wait=(each.mean_wait or 0) / 60) if at in BAD else each for at, each in enumerate(days())
    ]
    desk, sound = told(wrong), told(days())
    assert desk.state.reported is not None
    assert sound.state.reported is not None
    means = reported_means(
        desk.state.reported, desk.state.watch.incidents, lambda at: date.fromordinal(desk.rules.day(at))
    )
    assert means.wait.method == "exclude"
    assert means.wait.low is not None
    assert means.wait.high is not None
    assert means.wait.low <= (sound.state.reported.mean_wait or 0) <= means.wait.high


def test_readings_survive_a_restart() -> None:
    desk = told(days(10))
    kept = read_back(desk.state)
    assert kept.reported == desk.state.reported


def interval(hour: int, **counts: object) -> ServiceReading:
    """Return the totals of an hour of the first day."""
    since = FIRST + hour * 3_600
    return ServiceReading(service="titres", mode="interval", since=since, at=since + 3_600, **counts)  # type: ignore[arg-type]


def running(hour: int, **counts: object) -> ServiceReading:
    """Return the running totals at an hour of the first day."""
    return ServiceReading(service="titres", mode="cumulative", at=FIRST + hour * 3_600, **counts)  # type: ignore[arg-type]


def test_the_sum_of_a_total_leaves_out_the_readings_without_it() -> None:
    desk = service()
    for each in (interval(9, issued=10), interval(10, issued=15, served=12), interval(11, served=3)):
        desk.read(each)
    assert desk.state.reported is not None
    assert [desk.state.reported.total(name) for name in ("issued", "served", "no_show")] == [25, 15, None]


def test_running_totals_again_are_duplicates_and_others_of_that_moment_or_earlier_are_late() -> None:
    desk = service()
    readings = running(9, issued=10), running(10, issued=20), running(10, issued=20), running(10, issued=21)
    assert [desk.read(each) for each in (*readings, running(9, issued=10))] == [OK, OK, DUPLICATE, LATE, LATE]


def test_running_totals_that_fell_began_anew() -> None:
    desk = service()
    for each in (running(9, issued=10), running(10, issued=30), running(11, issued=4)):
        desk.read(each)
    assert desk.state.reported is not None
    assert [each.totals.issued for each in desk.state.reported.periods] == [20, 4]


def test_an_interval_reported_again_with_other_figures_replaces_the_first() -> None:
    desk = service()
    assert [desk.read(interval(9, issued=issued)) for issued in (10, 12)] == [OK, OK]
    assert desk.state.reported is not None
    assert (desk.state.reported.total("issued"), desk.state.reported.revised) == (12, 1)


def test_the_waits_of_a_stretch_follow_from_two_running_means_and_distributions() -> None:
    before = CaseTotals(12, 10, 0, 2, ReadingWaits(10, 60.0, ((60.0, 4), (300.0, 10))))
    after = CaseTotals(32, 30, 0, 2, ReadingWaits(30, 100.0, ((60.0, 9), (300.0, 30))))
    grow = grown(before, after)
    assert grow == CaseTotals(20, 20, 0, 2, ReadingWaits(20, 120.0, ((60.0, 5), (300.0, 20))))
    unknown = replace(after, waits=ReadingWaits(30, None, ()))
    assert (grown(before, unknown), grown(before, before)) == (
        replace(grow, waits=ReadingWaits(20, None, ())),
        CaseTotals(0, 0, 0, 2, ReadingWaits(0, None, ((60.0, 0), (300.0, 0)))),
    )
    assert grown(after, before) is None


def test_the_oldest_periods_are_forgotten_and_counted() -> None:
    desk = service()
    for hour in range(4_002):
        desk.read(interval(hour, issued=1))
    assert desk.state.reported is not None
    assert (desk.state.reported.forgotten, desk.state.reported.total("issued")) == (2, 4_000)


def test_opening_days_without_a_reading_are_reported_but_not_closed_ones() -> None:
    def hours(day: int) -> list[tuple[int, int]]:
        start = utc_day_end(day - 1)
        return [(start + 9 * 3_600_000, start + 17 * 3_600_000)] if day % 7 else []  # closed on Sundays

    for missing, found in ((27, []), (28, [("undecided", "missing")])):
        desk = Service(ServiceRules(site="mende", service="titres", closing=midnight, opened=hours))
        for day, each in enumerate(days(missing + 2)):
            if day != missing and day % 7 != 6:
                desk.read(each)
        desk.advance(desk.state.high + 3 * DAY_MS)
        assert incidents(desk) == found
        begins = (FIRST + missing * DAY + 9 * 3_600) * 1000
        told = [(each.cause, each.start) for each in desk.state.watch.incidents]
        assert told == [("days reported", begins)] * len(found)


def test_a_day_that_was_judged_at_its_end_is_not_judged_again_by_the_next_one() -> None:
    first, second = days(2)
    desk = service()
    desk.read(replace(first, served=2 * (first.served or 0)))
    desk.advance(desk.state.high + 3 * DAY_MS)
    desk.read(replace(second, since=FIRST + 4 * DAY, at=FIRST + 5 * DAY))
    assert desk.state.reported is not None
    assert desk.state.reported.broken == {"people add up": 1}


def hourly(*, waiting: int, mean: float) -> list[tuple[str, str]]:
    """Return the incidents of a day on which ten people came each hour."""
    desk = service()
    for hour in range(9, 17):
        issued = 10 if hour > 9 else 10 + waiting
        desk.read(interval(hour, issued=issued, served=10, waiting=waiting, mean_wait=mean))
    desk.advance(desk.state.high + 3 * DAY_MS)
    return incidents(desk)


def test_no_wait_with_a_queue_is_wrong_and_no_wait_without_one_is_not() -> None:
    assert hourly(waiting=10, mean=0.0) == [("miscount", "zero")]
    assert hourly(waiting=10, mean=3_000.0) == []
    assert hourly(waiting=0, mean=0.0) == []


def test_the_usual_mean_is_not_learned_from_days_of_few_people_or_without_waits() -> None:
    desk = service()
    for day, (people, mean) in enumerate(((5, 900.0), (50, 0.0), (50, 900.0))):
        since = FIRST + day * DAY
        desk.read(replace(interval(0, issued=people, served=people, mean_wait=mean), since=since, at=since + DAY))
    desk.advance(desk.state.high + 3 * DAY_MS)
    assert desk.state.reported is not None
    assert desk.state.reported.means == [pytest.approx(log(900))]
