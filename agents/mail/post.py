"""An office's due mails: made, sent, and recorded, so that the next run sends only missing ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from email.message import EmailMessage
from functools import lru_cache
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from agents.history.ledger import History
from agents.history.questions import known_questions
from agents.history.slips import MailName, SlipBook, Slips
from agents.kafka.sending import sending
from agents.language import Language
from agents.mail.letter import LetterWriter
from agents.mail.message import Attachment, message
from agents.mail.reading import OfficeReader
from agents.mail.server import Taken, connected, deliver
from agents.report.format import DOWNLOADS, file_name
from agents.report.written import edition_of, written
from agents.totals.history import shown
from config.mail import Mail, MailKind, Recipient
from config.settings import Settings
from streams.indicators.period import Period
from streams.status import LineStatus

REPORT: Final = DOWNLOADS["pdf"]  # attached to the mail of a week or a month


class DueMail(NamedTuple):
    name: MailName
    recipient: Recipient


class Posted(NamedTuple):
    """The outcome of a mail, with the server's reply if it was refused."""

    due: DueMail
    taken: Taken
    words: str


def due(mail: Mail, slips: Slips | None, periods: Mapping[MailKind, Sequence[Period]]) -> list[DueMail]:
    """Return the due mails of `periods`. If no slips exist, only the last period of each kind is due."""
    return [
        DueMail(name, recipient)
        for kind, each in periods.items()
        for recipient in mail.to
        if kind in recipient.send and each
        for name in (
            [MailName(kind, each[-1], recipient.address)]
            if slips is None
            else slips.missing(kind, recipient.address, each)
        )
    ]


class Post:
    """Makes and sends an office's mails."""

    def __init__(
        self, settings: Settings, mail: Mail, history: History, today: date, lines: Mapping[str, LineStatus]
    ) -> None:
        self._settings = settings
        self._mail = mail
        self._history = history
        self._reader = OfficeReader(settings, history, today, known_questions(settings, lines, history), lines)
        self._zone = ZoneInfo(settings.timezone)
        self._read = lru_cache(maxsize=None)(self._reader.read)
        self._attached = lru_cache(maxsize=None)(self._attachments)

    def made(self, each: DueMail) -> EmailMessage:
        """Return a mail; raise `KafkaError` if its figures cannot be read."""
        mail, office = self._mail, self._read(each.name.kind, each.name.period)
        letter = LetterWriter(self._settings, office, mail.board).letter(each.recipient)
        attached = self._attached(each.name.kind, each.name.period, Language(each.recipient.language))
        return message(letter, each.recipient, mail.sender, each.name, datetime.now(self._zone), attached)

    def sent(self, every: Sequence[DueMail], environ: Mapping[str, str]) -> Iterator[Posted]:
        """Send mails, and yield the outcome of each once it is recorded.

        A slip records a mail as due before the server is asked, and as sent afterwards. If a run ends
        in between, the next one sends the mail again, with the same id. Raises `MailError` if the server cannot be
        used, `KafkaError` if the broker refuses a slip.
        """
        made = [(each, self.made(each)) for each in every]
        with sending(self._settings, "what became of a mail") as sender:
            book = SlipBook(self._settings, sender)
            for each, _ in made:
                book.note(each.name, "due", datetime.now(self._zone))
            with connected(self._mail, environ) as connection:
                for each, mail in made:
                    taken, words = deliver(connection, self._mail, mail, each.recipient.address)
                    if taken != "later":
                        book.note(each.name, taken, datetime.now(self._zone))
                    yield Posted(each, taken, words)

    def forget(self, slips: Slips, periods: Mapping[MailKind, Sequence[Period]]) -> None:
        """Erase the slips of mails that no run will try again."""
        over = [
            name
            for kind, each in periods.items()
            for recipient in self._mail.to
            if each
            for name in slips.over(kind, recipient.address, each)
        ]
        if over:
            with sending(self._settings, "the end of a slip") as sender:
                SlipBook(self._settings, sender).forget(over)

    def _attachments(self, kind: MailKind, period: Period, language: Language) -> Sequence[Attachment]:
        """Return the report of a week or a month; a day has none."""
        if kind == "day":
            return ()
        settings, history, figures = self._settings, self._history, self._reader.figures(period)
        vintage = shown(history, figures)
        edition = edition_of(settings, history, figures, vintage, self._read(kind, period).breaches)
        name = file_name(REPORT, settings.site, period, None if vintage is None else vintage.number, language)
        return (Attachment(name, REPORT.media, written(REPORT.written_as, edition, settings, language)),)
