"""A letter as an e-mail message."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from email.header import Header
from email.headerregistry import Address, HeaderRegistry, UniqueUnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy
from email.utils import format_datetime
from hashlib import sha256
from typing import Final, NamedTuple

from agents.history.slips import MailName, name_of
from agents.language import Language
from agents.mail.letter import Letter, as_html, as_text
from agents.mail.subject import one_line
from config.mail import Recipient


class SubjectHeader(UniqueUnstructuredHeader):
    """A subject that is one run of encoded words.

    Python folds a subject of plain and encoded words so that spaces vanish or double between them.
    """

    def fold(self, *, policy: Policy) -> str:
        encoded = Header(str(self), "utf-8", header_name="Subject").encode(linesep=policy.linesep)
        return f"Subject: {encoded}{policy.linesep}"


_HEADERS: Final = HeaderRegistry()
_HEADERS.map_to_type("subject", SubjectHeader)  # type: ignore[arg-type]  # the registry adds its base
MAIL: Final = SMTP.clone(header_factory=_HEADERS)


class Attachment(NamedTuple):
    name: str
    media: str  # media type
    content: bytes


def message(
    letter: Letter,
    recipient: Recipient,
    sender: str,
    name: MailName,
    now: datetime,
    attached: Sequence[Attachment] = (),
) -> EmailMessage:
    """Return the message of a letter, dated `now`.

    Its id is derived from its recipient and content, so that a repeated mail can be recognized.
    """
    language = Language(recipient.language)
    text = as_text(letter, language)
    made = EmailMessage(policy=MAIL)
    made["From"] = Address(one_line(letter.office), addr_spec=sender)
    made["To"] = Address(addr_spec=recipient.address)
    made["Subject"] = letter.subject
    made["Date"] = format_datetime(now)
    made["Message-ID"] = f"<{_id(name, letter.subject, text)}@{sender.rpartition('@')[2]}>"
    made["Auto-Submitted"] = "auto-generated"  # so that an absent reader's program does not reply (RFC 3834)
    made.set_content(text, cte="quoted-printable")
    made.add_alternative(as_html(letter, language), subtype="html", cte="quoted-printable")
    for each in attached:
        main, _, sub = each.media.partition("/")
        made.add_attachment(each.content, main, sub, filename=each.name)
    made["Content-Language"] = language  # set last, because headers set earlier are moved into the text part
    return made


def _id(name: MailName, subject: str, text: str) -> str:
    said = f"{name.address.lower()}\n{subject}\n{text}"
    return f"tocsin.{name.kind}.{name_of(name.period)}.{sha256(said.encode()).hexdigest()[:16]}"
