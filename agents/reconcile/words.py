"""The names of outcomes in two records, and why records differ: English here, French in the catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from agents.analysis.written import number
from agents.pages.words import REASONS
from agents.translation import text
from streams.calls.call import ANSWERED, DIVERTED, LOST
from streams.reconcile.matching import Way
from streams.reconcile.sighting import Sighting
from streams.reconcile.verdict import Why
from streams.said import Said, said

WHY: Final[Mapping[Why, Said]] = {
    "turned-away": said("turned away by the full queue"),
    "before-queue": said("hung up before the queue"),
    "no-row": said("no row for the call or its end"),
    "false-answer": said("an answer by a machine, taken for a human's"),
    "cut-by-restart": said("cut by a restart of the exchange"),
    "transfer": said("a second leg of a caller's call, or a transferred call"),
    "clock": said("the same call at a different moment"),
    "unknown": said("unknown reason"),
}
_KINDS: Final = {LOST: said("lost ({reason}){wait}"), DIVERTED: said("diverted ({reason}){wait}")}

RULES: Final = (
    said("A call in only one record counts once: records can miss calls, but they do not invent them."),
    said("If only one record has an outcome, it counts: the other was cut off or lacks a row."),
    said(
        "A human's answer counts against the other record if its own record shows a telephone connected "
        "to the caller (queue-log, asterisk-cel, ami, callcenter), or if neither does: machines answer "
        "too."
    ),
    said("If one record says lost and the other diverted, diverted counts, because that record saw it happen."),
    said("Calls that could match several calls are not joined, and count once."),
)
METHODS: Final[Mapping[Way, Said]] = {
    "id": said("median difference of the starts of calls with one id, by blocks of six hours; drift by Theil and Sen"),
    "time": said(
        "peak of the differences of start over all pairs of calls of one caller, or of one length, by blocks of six "
        "hours; drift by Theil and Sen"
    ),
    "none": said(
        "The calls cannot be joined: no call has the same id in both records, and no clock offset "
        "matches enough calls unambiguously. Check that both records are of the same lines and the same "
        "time (--timezone, --timezone2), or use longer records."
    ),
    "undecided": said("No call is in both records."),
}


def says(seen: Sighting | None, zone: ZoneInfo | None = None) -> str:
    """Return a call's outcome in a record, with its length but not its caller.

    With a zone, it includes the beginning of the call in that zone.
    """
    if seen is None:
        return text("nothing")
    outcome = _outcome(seen)
    if zone is None:
        return outcome
    began = datetime.fromtimestamp(seen.start / 1000, UTC).astimezone(zone)
    return text("{outcome}, began {began}", outcome=outcome, began=f"{began:%Y-%m-%d %H:%M:%S}")


def _outcome(seen: Sighting) -> str:
    if seen.cut:
        return text("cut, no outcome")
    wait = "" if seen.wait < 0 else text(" after {seconds} s", seconds=_seconds(seen.wait))
    if seen.kind == ANSWERED:
        talk = "" if seen.talk < 0 else text(", talked {seconds} s", seconds=_seconds(seen.talk))
        return text("answered{wait}{talk}", wait=wait, talk=talk)
    kind = _KINDS.get(seen.kind)
    return text("no outcome") if kind is None else text(kind, reason=REASONS[seen.reason], wait=wait)


def _seconds(length: int) -> str:
    """Return a length of time (ms) in seconds; whole seconds have no fraction."""
    tenths = round(length / 100)
    return number(tenths / 10, 1 if tenths % 10 else 0)
