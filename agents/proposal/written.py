"""The proposal as a configuration: YAML in which each guess says what it was guessed from."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from datetime import date
from textwrap import wrap
from typing import Final, Literal, NamedTuple, TypeAlias

from agents.language import Language
from agents.pages.words import Both
from agents.proposal.office import Proposal, ProposedLine
from agents.terminal import plain
from streams.insight.weekly_hours import LEAST_DAYS, LEAST_QUARTERS, WeeklyHours
from streams.kept.times import SLOTS_A_DAY

WIDTH: Final = 110  # of a comment
FEW_CALLS: Final = 10  # a line with fewer may be somebody's trial
DAWN: Final = 24  # quarters: 06:00; offices open later,
LATE: Final = 88  # and close before 22:00
_WEEKDAYS: Final = Both(
    "lundi mardi mercredi jeudi vendredi samedi dimanche",
    "Mondays Tuesdays Wednesdays Thursdays Fridays Saturdays Sundays",
)
_ZONES: Final = {
    "told": Both("donné par --timezone", "given by --timezone"),
    "mapping": Both("celui des heures du fichier, par son mapping", "that of the file's times, by its mapping"),
    "machine": Both(
        "celui de cette machine ; --timezone NOM en donne un autre", "this machine's; --timezone NAME gives another"
    ),
    "default": Both(
        "par défaut, cette machine étant à l'heure universelle ; --timezone NOM en donne un autre",
        "a default, as this machine keeps universal time; --timezone NAME gives another",
    ),
}


ZoneFrom: TypeAlias = Literal["told", "mapping", "machine", "default"]


class Provenance(NamedTuple):
    """Say where a proposal comes from, beside its traffic."""

    words: str  # the files, as another command takes them
    site_told: bool  # by the events, or by whoever asked
    zone: ZoneFrom
    by_number: bool  # lines are numbers dialled


class Writer:
    """Write a proposal in one language."""

    def __init__(self, proposal: Proposal, provenance: Provenance, language: Language) -> None:
        self._proposal, self._from, self._language = proposal, provenance, language

    def text(self) -> str:
        """Return the whole configuration."""
        return "\n".join(self._rows()) + "\n"

    def _said(self, fr: str, en: str) -> str:
        return fr if self._language is Language.FR else en

    def _word(self, both: Both) -> str:
        return both.by(self._language)

    def _joined(self, reasons: Iterable[str]) -> str:
        return self._said(" ; ", "; ").join(reasons)

    def _number(self, number: int) -> str:
        return f"{number:,}".replace(",", self._said("\N{NARROW NO-BREAK SPACE}", ","))

    def _calls(self, number: int) -> str:
        return f"{self._number(number)} {self._said('appel', 'call')}{'s' if number > 1 or not number else ''}"

    def _days(self, number: int) -> str:
        return f"{self._number(number)} {self._said('jour', 'day')}{'s' if number > 1 or not number else ''}"

    def _dates(self, days: Iterable[date]) -> str:
        return ", ".join(day.isoformat() for day in days)

    def _weekdays(self, numbers: Iterable[int]) -> str:
        names = self._word(_WEEKDAYS).split()
        return ", ".join(names[number] for number in numbers)

    def _rows(self) -> Iterator[str]:
        yield from self._head()
        site = (
            None
            if self._from.site_told
            else self._said(
                "par défaut : rien ne nomme l'office ; écrire le vôtre, comme lozere",
                "a default: nothing names the office; write yours, as lozere",
            )
        )
        yield from _entry("site", self._proposal.site, site)
        yield from _entry("timezone", self._proposal.zone, self._word(_ZONES[self._from.zone]))
        yield from self._holidays()
        hours = self._proposal.hours
        yield from _entry("opening_hours", "24/7" if hours is None else hours.notation() or "off", self._hours(hours))
        if self._proposal.lines:
            yield "lines:"
        for line in self._proposal.lines:
            yield from self._line(line)
        for key, names in (("services", self._proposal.services), ("requests", self._proposal.channels)):
            if names:
                yield f"{key}:"
            for name in names:
                yield f"  {_scalar(name)}: {{label: {_text(_label(name))}}}"

    def _head(self) -> Iterator[str]:
        told, first, last = self._proposal, self._proposal.first, self._proposal.last
        number, said = sum(line.calls for line in told.lines), ""
        if first and last:
            span = self._said(f"du {first} au {last}", f"{first} to {last}") if first < last else str(first)
            said = self._said(" : ", ": ") + (f"{self._calls(number)}, {span}" if number else span)
        yield from _comment(
            self._said(
                f"Proposé par tocsin init {self._from.words}{said}. "
                "À relire : chaque commentaire dit d'où vient la valeur ; ce qui n'est pas écrit garde sa valeur par "
                "défaut, expliquée dans config/lozere.yaml.",
                f"Proposed by tocsin init {self._from.words}{said}. "
                "Read it over: each comment says where a value comes from; what is not written keeps its default, "
                "which config/lozere.yaml explains.",
            )
        )

    def _holidays(self) -> Iterator[str]:
        told, country, days = self._proposal, self._proposal.country, self._proposal.exceptional
        reasons = []
        if country is None:
            reasons.append(
                self._said(
                    "aucun pays : ses jours fériés ne se reconnaissent ni au fuseau ni aux appels",
                    "no country: neither the time zone nor the calls show whose public holidays are kept",
                )
            )
        else:
            reasons.append(self._said("pays d'après le fuseau", "country by the time zone"))
            kept = len(days.kept)
            reasons.append(
                self._said(
                    f"{kept} jour(s) férié(s) sans appel décroché", f"{kept} public holiday(s) without an answer"
                )
                if kept
                else self._said("aucun férié ne le confirme", "no public holiday confirms it")
            )
        if days.worked:
            reasons.append(self._said("open : fériés où l'on a répondu", "open: holidays with answered calls"))
        if days.closed:
            reasons.append(
                self._said(
                    "closed : jours ouvrés sans réponse, à vérifier",
                    "closed: working days without an answer; check them",
                )
            )
        yield from _comment(self._joined(reasons))
        for first, last in days.holes:
            yield from _comment(
                self._said(
                    f"du {first} au {last}, personne : trou du journal, ou fermeture à ajouter sous closed",
                    f"nobody from {first} to {last}: a hole in the record, or a closing to be added under closed",
                )
            )
        for day in days.doubted:
            yield from _comment(
                self._said(
                    f"le {day}, des appels et aucune réponse : fermé (à ajouter sous closed), ou mal compté ?",
                    f"{day}: calls and no answer: closed (add it under closed), or counted wrong?",
                )
            )
        parts = [f"country: {'null' if told.country is None else _scalar(told.country)}"]
        for key, found in (("closed", days.closed), ("open", days.worked)):
            if found:
                parts.append(f"{key}: [{', '.join(_text(day.isoformat()) for day in found)}]")
        yield f"holidays: {{{', '.join(parts)}}}"

    def _hours(self, hours: WeeklyHours | None) -> str:
        told = self._proposal
        days = self._days(told.days)
        answered = self._said(
            f"{self._calls(told.answered)} décrochés sur {days}",
            f"{self._number(told.answered)} answered calls on {days}",
        )
        share = self._said(
            f", dont {100 * told.within:.1f} % arrivés dans ces horaires",
            f"; {100 * told.within:.1f} % of them came in these hours",
        )
        if not told.answered:
            answered, share = self._said(f"les tickets appelés sur {days}", f"the tickets called on {days}"), ""
        if hours is None:
            return self._said(
                f"par défaut : {answered} ne montrent pas d'horaires (il faut {LEAST_DAYS} jours et {LEAST_QUARTERS} "
                'quarts d\'heure occupés) ; écrire les vôtres, comme "Mo-Fr 08:30-12:00,13:30-17:00"',
                f"a default: {answered} show no hours ({LEAST_DAYS} days and {LEAST_QUARTERS} busy quarters of an "
                'hour are needed); write yours, as "Mo-Fr 08:30-12:00,13:30-17:00"',
            )
        reasons = [self._said(f"deviné : {answered}{share}", f"guessed from {answered}{share}")]
        edges = [edge for spans in hours.week for span in spans for edge in span]
        guessed = self._from.zone in {"machine", "default"}
        if guessed and edges and edges != [0, SLOTS_A_DAY] * 7 and not (DAWN <= min(edges) < max(edges) <= LATE):
            reasons.append(self._said("de nuit : le fuseau est-il le bon ?", "at night: is the time zone right?"))
        if hours.unseen:
            unseen = self._weekdays(hours.unseen)
            reasons.append(self._said(f"pas vus : {unseen}", f"not in the record: {unseen}"))
        return self._joined(reasons)

    def _line(self, line: ProposedLine) -> Iterator[str]:
        reasons = [
            self._said(
                f"{self._calls(line.calls)} sur {self._days(line.days)}",
                f"{self._calls(line.calls)} on {self._days(line.days)}",
            )
            if line.calls
            else self._said("des relevés seuls, aucun appel", "readings alone, no call")
        ]
        if 0 < line.calls < FEW_CALLS and self._proposal.days > LEAST_DAYS:
            reasons.append(self._said("un essai ? alors l'ôter", "a trial? then take it out"))
        if line.closed:
            closed = self._weekdays(line.closed)
            reasons.append(
                self._said(
                    f"personne n'y répond : {closed} ; les horaires sont ceux de l'office, non d'une ligne",
                    f"nobody answers it on {closed}; opening hours are the office's, not a line's",
                )
            )
        if self._from.by_number:
            reasons.append(
                self._said(
                    "un numéro composé : l'ôter si c'est celui d'un poste",
                    "a number dialled: take it out if it is a phone's",
                )
            )
        yield from _comment(self._joined(reasons), "  ")
        if line.calls:
            yield from _comment(self._rate(line), "  ")
        parts = [f"label: {_text(_label(line.queues[0] if line.queues else line.name))}"]
        if set(line.queues) - {line.name}:
            parts.append(f"queues: [{', '.join(map(_text, line.queues))}]")
        if line.usual is not None:
            parts.append(f"expected_lost_rate: {_rounded(line.usual.rate)}")
        if line.final and line.calls:
            parts.append("lifecycle: final")
        if line.totals:
            parts.append("lifecycle: totals")
        yield f"  {_scalar(line.name)}: {{{', '.join(parts)}}}"

    def _rate(self, line: ProposedLine) -> str:
        usual = line.usual
        if usual is None:
            days = self._days(line.suspected)
            beside = self._said(f" ; l'analyse en soupçonne {days}", f"; the analysis suspects {days}, left out")
            return self._said(
                f"pas d'expected_lost_rate : trop peu de perdus ({line.lost}) pour une médiane",
                f"no expected_lost_rate: too few lost ({line.lost}) for a median",
            ) + (beside if line.suspected else "")
        left_out = ""
        if line.suspected:
            left_out = self._said(
                f", sans {self._days(line.suspected)} que l'analyse soupçonne",
                f", without {self._days(line.suspected)} that the analysis suspects",
            )
        of = self._said(
            f"{self._days(usual.days)}" if usual.each == 1 else f"tranches de {usual.each} jours, {usual.days} en tout",
            f"{self._days(usual.days)}" if usual.each == 1 else f"stretches of {usual.each} days, {usual.days} in all",
        )
        return self._said(
            f"expected_lost_rate : médiane de {of}, {self._calls(usual.calls)}{left_out}",
            f"expected_lost_rate: the median of {of}, {self._calls(usual.calls)}{left_out}",
        )


def _entry(key: str, value: str, reason: str | None) -> Iterator[str]:
    if reason:
        yield from _comment(reason)
    yield f"{key}: {_scalar(value)}"


def _comment(text: str, indent: str = "") -> Iterator[str]:
    held = re.sub(r" ([;:?])", "\N{NO-BREAK SPACE}\\1", plain(text))  # as French has it: no row begins by a mark
    yield from (f"{indent}# {row}" for row in wrap(held, WIDTH, break_long_words=False, break_on_hyphens=False))


def _label(name: str) -> str:
    """Return a name as people read it.

    >>> _label("cni-passeport@default"), _label("600")
    ('Cni passeport', '600')
    """
    words = name.partition("@")[0].replace("_", " ").replace("-", " ").strip() or name
    return words[:1].upper() + words[1:]


def _rounded(rate: float) -> str:
    return f"{rate:.4f}" if rate >= 0.001 else f"{rate:.6f}"  # noqa: PLR2004 -- two digits that say something


def _text(text: str) -> str:
    """Return a text in quotes, as YAML has it."""
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(sign if sign.isprintable() else f"\\U{ord(sign):08x}" for sign in quoted)


def _scalar(text: str) -> str:
    """Return an id or a name, in quotes where YAML would take it for anything else."""
    return text if _PLAIN.fullmatch(text) and text.lower() not in _NOT_TEXT else _text(text)


_PLAIN: Final = re.compile(r"[A-Za-z][A-Za-z0-9._/+-]*")
_NOT_TEXT: Final = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})
