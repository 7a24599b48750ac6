"""The weight of an incident is computed once, and again after the incident changes."""

from __future__ import annotations

import asyncio
import time
from datetime import date

import pytest

from agents import cache
from agents.board.deciding import weights
from agents.board.deciding.weights import KeptWeights
from agents.desk_view.effect import Weight
from tests.agents.board.known import SETTINGS, follower, history, known, suspected
from tests.waiting import PATIENCE


def test_a_weight_stays_until_its_incident_changes_or_grows_old(monkeypatch: pytest.MonkeyPatch) -> None:
    read = follower(known(suspected()), 1.0)
    kept = KeptWeights(SETTINGS, read, lambda _: {"a": [suspected()]}, lambda: date(2013, 12, 31))

    async def ask() -> list[Weight]:
        found = [await kept.of("a", [suspected()]), await kept.of("a", [suspected()])]
        read.known = read.known._replace(history=history(suspected()))
        found.append(await kept.of("a", [suspected()]))
        found.append(await kept.of("a", [suspected(verdict="overload", kind="overload")]))
        monkeypatch.setattr(cache, "monotonic", lambda: time.monotonic() + weights.OLD_SECONDS)
        read.known = read.known._replace(history=history(suspected(), days=[]))
        found.append(await kept.of("a", [suspected(verdict="overload", kind="overload")]))
        return found

    first, same, still, changed, old = asyncio.run(ask())
    assert same is first
    assert still is first, "the ledger goes on all the time"
    assert (len(first.effects), changed.effects) == (1, [])
    assert (changed.offered, old.offered) == (first.offered, 0)
    assert kept.known() == {"a": old}


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
        task.cancel()

    asyncio.run(asyncio.wait_for(keep(), PATIENCE))
