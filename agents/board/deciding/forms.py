"""The form of a decision: proof that it comes from our page, and its fields, validated."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from hmac import compare_digest
from hmac import digest as hmac_digest
from string import ascii_lowercase
from typing import Final, NamedTuple, get_args
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from aiohttp import web

from agents.history.incident_schema import IncidentJson
from agents.translation import Words
from streams.events import Decision, Review
from streams.watch.review import MAX_NOTE, WITHOUT_REASON

CHOICES: Final[tuple[Decision, ...]] = get_args(Decision)
MAX_NAME: Final = 100
FORM: Final = "application/x-www-form-urlencoded"
BODY_SECONDS: Final = 10.0  # time for a form to arrive
YEARS: Final = range(1970, 2101)  # years that a declaration may name

_RESTS_ON: Final = ("verdict", "kind", "from", "to", "status")


class FormError(ValueError):
    """An invalid form, with the reason in the reader's language."""


class Wish(NamedTuple):
    """A validated form; moments are local to the office."""

    choice: Decision
    note: str
    start: datetime | None  # None keeps the incident's bound
    end: datetime | None
    once: str  # the form's id: a repeated form is the same decision
    state: str  # the incident's state when the page was made
    line: str | None = None  # of a declaration


class FormSeal:
    """Tokens that only a page of this process can have, each valid for one holder."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)

    def token(self, holder: str) -> str:
        """Return the token of a session id, or of a name from a proxy."""
        return hmac_digest(self._key, holder.encode("utf-8", "surrogatepass"), "sha256").hex()

    def holds(self, holder: str, token: str) -> bool:
        return compare_digest(self.token(holder).encode(), token.encode("utf-8", "surrogatepass"))


def same_origin(headers: Mapping[str, str], host: str) -> bool:
    """Whether a browser sent a form from a page of `host` (RFC 6454, or Fetch Metadata if the browser supports it)."""
    site = headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = headers.get("Origin")
    return origin is not None and urlsplit(origin).netloc.lower() == host.lower()


def state_of(incident: IncidentJson, taken: Sequence[Review]) -> str:
    """Return a digest of the incident's facts that matter to a decision, and of the logged decisions `taken`."""
    return " ".join([*(incident[name] for name in _RESTS_ON), str(max(len(taken), len(incident["decisions"])))])


def changes(before: str, incident: IncidentJson, taken: Sequence[Review], text: Words) -> list[str]:
    """Say how an incident has changed since a page showed it in the state `before`; empty if it has not."""
    if before == state_of(incident, taken):
        return []
    state = dict(zip(_RESTS_ON, before.split(" "), strict=False))
    changed = {name for name in _RESTS_ON if incident[name] != state.get(name)}
    said = []
    if before.rpartition(" ")[2] != state_of(incident, taken).rpartition(" ")[2]:
        last = taken[-1].by if taken else incident["decisions"][-1]["by"] if incident["decisions"] else "?"
        said.append(
            text("{who} has taken it in the meantime.", who=last)
            if taken and taken[-1].decision == "take"
            else text("{who} has decided in the meantime.", who=last)
        )
    elif "status" in changed:
        said.append(text("The incident has ended or resumed."))
    if {"verdict", "kind"} & changed:
        said.append(text("The verdict of the checks has changed."))
    if {"from", "to"} & changed:
        said.append(text("Its start or its end has changed."))
    return said


def asked(fields: Mapping[str, str], zone: ZoneInfo, text: Words) -> Wish:
    """Return the content of a form.

    Raises `FormError` if a field is missing or invalid.
    """
    choice = next((each for each in CHOICES if each == fields.get("decision")), None)
    if choice is None:
        raise FormError(text("Choose a decision."))
    note = "" if choice == "take" else " ".join(fields.get("note", "").split())
    if not note and choice not in WITHOUT_REASON:
        raise FormError(text("Give a reason: it is published with the figures."))
    if len(note) > MAX_NOTE:
        raise FormError(
            text("The reason is {length} characters long; {most} at most.", length=len(note), most=MAX_NOTE)
        )
    start, end = (_moment(fields, name, zone, text) for name in ("from", "to"))
    if choice == "declare" and (start is None or end is None):
        raise FormError(text("Give the start and the end of the miscount."))
    if start is not None and end is not None and start >= end:
        raise FormError(text("The end is before the start."))
    name = fields.get("once", "")
    if not (name.isascii() and name.isalpha() and len(name) <= MAX_NAME):
        raise FormError(text("This form is incomplete; open the page again."))
    return Wish(choice, note, start, end, name, fields.get("state", ""), fields.get("line"))


def once() -> str:
    """Return a unique form id, made only of letters so that it does not look like a telephone number."""
    return "".join(secrets.choice(ascii_lowercase) for _ in range(24))


def name_of(fields: Mapping[str, str], text: Words) -> str:
    """Return the name of the person who decides; raise `FormError` if it is missing or too long."""
    name = " ".join(fields.get("who", "").split())
    if not 0 < len(name) <= MAX_NAME or not name.isprintable():
        raise FormError(text("Give your name, in at most {most} characters.", most=MAX_NAME))
    return name


def _moment(fields: Mapping[str, str], name: str, zone: ZoneInfo, text: Words) -> datetime | None:
    given = fields.get(name, "").strip()
    if not given:
        return None
    found = None
    with suppress(ValueError):
        found = datetime.fromisoformat(given)
    if found is None or found.year not in YEARS:
        raise FormError(text("“{given}” is not a date and time; write it like 2013-03-04T08:30.", given=given[:40]))
    if found.tzinfo is not None:
        return found
    local = found.replace(tzinfo=zone)
    if datetime.fromtimestamp(local.timestamp(), zone).replace(tzinfo=None) != found:
        raise FormError(text("“{given}” does not exist: the change to summer time skips it.", given=given[:40]))
    return local


async def fields_of(request: web.Request, text: Words) -> dict[str, str]:
    """Return the fields of a form; raise `FormError` if the body is not a form or does not arrive in time."""
    if request.content_type != FORM:
        raise FormError(text("This form is incomplete; open the page again."))
    try:
        sent = await asyncio.wait_for(request.post(), BODY_SECONDS)
    except (TimeoutError, ValueError, web.HTTPRequestEntityTooLarge):
        raise FormError(text("This form is incomplete; open the page again.")) from None
    return {name: value for name, value in sent.items() if isinstance(value, str)}
