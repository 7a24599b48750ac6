"""A trace keeps the rows of one call without numbers, and every connector names its rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

import pytest

from agents.sources.kind import FileKind
from agents.sources.pseudonym import Pseudonymizer
from agents.sources.registry import CONNECTORS
from agents.sources.trace import MOST_ROWS, Seen, Trace
from tests.agents.sources.contexts import context

PSEUDONYM = Pseudonymizer(b"a key of the tests only")
CALLER = "0612345678"

EXAMPLES: dict[FileKind, tuple[str, bytes, list[int]]] = {
    FileKind.QUEUE_LOG: (
        "1543600000.1",
        b"1543600000|1543600000.1|standard|NONE|ENTERQUEUE||0612345678|1\n"
        b"1543600001|1543600000.9|standard|NONE|ENTERQUEUE||0612345678|1\n"
        b"1543600002|1543600000.1|standard|NONE|DID|4000\n",
        [1, 3],
    ),
    FileKind.ASTERISK_CEL: (
        "1543600000.1",
        b"eventtype,eventtime,cid_num,channame,exten,appname,uniqueid,linkedid\n"
        b"CHAN_START,1543600000,0612345678,SIP/0612345678-1,4000,,1543600000.1,1543600000.1\n"
        b"CHAN_START,1543600001,203,SIP/203-2,s,AppQueue,1543600001.2,1543600000.1\n"
        b"CHAN_START,1543600001,203,SIP/203-3,s,,1543600001.3,1543600001.3\n",
        [2, 3],
    ),
    FileKind.ASTERISK_CDR: (
        "1543600000.1",
        b"start,src,dst,channel,dstchannel,lastapp,duration,disposition,uniqueid\n"
        b"2018-11-30 18:46:40,0612345678,4000,SIP/0612345678-1,Local/4@a-1;1,Dial,60,NO ANSWER,1543600000.1\n"
        b"2018-11-30 18:46:41,0612345678,4,Local/4@a-1;2,SIP/4-2,Dial,60,NO ANSWER,1543600000.2\n"
        b"2018-11-30 18:46:42,0612345678,4000,SIP/trunk-2,SIP/4-2,Dial,60,NO ANSWER,1543600002.3\n",
        [2, 3],
    ),
    FileKind.FREESWITCH_CDR: (
        "a1",
        b"caller_id_number,destination_number,context,start_stamp,end_stamp,uuid,bleg_uuid\n"
        b"0612345678,4000,public,2018-11-30 18:46:40,2018-11-30 18:47:40,a1,b1\n"
        b"0612345678,22,default,2018-11-30 18:46:41,2018-11-30 18:47:40,b1,\n"
        b"0612345678,22,default,2018-11-30 18:46:41,2018-11-30 18:47:40,c1,\n",
        [2, 3],
    ),
    FileKind.CUCM_CDR: (
        "2-41",
        b"cdrRecordType,globalCallID_callManagerId,globalCallID_callId,origLegCallIdentifier,origNodeId,"
        b"callingPartyNumber,originalCalledPartyNumber,finalCalledPartyNumber,dateTimeOrigination,dateTimeConnect,"
        b"dateTimeDisconnect\n"
        b"1,2,41,7,1,0612345678,4000,203,1543600000,1543600009,1543600039\n"
        b"1,2,42,7,1,203,204,204,1543600020,1543600029,1543600039\n"
        b"1,2,43,8,1,0612345678,4000,4000,1543600020,0,1543600039\n",
        [2, 3],
    ),
    FileKind.CALLCENTER: (
        "s1",
        b"".join(
            b"Content-Length: %d\nContent-Type: text/event-plain\n\n%b" % (len(body), body)
            for body in (
                b"CC-Action: member-queue-start\nCC-Queue: standard%%40default\nCC-Member-CID-Number: 0612345678\n"
                b"CC-Member-Session-UUID: %b\nEvent-Date-Timestamp: 1543600000000000\n\n" % session
                for session in (b"s1", b"s2")
            )
        ),
        [1],
    ),
    FileKind.AMI: (
        "1543600000.1",
        b"Event: QueueCallerJoin\nTimestamp: 1543600000\nUniqueid: 1543600000.1\nCallerIDNum: 0612345678\n"
        b"Queue: standard\n\nEvent: Hangup\nTimestamp: 1543600009\nUniqueid: 1543600001.5\n"
        b"Linkedid: 1543600000.1\n\nEvent: Hangup\nTimestamp: 1543600010\nUniqueid: 1543600003.5\n\n",
        [1, 7],
    ),
}


def traced(kind: FileKind, call: str, content: bytes) -> Trace:
    aside: Counter[str] = Counter()
    names = {call}
    for _ in range(2):  # as `agents.analysis.explanation` reads a file
        trace = Trace(names.__contains__, PSEUDONYM, aside)
        lines = {"line_of": {"standard": "standard"}.get, "dialled": {"4000": "standard"}.get}
        by = context(**lines, pseudonym=PSEUDONYM, aside=aside, trace=trace)
        list(CONNECTORS[kind].read(content.splitlines(keepends=True), by))
        names = names | trace.names
    return trace


@pytest.mark.parametrize("kind", EXAMPLES)
def test_the_rows_of_a_call_are_kept_and_no_number_in_them(kind: FileKind) -> None:
    call, content, rows = EXAMPLES[kind]
    trace = traced(kind, call, content)
    assert sorted(trace.rows) == rows
    assert CALLER not in " ".join(row.text for row in trace.rows.values())


def test_a_row_tells_what_the_reader_counted_aside_as_it_took_it() -> None:
    call, content, _ = EXAMPLES[FileKind.QUEUE_LOG]
    rows = traced(FileKind.QUEUE_LOG, call, content).rows
    assert {number: dict(row.aside) for number, row in rows.items()} == {1: {}, 3: {"no-call DID": 1}}


def test_each_word_of_a_row_is_scrubbed_by_itself() -> None:
    trace = Trace("a".__eq__, PSEUDONYM, Counter())
    assert list(trace.through([1], lambda row: Seen(row, None, ("SIP/551", "6000", CALLER), ("a",)))) == [1]
    assert trace.rows[1].text == "SIP/551 6000 hmac:…"


def test_rows_beyond_the_bound_are_counted() -> None:
    trace = Trace("a".__eq__, PSEUDONYM, Counter())
    rows: Iterable[int] = range(MOST_ROWS + 3)
    passed: Iterator[int] = trace.through(rows, lambda row: Seen(row, None, (), ("a",)))
    assert sum(1 for _ in passed) == MOST_ROWS + 3
    assert (len(trace.rows), trace.more) == (MOST_ROWS, 3)
