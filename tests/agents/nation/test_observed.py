"""The figures of a unit include every kind of indicator that can be aggregated, and no other."""

from __future__ import annotations

from msgspec.structs import replace

from agents.nation.observed import observed, of_all_desks
from agents.nation.scope import scope_of
from streams.indicators.kinds import KINDS, kinds_of
from streams.rollup.desk import ChannelSum
from tests.agents.nation.made import figures

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
