"""Queues that overflow into each other: a call that leaves one without an answer enters the next at once."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from streams.events import CallEvent, milliseconds

AT_ONCE: Final = 2_000  # ms from the exit until the next entry, at most
LEAST: Final = 10  # calls; fewer may be transfers by hand
CHOSEN: Final = frozenset({"abandoned", "key", "transfer", "voicemail", "callback"})  # the caller or an agent decided


class QueueOverflow(NamedTuple):
    """The calls that left a queue and entered another at once."""

    left: str
    entered: str
    calls: int


class SeenOverflows:
    """The overflows in the events of lines that have a queue each."""

    def __init__(self) -> None:
        self._left: dict[str, tuple[str, int]] = {}  # by call: the line that it left unanswered, and when
        self._counts = Counter[tuple[str, str]]()

    def hear(self, event: CallEvent) -> None:
        call, at = event.call.partition("#")[0], milliseconds(event.at)
        by_itself = event.reason not in CHOSEN or (event.reason == "transfer" and event.to is not None)
        if event.type in {"lost", "diverted"} and by_itself:
            self._left[call] = event.line, at
        elif event.type == "offered" and call in self._left:
            line, since = self._left.pop(call)
            if line != event.line and 0 <= at - since <= AT_ONCE:
                self._counts[line, event.line] += 1

    def usual(self, lines: Mapping[str, str]) -> list[QueueOverflow]:
        """Return the overflows of many calls between some lines, the most frequent first."""
        counts = self._counts.most_common()
        return [QueueOverflow(*pair, calls) for pair, calls in counts if calls >= LEAST and lines.keys() >= set(pair)]


def joined(overflows: Iterable[QueueOverflow]) -> dict[str, str]:
    """Return, for each queue that takes the overflow of one other queue, that queue; it belongs to the same line.

    A queue that takes the overflow of several keeps its own line, as its calls belong to each of them.

    >>> joined([QueueOverflow("a", "b", 30), QueueOverflow("b", "c", 20)])
    {'b': 'a', 'c': 'a'}
    >>> joined([QueueOverflow("a", "evening", 30), QueueOverflow("b", "evening", 20)])
    {}
    """
    feeding = defaultdict[str, list[str]](list)
    for each in overflows:
        feeding[each.entered].append(each.left)
    found: dict[str, str] = {}
    for queue, (first, *others) in feeding.items():
        root = found.get(first, first)
        if not others and root != queue:
            found = {each: root if to == queue else to for each, to in found.items()} | {queue: root}
    return found
