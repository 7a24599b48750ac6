"""Years of a nation's units and offices: raw beside corrected figures, the worst first, as pages and as files."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import re
import time
from pathlib import Path

import pytest

from agents import cache
from agents.board.follower import Follower, Known
from agents.board.nation import unit_years
from agents.board.nation.served import ServedOffices
from agents.board.nation.unit_years import KeptUnits
from agents.nation import figures
from config.offices import Offices
from streams.indicators.period import Period
from tests.agents.board.deciding.visiting import Visitor
from tests.agents.board.nation import made

MARCH = Period.of_months(2013, 3, 1)
EN = {"Accept-Language": "en"}
COUNTED = [site for site, _, _ in made.places(10)][:8]  # ten offices in Occitanie: one loses, two have no data
RIGHTS = """board: {decide: {header: X-Remote-User}}
rights:
- {who: [chef], see: ["*"]}
- {who: [anne], see: ["region:Occitanie"]}
- {who: [bruno], see: [gard, "region:Bretagne"]}
"""


@pytest.fixture(scope="module")
def nation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made.written(tmp_path_factory.mktemp("nation"), 14)


@pytest.fixture(scope="module")
def offices(nation: Path) -> Offices:
    return made.read(nation)[1]


@pytest.fixture(scope="module")
def known(offices: Offices) -> Known:
    sites = [*COUNTED, "finistere", "morbihan"]
    return Known(made.history({}, made.month(offices, sites, bad="aude")), {}, {})


def test_a_period_tells_who_stands_apart_and_leads_to_each_office(nation: Path, known: Known) -> None:
    async def look(visitor: Visitor) -> None:
        page = await visitor.get("/years/2013-03", **EN)
        assert page.status == 200
        assert "surely loses more than the others: Préfecture Aude" in page.words
        assert "offices in service are silent" in page.words
        assert re.search(r"the half-hour after: [1-9]\d+ \(offices: 1 of 14\)", page.words)
        table = page.words.rpartition("most certainly worse first")[2]
        assert table.index("Préfecture Aude") < table.index("Préfecture Gard")
        drawn = page.text.split('<section class="panel funnel">')[1].split("</section>")[0]
        assert drawn.count('<a href="/sites/') == 10
        assert 'role="group"' in drawn
        assert 'href="/sites/aude/years/2013-03"' in drawn
        assert re.search(r"<title>Préfecture Aude: [0-9.]+% of [0-9,]+ calls</title>", drawn)
        for address in ("/years/2013-03?region=Occitanie", "/years/2013-03?region=Bretagne"):
            assert f'href="{address}"' in page.text
            assert (await visitor.get(address, **EN)).status == 200
        assert (await visitor.get("/sites/aude/years/2013-03", **EN)).status == 200
        region = await visitor.get("/years/2013-03?region=Bretagne", **EN)
        assert "compared with the whole nation" in region.words
        assert 'href="/years/2013-03?department=Finist%C3%A8re"' in region.text
        assert (await visitor.get("/years/2013-03?department=Gard", **EN)).status == 200

    made.visit(nation, look, known)


def test_a_nation_s_years_are_listed_and_what_is_not_there_is_said(nation: Path, known: Known) -> None:
    async def look(visitor: Visitor) -> None:
        listed = await visitor.get("/years", **EN)
        assert [each for each in made.addresses(listed.text) if each.startswith("/years/")] == [
            "/years/2013",
            "/years/2013-Q1",
        ]
        for path, said in (
            ("/years/2012", "Nothing was counted in 2012"),
            ("/years/2013-03?region=Nowhere", "There is no office of “Nowhere” here"),
            ("/years/2013-03?format=notice", "There is no format “notice”"),
        ):
            page = await visitor.get(path, **EN)
            assert page.status == 404
            assert said in page.words
        assert (await visitor.get("/years/2013-13", **EN)).status == 404

    made.visit(nation, look, known)


def test_the_files_are_those_of_the_figures_that_the_page_shows(nation: Path, known: Known) -> None:
    async def fetch(visitor: Visitor) -> None:
        page = await visitor.get("/years/2013-03?region=Occitanie", **EN)
        files = [each.replace("&amp;", "&") for each in re.findall(r'href="(\?[^"]+)" download', page.text)]
        assert len(files) == 7
        for each in files:
            if "format=pdf" in each:
                continue
            async with visitor._client.get(f"{visitor.origin}/years/2013-03{each}", headers=EN) as answer:
                body = await answer.read()
                assert answer.status == 200
                assert "occitanie-2013-03" in answer.headers["Content-Disposition"]
                if "format=json" in each:
                    assert json.loads(body)
                if "format=csv" in each:
                    rows = list(csv.DictReader(io.StringIO(body.decode())))
                    assert {"aude", "gard"} <= {value for row in rows for value in row.values()}

    made.visit(nation, fetch, known)


def test_who_asks_first_is_told_that_it_takes_a_while(
    nation: Path, known: Known, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unit_years, "WAIT_SECONDS", 0.0)

    async def look(visitor: Visitor) -> None:
        page = await visitor.get("/years/2013-03")
        assert (page.status, page.headers["Refresh"]) == (503, "5")
        assert "en cours de calcul" in page.words
        monkeypatch.setattr(unit_years, "WAIT_SECONDS", 60.0)
        assert (await visitor.get("/years/2013-03")).status == 200

    made.visit(nation, look, known)


def test_a_sum_of_a_year_is_shown_to_who_sees_all_its_offices(tmp_path: Path, known: Known) -> None:
    async def look(visitor: Visitor) -> None:
        anne, bruno, chef = ({**EN, "X-Remote-User": name} for name in ("anne", "bruno", "chef"))
        assert "Deviations" in (await visitor.get("/years/2013-03", **chef)).words
        parts = await visitor.get("/years/2013-03", **anne)
        assert parts.status == 200
        assert "Sums are shown only if you may see all their offices" in parts.words
        assert "%" not in parts.words.rpartition("Sums are shown")[2]
        assert 'href="/years/2013-03?region=Occitanie"' in parts.text
        assert "Bretagne" not in parts.words
        region = await visitor.get("/years/2013-03?region=Occitanie", **anne)
        assert "Deviations" in region.words
        assert "Finistère" not in region.text
        for path in ("?region=Bretagne", "?region=Bretagne&format=csv", "?department=Finist%C3%A8re"):
            assert (await visitor.get(f"/years/2013-03{path}", **anne)).status == 404, path
        for path in ("", "?format=csv", "?region=Occitanie", "?region=Occitanie&format=json"):
            page = await visitor.get(f"/years/2013-03{path}", **bruno)
            assert "Sums are shown only if you may see all their offices" in page.words, path
            assert "aude" not in page.text.lower().replace("code", ""), path
        assert (await visitor.get("/years/2013-03?department=Gard&format=csv", **bruno)).status == 200
        few = await visitor.get("/years/2013-03?region=Bretagne", **bruno)
        assert few.status == 200
        assert "compared with the whole nation" not in few.words  # the others are hidden
        assert (await visitor.get("/years/2013-03")).status == 401

    made.visit(made.written(tmp_path, 14, RIGHTS), look, known)


def test_offices_are_counted_anew_where_something_came_alone(
    offices: Offices, known: Known, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: list[str] = []
    original = figures.figures_of_office

    def noted(settings: object, *more: object) -> object:
        counted.append(settings.site)  # type: ignore[attr-defined]
        return original(settings, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(unit_years, "figures_of_office", noted)
    follower = Follower(offices.shared)
    follower.known, follower.read = known, time.time()
    kept = KeptUnits(follower, ServedOffices(offices))
    every = frozenset(offices.sites)

    async def ask() -> None:
        first = await kept.of(MARCH, every)
        assert len(counted) == len(every)
        assert await kept.of(MARCH, every) is first
        again = made.history({"gard": [made.incident("gard", "standard", "overload", "overload", 2)]})
        grown = known.history.copy()
        grown.incidents = again.incidents
        follower.known = known._replace(history=grown)
        assert await kept.of(MARCH, every) is first  # not within the minute
        monkeypatch.setattr(cache, "monotonic", lambda: time.monotonic() + unit_years.EVERY_SECONDS)
        counted.clear()
        assert await kept.of(MARCH, every) is not first
        assert counted == ["gard"]
        counted.clear()
        part = await kept.of(MARCH, frozenset({"gard", "aude"}))
        assert set(part.rolled.offices) == {"gard", "aude"}
        assert counted == []

    asyncio.run(ask())
