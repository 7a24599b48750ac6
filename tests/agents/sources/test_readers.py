"""Every kind of file has its reader, and whoever reads it line by line reads the same."""

from __future__ import annotations

from collections import Counter
from typing import get_args

import pytest

from agents.sources.entry import Entry, Refused
from agents.sources.kind import FileKind
from agents.sources.lines import MAX_LINE, TOO_LONG
from agents.sources.pseudonym import Pseudonymizer
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
    dialled={"4000": "standard"}.get,
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
    FileKind.ASTERISK_CEL: [
        b"eventtype,eventtime,channame,exten,appname,uniqueid,linkedid\n",
        b"CHAN_START,1362382200,SIP/trunk-1,4000,,1362382200.1,1362382200.1\n",
        b"no row\n",
        b"HANGUP,1362382212,SIP/trunk-1,4000,,1362382200.1,1362382200.1\n",
    ],
    FileKind.ASTERISK_CDR: [
        b"start,dst,channel,dstchannel,lastapp,duration,disposition,uniqueid\n",
        b"2013-03-04 08:30:00,4000,SIP/trunk-1,SIP/4-2,Dial,60,NO ANSWER,1362382200.1\n",
        b"no row\n",
        b"2013-03-04 09:30:00,9999,SIP/trunk-1,SIP/4-2,Dial,60,NO ANSWER,1362385800.3\n",
    ],
    FileKind.EVENTS: [b'{"line": "standard", "call": "7", "type": "lost", "at": 1362382200}\n', b"\n", b"{torn\n"],
}


def test_every_kind_of_events_is_read_and_a_survey_is_not() -> None:
    assert set(FileKind) - set(READERS) == {FileKind.SURVEY}
    assert set(get_args(Of)) <= set(READERS), "every kind of mapping"
    assert set(FOLLOWERS) <= set(READERS)


@pytest.mark.parametrize("kind", FOLLOWERS)
def test_a_file_gives_the_same_whole_and_line_by_line(kind: FileKind) -> None:
    calls, reader = FOLLOWERS[kind]
    read = reader(ROWS[kind][0], calls(), ORIGIN)
    followed = [entry for number, line in enumerate(ROWS[kind], 1) for entry in read(number, line)]
    assert list(map(told, followed)) == list(map(told, READERS[kind](ROWS[kind], ORIGIN)))
    assert len(followed) > 1


@pytest.mark.parametrize("kind", FOLLOWERS)
def test_a_line_beyond_its_bound_is_one_refused_row_of_which_nothing_is_kept(kind: FileKind) -> None:
    rows = [ROWS[kind][0], b"7" * (MAX_LINE + 1), ROWS[kind][0]]
    calls, reader = FOLLOWERS[kind]
    read = reader(rows[0], calls(), ORIGIN)
    for entries in (
        [entry for number, line in enumerate(rows, 1) for entry in read(number, line)],
        list(READERS[kind](rows, ORIGIN)),
    ):
        (long,) = [entry for entry in entries if isinstance(entry, Refused)]
        assert (long.row, long.original) == (2, b"")
        assert TOO_LONG in long.why.detail


def told(entry: Entry) -> tuple[object, ...]:
    """Return an entry so that it compares: two reasons are never equal."""
    row, what, rest = entry
    return row, what, str(rest) if isinstance(rest, Exception) else rest
