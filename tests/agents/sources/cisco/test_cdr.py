"""Legs of one call are one attempt on each line it reached; machines of the exchange answer no call.

The rows follow the cases of Cisco's guide to its call detail records: a hunt list, native call queuing, a transfer
after a question, a call forwarded to voicemail, busy and abandoned calls.
"""

from __future__ import annotations

from collections import Counter

import pytest

from agents.sources.cisco.cdr import CUCM_CDR
from agents.sources.entry import Accepted, Refused
from agents.sources.pseudonym import Pseudonymizer
from config.exchanges import Cucm, Exchanges
from config.refusal import ConfigError
from streams.events import CallEvent
from tests.agents.sources.contexts import context

PSEUDONYM = Pseudonymizer(b"of the tests only")
LINES = {"6000": "accueil", "7000": "etat-civil"}
T = 1_795_600_000
CALLER = "0261995001"
COLUMNS = (
    *("cdrRecordType", "globalCallID_callManagerId", "globalCallID_callId", "origLegCallIdentifier"),
    *("dateTimeOrigination", "origNodeId", "callingPartyNumber", "origCause_value", "destLegIdentifier", "destNodeId"),
    *("originalCalledPartyNumber", "finalCalledPartyNumber", "destCause_value", "dateTimeConnect"),
    *("dateTimeDisconnect", "lastRedirectDn", "pkid", "duration", "destDeviceName", "globalCallId_ClusterID"),
    *("huntPilotDN", "wasCallQueued", "totalWaitTimeInQueue"),
)
HEADER = ",".join(COLUMNS).encode() + b"\n"
TYPES = ",".join("VARCHAR(50)" if "Number" in name else "INTEGER" for name in COLUMNS).encode() + b"\n"
PHONE = "SEP0011223344AA"


def leg(
    call: int = 1,
    *,
    legs: tuple[int, int] | None = None,
    calling: str = CALLER,
    called: str = "6000",
    final: str = "6000",
    pilot: str = "6000",
    start: int = 0,
    connect: int | None = None,
    end: int = 40,
    device: str = PHONE,
    causes: tuple[int, int] = (16, 0),
    **more: object,
) -> bytes:
    orig, dest = legs or (10 * call + 1, 10 * call + 2)
    told: dict[str, object] = {
        "cdrRecordType": 1,
        "globalCallID_callManagerId": 2,
        "globalCallID_callId": call,
        "globalCallId_ClusterID": "office",
        "origNodeId": 1,
        "destNodeId": 1,
        "origLegCallIdentifier": orig,
        "destLegIdentifier": dest,
        "callingPartyNumber": calling,
        "originalCalledPartyNumber": called,
        "finalCalledPartyNumber": final,
        "huntPilotDN": pilot,
        "dateTimeOrigination": T + start,
        "dateTimeConnect": 0 if connect is None else T + connect,
        "dateTimeDisconnect": T + end,
        "duration": 0 if connect is None else end - connect,
        "destDeviceName": device,
        "origCause_value": causes[0],
        "destCause_value": causes[1],
        "wasCallQueued": 0,
        "totalWaitTimeInQueue": 0,
        "pkid": f"{call}-{orig}-{dest}-{start}",
        **more,
    }
    return ",".join(f'"{told.get(name, "")}"' for name in COLUMNS).encode() + b"\n"


def read(*rows: bytes, header: bytes = HEADER + TYPES) -> tuple[list[CallEvent], Counter[str], list[Refused]]:
    aside: Counter[str] = Counter()
    exchanges = Exchanges(cucm=Cucm(voicemail=("8000",)))
    by = context(source="cucm", line_of=LINES.get, pseudonym=PSEUDONYM, aside=aside, exchanges=exchanges)
    found = list(CUCM_CDR.read([*header.splitlines(keepends=True), *rows], by))
    events = [each.event for each in found if isinstance(each, Accepted) and isinstance(each.event, CallEvent)]
    return events, aside, [each for each in found if isinstance(each, Refused)]


def short(*rows: bytes) -> list[tuple[str, str, str | None]]:
    return [
        (event.line, event.type, event.reason) for event in read(*rows)[0] if event.type not in {"offered", "ended"}
    ]


def test_a_member_of_the_hunt_list_answers() -> None:
    (offered, answered, ended), aside, refused = read(leg(final="6001", connect=9))
    assert offered == CallEvent(
        line="accueil",
        call="office-2-1",
        type="offered",
        at=float(T),
        id=f"cucm:accueil:office-2-1:offered:{T}.0",
        source="cucm",
        site="lozere",
        caller=PSEUDONYM.of(CALLER),
    )
    assert (answered.type, answered.at, answered.wait) == ("answered", T + 9, 9)
    assert (ended.type, ended.talk) == ("ended", 31)
    assert (refused, aside) == ([], {})


def test_by_default_the_pilot_stands_for_the_member_who_answered() -> None:
    assert short(leg(final="6000", connect=9)) == [("accueil", "answered", None)]


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        (leg(device=""), "abandoned"),
        (leg(device="", causes=(0, 17)), "full"),
        (leg(device="", causes=(0, 19)), "timeout"),
        (leg(device="", causes=(0, 27)), "no_agents"),
        (leg(device="", causes=(0, 127)), "unknown"),
        (leg(device="MOH_2", connect=2, wasCallQueued=1, totalWaitTimeInQueue=38), "abandoned"),
        (leg(device="", connect=2, wasCallQueued=1, totalWaitTimeInQueue=38), "abandoned"),
        (leg(device="ANN_3", connect=2, causes=(0, 127), wasCallQueued=1), "timeout"),
    ],
)
def test_a_call_that_no_human_answers(told: bytes, reason: str) -> None:
    (offered, lost), _, _ = read(told)
    assert (offered.type, lost.type, lost.reason, lost.wait) == ("offered", "lost", reason, 40)


def test_who_queued_waited_until_the_agent() -> None:
    (_, answered, _), _, _ = read(leg(final="6001", connect=35, wasCallQueued=1, totalWaitTimeInQueue=30))
    assert answered.wait == 35
    queue = leg(connect=2, end=30, device="MOH_2", wasCallQueued=1, causes=(393216, 393216))
    agent = leg(legs=(11, 13), start=30, connect=35, end=90, final="6001", wasCallQueued=1, totalWaitTimeInQueue=30)
    (offered, answered, ended), _, _ = read(queue, agent)
    assert (offered.at, answered.wait, ended.talk) == (T, 35, 55)


def test_voicemail_answers_nobody() -> None:
    assert short(leg(final="8000", connect=20)) == [("accueil", "diverted", "voicemail")]
    assert short(leg(final="8001", connect=20, device="CiscoUM1-VI3")) == [("accueil", "diverted", "voicemail")]
    assert read(leg(called="8000", final="8000", pilot="8000", connect=2))[1] == {"other-number": 1}


def test_an_agent_asks_another_line_and_transfers() -> None:
    """Three rows under two global calls: an attempt of the caller here, one of the agent there."""
    rows = [
        leg(1, legs=(11, 12), final="6001", connect=5, end=30),
        leg(2, legs=(13, 14), calling="6001", called="7000", final="7001", pilot="7000", start=20, connect=24, end=30),
        leg(1, legs=(11, 14), called="7000", final="7001", pilot="7000", start=30, connect=30, end=90),
    ]
    events, _, _ = read(*rows)
    assert [(event.line, event.call, event.type, event.talk) for event in events if event.type != "offered"] == [
        ("accueil", "office-2-1", "answered", None),
        ("etat-civil", "office-2-2", "answered", None),
        ("accueil", "office-2-1", "ended", 25),
        ("etat-civil", "office-2-2", "ended", 66),
    ]


def test_a_leg_whose_number_comes_again_later_joins_nothing() -> None:
    first, later = leg(1, legs=(11, 12)), leg(2, legs=(13, 12), start=3600, end=3640, connect=3609)
    assert [event.call for event in read(first, later)[0] if event.type == "offered"] == ["office-2-1", "office-2-2"]


def test_a_call_that_overflows_is_an_attempt_on_each_line() -> None:
    events, _, _ = read(leg(called="6000", pilot="7000", final="7001", connect=20, lastRedirectDn="6000"))
    assert [(event.line, event.type, event.reason, event.to) for event in events if event.type != "offered"] == [
        ("etat-civil", "answered", None, None),
        ("accueil", "diverted", "transfer", "etat-civil"),
        ("etat-civil", "ended", None, None),
    ]


def test_a_line_may_have_no_hunt_pilot() -> None:
    assert short(leg(pilot="", called="6000", final="6000", connect=9)) == [("accueil", "answered", None)]
    assert short(leg(pilot="", called="0466496000", final="6000", connect=9)) == [("accueil", "answered", None)]


def test_other_calls_and_rows_told_again_are_counted_aside() -> None:
    out = leg(5, called="0612345678", final="0612345678", pilot="", connect=9)
    quality = leg(6, cdrRecordType=2)
    events, aside, refused = read(leg(), out, quality, leg())
    assert [event.type for event in events] == ["offered", "lost"]
    assert refused == []
    assert aside == {"other-number": 1, "other-record": 1, "repeated-row": 1}


def test_files_that_are_joined_bring_their_headers() -> None:
    shuffled = HEADER.strip().split(b",")
    values = leg(2, connect=9, final="6001").strip().split(b",")
    events, _, refused = read(leg(), HEADER, TYPES, leg(3))
    assert ([event.type for event in events], refused) == (["offered", "offered", "lost", "lost"], [])
    first = b"cdrRecordType," + b",".join(name for name in shuffled[::-1] if name != b"cdrRecordType") + b"\n"
    moved = b",".join([values[0], *values[:0:-1]]) + b"\n"
    assert [event.type for event in read(first, moved)[0]] == ["offered", "answered", "ended"]


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        (leg()[:80] + b"\n", "malformed"),
        (leg(dateTimeOrigination=0), "no-time"),
        (leg(dateTimeOrigination="1795600000000"), "no-time"),
        (leg(globalCallID_callId=""), "no-id"),
    ],
)
def test_what_is_no_row_is_refused_without_a_number(told: bytes, reason: str) -> None:
    events, _, (refused,) = read(told)
    assert events == []
    assert (refused.row, refused.why.reason) == (3, reason)
    assert CALLER.encode() not in refused.original + refused.why.detail.encode()


def test_a_file_without_its_header_is_refused_without_a_number() -> None:
    with pytest.raises(ConfigError) as refused:
        read(leg(), header=b"")
    assert "cdrRecordType" in str(refused.value)
    assert CALLER not in str(refused.value)


def test_an_empty_file_tells_nothing() -> None:
    assert read(header=b"") == ([], {}, [])


def test_an_id_that_begins_again_after_a_month_is_another_call() -> None:
    month = 30 * 86_400
    lost, answered = leg(1, device="", end=40), leg(1, start=month, connect=month + 9, end=month + 60)
    assert short(lost, answered) == [("accueil", "lost", "abandoned"), ("accueil", "answered", None)]
    assert [event.wait for event in read(lost, answered)[0] if event.type == "answered"] == [9]


def test_a_port_that_answers_and_queues_is_no_human() -> None:
    """UCCX's CTI port answers every caller after a second; the agent answers one of three."""
    calls = [
        *(
            leg(n, start=100 * n, connect=100 * n + 1, end=100 * n + 40, device="CTIP_6001", final="6901")
            for n in (1, 2, 3)
        ),
        leg(3, legs=(31, 33), start=320, connect=325, end=400, final="6105"),
    ]
    assert [each[1] for each in short(*calls)] == ["answered"] * 3, "without ports"
    for name in ("CTIP_6001", "6901"):
        by = context(source="cucm", line_of=LINES.get, exchanges=Exchanges(cucm=Cucm(ports=(name,))))
        events = [each.event for each in CUCM_CDR.read([HEADER, TYPES, *calls], by) if isinstance(each, Accepted)]
        told = {event.call: event.type for event in events if isinstance(event, CallEvent) and event.type != "ended"}
        assert sorted(told.values()) == ["answered", "lost", "lost"]
        (wait,) = (event.wait for event in events if isinstance(event, CallEvent) and event.type == "answered")
        assert wait == 25
