"""Numbers that callers dial may be lines if no queue takes their calls; a person's number never is."""

from __future__ import annotations

from agents.proposal.direct import KNOWN, Direct, direct
from agents.sources.kind import FileKind

OUTSIDE, PHONE = "0261990001", "101"


def row(call: int, number: str, source: str = OUTSIDE, app: str = "Dial", did: str = "") -> bytes:
    fields = ["2026-11-25 14:39:09", "", source, number, "from-trunk", "PJSIP/trunk-1", "PJSIP/101-1", app, "x"]
    fields += ["7", "7", "ANSWERED", "3", "", f"176408{call:04}.0", "", did]
    return ",".join(f'"{field}"' for field in fields).encode() + b"\n"


def found(*rows: bytes) -> Direct:
    return direct(FileKind.ASTERISK_CDR, rows, "cdr.csv")


def test_numbers_dialled_from_outside_come_by_their_calls() -> None:
    rows = [row(1, "4000"), row(2, "4010"), row(3, "4010"), row(4, "102", PHONE), row(5, "0611223344", PHONE)]
    assert found(*rows) == Direct({"4010": 2, "4000": 1}, outside=True)
    assert list(found(*rows).calls) == ["4010", "4000"]


def test_a_number_that_leads_to_a_queue_belongs_to_the_queue() -> None:
    rows = [row(1, "4000", app="Queue"), row(2, "4000", app="Hangup"), row(3, "4010")]
    assert found(*rows).calls == {"4010": 1}


def test_a_telephone_number_is_dialled_often_or_the_exchange_s_own() -> None:
    rare, often, own = "0466496001", "0466496002", "0466496003"
    rows = [row(1, rare), row(2, "s", did=own), *(row(10 + call, often) for call in range(KNOWN))]
    assert found(*rows).calls == {often: KNOWN, own: 1}


def test_without_a_call_from_outside_the_extensions_are_proposed_but_no_number_called_out() -> None:
    rows = [row(1, "102", PHONE), row(2, "*60", PHONE), *(row(10 + call, "0611223344", PHONE) for call in range(KNOWN))]
    assert found(*rows) == Direct({"102": 1}, outside=False)
    assert found(*rows, row(90, "600", PHONE, "Queue")).calls == {}


def test_a_number_that_was_dialled_once_in_a_hundred_calls_is_left_out() -> None:
    assert found(*(row(call, "4000") for call in range(99)), row(99, "4001")).calls == {"4000": 99}


def test_channel_events_show_the_number_where_a_call_begins() -> None:
    header = b"eventtype,eventtime,cid_num,exten,context,channame,appname,appdata,uniqueid,linkedid\n"
    begins = b"CHAN_START,1795617549.3,0261990001,4000,from-trunk,PJSIP/t-1,,,1795617549.1,1795617549.1\n"
    phone = b"CHAN_START,1795617550.3,,101,internal,PJSIP/101-1,,,1795617550.2,1795617549.1\n"
    assert direct(FileKind.ASTERISK_CEL, [header, begins, phone], "cel.csv") == Direct({"4000": 1}, outside=True)


def test_another_kind_shows_none() -> None:
    assert direct(FileKind.EVENTS, [b"{}\n"], "events.jsonl").calls == {}
