"""Every kind of file has its reader, and whoever reads it line by line reads the same."""

from __future__ import annotations

from collections import Counter
from typing import get_args

import pytest

from agents.sources.entry import Entry, Refused
from agents.sources.kind import FileKind
from agents.sources.lines import MAX_LINE, TOO_LONG
from agents.sources.pseudonym import Pseudonymizer
from agents.sources.queue_log_calls import Calls
from agents.sources.readers import FOLLOWERS, READERS, Origin
from config.exchanges import Exchanges
from config.mapping import Of

ORIGIN = Origin(
    file="log",
    source="pbx",
    site="lozere",
    zone="Europe/Paris",
    line_of={"accueil": "standard"}.get,
    pseudonym=Pseudonymizer(b"a key of the tests only"),
    mapping="queue-log",
    table=None,
    queues={},
    exchanges=Exchanges(),
    aside=Counter(),
)
ROWS = {
    FileKind.QUEUE_LOG: [
        b"1362382200|7.1|accueil|NONE|ENTERQUEUE||0466496000|1\n",
        b"\n",
        b"1362382212|7.1|accueil|Agent/4|CONNECT|12|7.2|3\n",
        b"1362382213|7.3|elsewhere|NONE|ENTERQUEUE||0466496000|1\n",
        b"no row\n",
    ],
    FileKind.EVENTS: [b'{"line": "standard", "call": "7", "type": "lost", "at": 1362382200}\n', b"\n", b"{torn\n"],
}


def test_every_kind_of_events_is_read_and_a_survey_is_not() -> None:
    assert set(FileKind) - set(READERS) == {FileKind.SURVEY}
    assert set(get_args(Of)) <= set(READERS), "every kind of mapping"
    assert set(FOLLOWERS) <= set(READERS)


@pytest.mark.parametrize("kind", FOLLOWERS)
def test_a_file_gives_the_same_whole_and_line_by_line(kind: FileKind) -> None:
    read = FOLLOWERS[kind](ROWS[kind][0], Calls(), ORIGIN)
    followed = [entry for number, line in enumerate(ROWS[kind], 1) for entry in read(number, line)]
    assert list(map(told, followed)) == list(map(told, READERS[kind](ROWS[kind], ORIGIN)))
    assert len(followed) > 1


@pytest.mark.parametrize("kind", FOLLOWERS)
def test_a_line_beyond_its_bound_is_one_refused_row_of_which_nothing_is_kept(kind: FileKind) -> None:
    rows = [ROWS[kind][0], b"7" * (MAX_LINE + 1), ROWS[kind][0]]
    read = FOLLOWERS[kind](rows[0], Calls(), ORIGIN)
    for entries in (
        [entry for number, line in enumerate(rows, 1) for entry in read(number, line)],
        list(READERS[kind](rows, ORIGIN)),
    ):
        first, long, last = entries
        assert isinstance(long, Refused)
        assert (long.row, long.original) == (2, b"")
        assert TOO_LONG in long.why.detail
        assert not isinstance(first, Refused)
        assert not isinstance(last, Refused)


def told(entry: Entry) -> tuple[object, ...]:
    """Return an entry so that it compares: two reasons are never equal."""
    row, what, rest = entry
    return row, what, str(rest) if isinstance(rest, Exception) else rest
