"""Forged days of the ledger."""

from __future__ import annotations

from typing import Final

from agents.kafka.client import Topic
from streams.ledger.day import ChannelDay, LineDay, ServiceDay, WitnessDay
from tests.attack.forgery import (
    FAR,
    Forged,
    Forgery,
    Json,
    closed_day,
    encoded,
    key_of,
    subject_of,
    without_losses,
    written,
)
from tests.attack.stage import Honest, Row


def _same_offset(honest: Honest) -> Forged:
    return written(without_losses(closed_day(honest)))


def _far(honest: Honest) -> Forged:
    return written(without_losses(closed_day(honest)), offset=FAR)


def _negative(honest: Honest) -> Forged:
    day = closed_day(honest)
    number = next(iter(day["slots"]))
    return written(day, offset=FAR, slots={number: {"offered": 5, "answered": 25, "lost": -20}})


def _deleted(honest: Honest) -> Forged:
    day = closed_day(honest)
    return Forged([Row(Topic.LEDGER, key_of(day), None)], subject_of(day))


def _replayed(honest: Honest) -> Forged:
    day = {name: part for name, part in without_losses(closed_day(honest)).items() if name != "closed"}
    return written(day, offset=day["offset"] - 100)


def _diverted(honest: Honest) -> Forged:
    day = closed_day(honest)
    slots = {}
    for number, slot in day["slots"].items():
        kept = {name: count for name, count in slot.items() if name not in {"lost", "lost_for", "lost_short"}}
        kept |= {"diverted": slot.get("diverted", 0) + slot.get("lost", 0), "diverted_for": slot.get("lost_for", {})}
        slots[number] = kept
    defined = [each | {"lost_reasons": []} for each in day["definitions"]]
    return written(day, slots=slots, definitions=defined)


def _waits(honest: Honest) -> Forged:
    day = closed_day(honest)
    _, count, _, longest = day["answered_waits"]
    return written(day, answered_waits=[{"1": count}, count, count, longest])


def _impossible_waits(honest: Honest) -> Forged:
    return written(closed_day(honest), offset=FAR, answered_waits=[{"-5": 3}, 3, -900_000, -1])


def _in_time(honest: Honest) -> Forged:
    day = closed_day(honest)
    slots = {number: slot | {"within": slot.get("answered", 0)} for number, slot in day["slots"].items()}
    return written(day, slots=slots)


def _reasons(honest: Honest) -> Forged:
    day = closed_day(honest)
    slots = {
        number: {name: part for name, part in slot.items() if not name.endswith("_for")}
        for number, slot in day["slots"].items()
    }
    return written(day, slots=slots)


def _talked(honest: Honest) -> Forged:
    day = closed_day(honest)
    slots = {number: slot | {"talked": slot.get("lost", 0)} for number, slot in day["slots"].items()}
    return written(day, slots=slots)


def _catalogues(honest: Honest) -> Forged:
    return written(closed_day(honest), catalogues=["0" * 64])


def _spelled(honest: Honest) -> Forged:
    day = closed_day(honest)
    return written(day | {"day": day["day"].replace("-", "")})


def _year_9999(_honest: Honest) -> Forged:
    day = {"of": "line", "id": "lozere/circulation", "day": "9999-12-31", "offset": 1, "slots": {}}
    return written(day)


def _other_site(honest: Honest) -> Forged:
    day = without_losses(closed_day(honest))
    named = day | {"id": "cantal/circulation"}
    return Forged([Row(Topic.LEDGER, key_of(day), encoded(named))], subject_of(day))


def _service(honest: Honest) -> Forged:
    day = honest.days(ServiceDay, "cards")[0]
    slots = {number: {"issued": slot["issued"], "served": slot["issued"]} for number, slot in day["slots"].items()}
    return written(day, slots=slots, offset=FAR)


def _channel(honest: Honest) -> Forged:
    day = honest.days(ChannelDay, "mail")[0]
    slots = {number: slot | {"received": 9, "answered": 9} for number, slot in day["slots"].items()}
    return written(day, slots=slots, offset=FAR)


def _witness(honest: Honest) -> Forged:
    day = honest.days(WitnessDay, "accueil")[1]
    slots: dict[str, Json] = {}
    for number, slot in day["slots"].items():
        lost = slot.get("lost", 0)
        slots[number] = {**{name: count for name, count in slot.items() if name != "lost"}}
        slots[number]["answered"] = slot.get("answered", 0) + lost
    return written(day, slots=slots)


def _line(name: str, forge: object, **more: object) -> Forgery:
    return Forgery(f"day: {name}", Topic.LEDGER, LineDay, forge, **more)  # type: ignore[arg-type]


DAYS: Final = (
    _line("lost counted as answered", _same_offset),
    _line("the same, offset 2^60", _far),
    _line("counts below zero, offset 2^60", _negative),
    _line("deleted", _deleted),
    _line("older version again", _replayed),
    _line("lost counted as diverted, with a definition", _diverted),
    _line("shorter waits", _waits),
    _line("waits below zero, offset 2^60", _impossible_waits),
    _line("all answered in time", _in_time),
    _line("reasons taken out", _reasons, unshown="reasons removed before the first vintage"),
    _line("lost calls with a conversation", _talked, unshown="results of the laws before the first vintage"),
    _line("another configuration", _catalogues),
    _line("another spelling of its date", _spelled),
    _line("the year 9999", _year_9999),
    _line("of another site under its key", _other_site),
    Forgery("day of a counter: all served, offset 2^60", Topic.LEDGER, ServiceDay, _service),
    Forgery("day of requests: all answered, offset 2^60", Topic.LEDGER, ChannelDay, _channel),
    Forgery("day of both records: lost counted as answered", Topic.LEDGER, WitnessDay, _witness),
)
