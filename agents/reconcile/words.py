"""What records say of calls, and why they differ: English here, French in the catalogue."""

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
    "turned-away": said("turned away at the door of the queue"),
    "no-row": said("no row written for the call or its end"),
    "false-answer": said("a machine's answer taken for a human's"),
    "cut-by-restart": said("cut by a restart of the exchange"),
    "transfer": said("a second leg of a caller, or one that went on elsewhere"),
    "clock": said("the same call at another moment"),
    "unknown": said("for no known reason"),
}
_KINDS: Final = {LOST: said("lost ({reason}){wait}"), DIVERTED: said("diverted ({reason}){wait}")}

RULES: Final = (
    said("A call that one record alone has counts once: records leave calls out, they make none up."),
    said("An outcome is believed over none: a record that was cut, or lacks a row, knows of no end."),
    said(
        "A human's answer is believed against the other record where its own sees a telephone connected to the caller "
        "(queue-log, asterisk-cel, ami, callcenter), or where neither does: a machine answers too."
    ),
    said("Of a loss and a flow to elsewhere the flow is believed: it is an act that was seen."),
    said("Calls that could be one another's are not joined, and count once together."),
)
METHODS: Final[Mapping[Way, Said]] = {
    "id": said("median difference of the starts of calls with one id, by blocks of six hours; drift by Theil and Sen"),
    "time": said(
        "peak of the differences of start over all pairs of calls of one caller, or of one length, by blocks of six "
        "hours; drift by Theil and Sen"
    ),
    "none": said(
        "Nothing is joined: the records share no id of a call on one line, and no offset of the clocks brings enough "
        "calls together without ambiguity. Check that both are of the same lines and the same time (--timezone, "
        "--timezone2), or read more."
    ),
    "undecided": said("No call stands in both records."),
}


def says(seen: Sighting | None, zone: ZoneInfo | None = None) -> str:
    """Say what a record says of a call, as an outcome with its length of time; never who called.

    With a zone, it is said when the call began, in that zone.
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
    """Write a length of time (ms) in seconds; a whole one without a fraction."""
    tenths = round(length / 100)
    return number(tenths / 10, 1 if tenths % 10 else 0)
