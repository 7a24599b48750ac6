"""The document has the shape of the analysis, and every indicator can be traced."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from agents.shape import ReasonsShape
from agents.totals.document import document
from streams.calls.counts import Counts
from streams.indicators.both import WitnessTotals
from streams.indicators.vintage import digest_of
from streams.ledger.reasons import NOT_KEPT, CallReasons
from tests.agents.analysis.test_report import COUNTS, SHAPE, WAITS, assert_shape
from tests.agents.totals.year import PARIS, edition, wrong, year

FIGURE = {"value": float, "part": float, "whole": float, "low": float, "high": float, "status": str}


def told(*incidents: Any) -> dict[str, Any]:
    found = edition(*incidents)
    document_of: dict[str, Any] = json.loads(msgspec.json.encode(document(found.annual, PARIS, found)))
    return document_of


def test_the_shape_is_that_of_the_analysis() -> None:
    found = told(wrong())
    shape = {name: part for name, part in SHAPE.items() if name != "events"}
    shape["services"] = {
        "cartes": {"issued": int, "served": int, "no_show": int, "wait": WAITS, "time_in_service": WAITS}
    }
    shape["requests"] = {"im341": {"received": int, "answered": int, "within_target": float, "mean_days": float}}
    shape["lines"] = dict.fromkeys(("standard", "circulation"), SHAPE["lines"]["standard"])
    assert_shape(found, shape)
    assert (found["from"], found["to"]) == ("2013-01-01T00:00:00+01:00", "2014-01-01T00:00:00+01:00")
    assert found["vintage"]["number"] == 1


def test_every_figure_can_be_traced() -> None:
    found = told(wrong())
    (rate,) = [each for each in found["indicators"] if each["id"] == "lost_rate:circulation"]
    assert_shape(rate, {"raw": FIGURE, "corrected": FIGURE, "coverage": float, "method": str, "target": float})
    for side in ("raw", "corrected"):
        assert rate[side]["value"] == rate[side]["part"] / rate[side]["whole"]
        opening = found["lines"]["circulation"]["opening_hours"][side]
        assert (opening["lost"], opening["offered"]) == (rate[side]["part"], rate[side]["whole"])
    assert rate["incidents"] == [each["id"] for each in found["incidents"]]
    assert rate["flips"] is True
    assert rate["label"] == "Taux d'appels perdus : Circulation"
    assert [each["period"] for each in rate["compared"]] == ["2012"]
    months = found["lines"]["circulation"]["months"]
    assert sum(month["raw"]["lost"] for month in months) == rate["raw"]["part"]
    assert_shape(found["lines"]["circulation"]["raw"], COUNTS)


def test_a_withheld_figure_is_null_and_says_why() -> None:
    told = document(year(wrong(verdict="undecided", status="open", decisions=[])), PARIS)
    corrected = told.lines["circulation"].corrected
    assert (corrected.offered, corrected.lost_rate, corrected.low, corrected.realised_low) == (None, None, None, None)
    assert (corrected.method, corrected.guard) == ("unavailable", "undecided since 2 September 2013")
    assert (told.indicators[0].guard, told.indicators[0].raw.status) == (corrected.guard, "U")
    assert told.lines["standard"].corrected.guard is None


def test_what_is_not_known_is_null() -> None:
    corrected = told(wrong(start=1_356_998_400_000))["lines"]["circulation"]["corrected"]
    assert corrected["method"] == "unavailable"
    assert {corrected[name] for name in ("offered", "lost", "lost_rate", "low", "high")} == {None}
    assert document(year(), PARIS).vintage is None


def test_what_the_second_record_of_a_line_told_stands_beside_its_figures() -> None:
    found = year(wrong())
    told = WitnessTotals(
        source="cel",
        told=Counts(100, 80, 20),
        matched=90,
        only_here=1,
        only_there=10,
        contradicted=0,
        ambiguous=0,
        uncovered=3,
        coverage=0.8,
    )
    found.lines["circulation"].witness = told
    shown: dict[str, Any] = json.loads(msgspec.json.encode(document(found, PARIS)))["lines"]
    assert "witness" not in shown["standard"]
    assert shown["circulation"]["witness"] == {
        "source": "cel",
        "offered": 100,
        "answered": 80,
        "lost": 20,
        "diverted": 0,
        "unresolved": 0,
        "matched": 90,
        "only_here": 1,
        "only_there": 10,
        "contradicted": 0,
        "ambiguous": 0,
        "uncovered": 3,
        "coverage": 0.8,
    }
    assert digest_of(found) == digest_of(year(wrong())), "it is evidence: the figures are the same"


def test_reasons_stand_beside_raw_and_sum_up_to_it_and_a_vintage_has_none() -> None:
    found = year()
    lost = found.lines["circulation"].all_raw.lost
    why = CallReasons({"full": 1_000, "abandoned": lost - 1_000}, {"voicemail": 7}, short=500)
    told = document(found, PARIS, reasons={"circulation": why, "standard": CallReasons({NOT_KEPT: 3}, {}, None)}).lines
    assert told["circulation"].reasons == ReasonsShape({"abandoned": lost - 1_000, "full": 1_000}, {"voicemail": 7})
    offered = found.lines["circulation"].all_raw.offered
    assert told["circulation"].definitions.without_short == (lost - 500) / (offered - 500)
    assert told["standard"].reasons == ReasonsShape({NOT_KEPT: 3}, {})
    assert told["standard"].definitions.without_short is None, "it is not known of every call"
    alone = document(found, PARIS).lines["circulation"]
    assert (alone.reasons, alone.definitions.without_short) == (None, None)
