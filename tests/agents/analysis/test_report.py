"""The document has the published shape, its figures match the fold, and unknown values are null."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import msgspec
import pytest
from rich.console import Console

from agents.analysis.fold import Analysis
from agents.analysis.report import document
from agents.analysis.table import show
from agents.language import THIN
from config.settings import Line, Settings
from tests.agents.sources.contexts import events
from tests.agents.sources.pseudonyms import PSEUDONYM

Said = tuple[str, float, str, dict[str, Any]]

OFFICE = Settings(site="lozere", lines={"standard": Line(expected_lost_rate=0.02), "circulation": Line()})

COUNTS = {"offered": int, "answered": int, "lost": int, "diverted": int, "unresolved": int, "lost_rate": float}
BOUNDS = {"low": float, "high": float, "realised_low": float, "realised_high": float}
WAITS = {"count": int, "mean": float, "p50": float, "p90": float, "p95": float, "max": float}
SHAPE: dict[str, Any] = {  # contract, section 4; every float may be null
    "site": str,
    "from": str,
    "to": str,
    "lines": {
        "standard": {
            "raw": COUNTS,
            "corrected": {**COUNTS, **BOUNDS, "coverage": float, "method": str, "guard": object},
            "definitions": {
                "lost_over_offered": float,
                "without_short": float,
                "unanswered": float,
                "queued_only": float,
                "net_callers": float,
            },
            "wait": {"answered": WAITS, "lost": WAITS},
            "service_level": {"within": float, "rate": float},
        }
    },
    "services": {},
    "requests": {},
    "incidents": list,
    "events": {"read": int, "ok": int, "duplicate": int, "late": int, "invalid": int},
}


def assert_shape(found: Any, shape: Any, path: str = "$") -> None:
    """Extra keys are allowed; missing keys and other types are not."""
    if isinstance(shape, dict):
        assert isinstance(found, dict), path
        assert shape.keys() <= found.keys(), f"{path}: {shape.keys() - found.keys()} missing"
        for key, inner in shape.items():
            assert_shape(found[key], inner, f"{path}.{key}")
    elif shape is object:
        assert found is None or isinstance(found, str), path
    elif shape is float:
        assert found is None or isinstance(found, (int, float)), f"{path}: {found!r}"
        assert not isinstance(found, bool), path
    else:
        assert type(found) is shape, f"{path}: {found!r}"


def analysed(*calls: Said) -> Analysis:
    analysis = Analysis(OFFICE)
    rows = (
        json.dumps({"line": "standard", "type": kind, "at": 1_543_600_000 + at, "call": call, **more}).encode()
        for kind, at, call, more in calls
    )
    analysis.take(events(rows, PSEUDONYM))
    return analysis


TWENTY: tuple[Said, ...] = (
    *(("answered", 100 + n, f"a{n}", {"wait": float(n * 5), "talk": 60}) for n in range(10)),
    *(("lost", 200 + n, f"l{n}", {"wait": float(n), "reason": "abandoned"}) for n in range(6)),
    ("lost", 300, "t", {"reason": "timeout", "wait": 300}),
    ("lost", 310, "c", {"reason": "closed"}),
    ("diverted", 320, "d", {"reason": "voicemail", "wait": 9}),
    ("offered", 330, "o", {}),
)


def printed(analysis: Analysis) -> str:
    said = StringIO()
    show(analysis, Console(file=said, width=200), full=True)
    return said.getvalue()


@pytest.mark.parametrize("calls", [(), TWENTY], ids=["empty", "twenty"])
def test_the_document_has_the_promised_shape_and_is_json(calls: tuple[Any, ...]) -> None:
    shape = SHAPE if calls else {**SHAPE, "from": type(None), "to": type(None)}
    found = json.loads(msgspec.json.encode(document(analysed(*calls))))
    assert_shape(found, shape)
    assert found == document(analysed(*calls))


def test_the_figures_are_those_of_the_calls() -> None:
    line = document(analysed(*TWENTY))["lines"]["standard"]
    counts = {"offered": 20, "answered": 10, "lost": 7, "diverted": 2, "unresolved": 1, "lost_rate": 7 / 20}
    counts |= {"answer_rate": 10 / 19}  # one was diverted for a reason that does not involve agents
    assert line["raw"] == counts
    assert counts.items() <= line["corrected"].items()
    assert (line["corrected"]["coverage"], line["corrected"]["method"]) == (1.0, "none")
    assert line["corrected"]["low"] < 7 / 20 < line["corrected"]["high"]
    assert (line["corrected"]["realised_low"], line["corrected"]["guard"]) == (7 / 20, None)
    assert line["definitions"]["without_short"] == 2 / 15
    assert line["definitions"]["unanswered"] == 10 / 20
    assert line["reasons"] == {"lost": {"abandoned": 6, "timeout": 1}, "diverted": {"closed": 1, "voicemail": 1}}
    assert line["service_level"] == {"within": 20.0, "rate": 5 / 20}


def test_a_line_is_told_in_depth() -> None:
    caller = "hmac:" + 32 * "a"
    line = document(
        analysed(
            ("answered", 100, "1", {"wait": 10, "agent": "anne", "caller": caller}),
            ("ended", 160, "1", {"talk": 60, "agent": "anne"}),
            ("lost", 220, "2", {"wait": 20, "reason": "abandoned", "caller": caller}),
            ("diverted", 300, "3", {"wait": 5, "to": "circulation"}),
        )
    )["lines"]["standard"]
    assert line["service_levels"] == {
        "over_offered": 1 / 3,
        "over_answered": 1.0,
        "without_short": 1 / 3,
        "lost_in_time_met": 2 / 3,
    }
    assert (line["callers"]["callers"], line["callers"]["repeats"], line["definitions"]["net_callers"]) == (1, 1, 0.0)
    assert line["callers"]["again_after_answered"] == {"15m": 1.0, "30m": 1.0, "60m": 1.0}
    assert line["occupancy"] == 60 / 900
    assert (line["patience"]["abandoned"], line["patience"]["censored"]) == (1, 2)
    assert line["patience"]["patient_after"]["10"] == 1.0
    assert line["overflow"] == {"circulation": 1}
    assert (line["expectation"]["hours"], line["expectation"]["lost"]) == (1, 1 / 3)
    assert line["wait_law"]["theta"] == 0.5 / 15


def test_talk_that_is_told_a_day_too_late_is_in_no_occupancy_and_shown() -> None:
    told = [("answered", at, f"{at}", {"talk": 60, "agent": "anne"}) for at in (1_000, 200_000, 220_000)]
    late = ("answered", 2_000, "late", {"talk": 100, "agent": "bruno"})
    analysis = analysed(*told, late)
    line = document(analysis)["lines"]["standard"]
    assert (line["occupancy"], line["unplaced_talk"]) == (180 / 2_700, 100)
    assert "of their time talking, plus 100.0 s reported too late to be included" in printed(analysis)


def test_what_nobody_told_is_null_in_depth_too() -> None:
    line = document(analysed(*TWENTY))["lines"]["circulation"]
    assert (line["occupancy"], line["expectation"], line["wait_law"], line["overflow"]) == (None, None, None, {})
    assert set(line["service_levels"].values()) == {None}
    assert set(line["patience"]["patient_after"].values()) == {None}


def test_people_are_told_in_depth_what_is_known() -> None:
    said = printed(analysed(*TWENTY))
    assert "standard: answered in time: 50.00% of answered calls, 33.33% of all but short calls" in said
    assert "standard: patience: median" in said
    assert "at work" not in said
    assert "reached nobody" not in said


def test_waits_are_in_seconds_and_within_one_percent() -> None:
    line = document(analysed(*TWENTY))["lines"]["standard"]
    waits = line["wait"]["answered"]
    assert (waits["count"], waits["mean"], waits["max"]) == (10, 22.5, 45.0)
    assert (waits["p50"], waits["p90"], waits["p95"]) == pytest.approx((20.0, 40.0, 45.0), rel=0.011)
    assert (line["wait"]["lost"]["count"], line["wait"]["lost"]["max"]) == (7, 300.0)
    assert (line["talk"]["count"], line["talk"]["mean"]) == (10, 60.0)


def test_conservation_holds_in_raw_and_corrected() -> None:
    line = document(analysed(*TWENTY))["lines"]["standard"]
    for side in ("raw", "corrected"):
        told = line[side]
        assert told["offered"] == told["answered"] + told["lost"] + told["diverted"] + told["unresolved"]


def test_a_line_without_a_baseline_is_withheld_and_its_raw_figures_are_marked() -> None:
    line = document(analysed(*TWENTY))["lines"]["circulation"]
    told = line["corrected"]
    assert line["suspect"] is True
    assert (told["method"], told["guard"], told["offered"], told["low"]) == ("unavailable", "no baseline", None, None)
    unknown = Analysis(Settings(site="lozere", lines={"standard": Line()}))
    unknown.take(
        events(
            (json.dumps({"line": "standard", "type": "lost", "at": 1, "call": "1"}).encode() for _ in "1"), PSEUDONYM
        )
    )
    said = printed(unknown)
    assert f"100.00%{THIN}U" in said
    assert "standard: withheld: no baseline" in said
    assert "standard, as counted: without short calls" in said
    assert "standard, as counted: answered in time" in said


def test_where_nothing_was_counted_a_rate_is_null_and_never_zero() -> None:
    line = document(analysed(*TWENTY))["lines"]["circulation"]
    counts = dict.fromkeys(("offered", "answered", "lost", "diverted", "unresolved"), 0)
    assert line["raw"] == {**counts, "lost_rate": None, "answer_rate": None}
    assert (line["corrected"]["low"], line["corrected"]["high"]) == (None, None)
    assert set(line["definitions"].values()) == {None}
    assert line["wait"]["lost"] == {"count": 0, "mean": None, "p50": None, "p90": None, "p95": None, "max": None}
    assert line["service_level"]["rate"] is None


def test_times_have_the_sites_offset() -> None:
    told = document(analysed(*TWENTY))
    assert (told["from"], told["to"]) == ("2018-11-30T18:48:20+01:00", "2018-11-30T18:52:10+01:00")


def test_people_are_shown_every_line_that_was_called_and_no_other() -> None:
    said = printed(analysed(*TWENTY))
    assert said.startswith("lozere, 30 November 2018, 18:48 to 18:52: 20 calls from 20 rows\n")
    short, row = (row for row in said.splitlines() if row.startswith("standard "))
    assert short.split() == ["standard", "35.00%", "20"]
    assert row.split() == ["standard", "20", "10", "7", "2", "1", "35.00%", "22.5", "s", "25.00%"]
    assert "standard: lost by reason: abandoned 6, timeout 1" in said
    assert "events: 20 read, 20 ok, 0 duplicate, 0 late, 0 invalid" in said
    assert "circulation" not in said


def test_people_are_told_of_the_first_refusal_of_each_reason_as_it_stands() -> None:
    analysis = Analysis(OFFICE)
    analysis.take(
        events([b"[bold]\n", b"{\n", b'{"call": "[red]", "line": "[blink]", "type": "lost", "at": 1}'], PSEUDONYM)
    )
    said = printed(analysis)
    assert "malformed: 2 lines, the first is 1: " in said
    assert "unknown-line: 1 line, the first is 3: line '[blink]' is not in the catalogue" in said


@pytest.mark.parametrize("at", [0, 4_102_444_800])
def test_the_first_and_the_last_moment_that_an_event_may_have_can_be_shown(at: int) -> None:
    analysis = Analysis(OFFICE)
    analysis.take(events([f'{{"call": "1", "line": "standard", "type": "lost", "at": {at}}}'.encode()], PSEUDONYM))
    assert document(analysis)["from"] == document(analysis)["to"]


def test_what_the_watch_dropped_is_said_only_where_there_is_any() -> None:
    analysis = analysed(("answered", 0, "a", {}))
    assert not {"calls_unwatched", "reviews_unapplied"} & document(analysis)["lines"]["standard"].keys()
    analysis.lines["standard"].state.watch.missed = 3
    found = document(analysis)["lines"]["standard"]
    assert (found["calls_unwatched"], "reviews_unapplied" in found) == (3, False)
    said = StringIO()
    show(analysis, Console(file=said, width=200), full=True)
    assert "standard: 3 x calls not checked\n" in said.getvalue()
