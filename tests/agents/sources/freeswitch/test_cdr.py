"""A uuid that dialled a line is a call; a second leg means that a human answered."""

from __future__ import annotations

from collections import Counter

import pytest

from agents.sources.entry import Accepted, Refused
from agents.sources.freeswitch.cdr import FREESWITCH_CDR
from agents.sources.pseudonym import Pseudonymizer
from config.exchanges import Exchanges, FreeSwitch
from streams.events import CallEvent
from tests.agents.sources.contexts import context

PSEUDONYM = Pseudonymizer(b"of the tests only")
LINES = {"5010": "circulation", "0261995500": "circulation", "5030": "etrangers", "etrangers": "etrangers"}
NOON = 1_795_604_400.0  # 2026-11-25 12:00:00 in Paris


def row(
    uuid: str = "c1",
    *,
    dialled: str = "5010",
    start: str = "12:00:00",
    answer: str = "",
    end: str = "12:00:40",
    second: str = "",
    cause: str = "NORMAL_CLEARING",
    name: str = "Zoé",
    caller: str = "0261995001",
    context: str = "public",
) -> bytes:
    stamps = [f"2026-11-25 {clock}" if clock else "" for clock in (start, answer, end)]
    fields = [name, caller, dialled, context, *stamps, "40", "30", cause, uuid, second, "", "PCMA", "PCMA"]
    return (",".join(f'"{field}"' for field in fields) + "\n").encode()


def read(*rows: bytes, settings: FreeSwitch | None = None) -> tuple[list[CallEvent], Counter[str], list[Refused]]:
    aside: Counter[str] = Counter()
    exchanges = Exchanges(freeswitch=settings or FreeSwitch())
    by = context(source="fs", line_of=LINES.get, pseudonym=PSEUDONYM, aside=aside, exchanges=exchanges)
    found = list(FREESWITCH_CDR.read(rows, by))
    events = [each.event for each in found if isinstance(each, Accepted) and isinstance(each.event, CallEvent)]
    return events, aside, [each for each in found if isinstance(each, Refused)]


def short(*rows: bytes) -> list[tuple[str, str | None]]:
    return [(event.type, event.reason) for event in read(*rows)[0] if event.type not in {"offered", "ended"}]


def test_a_phone_that_answers() -> None:
    (offered, answered, ended), aside, _ = read(row(answer="12:00:10", second="b1"))
    assert offered == CallEvent(
        line="circulation",
        call="c1",
        type="offered",
        at=NOON,
        id=f"fs:circulation:c1:offered:{NOON}",
        source="fs",
        site="lozere",
        caller=PSEUDONYM.of("0261995001"),
    )
    assert (answered.type, answered.at, answered.wait) == ("answered", NOON + 10, 10)
    assert (ended.type, ended.at, ended.talk) == ("ended", NOON + 40, 30)
    assert not aside


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        (row(cause="ORIGINATOR_CANCEL"), "abandoned"),
        (row(answer="12:00:00"), "abandoned"),  # only the queue answered
        (row(cause="USER_BUSY"), "full"),
        (row(cause="NO_ANSWER"), "timeout"),
        (row(cause="UNALLOCATED_NUMBER"), "no_agents"),
        (row(cause="MANAGER_REQUEST"), "unknown"),
    ],
)
def test_a_call_that_no_human_answers(told: bytes, reason: str) -> None:
    (offered, lost), _, _ = read(told)
    assert (offered.type, lost.type, lost.reason, lost.wait) == ("offered", "lost", reason, 40)


def test_where_a_queue_answered_first_nobody_tells_the_wait() -> None:
    (answered,), aside, _ = read(row(answer="12:00:00", second="b1"))
    assert (answered.type, answered.at, answered.wait) == ("answered", NOON, None)
    assert aside == {"wait-unknown": 1}


def test_the_second_legs_own_row_tells_the_wait() -> None:
    """The row comes before or after the caller's; a leg that rang in vain answers no call."""
    caller = row(answer="12:00:00", second="b1")
    agent = row("b1", dialled="201", context="default", start="12:00:05", answer="12:00:12")
    for rows in ((caller, agent), (agent, caller)):
        (_, answered, ended), _, _ = read(*rows)
        assert (answered.wait, ended.talk) == (12, 28)
    in_vain = row("b1", dialled="201", context="default", start="12:00:05")
    assert short(caller, in_vain) == [("lost", "abandoned")]
    mailbox = row("b1", dialled="voicemail", context="default", answer="12:00:20")
    assert short(caller, mailbox) == [("diverted", "voicemail")]


def test_a_row_written_twice_is_one_call() -> None:
    once = row(answer="12:00:10", second="b1")
    changed = row(answer="12:00:10", second="b9", name="Outbound Call", caller="5010")
    events, aside, _ = read(once, once, changed)
    assert [event.type for event in events] == ["offered", "answered", "ended"]
    assert events[0].caller == PSEUDONYM.of("0261995001")
    assert aside == {"repeated-row": 1, "changed-row": 1}
    assert read(changed, once)[0] == events


def test_what_is_no_call_to_a_line_is_counted_aside() -> None:
    rows = [
        row("s", dialled="00972599123456", end="12:00:00", cause="NO_ROUTE_DESTINATION"),
        row("t", dialled="999", context="default", answer="12:00:00"),
        row("v", dialled="4000", context="default", answer="12:00:00"),
        row("o", dialled="0612345678", context="default", answer="12:00:05", second="b1"),
        row("x", name="Outbound Call", answer="12:00:00"),
        row("n", dialled=""),
    ]
    events, aside, refused = read(*rows)
    assert (events, refused) == ([], [])
    assert aside == {"scanner": 1, "machine": 2, "other-number": 2, "placed-by-exchange": 1}


def test_a_number_of_ten_digits_may_be_a_lines() -> None:
    assert short(row(dialled="0261995500")) == [("lost", "abandoned")]


def test_rows_in_any_order_give_events_in_order() -> None:
    later = row("c2", start="12:05:00", end="12:06:00")
    assert [event.call for event in read(later, row())[0]] == ["c1", "c1", "c2", "c2"]
    assert [event.id for event in read(later, row())[0]] == [event.id for event in read(row(), later)[0]]


def test_the_hour_that_comes_twice() -> None:
    autumn = row(start="02:59:50", answer="02:00:10", end="02:00:30", second="b1").replace(b"2026-11-25", b"2026-10-25")
    (_, answered, ended), _, _ = read(autumn)
    assert (answered.wait, ended.talk) == (20, 20)


def test_a_template_says_what_the_columns_are() -> None:
    text = '"${uuid}","${caller_id_number}","${cc_queue}","${start_epoch}","${end_epoch}",'
    text += '"${cc_queue_answered_epoch}","${cc_cancel_reason}","${destination_number}"'
    settings = FreeSwitch(cdr_template=text)
    taken = b'"c1","0261995001","etrangers@default","1795604400","1795604440","1795604409","","5030"\n'
    key = b'"c2","0261995001","etrangers@default","1795604400","1795604440","","EXIT_WITH_KEY","5030"\n'
    events, _, refused = read(taken, key, settings=settings)
    assert refused == []
    assert [(e.call, e.line, e.type, e.wait) for e in events if e.type not in {"offered", "ended"}] == [
        ("c1", "etrangers", "answered", 9),
        ("c2", "etrangers", "diverted", 40),
    ]


@pytest.mark.parametrize("reason", ["TIMEOUT", "NO_AGENT_TIMEOUT", "EXIT_WITH_KEY"])
def test_who_is_answered_after_a_queue_gave_them_up_is_answered(reason: str) -> None:
    """A queue's reason remains in the row, even if the next queue or a phone of the dialplan then answers."""
    names = ["uuid", "destination_number", "cc_queue", "start_epoch", "answer_epoch", "end_epoch", "bleg_uuid"]
    names += ["cc_queue_answered_epoch", "cc_cancel_reason", "last_app"]

    def told(uuid: str = "c1", **values: str | float) -> bytes:
        own = {"cc_queue": "etrangers@default", "cc_cancel_reason": reason} if uuid == "c1" else {}
        moments = {"start_epoch": NOON, "answer_epoch": NOON + 1, "end_epoch": NOON + 90}
        dialled = "5030" if uuid == "c1" else "201"
        found = {"uuid": uuid, "destination_number": dialled, **own, **moments, **values}
        return (",".join(str(found.get(name, "")).removesuffix(".0") for name in names) + "\n").encode()

    def outcome(*rows: bytes) -> tuple[str, float | None]:
        (_, found, *_), _, refused = read(",".join(names).encode(), *rows)
        assert refused == []
        return found.type, found.wait

    given_up: tuple[str, float | None] = ("diverted" if reason == "EXIT_WITH_KEY" else "lost", 90)
    rang, mailbox = told(bleg_uuid="b1", last_app="bridge"), told(bleg_uuid="b1", last_app="voicemail")
    assert outcome(told(cc_queue_answered_epoch=NOON + 50)) == ("answered", 50), "by the next queue"
    assert outcome(rang, told("b1", answer_epoch=NOON + 60)) == ("answered", 60), "by a phone"
    assert outcome(rang, told("b1", answer_epoch=0)) == given_up, "a phone rang in vain"
    assert outcome(mailbox) == outcome(told()) == given_up


def test_a_table_may_bring_the_names_of_its_columns() -> None:
    header = b"uuid,destination_number,caller_id_number,start_stamp,answer_stamp,end_stamp,bleg_uuid\n"
    told = b"c1,5010,0261995001,2026-11-25 11:00:00+00:00,2026-11-25 11:00:10+00:00,2026-11-25 11:00:40+00:00,b1\n"
    events, _, (torn,) = read(header, told, told[:40] + b"\n")
    assert [(event.type, event.at, event.wait) for event in events[:2]] == [
        ("offered", NOON, None),
        ("answered", NOON + 10, 10),
    ]
    assert torn.why.detail == "4 fields; expected 7, as in the header"


def test_a_callers_name_may_hold_anything() -> None:
    for name in ("destination_number", 'Zoé "Z"', 'x","0000000001","5030","public', ""):
        (offered, lost), _, _ = read(row(name=name))
        assert (offered.line, offered.caller, lost.type) == ("circulation", PSEUDONYM.of("0261995001"), "lost")


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        (b"1362382200|7.1|accueil|NONE|ENTERQUEUE||0261995001|1\n", "malformed"),
        (row()[:60] + b"\n", "malformed"),
        (row(start=""), "no-time"),
        (row(""), "no-id"),
    ],
)
def test_what_is_no_row_is_refused_without_a_number(told: bytes, reason: str) -> None:
    events, _, (refused,) = read(b"\n", told)
    assert events == []
    assert (refused.row, refused.why.reason) == (2, reason)
    assert b"0261995001" not in refused.original + refused.why.detail.encode()


@pytest.mark.parametrize("agent", ["", "agent"])
def test_of_two_rows_that_name_each_other_the_later_is_the_phones(agent: str) -> None:
    header = b"xml_cdr_uuid,bridge_uuid,destination_number,cc_queue,cc_side,start_epoch,answer_epoch,end_epoch\n"
    began, later = round(NOON), round(NOON) if agent else round(NOON) + 5
    rows = [
        f"c1,a1,5030,etrangers@hall,,{began},{began},{began + 90}\n".encode(),
        f"a1,c1,5030,etrangers@hall,{agent},{later},{began + 12},{began + 90}\n".encode(),
    ]
    for order in (rows, rows[::-1]):
        (offered, answered, _), aside, _ = read(header, *order)
        assert (offered.call, offered.at, answered.type, answered.wait) == ("c1", NOON, "answered", 12)
        assert aside == {"second-leg": 1}


@pytest.mark.parametrize("marked", ["bleg_uuid", "cc_side", "cc_agent"])
def test_the_legs_to_agents_are_no_calls_of_the_queue(marked: str) -> None:
    """mod_callcenter gives the queue's name to the legs that it makes to agents' phones."""
    names = ["uuid", "destination_number", "cc_queue", "start_epoch", "answer_epoch", "end_epoch", "bleg_uuid"]
    names += ["cc_queue_answered_epoch", "cc_side", "cc_agent"]

    def told(uuid: str, **values: object) -> bytes:
        found = {"uuid": uuid, "destination_number": "5030", "cc_queue": "etrangers@default"}
        moments = {"start_epoch": NOON, "answer_epoch": NOON + 1, "end_epoch": NOON + 90}
        return (
            ",".join(str({**found, **moments, **values}.get(name, "")).removesuffix(".0") for name in names) + "\n"
        ).encode()

    agents: dict[str, object] = {marked: "agent"} if marked != "bleg_uuid" else {}
    rows = [
        told("c1", bleg_uuid="a1", cc_queue_answered_epoch=NOON + 20, cc_side="member", cc_agent="agent"),
        told("a1", destination_number="201", answer_epoch=NOON + 20, **agents),
        told("c2", answer_epoch=NOON + 1, cc_side="member"),
    ]
    if marked != "bleg_uuid":
        rows.append(told("a2", destination_number="202", answer_epoch=0, end_epoch=NOON + 10, **agents))
    for order in (rows, rows[::-1]):
        events, aside, refused = read(",".join(names).encode(), *order)
        assert refused == []
        assert sorted((e.call, e.type) for e in events if e.type not in {"offered", "ended"}) == [
            ("c1", "answered"),
            ("c2", "lost"),
        ]
        assert aside["second-leg"] == len(rows) - 2
