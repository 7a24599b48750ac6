"""The receivers of alerts: rooms of Matrix, and gateways that take JSON, such as a Teams workflow or an SMS gateway."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Final

from pydantic import AfterValidator, Field, JsonValue

from config import quantities as q
from config.part import Part
from config.security import SecretUrl
from streams.said import said

WORDS: Final = ("text", "summary", "description", "link", "state")  # of an alert, in braces
WORD: Final = re.compile(r"\{(\w*)\}")


def texts_in(body: JsonValue) -> Iterator[str]:
    """Yield the texts of a JSON document, without the names of its fields."""
    if isinstance(body, str):
        yield body
    elif isinstance(body, dict | list):
        for each in body.values() if isinstance(body, dict) else body:
            yield from texts_in(each)


def _known(body: dict[str, JsonValue]) -> dict[str, JsonValue]:
    used = {word for each in texts_in(body) for word in WORD.findall(each)}
    if not used or used - set(WORDS):
        expected = ", ".join(f"{{{each}}}" for each in WORDS)
        raise ValueError(said("JSON whose texts name some of {words}, and nothing else in braces", words=expected))
    return body


class Room(Part):
    """A room of Matrix, and the file with the access token of the account that writes in it."""

    homeserver: SecretUrl
    room: Annotated[q.Text, Field(pattern=r"^![^\s/]+$")]  # its id, not its alias
    token_file: q.SecretFile


class Gateway(Part):
    """An address, in a file because it is often a secret, that takes a JSON `body` in a POST request."""

    url_file: q.SecretFile
    token_file: q.SecretFile | None = None  # sent as `Authorization: Bearer`
    body: Annotated[dict[str, JsonValue], AfterValidator(_known)]


class Notify(Part):
    """Rooms and gateways by name: `tocsin notify` passes the alerts that it gets at `/NAME` to both of that name.

    At an alert's end `prometheus` is asked whether its figures are still measured.
    """

    rooms: Mapping[q.Id, Room] = {}
    gateways: Mapping[q.Id, Gateway] = {}
    prometheus: q.WebAddress = "http://127.0.0.1:9090"
