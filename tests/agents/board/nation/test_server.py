"""A nation's board: the worst offices first, each with its own pages one click away, and a link back up."""

from __future__ import annotations

import re
import time
from pathlib import Path
from urllib.parse import unquote

import pytest
from msgspec.structs import replace

from agents.board.follower import Follower
from agents.board.nation import sites as awake_sites
from agents.board.nation.sites import MOST_AWAKE, AwakeOffices
from tests.agents.board.deciding.visiting import Visitor
from tests.agents.board.nation import made

PAGES = ("", "incidents", "declare", "callbacks", "years", "lines/standard", "accessibility", "nothing", "?wall")


@pytest.fixture(scope="module")
def nation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made.written(tmp_path_factory.mktemp("nation"), 20)


def test_the_nation_shows_the_worst_first_what_is_to_be_decided_and_who_is_silent(nation: Path) -> None:
    known = made.known([site for site, _, _ in made.places(20)])

    async def look(visitor: Visitor) -> None:
        page = await visitor.get("/")
        assert page.status == 200
        assert "Ensemble des préfectures" in page.words
        assert "sites à surveiller13 sur 20" in page.words
        losing = page.words.split("Pertes les plus fortes")[1].split("À décider")[0]
        assert "Préfecture Aude ▲ surcharge réelle" in losing
        silent = page.words.split("Sites muets")[-1].split("Régions")[0]
        assert "Préfecture Hérault" in silent
        assert "Préfecture Ariège" in silent
        assert "aucune donnée reçue" in silent
        table = page.words.rpartition("Les plus touchés d'abord")[2]
        order = [table.index(f"Préfecture {name}") for name in ("Aude", "Gard", "Hérault", "Paris")]
        assert order == sorted(order)
        assert 'href="/sites/gard/incidents/gard-circulation-26-answered-as-lost"' in page.text

    made.visit(nation, look, known)


def test_the_calls_of_the_last_hour_do_not_fall_when_those_of_a_line_are_left_out(nation: Path) -> None:
    places = [site for site, _, _ in made.places(20)]
    known = made.known(places)
    wrong = [each for each in known.lines.values() if any(one.kind == "answered-as-lost" for one in each.incidents)]
    sound = known._replace(lines={**known.lines, **{each.id: replace(each, incidents=[]) for each in wrong}})
    left_out = known._replace(history=made.history(made.told(places)))  # no day says which calls are wrong
    figures = list[tuple[int, ...]]()

    async def look(visitor: Visitor) -> None:
        page = (await visitor.get("/")).words
        calls = re.search(r"appels dans l'heure([\d ]+)(?:dont jugés réels◆ ([\d ]+))?en attente", page)
        assert calls is not None, page
        figures.append(tuple(int(each.replace(" ", "")) for each in calls.groups() if each))

    made.visit(nation, look, sound)
    made.visit(nation, look, left_out)
    ended = sum(each.windows["1h"].ended or 0 for each in wrong)
    assert ended
    assert figures[1] == (*figures[0], figures[0][0] - ended)


@pytest.mark.parametrize("path", ["/", "/?wall", "/regions/Occitanie?wall"])
def test_the_lost_rate_is_the_first_figure_of_a_page_and_of_its_wall(nation: Path, path: str) -> None:
    async def look(visitor: Visitor) -> None:
        page = await visitor.get(path)
        main = page.text.partition("<main")[2]
        assert re.match(r"\d+,\d\s%", re.sub(r"^[^>]*>|<[^>]*>", "", main).strip()), main[:500]
        assert ('class="wall nation full"' in page.text) is ("?wall" in path)
        other = path.removesuffix("?wall") if "?wall" in path else f"{path}?wall"
        assert f'href="{other}"' in page.text

    made.visit(nation, look)


def test_every_link_of_the_nation_and_of_an_office_leads_to_a_page(nation: Path) -> None:
    async def follow(visitor: Visitor) -> None:
        found = {"/", "/incidents", "/regions/Occitanie", "/departments/Gard", "/accessibility", "/door"}
        pages = [*found, *(f"/sites/gard/{each}" for each in PAGES)]
        for path in pages:
            page = await visitor.get(path)
            assert page.status == (404 if path.endswith("nothing") else 200), path
            for address in made.addresses(page.text):
                if address.startswith("/"):
                    found.add(address.replace("&amp;", "&"))
                    assert (
                        not path.startswith("/sites/")
                        or address.startswith(("/sites/gard/", "/regions/", "/departments/"))
                        or address in {"/", "/door"}
                    ), f"{path} leads out of its office to {address}"
        for address in sorted(found):
            if "format=" not in address and not address.startswith("/sites/") and "/years" not in address:
                assert (await visitor.get(address)).status == 200, address

    made.visit(nation, follow)


def test_an_office_says_what_it_is_part_of(nation: Path) -> None:
    async def look(visitor: Visitor) -> None:
        page = await visitor.get("/sites/cotes-d-armor/")
        above = re.findall(r'<a href="([^"]+)">', page.text.split('class="above"')[1].split("</nav>")[0])
        assert [unquote(each) for each in above] == ["/", "/regions/Bretagne", "/departments/Côtes-d'Armor"]
        for address in above:
            assert (await visitor.get(address)).status == 200
        moved = await visitor.get("/sites/gard")
        assert "Préfecture Gard" in moved.words

    made.visit(nation, look)


def test_an_alert_leads_to_the_incident_of_its_office(nation: Path) -> None:
    known = made.known([site for site, _, _ in made.places(20)])

    async def look(visitor: Visitor) -> None:
        page = await visitor.get("/incidents/now?site=aude&line=etrangers&kind=overload")
        assert page.status == 200
        assert "Préfecture Aude" in page.words
        assert "surcharge réelle" in page.words
        assert (await visitor.get("/incidents/now?site=nowhere&line=etrangers")).status == 200

    made.visit(nation, look, known)


def test_prometheus_reads_all_offices_at_once(nation: Path) -> None:
    known = made.known([site for site, _, _ in made.places(20)])

    async def scrape(visitor: Visitor) -> None:
        text = (await visitor.get("/metrics")).text
        assert 'tocsin_lost_call_ratio_believed{line="standard",site="aude"}' in text
        assert 'tocsin_board_incidents_to_decide{site="gard"} 1.0' in text
        assert 'tocsin_board_incidents_to_decide{site="paris"} 0.0' in text
        assert "ariege" not in text.replace('to_decide{site="ariege"} 0.0', "")
        assert (
            'tocsin_lost_call_ratio_believed{line="standard",site="gard"}'
            in (await visitor.get("/sites/gard/metrics")).text
        )

    made.visit(nation, scrape, known)


@pytest.mark.parametrize("path", ["/", "/sites/gard/", "/regions/Bretagne", "/events", "/sites/gard/events"])
def test_a_strange_host_gets_no_page(nation: Path, path: str) -> None:
    async def look(visitor: Visitor) -> None:
        assert (await visitor.get(path, Host="evil.example")).status == 421

    made.visit(nation, look)


def test_a_board_that_has_read_nothing_yet_says_so(nation: Path) -> None:
    async def look(visitor: Visitor) -> None:
        page = await visitor.get("/")
        assert page.status == 200
        assert "Aucun site ne perd plus" in page.words
        assert "aucune donnée reçue" in page.words

    made.visit(nation, look, made.known([]))


def test_pages_that_nobody_asks_for_are_let_go_but_for_open_walls(
    nation: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: list[AwakeOffices] = []
    original = AwakeOffices.__init__

    def noted(self: AwakeOffices, told: Follower) -> None:
        kept.append(self)
        original(self, told)

    monkeypatch.setattr(AwakeOffices, "__init__", noted)
    monkeypatch.setattr(awake_sites, "MOST_AWAKE", 3)

    async def look(visitor: Visitor) -> None:
        names = [site for site, _, _ in made.places(6)]
        async with visitor._client.get(f"{visitor.origin}/sites/{names[0]}/events") as wall:
            assert wall.status == 200
            for name in names:
                assert (await visitor.get(f"/sites/{name}/")).status == 200
            (awake,) = kept
            assert awake.sites() == names
            await awake.rest(time.monotonic())
            assert set(awake.sites()) == {names[0], *names[4:]}
            await awake.rest(time.monotonic() + awake_sites.IDLE_SECONDS + 1)
            assert set(awake.sites()) == {names[0]}
        assert (await visitor.get(f"/sites/{names[1]}/")).status == 200

    made.visit(nation, look)
    assert MOST_AWAKE > 3
