"""The statement of quality beside open data, in Markdown: method, errors, withheld figures and revisions.

It names lines and days, never a person: no caller, no note of a decision and nobody who decided.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from agents.language import Language
from agents.open_data.disclosure import RULE, hides_whole
from agents.open_data.observations import NOT_COUNTED, PublishedEdition
from agents.pages import sheets, words
from agents.pages.sums import told
from agents.pages.withheld import broken
from agents.totals.telling import Telling
from agents.translation import Words
from streams.chain.breach import Breach
from streams.indicators.indicator import Indicator
from streams.indicators.period import Period
from streams.insight.line_sums import BrokenSum
from streams.said import Said, said
from streams.watch.incident import Incident

_MARKS: Final = re.compile(r"([\\`*_\[\]<>#|])")
FILES: Final[Mapping[str, Said]] = {
    "indicateurs.csv": said(
        "a row for each indicator, subject and period; 0 where nobody called, empty where nothing was counted or the "
        "figure is withheld, with the reason in the column motif"
    ),
    "revisions.csv": said("what changed since the edition before: old and new value of each row"),
    "correspondance.csv": said("to which indicator of Services Publics+ each of ours corresponds"),
    "schema-*.json": said("the columns, as Table Schema"),
    "datapackage.json": said("the files together, as a Data Package of Frictionless Data"),
}


def statement(
    edition: PublishedEdition,
    office: str,
    zone: ZoneInfo,
    language: Language,
    changes: Sequence[Mapping[str, Any]] | None,
    breaches: Sequence[Breach] = (),
    sums: Sequence[BrokenSum] = (),
) -> str:
    """Return the statement of an edition; `changes` are those since the edition before, None if there is none."""
    told = _Statement(edition, zone, language)
    return "\n".join(
        [
            *told.head(office),
            *told.files(),
            *told.computed(),
            *told.wrong(),
            *told.withheld(),
            *told.breaks(),
            *told.revisions(changes),
            *told.statuses(),
            *told.integrity(breaches, sums),
        ]
    )


class _Statement:
    """The parts of a statement, each a heading and its paragraphs."""

    def __init__(self, edition: PublishedEdition, zone: ZoneInfo, language: Language) -> None:
        self._annual, self._vintage, self._publication = edition
        self._telling = Telling(language, zone)
        self._text = self._telling.text

    def head(self, office: str) -> Iterator[str]:
        edition = (
            None
            if self._vintage is None
            else self._text(
                "Edition {number}, published on {when}; its figures have the digest {digest} (SHA-256).",
                number=self._vintage.number,
                when=self._telling.local(self._vintage.at),
                digest=self._vintage.digest,
            )
        )
        yield from head(office, self._annual.period, self._annual.today, self._telling, edition)
        if self._publication is not None:
            yield ""
            yield self._text("Hash of its publication (for `tocsin audit --expect`): {hash}", hash=self._publication)

    def files(self) -> Iterator[str]:
        yield from heading(self._text("What is in it"))
        yield from (f"- `{name}`{self._text.colon}{self._text(says)}." for name, says in FILES.items())

    def computed(self) -> Iterator[str]:
        """Yield how each indicator is computed; a shared method is given once."""
        yield from heading(self._text("How it is counted"))
        yield from dict.fromkeys(self._computed(each) for each in self._annual.indicators)
        for label, parts in {each.label: each.parts for each in self._annual.indicators if each.parts}.items():
            yield f"- {shown_plainly(label)}{self._text.colon}{shown_plainly(self._telling.together(parts))}."
        yield ""
        yield self._text(
            "A figure as it was counted (valeur_brute) is never altered; beside it stands the corrected "
            "one (valeur). A quarter is the sum of its months, and has no interval."
        )

    def _computed(self, each: Indicator) -> str:
        sheet = sheets.SHEETS[each.kind]
        said = (sheets.SOURCES[each.of], sheets.about(sheet.computed, each), sheet.bias)
        source, computed, bias = (self._text(sentence).rstrip(".") for sentence in said)
        return f"- **{shown_plainly(self._telling.title(each))}**{self._text.colon}{computed}. {source}. {bias}."

    def wrong(self) -> Iterator[str]:
        """Yield the periods counted wrong or in doubt, and their effect on the figures."""
        text, behind = self._text, self._annual.told()[0]
        yield from heading(text("What was counted wrong"))
        dismissed = {one.id: (each, one) for each in self._annual.indicators for one in self._annual.dismissed(each)}
        if not behind and not dismissed:
            yield text("No counting error is known.")
        for each, one in dismissed.values():
            says = self._telling.dismissed(one, named=False)
            yield f"- {shown_plainly(f'{each.label}{self._text.colon}{says}')}"
        for incident in behind:
            what = text("{name}: {sentence}", name=self._annual.label(incident), sentence=self._what(incident))
            yield f"- {shown_plainly(what)}."
        for each in self._annual.indicators:
            if each.incidents and each.guard is None and not hides_whole(self._annual.period, each):
                yield f"- {shown_plainly(self._effect(each))}."

    def withheld(self) -> Iterator[str]:
        yield from heading(self._text("What is withheld, and why"))
        found = [each for each in self._annual.indicators if each.guard is not None]
        for each in found:
            said = self._telling.withheld(each)
            yield f"- {shown_plainly(self._telling.name(each))}{self._text.colon}{shown_plainly(said)}."
        if not found:
            yield self._text("No figure of the whole period is withheld.")
        yield ""
        yield self._text("Of a month or a quarter that is withheld, the status is Q and the value is empty.")
        yield self._text(RULE)

    def breaks(self) -> Iterator[str]:
        named = [
            (self._telling.name(each), change)
            for each in self._annual.indicators
            for change in self._telling.breaks(each)
        ]
        if named:
            yield from heading(self._text("Break in the series"))
        yield from (f"- {shown_plainly(name)}{self._text.colon}{shown_plainly(change)}." for name, change in named)

    def revisions(self, changes: Sequence[Mapping[str, Any]] | None) -> Iterator[str]:
        yield from heading(self._text("Revisions"))
        if changes is None:
            yield self._text("There is no edition before this one.")
        else:
            yield self._text.counted(
                "{count} value changed since the edition before; revisions.csv has it with its reason.",
                "{count} values changed since the edition before; revisions.csv has them with their reasons.",
                len(changes),
            )
        yield ""
        yield self._text(
            "A later edition never replaces this one: both stay readable, and each says what changed since the one "
            "before."
        )

    def statuses(self) -> Iterator[str]:
        yield from statuses(self._text)
        yield f"- `O`{self._text.colon}{self._text(NOT_COUNTED)}"

    def integrity(self, breaches: Sequence[Breach], sums: Sequence[BrokenSum]) -> Iterator[str]:
        wrong = broken(breaches, self._telling.language)
        sentences = [*([] if wrong is None else [wrong]), *told(sums, self._telling.language)]
        if sentences:
            yield from heading(self._text("What does not hold"))
            yield from (f"- {shown_plainly(sentence)}" for sentence in sentences)
        yield ""

    def _what(self, incident: Incident) -> str:
        start, end = (datetime.fromtimestamp(at / 1000, self._telling.zone) for at in incident.bounds())
        return self._text(
            "{what}, {period} ({standing})",
            what=self._telling.what(incident),
            period=self._telling.period(Period(start.date(), (end - timedelta(milliseconds=1)).date())),
            standing=words.STANDINGS[incident.status],
        )

    def _effect(self, each: Indicator) -> str:
        telling = self._telling
        return self._text(
            "{name}: {raw} as counted, {corrected} corrected ({method}; coverage {coverage})",
            name=telling.name(each),
            raw=telling.value(each, each.raw.value),
            corrected=telling.value(each, each.corrected.value),
            method=words.METHODS[each.method],
            coverage=telling.percent(each.coverage, 1),
        )


def head(name: str, period: Period, today: date, telling: Telling, edition: str | None = None) -> Iterator[str]:
    """Yield the title, and the `edition`; without one, the day of the figures."""
    title = telling.text("Quality indicators {period}, {site}", period=telling.period(period), site=name)
    yield f"# {shown_plainly(title)}"
    yield ""
    yield edition or telling.text("Not an edition: the figures as of {day}.", day=telling.day(today))
    if today <= period.last:
        yield telling.text("The period is not over: these figures are provisional.")


def statuses(text: Words) -> Iterator[str]:
    """Yield the section that explains each status."""
    yield from heading(text("Statuses"))
    yield text("The codes are those of SDMX (CL_OBS_STATUS).")
    yield ""
    yield from (f"- `{code}`{text.colon}{text(says)}" for code, says in words.STATUSES.items())


def heading(title: str) -> tuple[str, str, str]:
    return "", f"## {title}", ""


def shown_plainly(text: str) -> str:
    r"""Return a text with the signs of Markdown escaped.

    >>> shown_plainly("a <b> *c*")
    'a \\<b\\> \\*c\\*'
    """
    return _MARKS.sub(r"\\\1", text)
