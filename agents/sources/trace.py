"""Collects the rows of one call, which are the rows of a file with one of the call's names, and their content.

A reader's rows go `through` a trace only if a call is to be explained, so that it costs nothing otherwise. For each
row, a connector's function returns its names (`Seen`): those of the call, of the channel, and of joined channels.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Final, NamedTuple, TypeVar

from agents.sources.pseudonym import Pseudonymizer

MOST_ROWS: Final = 1_000  # rows of a call that are kept

_PSEUDONYM = re.compile(r"hmac:[0-9a-f]+")  # made with a key that is valid only for this run

R = TypeVar("R")


class Seen(NamedTuple):
    """The content of a row, without the columns that identify a caller."""

    row: int  # its line in the file
    at: float | None  # epoch s
    words: tuple[str, ...]
    names: tuple[str, ...]  # of its calls and channels, as written by the source


class TracedRow(NamedTuple):
    at: float | None  # epoch s
    text: str  # without any number
    aside: Counter[str]  # the reader's counts for this row


class Trace:
    """The rows with a `wanted` name."""

    def __init__(self, wanted: Callable[[str], bool], pseudonym: Pseudonymizer, aside: Counter[str]) -> None:
        self.rows: dict[int, TracedRow] = {}
        self.names: set[str] = set()  # all names in these rows
        self.more = 0  # rows beyond the first `MOST_ROWS`
        self._wanted = wanted
        self._pseudonym = pseudonym
        self._aside = aside

    def through(self, rows: Iterable[R], seen: Callable[[R], Seen | None], *, joined: bool = False) -> Iterator[R]:
        """Yield every row, and keep the call's rows; `seen` returns None for a row that cannot be read.

        If rows are first `joined` to calls, the counts after a row may belong to another call, so they are not kept.
        """
        for row in rows:
            content = seen(row)
            if content is None or not any(self._wanted(name) for name in content.names if name):
                yield row
                continue
            self.names.update(filter(None, content.names))
            if len(self.rows) >= MOST_ROWS:
                self.more += 1
                yield row
                continue
            before = Counter(self._aside)
            text = " ".join(_PSEUDONYM.sub("hmac:…", self._pseudonym.within(word)) for word in content.words if word)
            self.rows[content.row] = kept = TracedRow(content.at, text, Counter())
            yield row  # the reader is done with it when it asks for the next one
            if not joined:
                kept.aside.update(self._aside - before)
