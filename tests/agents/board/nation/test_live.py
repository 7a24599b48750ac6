"""The live state of offices: sums of counts only, the worst first, believed figures beside counted ones."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.board.cards import LineCard, State
from agents.board.follower import Known
from agents.board.nation.kept import NationNow, waiting
from agents.board.nation.live import LiveKind, OfficeLive, OfficeReading, summed, units
from agents.board.nation.view import UnitView, unit_now
from agents.board.wall import Walls
from agents.language import Language
from agents.totals.plan import plan_of
from config.offices import Offices
from streams.figures.counted import NOTHING_COUNTED
from tests.agents.board.nation import made

PLACES = made.places(16)
UNITS: list[tuple[LiveKind, str]] = [
    ("nation", ""),
    ("region", "Occitanie"),
    ("region", "Bretagne"),
    ("department", "Gard"),
]


@pytest.fixture(scope="module")
def offices(tmp_path_factory: pytest.TempPathFactory) -> Offices:
    return made.read(made.written(tmp_path_factory.mktemp("nation"), 16))[1]


@pytest.fixture(scope="module")
def known() -> Known:
    return made.known([site for site, _, _ in PLACES])


def live(offices: Offices, known: Known, site: str) -> OfficeLive:
    return OfficeReading(offices.sites[site]).at(known, made.AT.timestamp(), made.AT.date())


def now(offices: Offices, known: Known) -> NationNow:
    every = sorted((live(offices, known, site) for site in offices.sites), key=lambda each: each.order)
    return NationNow(offices, made.AT, tuple(every), waiting(offices.sites, known.history))


def test_an_office_is_in_the_state_of_its_most_troubled_line(offices: Offices, known: Known) -> None:
    states = {site: live(offices, known, site).state for site in ("aude", "gard", "herault", "ariege")}
    assert states == {
        "aude": State.OVERLOAD,
        "gard": State.MISCOUNT,
        "herault": State.SILENT,
        "ariege": State.NODATA,
    }
    assert live(offices, known, "ariege").unheard
    assert [each.name for each in live(offices, known, "aude").troubles] == ["etrangers"]


def test_a_suspected_line_counts_by_what_the_wall_of_its_office_believes(offices: Offices, known: Known) -> None:
    settings = offices.sites["gard"]
    found = live(offices, known, "gard")
    wall = Walls(settings, plan_of(settings).opened).at(known, 0.0, made.AT.date())
    (card,) = (each for each in wall.cards if isinstance(each, LineCard) and each.name == "circulation")
    share = card.share
    circulation = found.lines["circulation"]
    assert (circulation.believed.lost, circulation.believed.offered) == (share.lost, share.of)
    assert share.raw is not None
    assert circulation.raw.lost == share.raw.lost > share.lost
    assert found.hour.believed != found.hour.raw
    for name, hour in found.lines.items():
        window = known.lines[f"gard/{name}"].windows["1h"]
        if name != "circulation":
            assert hour.raw.offered == window.ended
            assert hour.believed.lost_rate == pytest.approx(window.lost_rate)


def test_an_office_that_no_worker_tells_of_is_silent_and_counts_nothing(offices: Offices, known: Known) -> None:
    settings = offices.sites["lozere"].model_copy(update={"clock": "wall"})
    late = made.AT + timedelta(minutes=5)
    found = OfficeReading(settings).at(known, late.timestamp(), late.date())
    assert (found.state, found.silent, found.hour) == (State.SILENT, 300.0, NOTHING_COUNTED)
    assert found.order < live(offices, known, "lozere").order


@given(st.lists(st.sampled_from([site for site, _, _ in PLACES]), unique=True))
def test_a_unit_is_the_sum_of_its_offices_in_any_order(offices: Offices, known: Known, sites: list[str]) -> None:
    chosen = [live(offices, known, site) for site in sites]
    total = summed(chosen)
    assert total == summed(reversed(chosen))
    assert total.raw.offered == sum(each.hour.raw.offered for each in chosen)
    regions = units("region", chosen)
    assert summed(office for each in regions for office in each.offices) == total
    assert [each.beyond for each in regions] == sorted((each.beyond for each in regions), reverse=True)


@given(st.frozensets(st.sampled_from([site for site, _, _ in PLACES])))
def test_no_sum_holds_a_call_of_an_office_that_is_not_seen(
    offices: Offices, known: Known, seen: frozenset[str]
) -> None:
    whole = now(offices, known)
    for kind, name in UNITS:
        shown = unit_now(whole, UnitView(Language.FR, kind, name, seen))
        assert {each.site for each in shown.live.offices} <= seen
        assert {each.settings.site for each in shown.cases} <= seen
        everybody = unit_now(whole, UnitView(Language.FR, kind, name, frozenset(offices.sites)))
        assert (shown.sums is not None) == (len(shown.live.offices) == len(everybody.live.offices))
        for each in shown.units:
            inside = {one.site for one in each.live.offices}
            every = {site for site, department, region in PLACES if each.live.name in {department, region}}
            assert inside <= seen
            assert (each.sums is not None) == (inside == every)


def test_what_awaits_a_decision_is_told_of_each_office_though_ids_are_alike(offices: Offices) -> None:
    told = {site: [made.incident("x", "etrangers", "overload", "overload", 2)] for site in ("aude", "gard")}
    found = waiting(offices.sites, made.history(told, key="{site}/{id}"))
    assert {each.settings.site for each in found} == {"aude", "gard"}


def test_a_replay_is_at_its_latest_live_figures_or_at_the_end_of_the_ledger(offices: Offices, known: Known) -> None:
    assert known.now(offices.shared, offices.sites) == made.AT
    of_the_ledger = known._replace(lines={}).now(offices.shared, offices.sites)
    assert of_the_ledger.isoformat() == "2013-11-12T23:59:59.999999+01:00"
