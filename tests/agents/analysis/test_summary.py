"""The summary of an analysis: its period, its counts, and each desk's believed rate."""

from __future__ import annotations

from io import StringIO

import pytest

from agents.analysis.fold import Analysis
from agents.analysis.table import show
from agents.sources.files import events
from agents.terminal import Screen
from config.settings import UNNAMED, Line, Service, Settings
from tests.agents.sources.pseudonyms import PSEUDONYM

HOUR = 3_600
BEGUN = 1_543_572_000  # 30 November 2018, 11:00 in Paris
OFFICE = Settings(site="mende", lines={"standard": Line(expected_lost_rate=0.05)}, services={"titres": Service()})


def call(number: int, kind: str = "answered", line: str = "standard", after: float = 0) -> bytes:
    more = f'"call": "{number}", "line": "{line}", "wait": 5, "at": {BEGUN + 60 * number + after}'
    return f'{{"type": "{kind}", {more}}}'.encode()


def summary(*lines: bytes, settings: Settings = OFFICE) -> list[str]:
    analysis, said = Analysis(settings), StringIO()
    analysis.take(events(lines, PSEUDONYM))
    show(analysis, Screen(file=said, width=120), full=False)
    return said.getvalue().splitlines()


def test_the_first_line_has_the_period_and_what_was_counted_in_how_many_rows() -> None:
    assert summary(call(0), call(1), b"{}")[0] == "mende, 30 November 2018, 11:00 to 11:01: 2 calls from 3 rows"


def test_a_longer_period_has_its_number_of_days() -> None:
    head = summary(call(0), call(1, after=34 * 24 * HOUR))[0]
    assert head == "mende, 30 November 2018 to 3 January 2019, 35 days: 2 calls from 2 rows"


def test_an_office_without_a_name_has_none() -> None:
    assert summary(call(0), settings=OFFICE.model_copy(update={"site": UNNAMED}))[0].startswith("30 November 2018")


def test_tickets_are_counted_beside_calls() -> None:
    ticket = f'{{"service": "titres", "ticket": "A1", "type": "issued", "at": {BEGUN}}}'.encode()
    assert summary(call(0), ticket)[0].endswith(": 1 call, 1 ticket from 2 rows")


def test_a_rate_that_is_believed_as_it_was_counted_stands_alone() -> None:
    rows = summary(*(call(number) for number in range(19)), call(19, "lost"))
    assert [row.split() for row in rows[2:4]] == [["line", "lost", "rate", "calls"], ["standard", "5.00%", "20"]]


def test_a_withheld_rate_has_the_raw_one_and_the_reason_beside_it() -> None:
    row = summary(call(0), call(1, "lost"), settings=Settings(site="mende", lines={"standard": Line()}))[3]
    assert row.split(maxsplit=3) == ["standard", "withheld", "2", "50.00% as counted; no baseline"]


@pytest.mark.parametrize("talk", [90])
def test_a_corrected_rate_has_the_raw_one_beside_it(talk: int) -> None:
    lost = [call(number, "lost") for number in range(20, 40)]
    ended = [each.replace(b'"lost"', b'"ended"').replace(b'"wait": 5', b'"talk": %d' % talk) for each in lost]
    talks = [row for pair in zip(lost, ended, strict=True) for row in pair]
    row = summary(*(call(number) for number in range(20)), *talks)[3]
    assert row.split(maxsplit=3) == ["standard", "0.00%", "40", "50.00% as counted; recount of the calls concerned"]
