"""The figures of a unit include every kind of indicator that can be aggregated, and no other."""

from __future__ import annotations

import csv
import json
from io import StringIO

import msgspec
import pytest
from msgspec.structs import replace

from agents.history.incident_json import incident_json
from agents.kafka.client import Topic, topic
from agents.language import Language
from agents.nation.figures import nation_figures
from agents.nation.observed import observed, of_all_desks
from agents.nation.scope import Scope, scope_of
from agents.nation.written import units_written
from agents.report.format import Format
from streams.indicators.kinds import KINDS, kinds_of
from streams.rollup.desk import ChannelSum
from streams.rollup.rate import rate_sum
from tests.agents.nation.made import MONTH, PARIS, TODAY, MadeRecord, figures, history, offices
from tests.streams.indicators.telling import incident

LETTERS = ChannelSum(
    label="Letters",
    sites=["a"],
    silent=[],
    counted=True,
    received=9,
    answered=6,
    withdrawn=1,
    pending=2,
    overdue=0,
    within=5,
    aimed=9,
    days=12,
    rates={"within_target": rate_sum("within_target", []), "mean_days": rate_sum("mean_days", [])},
    target_days=5,
    counts="working",
)


def test_a_unit_has_every_kind_that_rolls_up() -> None:
    scope = scope_of(figures())
    unit = replace(scope.unit, channels={"letters": LETTERS})
    assert {each.indicator.kind for each in observed(scope, unit)} == {
        kind for kind, row in KINDS.items() if row.rolls_up
    }
    assert [each.indicator.kind for each in of_all_desks(scope, unit)] == [*kinds_of("line"), "wait"]


@pytest.fixture(scope="module")
def doubted() -> Scope:
    """Return the nation with a doubt about all waits at the counter of an office."""
    of = offices()
    known = history(of)
    doubt = incident(
        MONTH.first,
        MONTH.last,
        line="cartes",
        desk="service",
        cause="waits too short",
        kind="unit",
        verdict="undecided",
    )
    told = msgspec.json.encode({"site": "a", **incident_json(doubt, PARIS)})
    known.take(MadeRecord(topic(of.shared, Topic.INCIDENTS), f"a/{doubt.id}".encode(), told))
    return scope_of(nation_figures(of, known, MONTH, TODAY))


def test_a_withheld_counter_is_named_by_every_format(doubted: Scope) -> None:
    whole = json.loads(units_written(Format.JSON, doubted, Language.EN))["units"][0]
    (part,) = whole["services"]["cartes"]["rates"]["wait"]["withheld"]
    assert (part["site"], part["service"], part["low"], part["guard"][:9]) == ("a", "cartes", None, "undecided")
    assert "line" not in part
    page = units_written(Format.HTML, doubted, Language.FR).decode()
    assert page.count("Cartes grises</td>") == 1
    rows = list(csv.DictReader(StringIO(units_written(Format.CSV, doubted, Language.EN).decode())))
    wait = {row["kind"]: row for row in rows if (row["indicator"], row["subject"]) == ("wait", "cartes")}["nation"]
    assert (wait["withheld"], wait["could_be_low"]) == ("1", "")
    assert float(wait["coverage"]) == pytest.approx(7 / 9), "one office is withheld, and one silent"
