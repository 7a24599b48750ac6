"""The rows of one call: which rows of a file have one of its names, and what each of them says.

A reader's rows go `through` a trace only where somebody asks for a call. So reading a file costs nothing for it. Of a
row, a connector tells by one function (`Seen`) its names: of the call, of the channel, of whom it is joined to.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Final, NamedTuple, TypeAlias, TypeVar

from agents.sources.pseudonym import Pseudonymizer

MOST_ROWS: Final = 1_000  # of a call that are kept

_PSEUDONYM = re.compile(r"hmac:[0-9a-f]+")  # it is of a key of the run

R = TypeVar("R")
Traced: TypeAlias = Callable[[Iterable[R]], Iterator[R]]


class Seen(NamedTuple):
    """Hold what a row says, without the columns that name a caller."""

    row: int  # its line in the file
    at: float | None  # epoch s
    words: tuple[str, ...]
    names: tuple[str, ...]  # of the calls and channels that it is about, as the source writes them


class TracedRow(NamedTuple):
    """Hold a row of the call."""

    at: float | None  # epoch s
    text: str  # without any number
    aside: Counter[str]  # what the reader counted aside as it took the row


class Trace:
    """Keep the rows of which a name is `wanted`."""

    def __init__(self, wanted: Callable[[str], bool], pseudonym: Pseudonymizer, aside: Counter[str]) -> None:
        self.rows: dict[int, TracedRow] = {}
        self.names: set[str] = set()  # of these rows
        self.more = 0  # rows beyond the first `MOST_ROWS`
        self._wanted = wanted
        self._pseudonym = pseudonym
        self._aside = aside

    def through(self, rows: Iterable[R], seen: Callable[[R], Seen | None], *, joined: bool = False) -> Iterator[R]:
        """Yield every row, and keep those of the call; `seen` returns None for a row that cannot be read.

        Where rows are `joined` to calls first, what is counted aside as a row is taken may be of another call.
        """
        for row in rows:
            told = seen(row)
            if told is None or not any(self._wanted(name) for name in told.names if name):
                yield row
                continue
            self.names.update(filter(None, told.names))
            if len(self.rows) >= MOST_ROWS:
                self.more += 1
                yield row
                continue
            before = Counter(self._aside)
            text = " ".join(_PSEUDONYM.sub("hmac:…", self._pseudonym.within(word)) for word in told.words if word)
            self.rows[told.row] = kept = TracedRow(told.at, text, Counter())
            yield row  # the reader is done with it when it asks for the next one
            if not joined:
                kept.aside.update(self._aside - before)
