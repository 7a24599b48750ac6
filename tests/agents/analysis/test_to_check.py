"""The things to check in an analysis, the most important first; routine is left out."""

from __future__ import annotations

from typing import Any

import pytest

from agents.analysis.fold import Analysis
from agents.analysis.report import report
from agents.analysis.to_check import SHOWN, to_check
from agents.history.incident_schema import IncidentJson
from config.settings import Line, Settings
from tests.agents.sources.contexts import events
from tests.agents.sources.pseudonyms import PSEUDONYM

BEGUN = 1_543_572_000


def told(*lines: bytes, incidents: list[IncidentJson] | None = None, aside: dict[str, int] | None = None) -> list[str]:
    analysis = Analysis(Settings(site="mende", lines={"standard": Line(expected_lost_rate=0.05)}))
    analysis.aside.update(aside or {})
    analysis.take(events(lines, PSEUDONYM))
    return [*to_check(analysis, report(analysis), incidents or [])]


def answered(number: int, wait: float = 9, call: str = "") -> bytes:
    at = BEGUN + 60 * number
    return (
        f'{{"line": "standard", "call": "{call or number}", "type": "answered", "at": {at}, "wait": {wait}}}'.encode()
    )


def incident(line: str, day: int, hours: int, status: str = "closed") -> IncidentJson:
    edges = {"from": f"2018-11-{day:02}T09:00:00+01:00", "to": f"2018-11-{day:02}T{9 + hours:02}:00:00+01:00"}
    judged: Any = {"verdict": "miscount", "kind": "stuck", "cause": "waits", "evidence": []}
    return {"line": line, "status": status, **judged, **edges}


def test_a_sound_record_gives_nothing() -> None:
    assert told(answered(0), aside={"no-call DID": 9, "no-event": 3, "other-number": 1}) == []


def test_undecided_incidents_are_told_those_of_several_lines_at_once_together() -> None:
    known = [incident("a", 5, 2), incident("b", 5, 2, "open"), incident("a", 7, 1, "confirmed"), incident("a", 8, 1)]
    assert told(incidents=known) == [
        "a, b, 5 November 2018, 09:00 to 11:00: miscount, counter stuck",
        "a, 8 November 2018, 09:00 to 10:00: miscount, counter stuck",
    ]


def test_of_many_incidents_the_longest_are_told() -> None:
    known = [incident("a", day, 1 + day % 8) for day in range(1, 3 + SHOWN)]
    said = told(incidents=known)
    assert [each.partition(" Nov")[0] for each in said[:-1]] == ["a, 3", "a, 4", "a, 5", "a, 6", "a, 7"]
    assert said[-1] == "2 more incidents"


def test_refused_rows_are_told_by_cause_with_the_first_of_each() -> None:
    (first, second) = told(answered(0), b"{}", b'{"line": "x", "call": "1", "type": "lost", "at": 1543572000}')
    assert first.startswith("1 of 3 rows refused, the first is row 2: ")
    assert second.startswith("1 of 3 rows refused, the first is row 3: line 'x' is not in the catalogue")


def test_what_is_missing_in_a_record_is_told() -> None:
    assert told(answered(0), aside={"cut-by-restart": 2, "second-leg": 7}) == [
        "2 x cut-by-restart: the exchange restarted while a caller waited: the call has no outcome"
    ]


@pytest.mark.parametrize(("others", "noticed"), [(9, True), (1, False)])
def test_rows_that_are_nearly_all_for_other_numbers_are_told(others: int, *, noticed: bool) -> None:
    said = told(answered(0), answered(1), aside={"other-number": others})
    assert [each for each in said if f"{others} of {others + 2} rows are calls to numbers of no line" in each] == (
        said if noticed else []
    )
    assert bool(said) is noticed


@pytest.mark.parametrize(("wait", "noticed"), [(1, True), (9, False)])
def test_a_machine_that_answers_at_once_is_told(wait: int, *, noticed: bool) -> None:
    said = told(*(answered(number, wait) for number in range(60)))
    assert any("a machine may answer before the agents" in each for each in said) is noticed


@pytest.mark.parametrize(("again", "noticed"), [(1, True), (0, False)])
def test_ids_that_many_calls_had_are_told(again: int, *, noticed: bool) -> None:
    day = 24 * 60
    rows = [answered(number) for number in range(20)]
    rows += [answered(2 * day + number, call=f"{number}" if number < again else "") for number in range(20)]
    said = told(*rows)
    assert ("1 of 40 calls have an id that an earlier call had; see docs/what-counts.md" in said) is noticed
