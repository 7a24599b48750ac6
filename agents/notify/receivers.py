"""Sending one alert: as a message to a room of Matrix, edited when the alert ends, or as JSON to a gateway.

Reference: spec.matrix.org, Client-Server API, "Sending events to a room", "Joining rooms" and "Event replacements".
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
from streams.said import said

MOST: Final = 5_000  # characters of a text; a Matrix event may have 64 KiB
WAIT_SECONDS: Final = 10.0  # for an answer
LONGEST_PAUSE: Final = 5.0  # seconds that a server may ask to wait (429) before this attempt counts as failed
MOST_BYTES: Final = 65_536  # of an answer
TOO_MANY: Final = 429
SUCCESSES: Final = range(200, 300)
LASTING: Final = frozenset(range(300, 500)) - {408, 425, TOO_MANY}  # a refusal that a later attempt does not change


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

    def words(self, state: str, text: Words) -> Mapping[str, str]:
        """Return its words by the names that a gateway's body may have in braces."""
        given = {name: self.annotations.get(name, "").strip()[:MOST] for name in ("summary", "description", "board")}
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
    """A server did not take an alert; the message has no secret."""


class RefusedForGoodError(NotPassedError):
    """A server refused an alert for a reason that lasts; the message names the remedy."""


class Receiver(Protocol):
    """A way to pass alerts on."""

    async def send(self, alert: Alert, state: str, message: str | None) -> str:
        """Send an alert's message, or its new state to the message with that id; return the message's id, if any.

        Raises `NotPassedError`.
        """


class MatrixRoom:
    """A room in which each alert is one message."""

    def __init__(self, room: Room, text: Words) -> None:
        self._server, self._text = f"{room.homeserver.rstrip('/')}/_matrix/client/v3", text
        self._room, self._token = f"{self._server}/rooms/{quote(room.room, safe='')}", _one_line(room.token_file)

    async def send(self, alert: Alert, state: str, message: str | None) -> str:
        content: dict[str, Any] = {"msgtype": "m.text", "body": alert.words(state, self._text)["text"]}
        if message is None:
            return await self._put(alert.once, content)
        edit = {"m.new_content": content, "m.relates_to": {"rel_type": "m.replace", "event_id": message}}
        once = f"{alert.once}-{sha256(state.encode()).hexdigest()[:8]}"
        await self._put(once, {**content, "body": f"* {content['body']}", **edit})
        return message

    async def enter(self) -> str:
        """Enter the room, which does nothing if the account is in it; return the account's id.

        Raises `NotPassedError`, or `RefusedForGoodError` with the remedy.
        """
        try:
            account = (await _sent("GET", f"{self._server}/account/whoami", None, self._token)).user_id
        except RefusedForGoodError as error:
            remedy = said("{error}: write a valid access token of the account into token_file", error=error)
            raise RefusedForGoodError(remedy) from None
        try:
            await _sent("POST", f"{self._room}/join", {}, self._token)
        except RefusedForGoodError as error:
            remedy = said("{error}: invite {account} to the room, and check its id", error=error, account=account)
            raise RefusedForGoodError(remedy) from None
        return str(account)

    async def _put(self, once: str, content: Mapping[str, Any]) -> str:
        """Send an event; the server makes no second one of the same transaction."""
        event = "PUT", f"{self._room}/send/m.room.message/{once}", content, self._token
        try:
            answer = await _sent(*event)
        except RefusedForGoodError:
            account = await self.enter()  # an invitation must be accepted
            try:
                answer = await _sent(*event)
            except RefusedForGoodError as error:
                remedy = said("{error}: {account} is in the room, but may not write this", error=error, account=account)
                raise RefusedForGoodError(remedy) from None
        if not isinstance(answer.event_id, str):
            raise NotPassedError(said("the answer has no event_id"))
        return answer.event_id


class JsonGateway:
    """An address that takes a body for the beginning of each alert, and another one for each new state."""

    def __init__(self, gateway: Gateway, text: Words) -> None:
        self._address, self._body, self._text = _one_line(gateway.url_file), gateway.body, text
        self._token = None if gateway.token_file is None else _one_line(gateway.token_file)

    async def send(self, alert: Alert, state: str, message: str | None) -> str:  # noqa: ARG002 -- it edits none
        body = _filled(self._body, alert.words(state, self._text))
        try:
            await _sent("POST", self._address, body, self._token, {"Idempotency-Key": f"{alert.once}-{alert.status}"})
        except RefusedForGoodError as error:
            raise RefusedForGoodError(said("{error}: check url_file, token_file and body", error=error)) from None
        return ""


async def measured(prometheus: str, alert: Alert) -> bool:
    """Return whether what an alert is about is still measured, by the expression that its rule names for that.

    If nothing is, its end means nothing. Raises `NotPassedError` if Prometheus does not say so.
    """
    if not (expression := alert.annotations.get("measured")):
        return True
    asked = f"{prometheus.rstrip('/')}/api/v1/query?query={quote(expression, safe='')}"
    answer = await _sent("GET", asked, None, None)
    if answer.data is None:
        raise NotPassedError(said("the answer has no data"))
    return bool(answer.data.result)


class _Data(Struct):
    result: list[msgspec.Raw]  # the series of an expression in Prometheus


class _Answer(Struct):
    event_id: str | None = None  # of a room's message
    user_id: str | None = None  # of a room's account
    errcode: str | None = None
    retry_after_ms: float | None = None
    data: _Data | None = None


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
    asked = method, address, None if body is None else msgspec.json.encode(body), given
    status, answer, pause = await _asked(*asked)
    if status == TOO_MANY and pause <= LONGEST_PAUSE:
        await asyncio.sleep(pause)
        status, answer, _ = await _asked(*asked)
    if status not in SUCCESSES:
        kind = RefusedForGoodError if status in LASTING else NotPassedError
        raise kind(said("status {status} {code}", status=status, code=repr((answer.errcode or "")[:40])))
    return answer


async def _asked(method: str, address: str, body: bytes | None, headers: dict[str, str]) -> tuple[int, _Answer, float]:
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
        raise NotPassedError(said("the server does not answer ({error})", error=type(error).__name__)) from None


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
