"""What an office says of itself: its pages and who decides there, who signs its figures, its key, where it stands."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator

from config import quantities as q
from config.part import Part
from streams.indicators.plan import LeadingRate
from streams.said import said


class Decide(Part):
    """Say who may decide on the pages: who knows the secret of a file, and whom a proxy's header names; else nobody."""

    token_file: q.SecretFile | None = None
    header: q.HeaderName | None = None


class Board(Part):
    """Name the `hosts` by which browsers may ask for pages, beside addresses of digits; say who may decide there."""

    hosts: tuple[q.HostName, ...] = ("127.0.0.1", "localhost")
    languages: Annotated[tuple[Literal["fr", "en"], ...], Field(min_length=1)] = (
        "fr",
        "en",
    )
    colour: q.Colour | None = None  # of links and of what is chosen, on light screens
    decide: Decide = Decide()


class Signatory(Part):
    """Say who signs the pages: an office, who of it, how they are reached, its picture; what it says of its figures."""

    name: str = ""  # empty for the site
    service: str = ""
    contact: str = ""
    logo: q.Picture | None = None
    meeting: q.CalendarDay | None = None  # of the committee that the report is for
    introduction: q.Introduction | None = None  # of the report, in Markdown
    notice: Annotated[tuple[q.Text, ...], Field(max_length=3)] = ()  # ids of indicators, for the hall
    publish_notes: bool = True  # the report quotes the notes of confirmed miscounts
    leads: LeadingRate = "lost_rate"  # of a line's rates, the one that is shown first


class Signing(Part):
    """Name the file of the private key (Ed25519, PEM) that signs published figures; others cannot read it."""

    key_file: q.SecretFile | None = None


class Location(Part):
    """Say where an office stands among others, and what it shares with them: faults of these are told once."""

    region: q.Text | None = None
    department: q.Text | None = None
    exchange: q.Text | None = None  # the telephone exchange that serves it
    provider: q.Text | None = None  # of its telephone lines
    since: q.CalendarDay | None = None  # its first day among them
    until: q.CalendarDay | None = None  # its last one, once it is retired

    @field_validator("until")
    @classmethod
    def _not_before_it_began(cls, value: date | None, info: ValidationInfo) -> date | None:
        since = info.data.get("since")
        if value is not None and since is not None and value < since:
            raise ValueError(said("a day that is not before since, {since}", since=since.isoformat()))
        return value

    def serves(self, first: date, last: date) -> bool:
        """Tell whether it is in service on one of these days."""
        return (self.since is None or self.since <= last) and (self.until is None or first <= self.until)
