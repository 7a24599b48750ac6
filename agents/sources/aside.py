"""What a reader counts besides its events, with one sentence for people on each count.

Every row is in exactly one count: it gives an event, it is refused, or it is left out under one of these names.
`REMARKS` are extra: they note how a row was read, or how a call was interpreted, although a count has it already.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from agents.sources.entry import Entry
from agents.translation import counted, text
from streams.said import Said, said

NO_CALL: Final = "no-call "  # followed by the name of an event that concerns no call
OTHER: Final = "no-call other"  # names invented by a dialplan, which may contain anything
WITHIN: Final = "no-event"  # a row whose call or queue gets its events from other rows
FEW: Final = 6  # event names shown in a sentence

SENTENCES: Final[Mapping[str, Said]] = {
    WITHIN: said("the row adds to other rows' events and gives none itself"),
    # of a queue_log
    "exit-after-answer": said("an exit came after an answer: the call stays answered"),
    "shifted-fields": said("a separator inside a name had shifted the row's fields; they were restored"),
    "overflow": said("a caller left one queue of the line for another: it counts as one attempt"),
    "swapped-ids": said("an attended transfer had swapped the ids of two calls; the caller's was restored"),
    "entered-while-waiting": said("a call entered a queue in which it was already waiting: it counts as one attempt"),
    "wait-from-clock": said("the row has no wait: the time since the call entered is used"),
    "wait-unknown": said("the call's wait is unknown"),
    "talk-unreadable": said("the row has no length of the conversation"),
    "time-of-previous-row": said("the row has no time: the previous row's time is used"),
    "undecodable-name": said("a name is not valid UTF-8; its readable part was kept"),
    # of live interfaces
    "ended-unnamed": said("a conversation ended, but the message names no caller"),
    "ended-unheard": said("a call ended while the exchange was disconnected: it has no outcome"),
    "cut-by-restart": said("the exchange restarted while a caller waited: the call has no outcome"),
    "picked-up-too-late": said("an agent picked up after the caller had hung up: the call was not answered"),
    # of call records
    "out-of-order": said("the row's event is older than an earlier row's"),
    "repeated-row": said("the row is a duplicate: it counts once"),
    "changed-row": said("several rows describe the same leg: the most complete one counts"),
    "other-number": said("the number belongs to no line"),
    "other-record": said("the record is about speech quality"),
    "placed-by-exchange": said("the exchange placed the call itself"),
    "second-leg": said("the row is the leg to a telephone: the caller's row counts"),
    "machine": said("the number belongs to a machine: `exchanges.freeswitch.machines`"),
    "scanner": said("someone tried random numbers: no line has this one, and no telephone rang"),
}

REMARKS: Final = frozenset({
    *("exit-after-answer", "shifted-fields", "swapped-ids", "entered-while-waiting", "wait-from-clock", "wait-unknown"),
    *("talk-unreadable", "time-of-previous-row", "undecodable-name", "out-of-order"),
    *("ended-unheard", "cut-by-restart", "picked-up-too-late"),
    *("rows out of order", "restarts of the exchange", "callers cut by a restart"),
    *("calls dropped because too many were open", "outcomes without a column for their wait"),
    "lines before the header",
    "queues whose start is in no row: `apps` in cel.conf must name queue",
    "answers with an unknown wait, as the exchange answered first",
})  # fmt: skip

# Counts that a person should look at: something is missing in the record. Others are routine.
TROUBLE: Final = frozenset({
    *("wait-unknown", "talk-unreadable", "ended-unnamed", "ended-unheard", "cut-by-restart"),
    *("rows out of order", "rows of channels whose start is in no row before", "callers cut by a restart"),
    "calls dropped because too many were open",
    "queues whose start is in no row: `apps` in cel.conf must name queue",
    "answers with an unknown wait, as the exchange answered first",
})  # fmt: skip


def accounted(entries: Iterable[Entry], aside: Counter[str]) -> Iterator[Entry]:
    """Yield a row's entries; if there is none, count the row as `WITHIN`, unless it is in another count."""
    before, silent = left_out(aside), True
    for entry in entries:
        silent = False
        yield entry
    if silent and left_out(aside) == before:
        aside[WITHIN] += 1


def left_out(aside: Counter[str]) -> int:
    """Return how many rows gave no event and were not refused either."""
    return aside.total() - sum(aside[name] for name in REMARKS & aside.keys())


ROWS: Final = (  # counts whose name is a sentence
    said("rows of other events"),
    said("rows out of order"),
    said("rows of channels whose start is in no row before"),
    said("calls dropped because too many were open"),
    said("queues whose start is in no row: `apps` in cel.conf must name queue"),
    said("restarts of the exchange"),
    said("callers cut by a restart"),
    said("calls to no line"),
    said("answers with an unknown wait, as the exchange answered first"),
    said("outcomes without a column for their wait"),
    said("lines before the header"),
    said("rows ignored by the mapping's outcome"),
    said("rows replaced by a later one with the same id"),
)
LEFT_OUT: Final = "rows left out by "


def _rows(name: str) -> str:
    if name.startswith(LEFT_OUT):
        return text("rows left out by {where}", where=name.removeprefix(LEFT_OUT))
    return text(name) if name in ROWS else name


def sentences(aside: Counter[str]) -> Iterator[str]:
    """Yield a sentence for each count, and one for all rows that concern no call."""
    rows = Counter({name.removeprefix(NO_CALL): count for name, count in aside.items() if name.startswith(NO_CALL)})
    for name, count in sorted(aside.items()):
        if name in SENTENCES:
            yield f"{count} x {name}: {text(SENTENCES[name])}"
        elif not name.startswith(NO_CALL):
            yield f"{count} x {_rows(name)}"
    if rows:
        most = ", ".join(f"{name} {count}" for name, count in rows.most_common(FEW))
        if len(rows) > FEW:
            most = text("{names} and {count} more", names=most, count=len(rows) - FEW)
        yield counted(
            "{count} row concerns no call: {names}",
            "{count} rows concern no call: {names}",
            rows.total(),
            names=most,
        )
