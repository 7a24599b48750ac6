"""What a reader counts beside the events that it gives: one sentence each, for people.

Every row is in one count: it gives an event, it is refused, or it is left out, under one of the names here. `REMARKS`
alone count nothing of that: they say how a row was read, or a call told, that is in a count already.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from agents.sources.entry import Entry
from agents.translation import counted, text
from streams.said import Said, said

NO_CALL: Final = "no-call "  # and the name of an event that says nothing of a call
OTHER: Final = "no-call other"  # of names that a dialplan makes up, which may hold anything
WITHIN: Final = "no-event"  # a row of a call, or of a queue, of which other rows give the events
FEW: Final = 6  # names of such events that a sentence shows

SENTENCES: Final[Mapping[str, Said]] = {
    WITHIN: said("the row adds to what other rows tell, and gives no event itself"),
    # of a queue_log
    "exit-after-answer": said("an exit came after an answer: the call stays answered"),
    "shifted-fields": said("a separator inside a name had torn the row; its fields were put back"),
    "swapped-ids": said("an attended transfer swapped the ids of two calls; the caller's was put back"),
    "entered-while-waiting": said("a call entered a queue in which it waited already: it is one attempt"),
    "wait-from-clock": said("the row told no wait: it is the time since the call entered"),
    "wait-unknown": said("nothing tells how long the call waited"),
    "talk-unreadable": said("the row told no length of the conversation"),
    "time-of-previous-row": said("the row had no time: it has that of the row before"),
    "undecodable-name": said("a name was no UTF-8; what could be read of it was kept"),
    # of live interfaces
    "ended-unnamed": said("a conversation ended, and the message named no caller"),
    "ended-unheard": said("a call was over when it was listened to again: it has no outcome"),
    "cut-by-restart": said("the exchange restarted while a caller waited: the call has no outcome"),
    "picked-up-too-late": said("an agent picked up when the caller was gone: nobody answered"),
    # of call records
    "out-of-order": said("what the row tells is older than what was told before"),
    "repeated-row": said("the row stands there already: it counts once"),
    "changed-row": said("another row tells of the same leg: the one that tells most of it counts"),
    "other-number": said("the number is no line's"),
    "other-record": said("the record is of the quality of speech"),
    "placed-by-exchange": said("the exchange placed the call itself"),
    "second-leg": said("the row is of the leg to a telephone: the caller's row counts"),
    "machine": said("the number is a machine's: `exchanges.freeswitch.machines`"),
    "scanner": said("somebody tried numbers: no line has this one, and nobody was called"),
}

REMARKS: Final = frozenset({
    *("exit-after-answer", "shifted-fields", "swapped-ids", "entered-while-waiting", "wait-from-clock", "wait-unknown"),
    *("talk-unreadable", "time-of-previous-row", "undecodable-name", "out-of-order"),
    *("ended-unheard", "cut-by-restart", "picked-up-too-late"),
    *("rows out of order", "restarts of the exchange", "callers cut by a restart"),
    *("calls dropped, as too many were open", "outcomes whose wait no column tells"),
    "queues whose start is in no row: `apps` in cel.conf must name queue",
    "answers whose wait no row tells, as the exchange answered first",
})  # fmt: skip


def accounted(told: Iterable[Entry], aside: Counter[str]) -> Iterator[Entry]:
    """Yield what a row tells, and count the row as `WITHIN` where it tells nothing and is in no other count."""
    before, silent = left_out(aside), True
    for entry in told:
        silent = False
        yield entry
    if silent and left_out(aside) == before:
        aside[WITHIN] += 1


def left_out(aside: Counter[str]) -> int:
    """Return how many rows gave no event, and were not refused either."""
    return aside.total() - sum(aside[name] for name in REMARKS & aside.keys())


ROWS: Final = (  # that say by their name what they are
    said("rows of other events"),
    said("rows out of order"),
    said("rows of channels whose start is in no row before"),
    said("calls dropped, as too many were open"),
    said("queues whose start is in no row: `apps` in cel.conf must name queue"),
    said("restarts of the exchange"),
    said("callers cut by a restart"),
    said("calls to no line"),
    said("answers whose wait no row tells, as the exchange answered first"),
    said("outcomes whose wait no column tells"),
    said("rows that the mapping's outcome says to ignore"),
    said("rows that a later one of the same id replaces"),
)
LEFT_OUT: Final = "rows left out by "


def _rows(name: str) -> str:
    if name.startswith(LEFT_OUT):
        return text("rows left out by {where}", where=name.removeprefix(LEFT_OUT))
    return text(name) if name in ROWS else name


def sentences(aside: Counter[str]) -> Iterator[str]:
    """Yield what was counted, one sentence for each, and one for all the rows that say nothing of a call."""
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
            "{count} row says nothing of a call: {names}",
            "{count} rows say nothing of a call: {names}",
            rows.total(),
            names=most,
        )
