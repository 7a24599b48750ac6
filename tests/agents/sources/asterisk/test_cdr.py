from __future__ import annotations

from collections import Counter
from typing import Any

import msgspec
import pytest

from agents.sources.asterisk import rows as asterisk_rows
from agents.sources.asterisk.cdr import Cdr
from agents.sources.asterisk.cdr_calls import CdrCalls
from agents.sources.asterisk.cdr_rows import ORDER
from agents.sources.entry import Accepted, Refused
from agents.sources.pseudonym import Pseudonymizer
from streams.events import CallEvent
from tests.agents.sources.contexts import context

PSEUDONYM = Pseudonymizer(b"of the tests only")
LINES = {"accueil": "accueil", "4000": "accueil", "600": "etat-civil", "4010": "etat-civil"}
T = 1795617500  # 2026-11-25 14:38:20 UTC, 15:38:20 in Paris
ID = f"{T}.1"
TRUNK, PHONE = "PJSIP/trunk-00000001", "PJSIP/101-00000002"


def clock(seconds: float) -> str:
    at = 15 * 3600 + 38 * 60 + 20 + int(seconds)
    return f"2026-11-25 {at // 3600:02}:{at // 60 % 60:02}:{at % 60:02}"


def leg(
    start: float = 0,
    seconds: float = 70,
    billed: float = 60,
    app: str = "Queue",
    data: str = "accueil,t,,,30",
    *,
    said: str = "ANSWERED",
    peer: str = PHONE,
    channel: str = TRUNK,
    dialled: str = "4000",
    context: str = "from-trunk",
    unique: str = ID,
    linked: str = "",
) -> bytes:
    """Return a row of Master.csv."""
    answer = clock(start + seconds - billed) if said == "ANSWERED" else ""
    times = [clock(start), answer, clock(start + seconds), str(int(seconds)), str(int(billed))]
    fields = ["", "0612345678", dialled, context, '"" <0612345678>', channel, peer, app, data, *times, said, "3"]
    fields += [unique, "", *([linked, "", "7"] if linked else [])]
    return (",".join('"' + field.replace('"', '""') + '"' for field in fields) + "\n").encode()


def cdr(aside: Counter[str] | None = None, calls: CdrCalls | None = None) -> Cdr:
    counted = Counter() if aside is None else aside
    return Cdr(context(source="cdr", line_of=LINES.get, pseudonym=PSEUDONYM, aside=counted), calls)


def entries(*lines: bytes, by: Cdr | None = None) -> list[Accepted | Refused]:
    by = by or cdr()
    return list(by.read(asterisk_rows.table(lines, ORDER, "cdr.csv")))


def events(*lines: bytes, by: Cdr | None = None) -> list[CallEvent]:
    found = []
    for entry in entries(*lines, by=by):
        assert isinstance(entry, Accepted)
        found.append(msgspec.json.decode(entry.record, type=CallEvent))  # as valid events of the topic
    return found


def outcomes(*lines: bytes, by: Cdr | None = None) -> list[tuple[str, str, str | None]]:
    found = events(*lines, by=by)
    return [(event.line, event.type, event.reason) for event in found if event.type not in {"offered", "ended"}]


def test_an_answered_call() -> None:
    offered, answered, ended = events(leg())
    assert offered == CallEvent(
        line="accueil",
        call=ID,
        type="offered",
        at=float(T),
        id=f"cdr:accueil:{ID}:offered:{T}.0",
        source="cdr",
        site="lozere",
        caller=PSEUDONYM.of("0612345678"),
    )
    assert (answered.type, answered.at, answered.wait, answered.agent) == ("answered", T + 10, 10, "PJSIP/101")
    assert (ended.type, ended.at, ended.talk) == ("ended", T + 70, 60)


def test_who_was_answered_by_the_exchange_first_waited_nobody_knows_how_long() -> None:
    aside: Counter[str] = Counter()
    (answered,) = events(leg(seconds=70, billed=70), by=cdr(aside))
    assert (answered.type, answered.at, answered.wait, answered.caller) == (
        "answered",
        T,
        None,
        PSEUDONYM.of("0612345678"),
    )
    assert list(aside.values()) == [1]


@pytest.mark.parametrize("linked", ["", ID])
def test_rows_of_one_caller_are_one_call(linked: str) -> None:
    first = leg(0, 12, 0, said="NO ANSWER", peer="PJSIP/102-00000009", linked=linked)
    found = events(first, leg(13, 60, 50, linked=linked))
    assert [(event.type, event.call, event.wait) for event in found] == [
        ("offered", ID, None),
        ("answered", ID, 23),
        ("ended", ID, 23),
    ]


@pytest.mark.parametrize(
    ("row", "outcome"),
    [
        (leg(0, 20, 0, said="NO ANSWER"), ("lost", "abandoned")),
        (leg(0, 20, 20, peer=""), ("lost", "abandoned")),  # answered only by the exchange
        (leg(0, 34, 34, peer=""), ("lost", "timeout")),
        (leg(0, 9, 9, "VoiceMail", "7@default,u"), ("diverted", "voicemail")),
        (leg(0, 9, 9, "Playback", "vm-goodbye", peer=""), ("lost", "unknown")),
        (leg(0, 2, 2, "Hangup", "", peer=""), ("lost", "unknown")),
        (leg(0, 2, 2, "Answer", "", peer=""), ("lost", "abandoned")),
        (leg(0, 20, 0, "Dial", "PJSIP/101,20", said="BUSY"), ("lost", "abandoned")),
        (leg(0, 20, 0, "Dial", "PJSIP/101,20", peer=""), ("lost", "abandoned")),
        (leg(0, 20, 10, "Dial", "PJSIP/101,20"), ("answered", None)),
        (leg(0, 20, 10, "ConfBridge", "7"), ("lost", "unknown")),
        (leg(0, 20, 10, "Echo", ""), ("lost", "unknown")),
        (leg(0, 20, 10, "AGI", "ivr.py"), ("lost", "unknown")),
    ],
)
def test_a_machine_that_answers_is_no_human(row: bytes, outcome: tuple[str, str | None]) -> None:
    assert [each[1:] for each in outcomes(row)] == [outcome]


def test_a_caller_who_left_the_queue_by_a_key_was_diverted() -> None:
    away = leg(12, 9, 9, "VoiceMail", "7@default", peer="", dialled="1", context="touche")
    assert outcomes(leg(0, 12, 0, said="NO ANSWER"), away) == [("accueil", "diverted", "key")]


def test_a_visit_of_two_queues_is_one_attempt_on_each_line() -> None:
    there = leg(12, 30, 20, data="600,t", dialled="2", context="touche")
    found = outcomes(leg(0, 12, 0, said="NO ANSWER"), there)
    assert found == [("accueil", "diverted", "key"), ("etat-civil", "answered", None)]


def test_calls_to_no_line_are_none() -> None:
    aside: Counter[str] = Counter()
    within = leg(0, 20, 10, "Dial", "PJSIP/102", channel=PHONE, dialled="102", context="internal")
    out = leg(60, 20, 10, "Dial", "PJSIP/0466496000@trunk", channel=PHONE, dialled="0466496000", unique=f"{T + 60}.7")
    assert events(within, out, by=cdr(aside)) == []
    assert aside == {"other-number": 2}


class TestLocalChannels:
    """A Local channel represents a phone, or a caller."""

    RUNG = "Local/101@from-queue-0001"

    @pytest.mark.parametrize("linked", ["", ID])
    @pytest.mark.parametrize("leg_first", [True, False])
    def test_the_leg_of_an_agent_is_no_call(self, linked: str, leg_first: bool) -> None:  # noqa: FBT001 -- a parameter of the test
        far = leg(
            2, 0, 0, "", "", said="NO ANSWER", peer="", channel=f"{self.RUNG};2", unique=f"{T + 2}.5", linked=linked
        )
        near = leg(peer=f"{self.RUNG};1", linked=linked)
        rows = [far, near] if leg_first else [near, far]
        assert outcomes(*rows) == [("accueil", "answered", None)]

    def test_the_voicemail_of_an_agent_is_no_human(self) -> None:
        far = leg(2, 60, 60, "VoiceMail", "101", channel=f"{self.RUNG};2", peer="", unique=f"{T + 2}.5")
        assert outcomes(far, leg(peer=f"{self.RUNG};1")) == [("accueil", "lost", "timeout")]

    def test_a_caller_who_came_by_one_is_a_caller(self) -> None:
        caller = leg(channel="Local/4000@from-trunk-0007;2", peer="Local/101@agents-0008;1")
        assert outcomes(caller) == [("accueil", "answered", None)]


def test_the_number_of_a_trunk_places_who_entered_no_queue() -> None:
    header = "calldate,src,dst,channel,dstchannel,lastapp,duration,billsec,disposition,uniqueid,did\n"
    row = f"{clock(0)},0612345678,s,{TRUNK},,BackGround,20,20,ANSWERED,{ID},4010\n"
    assert outcomes(header.encode(), row.encode()) == [("etat-civil", "lost", "unknown")]


@pytest.mark.parametrize("backwards", [False, True])
def test_calls_are_told_once_they_are_over_in_whatever_order_the_table_is(backwards: bool) -> None:  # noqa: FBT001
    rows = []
    for number in range(200):
        unique, at = f"{T + 60 * number}.{number}", 60 * number
        rows += [leg(at, 12, 0, said="NO ANSWER", unique=unique), leg(at + 13, 30, 20, unique=unique)]
    by, most = cdr(), 0
    found = []
    for row in asterisk_rows.table(reversed(rows) if backwards else rows, ORDER, "cdr.csv"):
        found += by.take([row])
        most = max(most, len(by.calls.held))
    found += by.finish()
    assert most <= (122 if backwards else 3)
    types = Counter(each.event.type for each in found if isinstance(each, Accepted))
    assert types == {"offered": 200, "answered": 200, "ended": 200}


def test_a_table_that_is_read_in_pieces_gives_the_same() -> None:
    rows = [leg(0, 12, 0, said="NO ANSWER", linked=ID), leg(13, 30, 20, linked=ID)]
    rows.append(leg(600, 30, 20, unique=f"{T + 600}.9", linked=f"{T + 600}.9"))
    whole = entries(*rows)
    calls, found = CdrCalls(), []
    for number, line in enumerate(rows, 1):
        by = cdr(calls=calls)
        row = asterisk_rows.by_line(rows[0], ORDER, "cdr.csv")(number, line)
        assert row is not None
        found += by.take([row])
        stored = msgspec.json.encode(calls)
        assert b"0612345678" not in stored
        calls = msgspec.json.decode(stored, type=CdrCalls)
    assert [*found, *cdr(calls=calls).finish()] == whole


def test_rows_that_are_repeated_change_nothing() -> None:
    assert {event.id for event in events(leg(), leg())} == {event.id for event in events(leg())}


def test_what_cannot_be_used_is_refused_without_a_number() -> None:
    unknown, clockless = leg(data="9,t", unique=f"{T}.5"), leg().replace(b"2026-11-25 15:38:20", b"yesterday")
    found = entries(leg(), unknown, clockless, leg()[:80] + b"\n")
    refused = [entry for entry in found if isinstance(entry, Refused)]
    assert [(entry.row, entry.why.reason) for entry in refused] == [
        (2, "unknown-line"),
        (3, "malformed"),
        (4, "malformed"),
    ]
    for entry in refused:
        assert b"0612345678" not in entry.original
        assert "0612345678" not in str(entry.why)


SECOND_PHONE = "PJSIP/102-00000005"


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        # The dialplan puts the caller into the queue again, to wait longer.
        ({"said": "NO ANSWER", "data": "accueil,t,,,4"}, {}, [("lost", "timeout"), ("answered", None)]),
        # A key leads back.
        (
            {"said": "NO ANSWER"},
            {"dialled": "3", "context": "keys"},
            [("diverted", "key"), ("answered", None)],
        ),
        # The agent sends the caller back before the row of their talk is written.
        ({"context": "internal"}, {}, [("answered", None), ("answered", None)]),
        # The agent sends the caller to another phone: the caller never left the queue's application.
        ({}, {}, [("answered", None)]),
        # As before, and the caller's row has that phone in the dialplan.
        ({}, {"dialled": "102", "context": "internal"}, [("answered", None)]),
        # One phone did not answer; the next one did and then transferred the caller.
        ({"said": "NO ANSWER"}, {"context": "internal"}, [("answered", None)]),
    ],
)
def test_rows_of_a_queue_are_visits(
    before: dict[str, Any], after: dict[str, Any], told: list[tuple[str, str | None]]
) -> None:
    rows = leg(seconds=5, billed=5, **before), leg(5, 20, 20, peer=SECOND_PHONE, **after)
    found = [each for each in events(*rows) if each.type not in {"offered", "ended"}]
    assert [(each.type, each.reason) for each in found] == told
    assert [each.call for each in found] == [ID, f"{ID}#2"][: len(told)]


def test_a_phone_that_was_rung_and_then_calls_somebody_has_not_dialled_the_line() -> None:
    consulted = leg(
        10, 5, 5, "AppQueue", "(Outgoing Line)", channel=PHONE, peer="Local/9@internal-1;1", unique=f"{T}.2"
    )
    assert outcomes(leg(), consulted) == [("accueil", "answered", None)]


def test_a_phone_behind_a_local_channel_that_parks_the_caller_has_answered() -> None:
    agent = "Local/101@agents-00000001"
    rows = [
        leg(peer=f"{agent};1", linked=ID),
        leg(0, 10, 8, "Dial", "PJSIP/101", channel=f"{agent};2", unique=f"{T}.3", linked=ID),
        leg(10, 9, 9, "Park", "default:701", channel=f"{agent};2", peer="", unique=f"{T}.3", linked=ID),
    ]
    assert outcomes(*rows) == [("accueil", "answered", None)]


def test_no_number_of_a_telephone_is_kept_of_held_calls() -> None:
    calls = CdrCalls()
    row = leg(channel="PJSIP/0612345678-00000001", peer="Local/0698765432@from-internal-00000001;1", unique="")
    by = cdr(calls=calls)
    for read in asterisk_rows.table([row], ORDER, "cdr.csv"):
        assert not by.take([read])
    stored = msgspec.json.encode(calls)
    assert b"00000001;1" in stored, "a channel is still told from another"
    assert b"612345678" not in stored
    assert b"698765432" not in stored


@pytest.mark.parametrize(
    ("app", "data", "early"),
    [
        ("Read", "digit,menu,1", True),
        ("Answer", "", True),
        ("Playback", "all-busy", False),  # also the apology after a full queue
        ("Hangup", "", False),
        ("Dial", "PJSIP/101", False),
        ("Queue", "accueil,t,,,30", False),
    ],
)
def test_a_caller_whose_last_application_is_a_menu_hung_up_before_the_queue(
    app: str, data: str, *, early: bool
) -> None:
    offered, lost = entries(leg(0, 8, 8, app, data, peer=""))
    assert isinstance(offered, Accepted)
    assert isinstance(lost, Accepted)
    assert isinstance(offered.event, CallEvent)
    assert isinstance(lost.event, CallEvent)
    assert (offered.event.before_queue, lost.event.type, lost.event.before_queue) == (None, "lost", early or None)
