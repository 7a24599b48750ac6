"""The weight of an incident is computed once, and again after the incident changes."""

from __future__ import annotations

import asyncio
from datetime import date

import pytest

from agents.board.deciding import weights
from agents.board.deciding.weights import KeptWeights
from agents.desk_view.effect import Weight
from tests.agents.board.known import SETTINGS, follower, history, known, suspected
from tests.waiting import PATIENCE


def test_an_effect_is_computed_anew_as_soon_as_a_record_of_its_year_has_come() -> None:
    read = follower(known(suspected()), 1.0)
    kept = KeptWeights(SETTINGS, read, lambda _: {"a": [suspected()]}, lambda: date(2013, 12, 31))

    async def ask() -> list[Weight]:
        found = [await kept.of("a", [suspected()])]
        read.known = read.known._replace(history=history(suspected()))
        found.append(await kept.of("a", [suspected()]))
        found.append(await kept.of("a", [suspected(verdict="overload", kind="overload")]))
        read.known = read.known._replace(history=history(suspected(), days=[]))
        assert kept.known() == {"a": found[-1]}
        assert kept.outdated({"a": [suspected(verdict="overload", kind="overload")]}) is not None
        found.append(await kept.of("a", [suspected(verdict="overload", kind="overload")]))
        assert kept.outdated({"a": [suspected(verdict="overload", kind="overload")]}) is None
        return found

    first, same, changed, emptied = asyncio.run(ask())
    assert same is first, "another snapshot with the same records"
    assert (len(first.effects), changed.effects) == (1, [])
    assert (changed.offered, emptied.offered) == (first.offered, 0)


def test_the_weights_are_those_of_the_incidents_that_are_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "RECHECK_SECONDS", 0.01)
    read, groups = follower(known(suspected()), 1.0), {"a": [suspected()], "b": [suspected(verdict="overload")]}
    kept = KeptWeights(SETTINGS, read, lambda _: groups, lambda: date(2013, 12, 31))

    async def keep() -> None:
        task = asyncio.create_task(kept.keep())
        for names in ({"a", "b"}, {"a"}):
            while set(kept.known()) != names:  # noqa: ASYNC110 -- the test polls for it
                await asyncio.sleep(0.01)
            groups.pop("b", None)
            read.known = read.known._replace(history=history(suspected()))
        task.cancel()

    asyncio.run(asyncio.wait_for(keep(), PATIENCE))
