"""Metrics of an incident: its verdict, a person's decision, and whether its calls are withheld."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

import pytest

from agents.metrics.family import LINE
from agents.metrics.incidents import families, line_families, usual_families
from streams.calls.rules import LineRules
from streams.desks.line import Line
from streams.desks.service import Service
from streams.tickets.rules import ServiceRules
from streams.watch.incident import Decided, Incident
from tests.agents.scraping import samples_of
from tests.streams.indicators.telling import incident
from tests.streams.telling import event
from tests.streams.watch.telling import DAY, office_open, opening

FIRST: Final = date(1970, 1, 1) + timedelta(opening(0) // DAY)  # 8 to 16, every day
OPEN: Final = LineRules(site="lozere", line="circulation", open=office_open, expected=0.02)


def shown(*incidents: Incident) -> set[tuple[str, ...]]:
    """Return a line's non-zero series for these incidents: names, with verdict and kind, or reason."""
    line = Line(OPEN)
    line.watch.incidents.kept.extend(incidents)
    return {
        (
            sample.name.removeprefix("tocsin_"),
            *(sample.labels[name] for name in ("verdict", "kind", "reason") if name in sample.labels),
        )
        for sample in samples_of((*families([line], opening(1) * 1000), *line_families([line], opening(1) * 1000)))
        if sample.value
    }


def told(cause: str, kind: str, **more: Any) -> Incident:
    """Return an incident last suspected at midday."""
    found = incident(FIRST, FIRST, cause=cause, kind=kind, **more)
    found.end = (opening(0) + 4 * 3600) * 1000
    return found


def decided(decision: Any, until: int | None = None) -> Decided:
    return Decided("id", 1, 1, decision, "m.durand", "", None, None if until is None else until * 1000)


def confirmed(found: Incident, until: int | None = None) -> Incident:
    found.decide(decided("confirm", until))
    return found


@pytest.mark.parametrize(
    ("cause", "kind"), [("no talk in a lost call", "answered-as-lost"), ("rise", "drift"), ("silence", "missing")]
)
def test_a_miscount_of_the_calls_puts_them_in_quarantine(cause: str, kind: str) -> None:
    assert shown(told(cause, kind)) == {
        ("miscount_suspected", kind),
        ("quarantine", kind),
        ("incident_start_timestamp_seconds", "miscount", kind),
    }


@pytest.mark.parametrize(
    ("cause", "kind"),
    [
        ("counter reset", "reset"),
        ("counter stuck", "stuck"),
        ("counter mismatch", "mismatch"),
        ("counter missing", "missing"),
        ("closed hours", "closed-hours"),
    ],
)
def test_what_is_wrong_with_a_counter_or_at_night_says_nothing_against_the_calls_of_the_day(
    cause: str, kind: str
) -> None:
    assert shown(told(cause, kind)) == {
        ("miscount_suspected", kind),
        ("incident_start_timestamp_seconds", "miscount", kind),
    }


def test_calls_that_a_counter_has_and_the_events_have_not_are_missing_once_a_person_confirms_it() -> None:
    assert ("quarantine", "missing") in shown(confirmed(told("counter missing", "missing")))
    assert ("quarantine", "reset") not in shown(confirmed(told("counter reset", "reset")))


def test_what_was_undecided_is_a_miscount_once_a_person_confirms_it_and_again_undecided_if_reopened() -> None:
    found = told("rise", "drift", verdict="undecided")
    doubt = {("incident_start_timestamp_seconds", "undecided", "drift"), ("figure_withheld", "undecided")}
    assert shown(found) == doubt
    assert shown(confirmed(found)) == {
        ("miscount_suspected", "drift"),
        ("miscount_confirmed", "drift"),
        ("quarantine", "drift"),
        ("incident_start_timestamp_seconds", "miscount", "drift"),
    }
    found.decide(Decided("id", 2, 2, "reopen", "m.durand", "", None, None))
    assert shown(found) == doubt


def test_of_two_of_a_kind_both_must_be_taken() -> None:
    first, second = told("rise", "drift"), told("fall", "drift")
    first.decide(decided("take"))
    assert ("incident_taken", "drift") not in shown(first, second)
    second.decide(decided("take"))
    assert ("incident_taken", "drift") in shown(first, second)


def test_an_overload_stays_one_whoever_confirms_it() -> None:
    assert shown(confirmed(told("rise", "overload", verdict="overload"))) == {
        ("overload",),
        ("incident_start_timestamp_seconds", "overload", "overload"),
    }


def test_of_two_of_a_kind_both_must_be_confirmed() -> None:
    first, second = confirmed(told("rise", "drift")), told("fall", "drift")
    assert ("miscount_confirmed", "drift") not in shown(first, second)
    assert ("miscount_confirmed", "drift") in shown(first, confirmed(second))


def test_calls_after_the_end_that_a_person_set_are_in_no_quarantine() -> None:
    noon, before = opening(0) + 4 * 3600, opening(0) + 2 * 3600
    assert ("quarantine", "drift") in shown(confirmed(told("rise", "drift"), noon))
    assert ("quarantine", "drift") not in shown(confirmed(told("rise", "drift"), before))


def test_what_a_person_dismissed_is_shown_no_more() -> None:
    found = told("rise", "drift")
    found.decide(decided("dismiss"))
    assert shown(found) == set()


def test_what_the_watch_dropped_is_counted() -> None:
    line = Line(OPEN)
    line.state.watch.missed, line.state.watch.unapplied = 3, 2
    every = (*families([line], opening(1) * 1000), *line_families([line], opening(1) * 1000))
    counted = {sample.name: (sample.value, set(sample.labels)) for sample in samples_of(every) if sample.value > 1}
    assert counted == {
        "tocsin_calls_unwatched_total": (3, set(LINE)),
        "tocsin_reviews_unapplied_total": (2, set(LINE)),
    }


def test_a_miscount_of_a_counter_names_its_service_and_the_slots_of_its_opening_hours() -> None:
    service = Service(ServiceRules(site="lozere", service="cards", closing=lambda at: at))
    found = told("waits times 60", "unit")
    found.start, found.end, found.desk = opening(0) * 1000, (opening(0) + 3600) * 1000, "service"
    service.watch.incidents.kept.append(found)
    samples = [sample for sample in samples_of(families([service], 0)) if sample.value]
    of = {"site": "lozere", "service": "cards"}
    assert {(each.name, each.value) for each in samples if each.labels == of} == {("tocsin_quarantined_slots", 4)}
    assert [each.labels for each in samples if each.name == "tocsin_miscount_suspected"] == [{**of, "kind": "unit"}]


def test_the_calls_that_are_usual_in_an_open_hour_are_shown_once_days_were_learnt() -> None:
    line = Line(OPEN)

    def usual(at: float) -> float | None:
        found = samples_of(usual_families([line], round(at * 1000)))
        return next((each.value for each in found if each.name.endswith("offered_expected")), None)

    assert usual(opening(15)) is None
    for number, at in enumerate(at for day in range(15) for at in range(opening(day), opening(day) + 8 * 3600, 300)):
        line.fold(event("answered", at, str(number), wait=3))
    assert usual(opening(15) + 3600) == pytest.approx(12, rel=0.1), "one in five minutes"
    assert usual(opening(15) - 3600) is None, "closed"
