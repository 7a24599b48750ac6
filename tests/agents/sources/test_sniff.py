"""A file of another kind than given is reported with the kind it looks like."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from agents.sources import sniff
from agents.sources.sniff import likely
from config.mapping import available
from config.settings import Settings, load

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"


@pytest.fixture(scope="module")
def office() -> Settings:
    return load(EXAMPLES / "office.yaml", {})


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("queue_log", "queue-log"),
        ("events.jsonl", "events"),
        ("survey.csv", "survey"),
        ("calls.csv", "calls --mapping exchange"),
        ("tickets.csv", "tickets"),
        ("polls.csv", "polls"),
        ("readings.csv", "readings"),
        ("register.csv", "requests"),
    ],
)
def test_every_example_looks_like_what_it_is(office: Settings, name: str, words: str) -> None:
    found = likely((EXAMPLES / name).read_bytes().splitlines(keepends=True)[:50], office)
    assert found is not None
    assert found.words == words


@pytest.mark.parametrize("indent", [-1, 1])
def test_events_that_stand_not_one_a_line_are_told_with_what_writes_them_so(office: Settings, indent: int) -> None:
    events = (EXAMPLES / "events.jsonl").read_bytes().splitlines(keepends=True)
    array = msgspec.json.format(b"[" + b",".join(events) + b"]", indent=indent)
    found = likely(array.splitlines(keepends=True)[:100], office)
    assert found is not None
    assert found.what == "an array of contract events; expected one event per line"
    assert found.command("all.json") == "jq -c '.[]' all.json | tocsin analyze events -"
    over_lines = b"\n".join(msgspec.json.format(each, indent=2) for each in events)
    found = likely(over_lines.splitlines(keepends=True)[:100], office)
    assert found is not None
    assert found.command("all.json") == "jq -c '.' all.json | tocsin analyze events -"


@pytest.mark.parametrize(
    "content", [b"", b"\n\n", b"\x00" * 500, b"Dear Sir,\nplease find below\n", b"{}\n" * 9, b"[" * 9]
)
def test_what_is_nothing_looks_like_nothing(office: Settings, content: bytes) -> None:
    assert likely(content.splitlines(keepends=True), office) is None


@pytest.mark.parametrize("name", [name for name, table in available({}).items() if not (table.columns or table.widths)])
def test_an_export_is_told_by_its_columns_where_none_of_its_rows_can_be_read(name: str) -> None:
    table = available({})[name]
    lines = [",".join(f'"{column}"' for column in table.used()).encode() + b"\n", b"no row\n"]
    found = likely(lines, Settings(site="office"))
    assert found is not None
    assert (found.kind, found.mapping or table.of) == (table.of, name)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"cdrRecordType,globalCallID_callId,origCause_value\nno row\n", "cucm-cdr"),
        (b"src,dst,dstchannel,lastapp,disposition\nno row\n", "asterisk-cdr"),
    ],
)
def test_a_record_of_a_kind_of_its_own_needs_no_mapping(content: bytes, kind: str) -> None:
    found = likely(content.splitlines(keepends=True), Settings(site="office"))
    assert found is not None
    assert found.words == kind


@pytest.fixture
def beginning(monkeypatch: pytest.MonkeyPatch) -> int:
    """Read 5,000 bytes of a file, so that the test is quick."""
    monkeypatch.setattr(sniff, "READ", 5_000)
    return 5_000


def test_an_array_on_one_line_is_recognised_by_its_beginning(beginning: int) -> None:
    row = {"serviceId": "a", "dateModified": {"value": 1}, "ticketServedLabel": "A1", "ticketsToServe": 3}
    whole = msgspec.json.encode([row] * 1_000)
    assert len(whole) > 10 * beginning
    found = likely([whole], Settings(site="office"))
    assert found is not None
    assert found.mapping == "ngsi"


def test_what_follows_the_beginning_is_not_read(office: Settings, beginning: int) -> None:
    log = (EXAMPLES / "queue_log").read_bytes().splitlines(keepends=True)
    found = likely([*log, *[b"torn\n"] * beginning], office)
    assert found is not None
    assert found.kind == "queue-log"
