"""An office's mails: the server, and the recipients with their figures and language."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Final, Literal, Self, TypeAlias

from pydantic import Field, model_validator

from config import quantities as q
from config.part import Part, mistake
from config.security import on_loopback
from streams.said import said

MailKind: TypeAlias = Literal["day", "week", "month"]
MailSecurity: TypeAlias = Literal["starttls", "tls", "none", "unprotected"]
KINDS: Final[tuple[MailKind, ...]] = ("day", "week", "month")
_SOME: Final = q.at_least_one(said("at least one"))


class Recipient(Part):
    """A recipient of mails, with subjects and language; all `lines` and `services` if neither is set."""

    address: q.MailAddress
    language: Literal["fr", "en"] = "fr"
    send: Annotated[tuple[MailKind, ...], _SOME] = KINDS
    lines: tuple[q.LineId, ...] = ()
    services: tuple[q.Id, ...] = ()


class Mail(Part):
    """How mails are sent. The server must prove its identity unless nothing is protected.

    `none` is for a server on this machine; `unprotected` accepts that mails may be read in transmission.
    """

    server: q.Server
    security: MailSecurity = "starttls"
    ca: q.ExistingFile | None = None  # the authority of the server's certificate; by default the system's
    user: q.Text | None = None
    password_file: q.SecretFile | None = None  # or TOCSIN_MAIL_PASSWORD
    sender: Annotated[q.MailAddress, Field(alias="from")]
    to: Annotated[tuple[Recipient, ...], _SOME]
    board: q.WebAddress | None = None  # the board's address for links

    @property
    def host(self) -> str:
        """The server's name without its port."""
        return self.server.rpartition(":")[0].strip("[]")

    @property
    def port(self) -> int:
        return int(self.server.rpartition(":")[2])

    @property
    def tls(self) -> bool:
        """Return whether the server proves its identity and the connection is encrypted."""
        return self.security in {"starttls", "tls"}

    @model_validator(mode="after")
    def _whole(self) -> Self:
        """Refuse settings without effect, and secrets that would be sent unencrypted."""
        if self.security == "none" and not on_loopback(self.host):
            words = said(
                "starttls or tls; or unprotected, where mails may be read on the way to {host}", host=self.host
            )
            raise mistake(("security",), "none", words)
        since = said("the security is {security}", security=self.security)
        if self.ca is not None and not self.tls:
            raise mistake(("ca",), str(self.ca), said("no value, since {why}", why=since))
        if self.user is not None and self.security == "unprotected":
            words = said("no value, since {why}: the password would be read on the way", why=since)
            raise mistake(("user",), self.user, words)
        if self.password_file is not None and self.user is None:
            raise mistake(("password_file",), str(self.password_file), said("no value, since there is no user"))
        for address, times in Counter(each.address.lower() for each in self.to).items():
            if times > 1:
                raise mistake(("to",), address, said("addresses that are each named once"))
        return self
