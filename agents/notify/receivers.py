"""Sending one alert: as a message to a room of Matrix, edited when the alert ends, or as JSON to a gateway.

Reference: spec.matrix.org, Client-Server API, "Sending events to a room" and "Event replacements".
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Protocol
from urllib.parse import quote, urlsplit

import aiohttp
import msgspec
from aiohttp import ClientTimeout
from msgspec import Meta, Struct
from pydantic import JsonValue
from yarl import URL

from agents.translation import Words
from config.notify import WORD, Gateway, Room
from config.security import on_loopback
from streams.decoding import UNREADABLE

MOST: Final = 5_000  # characters of a text; a Matrix event may have 64 KiB
WAIT_SECONDS: Final = 10.0  # for an answer
LONGEST_PAUSE: Final = 5.0  # seconds that a server may ask to wait (429) before this attempt counts as failed
MOST_BYTES: Final = 65_536  # of an answer
TOO_MANY: Final = 429
SUCCESSES: Final = range(200, 300)


class Alert(Struct, frozen=True, rename="camel"):
    """One alert; a later one of the same labels has the same fingerprint, and another start."""

    status: Literal["firing", "resolved"]
    fingerprint: Annotated[str, Meta(pattern="^[0-9a-f]{1,64}$")]
    starts_at: Annotated[str, Meta(max_length=64)]
    annotations: dict[str, str] = {}

    @property
    def once(self) -> str:
        """Return the id of its message: a request that is sent twice with the same id makes one message."""
        return sha256(f"{self.fingerprint} {self.starts_at}".encode()).hexdigest()[:32]

    def words(self, text: Words) -> Mapping[str, str]:
        """Return its words by the names that a gateway's body may have in braces."""
        given = {name: self.annotations.get(name, "").strip()[:MOST] for name in ("summary", "description", "board")}
        state = text("Over") if self.status == "resolved" else ""
        first = f"{state}{text.colon}{given['summary']}" if state else given["summary"]
        return {
            "text": "\n".join(filter(None, (first, given["description"], given["board"]))),
            "summary": first,
            "description": given["description"],
            "link": given["board"],
            "state": state,
        }


class Webhook(Struct, frozen=True):
    """The alerts of one group."""

    alerts: list[Alert]


decode_webhook: Final = msgspec.json.Decoder(Webhook).decode


class NotPassedError(Exception):
    """A server did not take an alert; the message has neither address nor secret."""


class Receiver(Protocol):
    """A way to pass alerts on."""

    async def begin(self, alert: Alert) -> str:
        """Send an alert's message and return its id, if it has one; raise `NotPassedError`."""

    async def end(self, alert: Alert, message: str) -> None:
        """Say at the alert's message that it is over; raise `NotPassedError`."""


class MatrixRoom:
    """A room in which each alert is one message."""

    def __init__(self, room: Room, text: Words) -> None:
        base = f"{room.homeserver.rstrip('/')}/_matrix/client/v3/rooms/{quote(room.room, safe='')}"
        self._address, self._token, self._text = f"{base}/send/m.room.message/", _one_line(room.token_file), text

    async def begin(self, alert: Alert) -> str:
        return await self._put(alert.once, self._message(alert))

    async def end(self, alert: Alert, message: str) -> None:
        new = self._message(alert)
        edit = {"m.new_content": new, "m.relates_to": {"rel_type": "m.replace", "event_id": message}}
        await self._put(f"{alert.once}-end", {**new, "body": f"* {new['body']}", **edit})

    async def _put(self, once: str, content: Mapping[str, Any]) -> str:
        """Send an event; the server makes no second one of the same transaction."""
        answer = await _sent("PUT", self._address + once, content, self._token)
        if not isinstance(answer.event_id, str):
            raise NotPassedError("the answer has no event_id")
        return answer.event_id

    def _message(self, alert: Alert) -> dict[str, str]:
        return {"msgtype": "m.text", "body": alert.words(self._text)["text"]}


class JsonGateway:
    """An address that takes a body for the beginning of each alert, and another one for its end."""

    def __init__(self, gateway: Gateway, text: Words) -> None:
        self._address, self._body, self._text = _one_line(gateway.url_file), gateway.body, text
        self._token = None if gateway.token_file is None else _one_line(gateway.token_file)

    async def begin(self, alert: Alert) -> str:
        body = _filled(self._body, alert.words(self._text))
        await _sent("POST", self._address, body, self._token, {"Idempotency-Key": f"{alert.once}-{alert.status}"})
        return ""

    async def end(self, alert: Alert, message: str) -> None:  # noqa: ARG002 -- a gateway's message cannot be edited
        await self.begin(alert)


class _Answer(Struct):
    event_id: str | None = None  # of a room's message
    errcode: str | None = None
    retry_after_ms: float | None = None


def _filled(body: JsonValue, words: Mapping[str, str]) -> JsonValue:
    """Return a body with an alert's words in its texts."""
    if isinstance(body, str):
        return WORD.sub(lambda found: words[found[1]], body)
    if isinstance(body, list):
        return [_filled(each, words) for each in body]
    return {name: _filled(each, words) for name, each in body.items()} if isinstance(body, dict) else body


def _one_line(file: Path) -> str:
    return file.read_text(encoding="utf-8").strip()


async def _sent(
    method: str, address: str, body: object, token: str | None, headers: Mapping[str, str] | None = None
) -> _Answer:
    """Send JSON and return the answer to it; wait and send it once more if the server asks to."""
    given = {"Content-Type": "application/json", **(headers or {})}
    given |= {} if token is None else {"Authorization": f"Bearer {token}"}
    asked = method, address, msgspec.json.encode(body), given
    status, answer, pause = await _asked(*asked)
    if status == TOO_MANY and pause <= LONGEST_PAUSE:
        await asyncio.sleep(pause)
        status, answer, _ = await _asked(*asked)
    if status not in SUCCESSES:
        raise NotPassedError(f"status {status} {(answer.errcode or '')[:40]!r}")
    return answer


async def _asked(method: str, address: str, body: bytes, headers: dict[str, str]) -> tuple[int, _Answer, float]:
    """Return the status and the content of an answer, and how many seconds the server asks to wait."""
    far = not on_loopback(urlsplit(address).hostname or "")
    try:
        async with (
            aiohttp.ClientSession(timeout=ClientTimeout(total=WAIT_SECONDS), trust_env=far) as http,
            http.request(
                method, URL(address, encoded=True), data=body, headers=headers, allow_redirects=False
            ) as response,
        ):
            told = b""
            async for part in response.content.iter_any():
                told += part
                if len(told) > MOST_BYTES:
                    break
            answer = _answered(told)
            return response.status, answer, _pause(response.headers.get("Retry-After", ""), answer)
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        raise NotPassedError(type(error).__name__) from None


def _answered(body: bytes) -> _Answer:
    try:
        return msgspec.json.decode(body, type=_Answer)
    except UNREADABLE:
        return _Answer()  # a gateway may answer in any form


def _pause(header: str, answer: _Answer) -> float:
    """Return how many seconds a server asks to wait."""
    if answer.retry_after_ms is not None:
        return max(0.0, answer.retry_after_ms / 1000)
    return float(header) if header.isascii() and header.isdecimal() else 1.0
