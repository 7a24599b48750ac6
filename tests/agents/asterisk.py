"""A fake Asterisk: the messages of its manager interface and its answers to a login."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, TypeAlias

Told: TypeAlias = dict[str, str]
START: Final = 1_385_127_000.0  # 2013-11-22, 14:30 in Paris
GREETING: Final = {"": "Asterisk Call Manager/11.0.0"}


def message(event: str, at: float, queue: str = "accueil", caller: str = "1.1", **others: object) -> Told:
    """Return a message with its time in seconds after `START`."""
    told = {"Event": event, "Timestamp": f"{START + at:.6f}", "Queue": queue, "Uniqueid": caller}
    return told | {"CallerIDNum": "0466496000"} | {key: str(value) for key, value in others.items()}


def status(value: str, at: float, caller: str = "1.1") -> Told:
    return message("VarSet", at, "", caller, Variable="QUEUESTATUS", Value=value)


def asks(queue: str, at: float, caller: str = "1.1") -> Told:
    return message("Newexten", at, "", caller, Application="Queue", AppData=f"{queue},t,,,30")


def raw(messages: Iterable[Told]) -> bytes:
    text = ""
    for each in messages:
        text += "".join(f"{key}: {value}\r\n" if key else f"{value}\r\n" for key, value in each.items() if value)
        text += "" if each is GREETING else "\r\n"
    return text.encode()


BANNER: Final = b"Asterisk Call Manager/11.0.0\r\n"
CHALLENGE: Final = b"Response: Success\r\nChallenge: 167224512\r\n\r\n"
ACCEPTED: Final = b"Response: Success\r\nMessage: Authentication accepted\r\n\r\n"
REFUSED: Final = b"Response: Error\r\nMessage: Authentication failed\r\n\r\n"
PONG: Final = b"Response: Success\r\nPing: Pong\r\n\r\n"
LOGIN: Final = (BANNER, "Action: Challenge", CHALLENGE, "Action: Login", ACCEPTED)


def listed(*entries: Told, queues: Iterable[str] = ("accueil", "600")) -> bytes:
    begin: Told = {"Response": "Success", "EventList": "start", "Message": "Queue status will follow"}
    queue = [{"Event": "QueueParams", "Queue": name, "Calls": "0"} for name in queues]
    return raw([begin, *queue, *entries, {"Event": "QueueStatusComplete", "EventList": "Complete"}])


def waiting(caller: str, seconds: float, queue: str = "accueil") -> Told:
    """Return the entry of a waiting caller in a status."""
    return {"Event": "QueueEntry", "Queue": queue, "Uniqueid": caller, "Wait": str(int(seconds)), "Position": "1"}


def connected(*entries: Told) -> list[bytes | str | float]:
    """Return the script of a connection up to and including the status."""
    return [*LOGIN, "Action: Ping", PONG, "Action: QueueStatus", listed(*entries)]
