"""Every kind of file has a reader, and reading line by line gives the same events."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.sources.aside import left_out
from agents.sources.asterisk import ami_messages
from agents.sources.entry import Entry, Refused
from agents.sources.freeswitch import event_socket
from agents.sources.kind import FileKind
from agents.sources.lines import MAX_LINE, TOO_LONG
from agents.sources.pseudonym import Pseudonymizer
from agents.sources.readers import FILE_OVER, FOLLOWERS, READERS, Origin
from agents.sources.tables import table as columns_table
from config.exchanges import Exchanges
from config.mapping import Of, Table, available

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
MESSAGES = {FileKind.AMI, FileKind.CALLCENTER}
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


def test_every_kind_of_events_is_read_and_a_survey_is_not() -> None:
    assert set(FileKind) - set(READERS) == {FileKind.SURVEY}
    assert set(get_args(Of)) <= set(READERS), "every kind of mapping"
    assert set(FOLLOWERS) <= set(READERS)


@pytest.mark.parametrize("kind", FOLLOWERS)
def test_a_file_gives_the_same_whole_and_line_by_line(kind: FileKind) -> None:
    origin = ORIGIN._replace(table=MAPPINGS.get(kind))
    found = followed(kind, ROWS[kind], origin)
    whole = list(READERS[kind](ROWS[kind], origin))
    assert sorted(map(told, found), key=str) == sorted(map(told, whole), key=str)
    assert len(found) > 1


@pytest.mark.parametrize("kind", READERS)
@given(data=st.data())
def test_every_row_is_in_one_count(kind: FileKind, data: st.DataObject) -> None:
    """A row gives an event, is refused, or is counted as ignored under a name: any rows, in any order."""
    first, *rest = parts(kind)
    chosen = data.draw(st.one_of(st.just(rest), st.permutations(rest), st.lists(st.sampled_from(rest), max_size=12)))
    rows = [line for part in (first, *chosen) for line in part]
    assert_each_counts_once(kind, rows, MAPPINGS.get(kind))


@pytest.mark.parametrize(("kind", "file"), EXAMPLES.items())
def test_every_row_of_an_example_is_in_one_count(kind: FileKind, file: str) -> None:
    rows = Path("examples", file).read_bytes().splitlines(keepends=True)
    assert_each_counts_once(kind, rows, available({}).get(kind))


def assert_each_counts_once(kind: FileKind, rows: list[bytes], table: Table | None) -> None:
    origin = ORIGIN._replace(table=table, aside=Counter(), queues={})
    told, held = followed_and_held(kind, rows, origin)
    if kind not in MESSAGES:  # messages count the row of a held end already
        told += held
    assert rows_of(kind, rows, origin) == len({entry.row for entry in told}) + left_out(origin.aside)


def parts(kind: FileKind) -> list[list[bytes]]:
    found: list[list[bytes]] = [[]]
    for row in ROWS[kind]:
        begins = row.startswith((b"Event: ", b"Content-Length: ", b"Asterisk Call")) or kind not in MESSAGES
        found += [[]] if begins and found[-1] else []
        found[-1].append(row)
    return found


def rows_of(kind: FileKind, rows: list[bytes], origin: Origin) -> int:
    """Return the number of rows, including unreadable ones but not headers."""
    if origin.table is not None:
        return len(list(columns_table.read(rows, origin.table, "file")))
    if kind is FileKind.AMI:
        return len(list(ami_messages.read(rows)))
    if kind is FileKind.CALLCENTER:
        return len(list(event_socket.frames(rows)))
    headers = ROWS[kind][0], b"eventtype", b"cdrRecordType", b"INTEGER"
    named = kind in {FileKind.ASTERISK_CEL, FileKind.ASTERISK_CDR, FileKind.CUCM_CDR}
    return sum(bool(row.strip()) and not (named and row.startswith(headers)) for row in rows)


@pytest.mark.parametrize("kind", sorted(FOLLOWERS.keys() - MESSAGES))
def test_a_line_beyond_its_bound_is_one_refused_row_of_which_nothing_is_kept(kind: FileKind) -> None:
    rows = [ROWS[kind][0], b"7" * (MAX_LINE + 1), ROWS[kind][0]]
    origin = ORIGIN._replace(table=MAPPINGS.get(kind))
    for entries in (followed(kind, rows, origin), list(READERS[kind](rows, origin))):
        (long,) = [entry for entry in entries if isinstance(entry, Refused)]
        assert (long.row, long.original) == (2, b"")
        assert TOO_LONG in long.why.detail


def followed(kind: FileKind, rows: list[bytes], origin: Origin) -> list[Entry]:
    """Return a file's entries line by line, its follower killed after each line, and those due after the last row."""
    found, held = followed_and_held(kind, rows, origin)
    return found + held


def followed_and_held(kind: FileKind, rows: list[bytes], origin: Origin) -> tuple[list[Entry], list[Entry]]:
    live, found, known = FOLLOWERS[kind], [], FOLLOWERS[kind].calls()
    read = live.reader(rows[0], known, origin)
    number = 0
    for line in [*rows, FILE_OVER]:
        number += line.endswith(b"\n") if live.ends else 1
        taken = read(number, line)
        found += list(taken or ())
        if taken is not None:
            kept = msgspec.json.encode(known)
            assert not any(number in kept for number in (b"0466496000", b"0611223344")), "no number stays in clear"
            known = msgspec.json.decode(kept, type=live.calls)
            read = live.reader(rows[0], known, origin)
    return found, list(live.rest(known, origin) if live.rest else ())


def told(entry: Entry) -> tuple[object, ...]:
    """Return a comparable form of an entry: two reasons are never equal."""
    row, what, rest = entry
    return row, what, str(rest) if isinstance(rest, Exception) else rest
