"""What a person sends to decide: that it comes from a page of ours, and what it asks, in words where it is wrong."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from hmac import compare_digest
from hmac import digest as hmac_digest
from string import ascii_lowercase
from typing import Final, Literal, NamedTuple, TypeAlias
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from aiohttp import web

from agents.history.incident_schema import IncidentJson
from agents.translation import Words
from streams.events import Review
from streams.watch.review import MAX_NOTE

Choice: TypeAlias = Literal["confirm", "dismiss", "reopen", "declare"]
CHOICES: Final[tuple[Choice, ...]] = ("confirm", "dismiss", "reopen", "declare")
MAX_NAME: Final = 100
FORM: Final = "application/x-www-form-urlencoded"
BODY_SECONDS: Final = 10.0  # for a form to arrive
YEARS: Final = range(1970, 2101)  # of which calls are told

_RESTS_ON: Final = ("verdict", "kind", "from", "to", "status")


class FormError(ValueError):
    """Tell in the reader's language what is wrong with what a form asks."""


class Wish(NamedTuple):
    """Hold what a form asks; moments are local to the office."""

    choice: Choice
    note: str
    start: datetime | None  # None leaves the bound as it is
    end: datetime | None
    once: str  # names this form: sent twice, it is one decision
    state: str  # what the page showed of the incident when it was made
    line: str | None = None  # of a declaration


class FormSeal:
    """Make the tokens that only a page of this process has, each good for one holder."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)

    def token(self, holder: str) -> str:
        """Return the token of a session, or of a name that a proxy gave."""
        return hmac_digest(self._key, holder.encode(), "sha256").hex()

    def holds(self, holder: str, token: str) -> bool:
        """Tell whether a token is this holder's."""
        return compare_digest(self.token(holder).encode(), token.encode("utf-8", "surrogatepass"))


def same_origin(headers: Mapping[str, str], host: str) -> bool:
    """Tell whether a browser sent a form from a page of `host` (RFC 6454; Fetch Metadata where the browser has it)."""
    site = headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = headers.get("Origin")
    return origin is not None and urlsplit(origin).netloc.lower() == host.lower()


def state_of(incident: IncidentJson, taken: Sequence[Review]) -> str:
    """Return what of an incident a decision rests on; `taken` are the decisions on it that the log has."""
    return " ".join([*(incident[name] for name in _RESTS_ON), str(max(len(taken), len(incident["decisions"])))])


def changes(before: str, incident: IncidentJson, taken: Sequence[Review], text: Words) -> list[str]:
    """Say what of an incident changed since a page showed it in the state `before`; nothing where nothing did."""
    if before == state_of(incident, taken):
        return []
    told = dict(zip(_RESTS_ON, before.split(" "), strict=False))
    changed = {name for name in _RESTS_ON if incident[name] != told.get(name)}
    said = []
    if before.rpartition(" ")[2] != state_of(incident, taken).rpartition(" ")[2]:
        last = taken[-1].by if taken else incident["decisions"][-1]["by"] if incident["decisions"] else "?"
        said.append(text("{who} has decided meanwhile.", who=last))
    elif "status" in changed:
        said.append(text("It is over by now, or goes on again."))
    if {"verdict", "kind"} & changed:
        said.append(text("The checks say otherwise by now."))
    if {"from", "to"} & changed:
        said.append(text("Its beginning or its end has moved."))
    return said


def asked(fields: Mapping[str, str], zone: ZoneInfo, text: Words) -> Wish:
    """Return what a form asks.

    Raises `FormError` where a field is missing or says what cannot be.
    """
    choice = next((each for each in CHOICES if each == fields.get("decision")), None)
    if choice is None:
        raise FormError(text("Choose what it was."))
    note = " ".join(fields.get("note", "").split())
    if not note and choice != "reopen":
        raise FormError(text("Say why: the reason is published with the figures."))
    if len(note) > MAX_NOTE:
        raise FormError(
            text("The reason is {length} characters long; {most} at most.", length=len(note), most=MAX_NOTE)
        )
    start, end = (_moment(fields, name, zone, text) for name in ("from", "to"))
    if choice == "declare" and (start is None or end is None):
        raise FormError(text("Say from when to when it was counted wrong."))
    if start is not None and end is not None and start >= end:
        raise FormError(text("It would end before it begins."))
    name = fields.get("once", "")
    if not (name.isascii() and name.isalpha() and len(name) <= MAX_NAME):
        raise FormError(text("This form is not whole; open the page again."))
    return Wish(choice, note, start, end, name, fields.get("state", ""), fields.get("line"))


def once() -> str:
    """Return a name for a form that no other has; of letters alone, so that it is no telephone number."""
    return "".join(secrets.choice(ascii_lowercase) for _ in range(24))


def name_of(fields: Mapping[str, str], text: Words) -> str:
    """Return the name of who decides; raise `FormError` where there is none."""
    name = " ".join(fields.get("who", "").split())
    if not 0 < len(name) <= MAX_NAME or not name.isprintable():
        raise FormError(text("Say who decides: a name of at most {most} characters.", most=MAX_NAME))
    return name


def _moment(fields: Mapping[str, str], name: str, zone: ZoneInfo, text: Words) -> datetime | None:
    given = fields.get(name, "").strip()
    if not given:
        return None
    found = None
    with suppress(ValueError):
        found = datetime.fromisoformat(given)
    if found is None or found.year not in YEARS:
        raise FormError(text("“{given}” is no moment; write it as 2013-03-04T08:30.", given=given[:40]))
    if found.tzinfo is not None:
        return found
    local = found.replace(tzinfo=zone)
    if datetime.fromtimestamp(local.timestamp(), zone).replace(tzinfo=None) != found:
        raise FormError(text("“{given}” is skipped by the change to summer time.", given=given[:40]))
    return local


async def fields_of(request: web.Request, text: Words) -> dict[str, str]:
    """Return the fields of a form that was sent; raise `FormError` where it is none, or does not arrive in time."""
    if request.content_type != FORM:
        raise FormError(text("This form is not whole; open the page again."))
    try:
        sent = await asyncio.wait_for(request.post(), BODY_SECONDS)
    except (TimeoutError, ValueError, web.HTTPRequestEntityTooLarge):
        raise FormError(text("This form is not whole; open the page again.")) from None
    return {name: value for name, value in sent.items() if isinstance(value, str)}
