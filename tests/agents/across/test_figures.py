"""Metrics of incidents across offices: which offices each covers, and while it is open."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from msgspec.structs import replace
from prometheus_client import CollectorRegistry, generate_latest

from agents.across.figures import AcrossFigures, goes_on
from agents.board.follower import Known
from config.offices import Offices
from streams.kept.times import DAY_MS, QUARTER_MS
from streams.watch.incident import Decided, Incident
from tests.agents.across.made import DAY, QUIET, history, incidents, offices
from tests.agents.board.deciding.visiting import Visitor
from tests.agents.board.nation import made as board
from tests.streams.across.telling import slot, told

NOW = slot(DAY, 11) * QUARTER_MS


def shown(nation: Offices, incidents_of: dict[str, list[Incident]]) -> list[str]:
    known, registry = history(nation.shared, incidents_of), CollectorRegistry()
    registry.register(AcrossFigures(lambda: nation, lambda: known, lambda: NOW))
    lines: Iterable[str] = generate_latest(registry).decode().splitlines()
    return [each for each in lines if not each.startswith("#")]


def test_it_is_shown_once_with_its_offices_while_it_goes_on(tmp_path: Path) -> None:
    nation = offices(tmp_path)
    assert shown(nation, incidents()) == [
        'tocsin_across_offices{kind="missing",name="x1",scope="exchange",verdict="miscount"} 3.0',
        *(f'tocsin_part_of_across{{kind="missing",name="x1",scope="exchange",site="{site}"}} 1.0' for site in QUIET),
    ]
    over = {site: [replace(each, status="closed") for each in told] for site, told in incidents().items()}
    assert shown(nation, over) == []


def test_what_was_found_is_kept_while_the_topics_say_nothing_new(tmp_path: Path) -> None:
    nation = offices(tmp_path)
    known = [history(nation.shared)]
    figures = AcrossFigures(lambda: nation, lambda: known[0], lambda: NOW)
    first = figures.faults()
    assert figures.faults() is first
    known[0] = known[0].copy()
    assert figures.faults() is not first


def test_one_that_a_person_decided_goes_on_while_its_last_sign_is_of_these_days() -> None:
    open_one = told("standard", DAY, 9, 11, status="open")
    assert goes_on(open_one, NOW + 30 * DAY_MS)
    decided = Decided(open_one.id, NOW, 1, "confirm", "m", "n", None, None)
    confirmed = replace(open_one, status="confirmed", decisions=[decided])
    assert goes_on(confirmed, NOW)
    assert not goes_on(confirmed, NOW + 4 * DAY_MS)
    assert not goes_on(replace(confirmed, status="dismissed"), NOW)
    assert not goes_on(replace(open_one, status="closed"), NOW)


def test_the_nation_s_board_shows_it(tmp_path: Path) -> None:
    nation = offices(tmp_path)
    known = Known(history(nation.shared), {}, {})

    async def look(visitor: Visitor) -> None:
        text = (await visitor.get("/metrics")).text
        assert 'tocsin_across_offices{kind="missing",name="x1",scope="exchange",verdict="miscount"} 3.0' in text
        assert f'tocsin_part_of_across{{kind="missing",name="x1",scope="exchange",site="{QUIET[0]}"}} 1.0' in text

    board.visit(tmp_path / "nation.yaml", look, known)
