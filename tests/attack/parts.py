"""Forged parts of days: counts that seem to come from late events."""

from __future__ import annotations

from functools import partial
from typing import Final

from agents.kafka.client import Topic
from streams.ledger.day import LineDay
from tests.attack.forgery import FAR, Forged, Forgery, closed_day, written
from tests.attack.stage import Honest


def _part(honest: Honest, name: str, offset: int) -> Forged:
    day = closed_day(honest)
    lost = {number: slot["lost"] for number, slot in day["slots"].items() if "lost" in slot}
    slots = {number: {"answered": count, "lost": -count} for number, count in lost.items()}
    told = {"of": "line", "id": day["id"], "day": day["day"]}
    return written(told, part=name, offset=offset, slots=slots)


def _below_zero(honest: Honest) -> Forged:
    day = closed_day(honest)
    number = next(iter(day["slots"]))
    told = {"of": "line", "id": day["id"], "day": day["day"]}
    return written(told, part=f"0.{FAR}", offset=FAR, slots={number: {"answered": 1035, "lost": -1035}})


def _after_its_day(honest: Honest) -> Forged:
    """Return a part with a position that an event of the line has, after the day was closed."""
    last = closed_day(honest)["offset"]
    return _part(honest, f"0.{last + 1}", last + 1)


PARTS: Final = (
    Forgery("part 0.5", Topic.LEDGER, LineDay, partial(_part, name="0.5", offset=5)),
    Forgery("part x", Topic.LEDGER, LineDay, partial(_part, name="x", offset=5)),
    Forgery("part 0.2^60", Topic.LEDGER, LineDay, partial(_part, name=f"0.{FAR}", offset=FAR)),
    Forgery("part with more lost taken out than there are", Topic.LEDGER, LineDay, _below_zero),
    Forgery("part of an event that is there", Topic.LEDGER, LineDay, _after_its_day),
)
