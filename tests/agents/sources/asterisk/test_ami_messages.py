"""Messages in the bytes of a manager's connection."""

from __future__ import annotations

from agents.sources.asterisk.ami_messages import GREETING, MAX_LINES, AmiMessage, read
from agents.sources.asterisk.queue_log_rows import MalformedLine

JOIN = b"Event: QueueCallerJoin\r\nQueue: accueil\r\nCallerIDName: a: b\r\n\r\n"


def messages(raw: bytes) -> list[AmiMessage | MalformedLine]:
    return list(read(raw.splitlines(keepends=True)))


def test_a_message_is_its_headers() -> None:
    (found,) = messages(JOIN)
    assert isinstance(found, AmiMessage)
    assert (found.number, found.event, found.get("Queue")) == (1, "QueueCallerJoin", "accueil")
    assert found.get("CallerIDName") == "a: b", "a value may hold the separator"


def test_a_greeting_is_a_message_of_its_own() -> None:
    raw = b"Asterisk Call Manager/11.0.0\r\nResponse: Success\r\n\r\n" + JOIN
    assert [each.event for each in messages(raw) if isinstance(each, AmiMessage)] == [GREETING, "", "QueueCallerJoin"]


def test_what_asterisk_does_not_know_is_empty() -> None:
    (found,) = messages(b"Event: Hangup\nCallerIDNum: <unknown>\n\n")
    assert isinstance(found, AmiMessage)
    assert found.get("CallerIDNum") == "" == found.get("Missing")


def test_a_message_that_a_lost_connection_tore_is_told() -> None:
    torn, greeting, _ = messages(JOIN.rstrip() + b"\r\nAsterisk Call Manager/11.0.0\r\n" + JOIN)
    assert isinstance(torn, MalformedLine)
    assert torn.reason == "torn"
    assert isinstance(greeting, AmiMessage)
    (last,) = messages(JOIN.rstrip())
    assert isinstance(last, MalformedLine)


def test_a_message_without_end_is_bounded() -> None:
    found, after = messages(b"Event: X\n" * (MAX_LINES + 5) + b"\n" + JOIN)
    assert isinstance(found, MalformedLine)
    assert str(MAX_LINES) in found.detail
    assert isinstance(after, AmiMessage)
