"""A mail to one person as plain text and as HTML without external resources."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple, assert_never
from urllib.parse import quote
from zoneinfo import ZoneInfo

from agents.desk_view.figures import ComparedTable, DeskFigures, Headline
from agents.desk_view.incidents import IncidentView
from agents.desk_view.reading import DeskView
from agents.desk_view.words import query_of
from agents.forecast.shortfall import warnings
from agents.forecast.written import sentence, week_title
from agents.history.incident_json import incident_of
from agents.language import Language
from agents.mail.reading import OfficePeriod
from agents.mail.subject import SubjectWriter
from agents.mail.sums import lines_sum
from agents.pages import words
from agents.pages.html import spoken
from agents.pages.withheld import broken
from agents.translation import Words
from agents.writing import NOTHING, Writing
from config.mail import Recipient
from config.settings import Settings

MOST_TO_DECIDE: Final = 10  # most incidents listed; the others are counted


class Decision(NamedTuple):
    """What a person should decide on, or answer."""

    says: str
    link: str | None


class DeskPart(NamedTuple):
    """A line, service or channel in a mail."""

    title: str
    what: str  # name of the headline figure
    headline: Headline
    table: ComparedTable
    coming: str | None  # calls or visitors expected in the coming week
    link: str | None

    @property
    def known(self) -> bool:
        return any(cell != NOTHING for row in self.table.rows for cell in row.cells)


class Letter(NamedTuple):
    """A mail's texts in the reader's language."""

    subject: str
    office: str
    when: str
    lead: str
    wrong: str | None  # why the figures are not to be trusted
    remarks: list[str]
    to_check: Decision | None  # the calls that wait for an answer
    to_decide: list[Decision]
    more_to_decide: int
    desks: list[DeskPart]
    foot: str
    board: str | None


class LetterWriter:
    def __init__(self, settings: Settings, known: OfficePeriod, board: str | None) -> None:
        """Take the period's figures; `board` is the board's public address."""
        self._settings = settings
        self._known = known
        self._board = board
        self._zone = ZoneInfo(settings.timezone)

    def letter(self, recipient: Recipient) -> Letter:
        """Return a recipient's mail, about the lines and services requested."""
        known, language = self._known, Language(recipient.language)
        text, every = Words(language), not recipient.lines and not recipient.services
        lines = {name: each for name, each in known.lines.items() if every or name in recipient.lines}
        services = {name: each for name, each in known.services.items() if every or name in recipient.services}
        writer = SubjectWriter(text, self._zone, self._settings.office.leads)
        apart = self._settings.apart(lines)
        found = lines_sum((each for name, each in lines.items() if name not in apart), self._zone, language)
        desks = [*lines.values(), *services.values(), *(known.channels.values() if every else ())]
        parts = [self._desk(each, text) for each in desks]
        lead = writer.lines(found) if lines else _of_counters(parts, text)
        office = self._settings.office.name or self._settings.site
        decisions = [each for each in known.to_decide if every or each.is_of([*lines, *services])]
        return Letter(
            writer.subject(known.period, known.today, lead, office),
            office,
            writer.when(known.period, known.today),
            lead,
            broken(known.breaches, language),
            [*self._unreached(lines, text)],
            self._to_check(lines, text),
            [self._decision(each, text) for each in decisions[:MOST_TO_DECIDE]],
            max(0, len(decisions) - MOST_TO_DECIDE),
            parts,
            " ".join(self._foot(text)),
            self._board,
        )

    def _desk(self, view: DeskView, text: Words) -> DeskPart:
        figures = DeskFigures(self._settings, text, view)
        table = figures.compared()
        first, *others = table.rows
        rows = [first, *(row for row in others if any(cell != NOTHING for cell in row.cells))]
        link = self._link(f"/{view.kind}/{quote(view.name)}{query_of(view.period)}")
        return DeskPart(
            self._label(view),
            figures.what(),
            figures.headline(),
            table._replace(rows=rows),
            self._coming(view, text),
            link,
        )

    def _coming(self, view: DeskView, text: Words) -> str | None:
        if view.kind == "channels" or (week := self._known.coming.get((view.kind, view.name))) is None:
            return None
        says = text("{name}: {sentence}", name=week_title(view.kind, text), sentence=sentence(week.total, text))
        return " ".join((f"{says}.", *found)) if (found := warnings(week.outlooks, text)) else says

    def _label(self, view: DeskView) -> str:
        settings = self._settings
        match view.kind:
            case "lines":
                return settings.lines[view.name].label
            case "services":
                return settings.services[view.name].label
            case "channels":
                return settings.requests[view.name].label
            case never:
                assert_never(never)

    def _decision(self, view: IncidentView, text: Words) -> Decision:
        writing, published = Writing(text.language), view.published
        what = text(words.VERDICTS[published["verdict"]]) if view.what is None else view.what[text.language]
        begins, ends = writing.moment(view.begins), writing.moment(view.ends)
        says = text("{line}: {what}, from {begins} to {ends}", line=view.label, what=what, begins=begins, ends=ends)
        if incident_of(published).in_hand:
            moment = writing.moment(datetime.fromisoformat(published["taken"]["at"]))
            says = f"{says}{text.semicolon}{text(words.TAKEN, who=published['taken']['by'], moment=moment)}"
        return Decision(says, self._link(f"/incidents/{quote(published['id'])}"))

    def _to_check(self, lines: Mapping[str, DeskView], text: Words) -> Decision | None:
        asked = [each for each in self._known.questions if each.line in lines]
        if not asked:
            return None
        since = min(each.asked.at for each in asked).astimezone(self._zone)
        day = Writing(text.language).day(since.date())
        count = sum(len(each.left) for each in asked)
        says = text.counted(
            "{count} call is to be checked, since {day}.",
            "{count} calls are to be checked, since {day}.",
            count,
            day=day,
        )
        return Decision(says, self._link("/questions"))

    def _unreached(self, lines: Mapping[str, DeskView], text: Words) -> Iterator[str]:
        if self._known.unreached is not None and lines:
            callers, doubted = map(sum, zip(*map(self._known.unreached.of_line, lines), strict=True))
            yield text.counted(
                "{count} caller lost that day has not been reached since.",
                "{count} callers lost that day have not been reached since.",
                callers,
            )
            if doubted:
                yield text.counted(
                    "{count} more was probably counted as lost by mistake.",
                    "{count} more were probably counted as lost by mistake.",
                    doubted,
                )

    def _foot(self, text: Words) -> Iterator[str]:
        yield text("Sent by Tocsin, because mail.to in its configuration has this address.")
        if (publication := self._known.publication) is not None:
            yield text("Hash of the last publication (for `tocsin audit --expect`): {hash}", hash=publication)

    def _link(self, path: str) -> str | None:
        return None if self._board is None else f"{self._board}{path}"


def _of_counters(parts: Sequence[DeskPart], text: Words) -> str:
    figures = [
        text("{name}: {sentence}", name=each.title, sentence=f"{each.what} {each.headline.figure}") for each in parts
    ]
    return text.semicolon.join(figures)


def as_text(letter: Letter, language: Language) -> str:
    """Return a letter as plain text, a paragraph per desk, with its figures in columns."""
    text = Words(language)
    lines = [letter.office, letter.when, "", letter.lead]
    lines += ["", f"!! {letter.wrong}"] if letter.wrong else []
    lines += ["", *letter.remarks] if letter.remarks else []
    lines += ["", letter.to_check.says, letter.to_check.link or ""] if letter.to_check else []
    if letter.to_decide:
        lines += ["", text("To be decided:").upper()]
        lines += [f"- {each.says}{'' if each.link is None else f'{chr(10)}  {each.link}'}" for each in letter.to_decide]
        lines += [f"- {_more(letter.more_to_decide, text)}"] if letter.more_to_decide else []
    for desk in letter.desks:
        lines += ["", "", desk.title.upper(), _headline(desk, text)]
        lines += ["  " + each for each in (*desk.headline.says, desk.headline.withheld) if each]
        lines += ["", *_columns(desk.table)] if desk.known else []
        lines += ["", f"  {desk.coming}"] if desk.coming else []
        lines += [desk.link] if desk.link else []
    return "\n".join([*lines, "", "-- ", letter.foot, ""])


def as_html(letter: Letter, language: Language) -> str:
    """Return a letter as HTML with inline styles, as mail programs require."""
    text = Words(language)
    more = _more(letter.more_to_decide, text) if letter.more_to_decide else ""
    template = spoken("agents.mail", language).get_template("letter.html.j2")
    return template.render(letter=letter, more=more)


def _more(count: int, text: Words) -> str:
    return text("and {count} more", count=count)


def _headline(desk: DeskPart, text: Words) -> str:
    counted = "" if desk.headline.counted is None else f" ({text('counted:')} {desk.headline.counted})"
    return text("{name}: {sentence}", name=desk.what, sentence=f"{desk.headline.figure}{counted}")


def _columns(table: ComparedTable) -> Iterator[str]:
    """Yield the rows of a table, its figures in columns.

    >>> from agents.desk_view.figures import ShownRow
    >>> [*_columns(ComparedTable(["lost rate", "calls"], [ShownRow("usual", ["2.1%", "118"])]))]
    ['           lost rate  calls', '    usual       2.1%    118']
    """
    heads = [" ".join(filter(None, (row.head, f"({row.about})" if row.about else ""))) for row in table.rows]
    first = max(map(len, heads))
    widths = [max(len(column), *(len(row.cells[at]) for row in table.rows)) for at, column in enumerate(table.columns)]
    for head, cells in (("", table.columns), *zip(heads, (row.cells for row in table.rows), strict=True)):
        figures = "  ".join(cell.rjust(width) for cell, width in zip(cells, widths, strict=True))
        yield f"    {head.ljust(first)}  {figures}"
