"""A register of requests becomes events of its channels; the senders' names never leave the file."""

from __future__ import annotations

import json
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from agents.sources.entry import Accepted, Entry, Refused
from agents.sources.tables.table_file import REQUESTS
from config.mapping import Table, available
from config.refusal import ConfigError
from streams.events import RequestEvent
from tests.agents.sources.contexts import context

HEADER = "request,channel,received,answered,delivered,withdrawn,author\n"
REGISTER = Table.model_validate_json(
    json.dumps(
        {
            "of": "requests",
            "id": ["année", "numéro"],
            "queue": {"column": "nature", "values": {"Courriel": "email"}},
            "moments": {
                "received": {"column": "reçu le", "format": "%d/%m/%Y"},
                "answered": {"column": "clos le", "format": "%d/%m/%Y", "unknown": "en cours"},
            },
            "outcome": {
                "column": "suite",
                "values": {"répondu": "answered", "abandon": "withdrawn", "doublon": "ignore", "": "open"},
            },
        }
    )
)


def read(text: str, table: Table | None = None) -> list[Entry]:
    by = context(source="register", table=table or available({})["requests"])
    return list(REQUESTS.read(text.encode().splitlines(keepends=True), by))


def told(text: str, table: Table | None = None) -> list[tuple[str, str, str, str]]:
    found: list[tuple[str, str, str, str]] = []
    for each in read(text, table):
        assert isinstance(each, Accepted), each
        assert isinstance(each.event, RequestEvent)
        at = datetime.fromtimestamp(float(each.event.at), ZoneInfo("Europe/Paris"))  # type: ignore[arg-type]
        found.append((each.event.channel, each.event.request, each.event.type, f"{at:%Y-%m-%d %H:%M}"))
    return found


def test_rows_are_events_in_the_order_of_their_moments() -> None:
    rows = "1,email,2013-03-04 09:10,2013-03-06,,,Durand\n2,im341,2013-03-05,,2013-03-05,,Durand\n"
    rows += "3,email,2013-03-01,,,2013-03-07,\n"
    assert told(HEADER + rows) == [
        ("email", "3", "received", "2013-03-01 00:00"),
        ("email", "1", "received", "2013-03-04 09:10"),
        ("im341", "2", "received", "2013-03-05 00:00"),
        ("im341", "2", "delivered", "2013-03-05 00:00"),
        ("email", "1", "answered", "2013-03-06 00:00"),
        ("email", "3", "withdrawn", "2013-03-07 00:00"),
    ]


def test_an_event_says_where_it_is_from_and_has_an_id_of_its_own() -> None:
    first, second = read(HEADER + "1,email,1362382200,1362382200,,,\n")
    assert isinstance(first, Accepted)
    assert isinstance(second, Accepted)
    assert (first.event.site, first.event.source) == ("lozere", "register")
    assert first.event.id == "register:email:1:received:1362382200.0"
    assert second.event.id != first.event.id


def test_an_answer_on_the_day_of_receipt_or_without_a_receipt_is_taken_as_told() -> None:
    rows = "1,email,2013-03-04 15:00,2013-03-04,,,\n2,email,,2013-03-04,,,\n"
    assert [(name, kind) for _, name, kind, _ in told(HEADER + rows)] == [
        ("1", "answered"),
        ("2", "answered"),
        ("1", "received"),
    ]


def test_a_register_of_ones_own_says_what_its_words_mean() -> None:
    rows = """numéro;année;nature;reçu le;clos le;suite;demandeur
7;2013;Courriel;04/03/2013;06/03/2013;répondu;Durand
8;2013;Courriel;04/03/2013;07/03/2013;abandon;Durand
9;2013;letter;05/03/2013;en cours;;Durand
9;2013;letter;05/03/2013;06/03/2013;doublon;Durand
10;2013;letter;08/03/2013;;abandon;Durand
"""
    assert told(rows, REGISTER) == [
        ("email", "2013-7", "received", "2013-03-04 00:00"),
        ("email", "2013-8", "received", "2013-03-04 00:00"),
        ("letter", "2013-9", "received", "2013-03-05 00:00"),
        ("email", "2013-7", "answered", "2013-03-06 00:00"),
        ("email", "2013-8", "withdrawn", "2013-03-07 00:00"),
        ("letter", "2013-10", "received", "2013-03-08 00:00"),
        ("letter", "2013-10", "withdrawn", "2013-03-08 00:00"),
    ]


@pytest.mark.parametrize(
    ("row", "reason", "says"),
    [
        (",email,2013-03-04,,,,x", "no-id", "no value in request"),
        ("1,,2013-03-04,,,,x", "unknown-channel", "no value in channel; expected a channel"),
        ("1,email,,,,,x", "no-time", "no moment; expected one of received, answered, delivered, withdrawn"),
        ("1,email,4 mars,,,,x", "no-time", "received is not a moment from 1990 to 2100"),
        ("1,email,2013-03-04", "malformed", "3 fields; expected 7"),
    ],
)
def test_what_is_no_request_is_refused_without_its_author(row: str, reason: str, says: str) -> None:
    refused, good = read(HEADER + row.replace("x", "Durand") + "\n2,email,2013-03-04,,,,Durand\n")
    assert isinstance(refused, Refused)
    assert isinstance(good, Accepted)
    assert (refused.row, refused.why.reason) == (2, reason)
    assert says in refused.why.detail
    assert b"Durand" not in refused.original + good.record


def test_an_answer_at_no_moment_is_refused() -> None:
    (refused,) = read("numéro;année;nature;reçu le;clos le;suite\n7;2013;email;04/03/2013;;répondu\n", REGISTER)
    assert isinstance(refused, Refused)
    assert refused.why.detail == "answered without a moment; expected one for answered or delivered"


def test_json_lines_are_read_likewise() -> None:
    assert told('{"request": 7, "channel": "email", "received": "2013-03-04T09:00:00+01:00"}\n') == [
        ("email", "7", "received", "2013-03-04 09:00")
    ]


def test_a_file_without_its_receipts_is_refused() -> None:
    with pytest.raises(ConfigError, match="expected each of received once"):
        read("request,channel,answered\n1,email,2013-03-04\n")


def test_a_reason_is_read_and_a_number_in_it_never_leaves_the_file() -> None:
    header = "request,channel,received,reason\n"
    rows = header + "1,email,2013-03-04,délai\n2,email,2013-03-05,voir 0611223344\n3,email,2013-03-06,\n"
    reasons = [
        each.event.reason for each in read(rows) if isinstance(each, Accepted) and isinstance(each.event, RequestEvent)
    ]
    assert reasons[::2] == ["délai", None]
    assert reasons[1] is not None
    assert reasons[1].startswith("voir hmac:")
