"""Each day of a counter is accounted for, and each group of laws says on which days it could judge."""

from __future__ import annotations

from datetime import date, timedelta

from msgspec.structs import replace

from streams.certificate.cases import case_checks, day_standings
from streams.indicators.cases import CaseDays, days_of_channel, days_of_service
from streams.indicators.period import Period
from streams.kept.waits import Waits
from streams.ledger.day import ServiceDay
from streams.watch.incident import Incident
from tests.streams.indicators.telling import days, incident, opened, plan
from tests.streams.indicators.test_sums import FIRST, LAST, counter, register, waits

PERIOD = Period(FIRST, LAST)
OPEN = len(days(FIRST, LAST))
DAY_OF = plan().day


def test_every_open_day_has_one_standing() -> None:
    every = counter("cartes", 9, 8.0)
    every[3] = replace(every[3], recounted=waits(9, 9.0))
    del every[10]  # open, without a visitor
    late = Period(FIRST - timedelta(7), LAST)

    def fault(first: int, last: int, name: str, cause: str, verdict: str = "miscount") -> Incident:
        bounds = (date.fromisoformat(every[at].day) for at in (first, last))
        return incident(*bounds, desk="service", line="cartes", cause=cause, id=name, verdict=verdict)

    found = [
        fault(3, 3, "a", "waits too short"),
        fault(5, 6, "b", "waits of zero"),
        fault(8, 8, "c", "waits of zero", "undecided"),
    ]
    means = days_of_service(CaseDays(every, found), DAY_OF)
    standings = day_standings(means, late, opened, PERIOD)
    expected = {"recounted": 1, "left out": 2, "in doubt": 1, "no cases": 1, "not counted": 5}
    assert standings == {"sound": OPEN - 5, **expected}
    assert sum(standings.values()) == len(days(late.first, late.last))


def test_a_check_says_on_which_days_it_could_judge_and_why_not_on_the_others() -> None:
    untimed = [replace(each, times_in_service=Waits()) for each in counter("cartes", 9, 8.0)]
    checks = {
        each.check: each
        for each in case_checks(untimed, days_of_service(CaseDays(untimed, []), DAY_OF)[0], PERIOD, opened, PERIOD)
    }
    assert (checks["moments"].spoke, checks["moments"].silent) == (OPEN, {})
    assert checks["values"].silent == {"learning": 6}, "the sixth sound day is the last one learnt"
    assert checks["visits"].silent == {"no values": OPEN}
    assert all(each.spoke + sum(each.silent.values()) == OPEN for each in checks.values())


def test_a_desk_without_enough_sound_days_is_never_learnt() -> None:
    few: list[ServiceDay] = counter("cartes", 9, 8.0)[:5]
    found = case_checks(few, days_of_service(CaseDays(few, []), DAY_OF)[0], PERIOD, opened, PERIOD)
    absence = next(each for each in found if each.check == "absence")
    assert (absence.spoke, absence.silent) == (0, {"learning": OPEN})
    nothing = case_checks([], {}, PERIOD, opened, None)
    assert {name for each in nothing for name in each.silent} == {"not counted"}


def test_a_register_has_no_visits() -> None:
    every = register("im341", 6, 3)
    means = days_of_channel(CaseDays(every, []), DAY_OF)
    found = case_checks(every, means[0], PERIOD, opened, PERIOD)
    assert [each.check for each in found] == ["moments", "values", "absence"]
