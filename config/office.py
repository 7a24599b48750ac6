"""An office's own settings: pages and decisions, signatory, signing key, location."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, ValidationInfo, field_validator, model_validator

from config import quantities as q
from config.part import Part, mistake
from config.security import SecretUrl
from streams.indicators.plan import LeadingRate
from streams.said import said


class Decide(Part):
    """The proof that a person may decide on the pages: a secret in a file, or a proxy's header."""

    token_file: q.SecretFile | None = None
    header: q.HeaderName | None = None


def _with_openid(scope: str) -> str:
    if "openid" not in scope.split():
        raise ValueError(said("openid among the scopes"))
    return scope


class Oidc(Part):
    """The OpenID Connect provider that signs people in, and the claim whose values the rights name."""

    issuer: SecretUrl
    client_id: q.Text
    client_secret_file: q.SecretFile | None = None  # by default, the client is public and relies on PKCE
    scope: Annotated[q.Text, AfterValidator(_with_openid)] = "openid profile email"
    claim: q.Text = "email"


class Api(Part):
    """The file with the tokens of the programs that may read the API. Other users must not read it."""

    tokens_file: q.SecretFile | None = None


class Board(Part):
    """The `hosts` by which browsers may request pages, besides IP addresses, and the proof that one may decide."""

    hosts: tuple[q.HostName, ...] = ("127.0.0.1", "localhost")
    languages: Annotated[tuple[Literal["fr", "en"], ...], Field(min_length=1)] = (
        "fr",
        "en",
    )
    colour: q.Colour | None = None  # of links and selections, on light screens
    decide: Decide = Decide()
    oidc: Oidc | None = None
    api: Api = Api()

    @model_validator(mode="after")
    def _named_by_one(self) -> Self:
        if self.oidc is not None and self.decide.header is not None:
            words = said("no header beside board.oidc: a name of the proxy could equal a value of the provider's claim")
            raise mistake(("decide", "header"), self.decide.header, words)
        return self


class Commitment(Part):
    """A promise to the office's users, the indicator that shows whether it is kept, and who answers for it."""

    label: q.Text
    indicator: q.Text  # its id
    owner: str = ""


class Signatory(Part):
    """Who signs the pages: the office, a person, contact details, a picture, and remarks on the figures."""

    name: str = ""  # by default the site
    service: str = ""
    contact: str = ""
    logo: q.Picture | None = None
    meeting: q.CalendarDay | None = None  # of the report's committee
    introduction: q.Introduction | None = None  # of the report, in Markdown
    notice: Annotated[tuple[q.Text, ...], Field(max_length=3)] = ()  # ids of indicators for the notice in the hall
    commitments: tuple[Commitment, ...] = ()  # listed in the report
    publish_notes: bool = True  # the report quotes the notes of decisions, and names who dismissed a suspicion
    leads: LeadingRate = "lost_rate"  # which of a line's rates comes first

    def named(self) -> Iterator[tuple[tuple[str, ...], str]]:
        """Yield the ids of indicators that it names, each with its place."""
        for at, each in enumerate(self.notice):
            yield ("notice", str(at)), each
        for at, promised in enumerate(self.commitments):
            yield ("commitments", str(at), "indicator"), promised.indicator


class TimeStamps(Part):
    """The authority (RFC 3161) that stamps publications, its root certificates (PEM), and the folder of the stamps."""

    authority: q.WebAddress
    certificates_file: q.ExistingFile
    folder: Path  # made if missing; as safe as the archives, and apart from Kafka


class Signing(Part):
    """The file of the private key (Ed25519, PEM) that signs published figures, which other users must not read.

    `time_stamps` adds the time by a third party.
    """

    key_file: q.SecretFile | None = None
    time_stamps: TimeStamps | None = None


class Location(Part):
    """An office's place among other offices, and its shared exchange or provider: a fault of these is reported once."""

    region: q.Text | None = None
    department: q.Text | None = None
    exchange: q.Text | None = None  # its telephone exchange
    provider: q.Text | None = None  # of its telephone lines
    since: q.CalendarDay | None = None  # its first day among them
    until: q.CalendarDay | None = None  # its last day, once retired

    @field_validator("until")
    @classmethod
    def _not_before_it_began(cls, value: date | None, info: ValidationInfo) -> date | None:
        since = info.data.get("since")
        if value is not None and since is not None and value < since:
            raise ValueError(said("a day that is not before since, {since}", since=since.isoformat()))
        return value

    def serves(self, first: date, last: date) -> bool:
        """Return whether it is in service on one of these days."""
        return (self.since is None or self.since <= last) and (self.until is None or first <= self.until)
