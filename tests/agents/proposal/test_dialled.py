"""Callers reach a queue by a number, which Asterisk records beside it."""

from __future__ import annotations

from agents.proposal.dialled import Way, numbers_of_queues, ways
from agents.sources.kind import FileKind


def master(number: str, queue: str, uniqueid: str, app: str = "Queue") -> bytes:
    fields = ["", "0261990001", number, "from-trunk", "", "PJSIP/trunk-1", "PJSIP/101-1", app, f"{queue},t"]
    fields += ["2026-11-25 14:39:09", "2026-11-25 14:39:09", "2026-11-25 14:39:16", "7", "7", "ANSWERED"]
    return ",".join(f'"{field}"' for field in [*fields, "DOCUMENTATION", uniqueid, ""]).encode() + b"\n"


def found(kind: FileKind, *rows: bytes) -> list[Way]:
    return list(ways(kind, rows, "Europe/Paris", "file"))


def test_a_call_record_shows_the_number_of_its_first_queue() -> None:
    rows = (
        master("4000", "accueil", "1764081549.0"),
        master("4000", "soir", "1764081549.0"),  # it overflowed
        master("2", "soir", "1764081550.0"),  # a key
        master("s", "soir", "1764081551.0"),
        master("0612345678", "", "1764081552.0", app="Dial"),
    )
    assert found(FileKind.ASTERISK_CDR, *rows) == [Way("accueil", "4000")]


def test_a_queue_log_shows_it_where_the_dialplan_writes_it() -> None:
    rows = (
        b"1795530278|1795530276.1|cni|NONE|DID|0261913020\n",
        b"1795530278|1795530276.1|cni|NONE|ENTERQUEUE||0611111111|1\n",
    )
    assert found(FileKind.QUEUE_LOG, *rows) == [Way("cni", "0261913020")]


def test_channel_events_show_it_where_a_queue_begins() -> None:
    header = b"eventtype,eventtime,cid_num,exten,context,channame,appname,appdata,uniqueid,linkedid\n"
    row = b'APP_START,1795617549.3,0261990001,4000,from-trunk,PJSIP/t-1,Queue,"accueil,t",1.0,1.0\n'
    assert found(FileKind.ASTERISK_CEL, header, row) == [Way("accueil", "4000")]


def test_another_kind_shows_none() -> None:
    assert found(FileKind.EVENTS, b"{}\n") == []


def test_a_number_of_two_queues_is_none_s() -> None:
    shared = [Way("accueil", "4000")] * 6 + [Way("soir", "4000")] * 4
    assert numbers_of_queues(shared, ["accueil", "soir"]) == {}


def test_a_number_that_was_dialled_once_in_a_hundred_calls_is_left_out() -> None:
    assert numbers_of_queues([*[Way("accueil", "4000")] * 99, Way("accueil", "4009")], ["accueil"]) == {
        "accueil": ("4000",)
    }


def test_the_name_of_another_queue_is_no_number_of_this_one() -> None:
    assert numbers_of_queues([Way("accueil", "600")] * 9, ["accueil", "600"]) == {}


def test_a_telephone_number_that_few_dialled_may_be_a_caller_s_own() -> None:
    assert numbers_of_queues([Way("accueil", "0612345678")] * 9, ["accueil"]) == {}
    assert numbers_of_queues([Way("accueil", "0466496000")] * 10, ["accueil"]) == {"accueil": ("0466496000",)}
