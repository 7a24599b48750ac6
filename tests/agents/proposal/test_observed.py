"""Each name in a file becomes a desk of its own, and a telephone number never becomes a name."""

from __future__ import annotations

import json

import pytest

from agents.proposal.observed import Observation, readable_id
from config.settings import Settings
from tests.agents.sources.contexts import events
from tests.agents.sources.pseudonyms import NUMBERS, PSEUDONYM

NOW = 2_000_000_000_000


def observation(*, allowed: bool = True) -> Observation:
    return Observation(Settings(site="office"), NOW, lambda _: allowed, NUMBERS)


def observed(*records: dict[str, object]) -> Observation:
    seen = observation()
    seen.take(events([json.dumps(record).encode() for record in records], PSEUDONYM))
    return seen


def call(line: str, **more: object) -> dict[str, object]:
    return {"line": line, "call": "1", "type": "offered", "at": 1_700_000_000.0, **more}


def test_a_queue_has_one_line_and_the_next_of_its_name_another() -> None:
    seen = observation()
    names = ["Accueil@default", "accueil", "Accueil@default", "600", "0466496000", "+33466496001"]
    assert [seen.line_of(name) for name in names] == [
        *("accueil", "accueil-2", "accueil", "line-600", "line", "line-2"),
    ]
    assert observation(allowed=False).line_of("0466496000") is None
    assert observation().line_of("") is None


@pytest.mark.parametrize("name", ["0466496000", "04 66 49 60 00", "+33466496000", "acc 0466496000"])
def test_no_telephone_number_stands_in_an_id(name: str) -> None:
    assert not any(sign.isdecimal() for sign in readable_id(name, []))


def test_an_id_is_short_and_one_of_its_own() -> None:
    taken: list[str] = []
    for _ in range(12):
        taken.append(readable_id("é" * 200, taken))
    assert len(set(taken)) == 12
    assert max(map(len, taken)) <= 64


def test_events_name_their_desks_and_their_site() -> None:
    seen = observed(
        call("accueil", site="mende"),
        {"service": "cards", "ticket": "A1", "type": "issued", "at": 1_700_000_000.0, "site": "mende"},
        {"channel": "email", "request": "7", "type": "received", "at": 1_700_000_000.0},
        {"line": "circulation", "mode": "cumulative", "at": 1_700_000_000.0, "offered": 7, "site": "mende"},
    )
    assert seen.site == "mende"
    assert [set(desks) for desks in (seen.analysis.lines, seen.analysis.services, seen.analysis.channels)] == [
        {"accueil", "circulation"},
        {"cards"},
        {"email"},
    ]
    assert not seen.analysis.refusals


def test_another_site_s_events_are_refused_and_counted() -> None:
    seen = observed(call("accueil", site="mende"), call("accueil", site="florac"))
    assert dict(seen.analysis.refusals.counts) == {"unknown-line": 1}
    assert seen.analysis.lines["accueil"].state.offered == 1


def test_a_number_in_the_place_of_a_line_is_refused() -> None:
    seen = observed(call("0612345678"), call("accueil"))
    assert set(seen.analysis.lines) == {"accueil"}
    assert len(seen.analysis.refusals) == 1
