"""The board's pages as HTML, in one language each."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from functools import partial
from hashlib import sha256
from importlib.resources import files
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from markupsafe import Markup

from agents.board.cards import LineCard, ServiceCard
from agents.board.curve import QuarterBar, curve
from agents.board.follower import UNREAD, TopicFollower
from agents.board.frame import PageFrame, Within
from agents.board.signed import SignedPages
from agents.board.wall import Wall
from agents.desk_view.reading import shown_desks
from agents.language import Language
from agents.pages.periods import called
from agents.report.blocks import Report
from agents.report.format import DOWNLOADS
from agents.report.html import body
from agents.translation import Words
from agents.writing import NOTHING, Writing
from config.settings import Settings
from streams.indicators.period import Period
from streams.kept.times import QUARTER_MS

SCRIPT: Final = files("agents.board").joinpath("templates/wall.js").read_text(encoding="utf-8")
SCRIPT_HASH: Final = b64encode(sha256(SCRIPT.encode()).digest()).decode()  # for the pages' content security policy


class ListedYear(NamedTuple):
    """A year and its parts; each part has its number of published editions."""

    year: int
    editions: int
    parts: Mapping[Period, int]  # quarters, and months with an edition


class Pages(SignedPages):
    """The pages of an office, each in the language of its frame."""

    def __init__(self, settings: Settings, within: Within) -> None:
        self._settings = settings
        self._within = within
        self._zone = ZoneInfo(settings.timezone)
        super().__init__(settings.office, self._shown)

    def wall(self, parts: Mapping[str, str], frame: PageFrame, *, full: bool) -> str:
        """Return the wall, made of its parts; `full` is for an unattended screen."""
        shown = {name: Markup(part) for name, part in parts.items()}  # noqa: S704 -- rendered by `parts`
        return self.render("wall", "wall", frame, parts=shown, full=full, script=Markup(SCRIPT))  # noqa: S704 -- our own file

    def parts(self, wall: Wall, frame: PageFrame) -> dict[str, str]:
        """Return the changing parts of the wall by element id: trouble, office, then the cards in order."""
        language = frame.language
        templates, replay = self._templates[language], self._settings.clock == "event"
        drawn = {"curve": partial(_curve, wall, self._zone, Words(language)), "wall": wall, "replay": replay}
        cards: Any = templates.get_template("cards.html.j2").make_module(drawn)
        shown = {"trouble": cards.trouble(frame.trouble), "office": cards.office()}
        shown |= {each.id: cards.card(each) for each in wall.cards}
        return {name: str(part).strip() for name, part in shown.items()}

    def years(self, years: Sequence[ListedYear], today: date, frame: PageFrame) -> str:
        settings = self._settings
        desks = shown_desks(settings)
        return self.render(
            "years", "years", frame, years=years, today=today, desks=desks, formats=DOWNLOADS, called=called
        )

    def year(self, report: Report, downloads: Mapping[str, str], frame: PageFrame) -> str:
        """Return the report on a period; `downloads` has the addresses of its files, by their names."""
        return self.render("year", "years", frame, report=report, body=body(report), downloads=downloads)

    def _shown(self, language: Language) -> dict[str, Any]:
        writing, settings, within = Writing(language), self._settings, self._within
        return {
            "site_name": settings.office.name or settings.site,
            "colour": settings.board.colour,
            "root": within.root,
            "above": within.above,
            "nation": False,
            "by_rights": within.by_rights,
            "tabs": within.tabs,
            "figure": partial(_figure, writing),
            "weight": partial(_weight, writing),
        }


def _curve(wall: Wall, zone: ZoneInfo, text: Words, card: LineCard | ServiceCard) -> Markup:
    """Draw a card's day."""
    hour, now = text("{hour}:00", hour="{hour}"), wall.office and wall.office.now.timestamp() * 1000 // QUARTER_MS

    def begins(slot_no: int) -> time:
        return datetime.fromtimestamp(slot_no * QUARTER_MS / 1000, zone).time()

    if isinstance(card, ServiceCard):
        bars = [
            QuarterBar(begins(slot_no), issued if now and slot_no <= now else None)
            for slot_no, issued in card.issued.items()
        ]
        label = text("Tickets by the quarter of an hour: {count} issued", count=sum(card.issued.values()))
        return curve(bars, {}, label, hour)
    bars = [
        QuarterBar(
            begins(each.slot_no),
            each.calls.raw.offered if each.slot_no <= card.now else None,
            min(each.calls.raw.lost, each.calls.believed.lost),
            max(0, each.calls.raw.lost - each.calls.believed.lost),
        )
        for each in card.quarters
    ]
    usual = {} if card.status is None else {at: each.offered for at, each in card.status.usual.items()}
    label = text(
        "Calls by the quarter of an hour: {count} offered, {lost} lost",
        count=sum(bar.all or 0 for bar in bars),
        lost=sum(bar.lost for bar in bars),
    )
    return curve(bars, usual, label, hour)


def staleness(follower: TopicFollower, now: float, zone: ZoneInfo, language: Language) -> str | None:
    """Say since when topics are unread at `now` (epoch s), or why they never were read; None if they are up to date."""
    text, writing = Words(language), Writing(language)
    if not follower.stale(now):
        return None
    if follower.read is None:
        why = "" if follower.trouble == UNREAD else f" ({follower.trouble})"
        return text("Kafka has not been read yet{why}.", why=why)
    read = datetime.fromtimestamp(follower.read, zone)
    if read.date() == datetime.fromtimestamp(now, zone).date():
        return text("Kafka has not answered since {clock}: these figures are stale.", clock=writing.clock(read))
    return text("Kafka has not answered since {moment}: these figures are stale.", moment=writing.moment(read))


def _figure(writing: Writing, value: float | None) -> str:
    """Format an observed or expected value, whatever its unit, with three significant digits.

    >>> [_figure(Writing(Language.FR), each) for each in (None, 0.3111, 42.6, 3.0, 999.6, 0.0000123)]
    ['—', '0,311', '42,6', '3', '1\u202f000', '0,0000123']
    """
    if value is None:
        return NOTHING
    rounded = Decimal(f"{value:.3g}")
    return writing.number(float(rounded), max(0, -int(rounded.as_tuple().exponent)))


def _weight(writing: Writing, score: float) -> str:
    """Format a weight with its sign; 0 has none.

    >>> [_weight(Writing(Language.FR), each) for each in (7.53, -0.41, -0.01)]
    ['+7,5', '-0,4', '0']
    """
    if abs(score) < 0.05:  # noqa: PLR2004 -- it would show as 0.0
        return "0"
    return f"{'+' if score > 0 else ''}{writing.number(score, 1)}"
