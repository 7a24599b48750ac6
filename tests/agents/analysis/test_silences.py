"""A closed office or a cut feed is one incident of the office; a cut line is an incident of that line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from io import StringIO
from zoneinfo import ZoneInfo

import msgspec
import pytest
from rich.console import Console

from agents.analysis.fold import Analysis
from agents.analysis.report import document
from agents.analysis.table import show
from agents.simulation.office import office_days, office_of
from config.settings import Holidays, Line, Settings
from streams.simulation.faults.fault import Fault
from streams.simulation.simulate import simulate
from tests.agents.sources.contexts import events
from tests.agents.sources.pseudonyms import PSEUDONYM

LINES = {name: Line(label=name, expected_lost_rate=0.02) for name in ("accueil", "cartes", "etrangers")}
CALLS = {"accueil": 250.0, "cartes": 180.0, "etrangers": 20.0}
BRIDGE = date(2013, 5, 10)  # a Friday


def settings(*closed: date) -> Settings:
    return Settings(
        site="mende",
        opening_hours="Mo-Fr 08:30-12:00,13:30-17:00",
        holidays=Holidays(country="FR", closed=closed),
        lines=LINES,
    )


def analysed(lines: Sequence[str]) -> Analysis:
    """Analyse a spring with an undeclared bridge day and with lines cut on 23 May."""
    known, zone = settings(BRIDGE), ZoneInfo("Europe/Paris")
    cut = [datetime(2013, 5, 23, hour, tzinfo=zone).timestamp() for hour in (10, 14)]
    faults = [Fault(line=line, mechanism="silent", start=cut[0], end=cut[1], severity=1.0) for line in lines]
    office = office_of(known, CALLS, None, 0.01, source_per_line=False)
    told, _ = simulate(office, office_days(known, date(2013, 4, 8), date(2013, 5, 24)), 3, faults)
    analysis = Analysis(settings())
    analysis.take(events(map(msgspec.json.encode, told), PSEUDONYM))
    return analysis


def silences(analysis: Analysis) -> dict[tuple[str, str], str | None]:
    """Return the office incident of each silence, by line and day."""
    return {
        (each["line"], each["from"][:10]): each["office"]
        for each in document(analysis)["incidents"]
        if each["cause"] == "silence"
    }


@pytest.fixture(scope="module")
def cut() -> Analysis:
    return analysed(list(LINES))


@pytest.mark.slow
def test_a_closed_day_and_a_feed_that_is_cut_are_incidents_of_the_office(cut: Analysis) -> None:
    closed, feed = "office-20130510T063000Z-closed", "office-20130523T080000Z-feed"
    assert silences(cut) == {
        ("accueil", "2013-05-10"): closed,
        ("cartes", "2013-05-10"): closed,
        ("accueil", "2013-05-23"): feed,
        ("cartes", "2013-05-23"): feed,
    }
    assert all("office" in each for each in document(cut)["incidents"])


def test_people_are_told_once_with_the_lines_named(cut: Analysis) -> None:
    text = StringIO()
    show(cut, Console(file=text, width=400), full=False)
    told = [row for row in text.getvalue().splitlines() if "silent" in row]
    assert [row.partition(", 1")[0].partition(", 2")[0] for row in told] == ["- accueil, cartes"] * 2
    assert told[0].endswith("all lines silent: closed, or the feed is down?")


@pytest.mark.slow
def test_lines_that_are_cut_beside_one_that_is_called_are_their_own() -> None:
    found = silences(analysed(["accueil"]))
    assert found["accueil", "2013-05-23"] is None
