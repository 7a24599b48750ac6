"""Forged vintages, and notes of decisions."""

from __future__ import annotations

from typing import Final

import msgspec

from agents.history.slips import Slip
from agents.history.ticks import Tick
from agents.kafka.client import Topic
from streams.chain.entry import Note
from streams.indicators.vintage import Vintage, digest_of_figures
from tests.attack.forgery import Forged, Forgery, Json, closed_day, encoded, subject_of, without_losses, written
from tests.attack.stage import SITE, YEAR, Honest, Row


def _vintage(honest: Honest) -> tuple[bytes, Json]:
    found = honest.latest(Topic.LEDGER)
    key = next(each for each in found if f"/vintages/{YEAR}/" in each)
    return key.encode(), msgspec.json.decode(found[key])


def _lower(vintage: Json) -> Json:
    for each in vintage["annual"]["indicators"]:
        if each["kind"] == "lost_rate" and each.get("raw"):
            each["raw"] |= {"value": 0.0, "part": 0}
    return vintage


def _changed(honest: Honest) -> Forged:
    key, vintage = _vintage(honest)
    lower = _lower(vintage)
    lower["digest"] = digest_of_figures(lower["annual"])
    return Forged([Row(Topic.LEDGER, key, encoded(lower))], f"vintage 1 of {YEAR}")


def _deleted(honest: Honest) -> Forged:
    key, _ = _vintage(honest)
    return Forged([Row(Topic.LEDGER, key, None)], f"vintage 1 of {YEAR}")


def _with_its_day(honest: Honest) -> Forged:
    """Return a day changed together with every vintage that has it: the day must be named, not only the vintages."""
    day = without_losses(closed_day(honest))
    rows = written(day).rows
    for key, value in honest.latest(Topic.LEDGER).items():
        if "/vintages/" in key:
            rows.append(Row(Topic.LEDGER, key.encode(), encoded(_lower(msgspec.json.decode(value)))))
    return Forged(rows, subject_of(day))


def _note(value: bytes | None, honest: Honest) -> Forged:
    (key,) = honest.latest(Topic.NOTES)
    return Forged([Row(Topic.NOTES, key.encode(), value)], "declaration of a miscount of circulation")


def _tick(_honest: Honest) -> Forged:
    value = encoded({"until": "9999-12-31T23:59:59Z"})
    return Forged([Row(Topic.NOTES, f"{SITE}/called-back/0123456789abcdef".encode(), value)], "called-back")


def _slip(_honest: Honest) -> Forged:
    value = encoded({"state": "sent", "at": "9999-12-31T23:59:59Z"})
    return Forged([Row(Topic.NOTES, f"{SITE}/mail/day/2023-11-17/{32 * '0'}".encode(), value)], "mail")


VINTAGES: Final = (
    Forgery("vintage changed, with its digest", Topic.LEDGER, Vintage, _changed, published=True),
    Forgery("vintage deleted", Topic.LEDGER, Vintage, _deleted, published=True),
    Forgery("vintage changed, and a day of it", Topic.LEDGER, Vintage, _with_its_day, published=True),
    Forgery("note changed", Topic.NOTES, Note, lambda honest: _note(encoded({"note": "x", "salt": "0"}), honest)),
    Forgery("note deleted", Topic.NOTES, Note, lambda honest: _note(None, honest)),
    Forgery("tick of a caller", Topic.NOTES, Tick, _tick),
    Forgery("slip of a mail", Topic.NOTES, Slip, _slip),
)
