"""The proposal matches the office: its hours, closed days, quiet lines and their usual rates."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import Any

import pytest

from agents.proposal.office import Proposal, propose
from tests.agents.proposal.offices import CLOSED, FIRST, HOLIDAYS, LAST, observed, proposed, record, telling


@lru_cache
def usual() -> Proposal:
    return proposed(telling())


@pytest.mark.slow
def test_the_hours_are_those_in_which_callers_are_answered() -> None:
    hours = usual().hours
    assert hours is not None
    assert hours.notation() == "Mo-Fr 08:30-12:00,13:30-17:00"
    assert usual().within > 0.995


def test_public_holidays_and_a_day_that_is_closed_besides_are_told_apart() -> None:
    found = usual().exceptional
    assert (set(found.kept), found.worked, found.closed) == (HOLIDAYS, (), (CLOSED,))
    assert (found.doubted, found.holes) == ((), ())
    assert (usual().country, usual().first, usual().last) == ("FR", FIRST, LAST)


@pytest.mark.slow
def test_a_public_holiday_that_the_office_works_is_open() -> None:
    monday = date(2024, 5, 20)
    assert proposed(telling(worked=monday)).exceptional.worked == (monday,)


@pytest.mark.slow
def test_an_office_that_keeps_none_of_a_country_s_holidays_has_no_country() -> None:
    def telling_always() -> Iterator[dict[str, Any]]:
        ordinary = [each for each in telling() if str(each["call"]).partition("-2024")[2].startswith("-04-02")]
        yield from telling()
        for day in sorted(HOLIDAYS):
            shift = 86_400 * (day - date(2024, 4, 2)).days
            yield from ({**each, "call": f"{day}-{each['call']}", "at": each["at"] + shift} for each in ordinary)

    found = proposed(telling_always())
    assert (found.country, found.exceptional.kept, found.exceptional.worked) == (None, (), ())


def test_lines_stand_by_their_calls_and_a_quiet_one_is_kept() -> None:
    assert [line.name for line in usual().lines] == ["accueil", "etat-civil", "cimetiere"]
    assert usual().lines[-1].calls == 2 * usual().lines[-1].days


def test_a_line_says_on_which_weekday_it_alone_is_closed() -> None:
    assert {line.name: line.closed for line in usual().lines} == {"accueil": (), "etat-civil": (2,), "cimetiere": ()}


def test_the_usual_rate_is_that_of_the_opening_hours() -> None:
    accueil, etat_civil, cimetiere = (line.usual for line in usual().lines)
    assert accueil is not None
    assert accueil.rate == pytest.approx(0.10, abs=0.02)
    assert etat_civil is not None
    assert etat_civil.rate == pytest.approx(0.15, abs=0.03)
    assert cimetiere is None


@pytest.mark.slow
def test_a_suspected_stretch_is_not_learnt_from() -> None:
    """For six weeks answered calls of one line are also counted as lost, and their talk time shows it."""

    def telling_wrongly() -> Iterator[dict[str, Any]]:
        for each in telling():
            day = str(each["call"]).removeprefix("accueil-")[:10]
            if each["line"] == "accueil" and each["type"] == "answered" and "2024-03-01" <= day < "2024-04-12":
                yield {**each, "type": "lost", "reason": "abandoned"}
                yield record("accueil", each["call"], "ended", each["at"] + 90, talk=90)
            else:
                yield each

    line = proposed(telling_wrongly()).lines[0]
    assert line.usual is not None
    assert line.usual.rate == pytest.approx(0.10, abs=0.02)
    assert line.suspected > 20


@pytest.mark.slow
def test_weeks_without_a_record_are_a_hole_and_no_closed_days() -> None:
    gone = {f"2024-03-{day:02}" for day in range(4, 23)}
    found = proposed(each for each in telling() if not any(day in str(each["call"]) for day in gone)).exceptional
    assert found.closed == (CLOSED,)
    assert found.holes == ((date(2024, 3, 4), date(2024, 3, 22)),)


@pytest.mark.slow
def test_a_day_of_calls_that_nobody_answered_is_doubted() -> None:
    told = (
        {**each, "type": "lost", "reason": "abandoned"}
        if each["type"] == "answered" and "2024-04-16" in str(each["call"])
        else each
        for each in telling()
    )
    found = proposed(told).exceptional
    assert (found.closed, found.doubted) == ((CLOSED,), (date(2024, 4, 16),))


@pytest.mark.slow
def test_outcomes_alone_make_a_line_final() -> None:
    found = proposed(each for each in telling() if each["type"] != "offered")
    assert all(line.final for line in found.lines)
    assert not any(line.final for line in usual().lines)
    assert found.hours == usual().hours


def test_readings_alone_make_a_line_one_of_totals() -> None:
    told = [
        {"line": "accueil", "mode": "interval", "since": at, "at": at + 900, "offered": 9, "answered": 8, "lost": 1}
        for at in range(1_710_000_000, 1_710_090_000, 900)
    ]
    (line,) = proposed(iter(told)).lines
    assert (line.totals, line.calls) == (True, 0)
    assert not any(line.totals for line in usual().lines)


def test_nothing_at_all_proposes_nothing() -> None:
    found = proposed(iter(()))
    assert (found.hours, found.lines, found.first, found.exceptional.closed) == (None, (), None, ())


def test_a_record_torn_to_three_days_far_apart_is_proposed() -> None:
    """Busy weekdays in between have calls only at the ends of the record."""
    kept = ("2024-03-05", "2024-03-21", "2024-04-09")
    told = (each for each in telling() if any(day in str(each["call"]) for day in kept))
    thin = (each for each in told if "2024-03-21" not in str(each["call"]) or "cimetiere" in str(each["call"]))
    found = proposed(thin).exceptional
    assert found.closed == ()
    assert found.holes


def test_names_and_numbers_of_a_queue_lead_to_its_line() -> None:
    seen = observed(iter(()))
    assert seen.line_of("Accueil@default") == "accueil"
    ((line,),) = (propose(seen, "FR", {"Accueil@default": ["4000", "4001"]}).lines,)
    assert line.queues == ("Accueil@default", "4000", "4001")
