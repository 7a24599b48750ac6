"""The contract that every connector keeps: whole and line by line the same, resumed anywhere, no number in clear."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import cache
from itertools import chain, pairwise
from pathlib import Path
from typing import Any, NamedTuple, get_args

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.sources.aside import left_out
from agents.sources.asterisk import ami_messages
from agents.sources.connector import FILE_OVER
from agents.sources.context import Context
from agents.sources.entry import Accepted, Entry
from agents.sources.freeswitch import event_socket
from agents.sources.kind import FileKind
from agents.sources.lines import MAX_LINE, TOO_LONG
from agents.sources.registry import CONNECTORS
from agents.sources.tables import table as columns_table
from agents.sources.trace import Trace
from config.mapping import Of, Table, available
from config.refusal import ConfigError
from streams.events import milliseconds
from tests.agents.sources.contexts import context
from tests.agents.sources.pseudonyms import PSEUDONYM

CALLERS = (b"0466496000", b"0611223344")  # in `ROWS`
TORN = (b"0466496000\n", b'"of 0466496000\n', b'{"caller": "0466496000"\n', b"Caller: 0466496000\r\n\r\n")
LINES = {"line_of": {"accueil": "standard"}.get, "dialled": {"4000": "standard"}.get}
ROWS = {
    FileKind.QUEUE_LOG: [
        b"1362382200|7.1|accueil|NONE|ENTERQUEUE||0466496000|1\n",
        b"\n",
        b"1362382212|7.1|accueil|Agent/4|CONNECT|12|7.2|3\n",
        b"1362382213|7.3|elsewhere|NONE|ENTERQUEUE||0466496000|1\n",
        b"no row\n",
        b"1362382214|NONE|NONE|NONE|QUEUESTART|\n",
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
    FileKind.FREESWITCH_CDR: [
        b'"Zo","0466496000","accueil","public","2013-03-04 08:30:00","","2013-03-04 08:30:12","12","0",'
        b'"ORIGINATOR_CANCEL","c1","","","PCMA","PCMA"\n',
        b"no row\n",
        b'"Zo","0466496000","accueil","public","2013-03-04 08:33:00","2013-03-04 08:33:09","2013-03-04 08:34:00","60",'
        b'"51","NORMAL_CLEARING","c2","b2","","PCMA","PCMA"\n',
        b'"Zo","0466496000","0611223344","public","2013-03-04 08:33:01","2013-03-04 08:33:09","2013-03-04 08:34:00",'
        b'"60","51","NORMAL_CLEARING","b2","c2","","PCMA","PCMA"\n',
        b'"Zo","0466496000","accueil","public","2013-03-04 08:20:00","","2013-03-04 08:20:12","12","0",'
        b'"ORIGINATOR_CANCEL","c3","","","PCMA","PCMA"\n',
    ],
    FileKind.CUCM_CDR: [
        b"cdrRecordType,globalCallID_callManagerId,globalCallID_callId,callingPartyNumber,originalCalledPartyNumber,"
        b"finalCalledPartyNumber,dateTimeOrigination,dateTimeConnect,dateTimeDisconnect\n",
        b"1,1,7,0466496000,accueil,6001,1362382200,1362382212,1362382260\n",
        b"no row\n",
        b"1,1,8,0466496000,accueil,0611223344,1362382500,0,1362382512\n",
    ],
    FileKind.AMI: [
        b"Event: Status\r\n",  # of a connection heard only from its middle
        b"Asterisk Call Manager/11.0.0\r\n",
        b"Event: QueueCallerJoin\r\n",
        b"Timestamp: 1362382200.5\r\n",
        b"Queue: accueil\r\n",
        b"Uniqueid: 7.1\r\n",
        b"CallerIDNum: 0466496000\r\n",
        b"\r\n",
        b"Event: QueueCallerAbandon\r\n",
        b"Timestamp: 1362382212.5\r\n",
        b"Queue: accueil\r\n",
        b"Uniqueid: 7.1\r\n",
        b"\r\n",
        b"Event: Hangup\r\n",
        b"Uniqueid: 7.1\r\n",
        b"\r\n",
        b"Event: QueueCallerJoin\r\n",
    ],
    FileKind.CALLCENTER: [
        b"what is left of a frame\n",
        b"Content-Length: 175\n",
        b"Content-Type: text/event-plain\n",
        b"\n",
        b"Event-Date-Timestamp: 1362382200000000\n",
        b"CC-Action: member-queue-start\n",
        b"CC-Queue: accueil@default\n",
        b"CC-Member-CID-Number: 0466496000\n",
        b"CC-Member-Session-UUID: c1\n",
        b"CC-Member-UUID: m1\n",
        b"\n",
        b"Content-Length: 187\n",
        b"Content-Type: text/event-json\n",
        b"\n",
        b'{"Event-Date-Timestamp": "1362382212000000", "CC-Action": "member-queue-end", "CC-Queue": "accueil@default", '
        b'"CC-Cause": "Cancel", "CC-Member-UUID": "m1", "CC-Member-Session-UUID": "c1" }',
        b"Content-Length: 17\n",
        b"Content-Type: text/event-json\n",
    ],
    FileKind.CALLS: [
        b"id,queue,start,end,note\n",
        b"7,accueil,1362382200,1362382212,\n",
        b'8,accueil,1362382300,1362382312,"two\n',
        b'lines"\n',
        b"\n",
        b"9,elsewhere,1362382400,1362382412,\n",
        b"no row\n",
        b'10,accueil,1362382500,1362382512,"a stray quote\n',
    ],
    FileKind.TICKETS: [
        b'{"ticket": "P1", "service": "guichet", "issued": 1362382200, "called": 1362382500, "served": null}\n',
        b"{torn\n",
        b'{"ticket": "P2", "service": "guichet", "issued": 1362382260, "called": null, "served": null}\n',
    ],
    FileKind.POLLS: [
        b"queue,at,called,waiting\n",
        b"guichet,1362382200,C40,0\n",
        b"guichet,1362382260,C40,2\n",
        b"guichet,no time,C40,2\n",
        b"guichet,1362382320,C41,1\n",
    ],
    FileKind.READINGS: [
        b"queue,at,offered,answered,lost\n",
        b"accueil,1362382200,10,8,2\n",
        b"accueil,1362382260,12,ten,2\n",
        b"accueil,1362382320,13,10,3\n",
    ],
    FileKind.REQUESTS: [
        b"id;channel;received;answered\n",
        b"1;email;2013-03-04;2013-03-06\n",
        b"2;email;no day;\n",
        b"3;email;2013-03-05;\n",
    ],
    FileKind.EVENTS: [b'{"line": "standard", "call": "7", "type": "lost", "at": 1362382200}\n', b"\n", b"{torn\n"],
}
EXAMPLES = {
    FileKind.QUEUE_LOG: "queue_log",
    FileKind.ASTERISK_CEL: "cel.csv",
    FileKind.ASTERISK_CDR: "Master.csv",
    FileKind.AMI: "ami",
    FileKind.CALLCENTER: "callcenter",
    FileKind.FREESWITCH_CDR: "freeswitch.csv",
    FileKind.CUCM_CDR: "cucm.csv",
    FileKind.TICKETS: "tickets.csv",
    FileKind.POLLS: "polls.csv",
    FileKind.READINGS: "readings.csv",
    FileKind.REQUESTS: "register.csv",
    FileKind.EVENTS: "events.jsonl",
}
FRAMED = {FileKind.AMI, FileKind.CALLCENTER}
MAPPINGS = {
    kind: Table.model_validate_json(json.dumps({"of": kind, **told}))
    for kind, told in {
        FileKind.CALLS: {"id": "id", "queue": "queue", "moments": {"offered": "start", "ended": "end"}},
        FileKind.TICKETS: {
            "id": "ticket",
            "queue": "service",
            "moments": {"issued": "issued", "called": "called", "served": "served"},
        },
        FileKind.POLLS: {"queue": "queue", "moments": {"polled": "at"}, "display": "called", "waiting": "waiting"},
        FileKind.READINGS: {
            "queue": "queue",
            "moments": {"at": "at"},
            "offered": "offered",
            "answered": "answered",
            "lost": "lost",
        },
        FileKind.REQUESTS: {
            "id": "id",
            "queue": "channel",
            "moments": {"received": "received", "answered": "answered"},
        },
    }.items()
}


class Told(NamedTuple):
    """An entry as it is stored: an event's record, or a refused row and why."""

    row: int
    kept: bytes
    why: str


def of(kind: FileKind, **changes: Any) -> Context:
    return context(**{**LINES, "table": MAPPINGS.get(kind), **changes})


def test_every_kind_of_events_has_a_connector_and_a_survey_none() -> None:
    assert set(FileKind) - set(CONNECTORS) == {FileKind.SURVEY}
    assert set(get_args(Of)) <= set(CONNECTORS), "every kind of mapping"
    assert set(ROWS) == set(CONNECTORS), "every connector has rows here"


@pytest.mark.parametrize("kind", CONNECTORS)
def test_a_file_gives_the_same_whole_and_line_by_line(kind: FileKind) -> None:
    found, held = followed(kind, ROWS[kind], of(kind))
    whole = map(told, CONNECTORS[kind].read(ROWS[kind], of(kind)))
    assert sorted(found + held) == sorted(whole)
    assert len(found + held) > 1


@pytest.mark.parametrize("kind", CONNECTORS)
@given(data=st.data())
def test_a_follower_that_is_killed_anywhere_goes_on(kind: FileKind, data: st.DataObject) -> None:
    """It gives the same entries as a follower that is killed after each row, for any rows in any order."""
    rows = some_rows(kind, data)
    kills = data.draw(st.sets(st.integers(0, len(rows))))
    often, seldom = of(kind), of(kind)
    always = followed(kind, rows, often)
    assert followed(kind, rows, seldom, kills) == always
    assert left_out(seldom.aside) == left_out(often.aside)


@pytest.mark.parametrize("kind", [kind for kind, each in CONNECTORS.items() if each.ends])
@given(data=st.data())
def test_messages_are_the_same_in_lines_of_any_pieces(kind: FileKind, data: st.DataObject) -> None:
    """A writer that is slow in the middle of a line, or of a body, changes nothing."""
    content = b"".join(ROWS[kind])
    cuts = sorted(data.draw(st.sets(st.integers(0, len(content)), max_size=9)))
    pieces = [content[start:end] for start, end in pairwise([0, *cuts, len(content)])]
    rows = [row for piece in pieces for row in piece.splitlines(keepends=True)]
    assert followed(kind, rows, of(kind)) == followed(kind, ROWS[kind], of(kind))


@pytest.mark.parametrize("kind", CONNECTORS)
@given(data=st.data())
def test_events_come_in_the_order_of_their_moments(kind: FileKind, data: st.DataObject) -> None:
    """A connector that joins rows, or reads whole calls, sorts rows of any order; the others have the file's order."""
    sorts = CONNECTORS[kind].joined or kind in MAPPINGS.keys() - {FileKind.POLLS}
    context = of(kind)
    found = accepted(CONNECTORS[kind].read(some_rows(kind, data) if sorts else ROWS[kind], context))
    moments = [milliseconds(each.event.at) for each in found]
    early = sum(at < max(moments[:index], default=0) for index, at in enumerate(moments))
    assert early == context.aside["out-of-order"]


@pytest.mark.parametrize("kind", CONNECTORS)
def test_a_file_that_is_read_again_gives_the_same_ids_and_each_event_another(kind: FileKind) -> None:
    first, again = ([each.event.id for each in accepted(CONNECTORS[kind].read(ROWS[kind], of(kind)))] for _ in range(2))
    assert first == again
    if kind is not FileKind.EVENTS:  # which have the ids that their source gives
        assert None not in first
        assert len(set(first)) == len(first)


@pytest.mark.parametrize("kind", CONNECTORS)
def test_the_same_file_twice_in_a_row_gives_no_event_that_is_new(kind: FileKind) -> None:
    once = {each.event.id for each in accepted(CONNECTORS[kind].read(ROWS[kind], of(kind)))}
    twice = {each.event.id for each in accepted(CONNECTORS[kind].read([*ROWS[kind], *ROWS[kind]], of(kind)))}
    assert twice == once


@pytest.mark.parametrize("kind", CONNECTORS)
@settings(max_examples=25)
@given(data=st.data())
def test_no_number_of_a_caller_stays_in_an_entry(kind: FileKind, data: st.DataObject) -> None:
    rows = [row.replace(b"7.1", data.draw(st.sampled_from([b"7.1", b"0466496000-7"]))) for row in some_rows(kind, data)]
    rows.insert(data.draw(st.integers(1, len(rows))), data.draw(st.sampled_from(TORN)))
    found = chain(map(told, CONNECTORS[kind].read(rows, of(kind))), *followed(kind, rows, of(kind)))
    kept = [text for entry in found for text in (entry.kept, entry.why.encode())]
    assert [text for text in kept if any(number in text for number in CALLERS)] == []


@pytest.mark.parametrize("kind", CONNECTORS)
@given(st.lists(st.one_of(st.binary(max_size=40), st.sampled_from([*chain(*ROWS.values())]))))
def test_any_bytes_are_read_or_refused(kind: FileKind, rows: list[bytes]) -> None:
    rows = [line for row in rows for line in row.splitlines(keepends=True)]
    with suppress(ConfigError):
        list(CONNECTORS[kind].read(rows, of(kind)))
    with suppress(ConfigError):
        followed(kind, rows, of(kind))


@pytest.mark.parametrize("kind", [kind for kind, each in CONNECTORS.items() if each.seen])
def test_the_rows_of_a_call_that_is_explained_have_dates(kind: FileKind) -> None:
    trace = Trace(lambda _: True, PSEUDONYM, Counter())
    entries = CONNECTORS[kind].read(ROWS[kind], of(kind, trace=trace, aside=Counter()))
    assert {entry.row for entry in accepted(entries)} <= trace.rows.keys()
    assert any(row.at is not None or "2013-03-04" in row.text for row in trace.rows.values())


@pytest.mark.parametrize("kind", CONNECTORS)
@given(data=st.data())
def test_every_row_is_in_one_count(kind: FileKind, data: st.DataObject) -> None:
    """A row gives an event, is refused, or is counted as ignored under a name: any rows, in any order."""
    assert_each_counts_once(kind, some_rows(kind, data), MAPPINGS.get(kind))


@pytest.mark.parametrize(("kind", "file"), EXAMPLES.items())
def test_every_row_of_an_example_is_in_one_count(kind: FileKind, file: str) -> None:
    rows = Path("examples", file).read_bytes().splitlines(keepends=True)
    assert_each_counts_once(kind, rows, available({}).get(kind))


def assert_each_counts_once(kind: FileKind, rows: list[bytes], table: Table | None) -> None:
    context = of(kind, table=table)
    found, held = followed(kind, rows, context)
    if kind not in FRAMED:  # messages count the row of a held end already
        found += held
    assert rows_of(kind, rows, table) == len({entry.row for entry in found}) + left_out(context.aside)


def some_rows(kind: FileKind, data: st.DataObject) -> list[bytes]:
    """Return the first row of a kind, and others in any order."""
    first, *_ = parts(kind)
    return [line for part in (first, *data.draw(others(kind))) for line in part]


@cache  # Hypothesis looks at each strategy once
def others(kind: FileKind) -> st.SearchStrategy[list[list[bytes]]]:
    _, *rest = parts(kind)
    return st.one_of(st.just(rest), st.permutations(rest), st.lists(st.sampled_from(rest), max_size=12))


def parts(kind: FileKind) -> list[list[bytes]]:
    found: list[list[bytes]] = [[]]
    for row in ROWS[kind]:
        begins = row.startswith((b"Event: ", b"Content-Length: ", b"Asterisk Call")) or kind not in FRAMED
        found += [[]] if begins and found[-1] else []
        found[-1].append(row)
    return found


def rows_of(kind: FileKind, rows: list[bytes], table: Table | None) -> int:
    """Return the number of rows, including unreadable ones but not headers."""
    if table is not None:
        return len(list(columns_table.read(rows, table, "file")))
    if kind is FileKind.AMI:
        return len(list(ami_messages.read(rows)))
    if kind is FileKind.CALLCENTER:
        return len(list(event_socket.frames(rows)))
    headers = ROWS[kind][0], b"eventtype", b"cdrRecordType", b"INTEGER"
    named = kind in {FileKind.ASTERISK_CEL, FileKind.ASTERISK_CDR, FileKind.CUCM_CDR}
    return sum(bool(row.strip()) and not (named and row.startswith(headers)) for row in rows)


@pytest.mark.parametrize("kind", sorted(CONNECTORS.keys() - FRAMED))
def test_a_line_beyond_its_bound_is_one_refused_row_of_which_nothing_is_kept(kind: FileKind) -> None:
    rows = [ROWS[kind][0], b"7" * (MAX_LINE + 1), ROWS[kind][0]]
    for entries in (chain(*followed(kind, rows, of(kind))), map(told, CONNECTORS[kind].read(rows, of(kind)))):
        (long,) = [entry for entry in entries if entry.why]
        assert (long.row, long.kept) == (2, b"")
        assert TOO_LONG in long.why


def followed(
    kind: FileKind, rows: Sequence[bytes], context: Context, kills: Container[int] = range(sys.maxsize)
) -> tuple[list[Told], list[Told]]:
    """Return a file's entries line by line, and those due after the last row.

    The follower is killed after the lines at the indexes `kills`, unless their row is incomplete.
    """
    connector, found = CONNECTORS[kind], list[Told]()
    known, first = connector.state(), b"".join(rows[: connector.begins])
    reader = connector.open(context, known, first)
    number = 0
    for index, line in enumerate([*rows, FILE_OVER]):
        number += line.endswith(b"\n") if connector.ends else 1
        taken = reader.read(number, line)
        found += map(told, taken or ())
        if taken is not None and index in kills:
            kept = msgspec.json.encode(known)
            assert not any(number in kept for number in CALLERS), "no number stays in clear"
            known = msgspec.json.decode(kept, type=connector.state)
            reader = connector.open(context, known, first)
    return found, [*map(told, connector.open(context, known).finish())]


def accepted(entries: Iterable[Entry]) -> Iterator[Accepted]:
    return (entry for entry in entries if isinstance(entry, Accepted))


def told(entry: Entry) -> Told:
    """Return a comparable form of an entry: two reasons are never equal."""
    if isinstance(entry, Accepted):
        return Told(entry.row, entry.record, "")
    return Told(entry.row, entry.original, str(entry.why))
