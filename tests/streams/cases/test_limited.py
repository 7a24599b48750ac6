"""Equal longest waits are a limit; a few equal waits, whole minutes and short waits are none."""

from __future__ import annotations

import pytest

from streams.cases.case import SeenCase
from streams.cases.copies import copies
from streams.cases.laws import CASE_LAWS, sign
from streams.cases.limited import at_limit, limit_of
from streams.cases.usual import UsualCases
from streams.cases.view import CaseRules, View
from streams.kept.times import utc_day

RULES = CaseRules("titres", "service", utc_day, None)
FIRST = 1_700_000_000_000
(LAW,) = (each for each in CASE_LAWS if each.broken is at_limit)


def view(limit: int, *, longer: int = 0, whole: int = 1_000) -> View:
    """Return visitors whose waits (s) end at a limit, but for some; moments are multiples of `whole` ms."""
    waits = [min(limit, 37 * place) for place in range(60)] + [limit + 31 * place for place in range(1, longer + 1)]
    begun = [(FIRST + 203_000 * place) // whole * whole for place in range(len(waits))]
    met = [(at + 1000 * wait) // whole * whole for at, wait in zip(begun, waits, strict=True)]
    cases = [SeenCase(-1, 0, begun=at, met=by, day=utc_day(at)) for at, by in zip(begun, met, strict=True)]
    return View(RULES, UsualCases(), cases, whole=True)


def test_waits_that_end_at_a_limit_are_undecided_from_the_first_day() -> None:
    found = sign(LAW, view(900))
    assert found is not None
    assert (found.kind, found.sure, found.seen) == ("drift", False, 35)


@pytest.mark.parametrize(
    "seen",
    [view(10_000), view(2_000), view(200), view(900, whole=60_000)],
    ids=["no limit", "few reach it", "a quiet desk", "whole minutes"],
)
def test_nothing_else_is_a_limit(seen: View) -> None:
    assert sign(LAW, seen) is None


def test_a_register_has_no_limit() -> None:
    seen = view(900)
    register = View(RULES._replace(desk="channel"), UsualCases(), seen.cases, whole=True)
    assert sign(LAW, seen) is not None
    assert sign(LAW, register) is None


def test_longer_waits_contradict_a_limit() -> None:
    assert sign(LAW, view(2_000, longer=20)) is None


def test_visitors_a_second_apart_whose_waits_end_at_a_limit_are_no_copies() -> None:
    seen = view(900)
    first = seen.cases[-1]
    again = SeenCase(-1, 0, begun=first.begun + 1_000, met=first.met + 1_000, day=first.day)
    both = View(RULES, UsualCases(), [*seen.cases, again], whole=True)
    assert limit_of(both) == 900
    assert copies(both)(again) is None
