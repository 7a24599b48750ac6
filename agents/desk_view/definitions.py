"""A line's rates by each common definition, side by side, and its calls that break a law."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from agents.desk_view.figures import ShownRow
from agents.desk_view.reading import DeskView
from agents.pages.breaks import defined
from agents.translation import Words
from agents.writing import NOTHING, Writing
from streams.calls.counts import Counts
from streams.calls.service_level import service_level
from streams.indicators.answer_rate import answer_rate, global_answer_rate
from streams.indicators.line import LineTotals
from streams.ledger.diversions import Diversions
from streams.periods.wait_classes import shorter


class DefinitionRow(NamedTuple):
    """A definition of a rate, its formula, and its value."""

    name: str
    computed: str
    figure: str
    counted: str | None = None  # shown struck out if it is not believed


class DefinitionWriter:
    """The definitions of a line's view; other desks have none."""

    def __init__(self, text: Words, view: DeskView, short_call: float) -> None:
        """Take the view, and the limit (s) of short calls for days that do not record one."""
        self._text = text
        self._writing = Writing(text.language)
        self._view = view
        self._short_call = short_call

    def rows(self) -> list[DefinitionRow]:
        """Return a line's rates by their common definitions, over calls at any hour.

        If the count is suspect, each row has the believed and the counted rate. Rates that need waits or reasons have
        no believed value.
        """
        line, text = self._view.found.totals, self._text
        if not isinstance(line, LineTotals) or not line.all_raw.offered:
            return []
        return [
            *self._rates(line, line.all_raw),
            *self._levels(line, line.all_raw),
            DefinitionRow(
                text("of callers"),
                text("not available: callers are not kept"),
                NOTHING,
            ),
        ]

    def _rates(self, line: LineTotals, raw: Counts) -> Iterator[DefinitionRow]:
        text, by_counts = self._text, self._by_counts
        yield by_counts(
            text("lost of offered (official)"), text("lost / calls"), line, lambda calls, _: calls.lost_rate
        )
        limits = sorted({each.short_call / 1000 for each in line.definitions} or {self._short_call})
        name, short = text("without short calls"), self._short(raw, limits)
        if short is None:
            yield DefinitionRow(name, text("not known: some lost calls have no wait, or the limit changed"), NOTHING)
        else:
            computed = text(
                "without the {count} lost within {time}",
                count=self._writing.number(short),
                time=" / ".join(map(self._writing.duration, limits)),
            )
            yield self._as_counted(name, computed, _share(raw.lost - short, raw.offered - short))
        yield from self._answer_rates(line)
        yield by_counts(
            text("unanswered"),
            text("calls that no person answered / calls"),
            line,
            lambda calls, _: 1 - calls.answered / calls.offered if calls.offered else None,
        )
        yield by_counts(
            text("lost of answered and lost"),
            text("diverted calls left out"),
            line,
            lambda calls, _: _share(calls.lost, calls.answered + calls.lost),
        )
        if (waits := self._view.found.waits) is not None:
            answered, lost = (each.count - each.bins.get(0, 0) for each in waits)
            computed = text("lost / (answered + lost), of the {count} calls that waited", count=answered + lost)
            yield self._as_counted(text("of calls that queued"), computed, _share(lost, answered + lost))

    def _answer_rates(self, line: LineTotals) -> Iterator[DefinitionRow]:
        text = self._text
        believed = self._view.found.suspect and line.all_corrected is not None
        diverted = line.all_corrected_diverted if believed else line.all_raw_diverted
        if diverted.unexplained:
            yield DefinitionRow(
                text("answer rate"), text("not known: the reasons of diverted calls were not kept"), NOTHING
            )
            return
        computed = text(
            "answered / calls that required an agent; {count} diverted ones did not",
            count=self._writing.number(diverted.agentless),
        )
        yield self._by_counts(text("answer rate"), computed, line, answer_rate)
        if diverted.by_menu:
            computed = text(
                "the same with the {count} that the voice menu answered", count=self._writing.number(diverted.by_menu)
            )
            yield self._by_counts(text("answer rate, global"), computed, line, global_answer_rate)

    def _by_counts(
        self, name: str, computed: str, line: LineTotals, rate: Callable[[Counts, Diversions], float | None]
    ) -> DefinitionRow:
        """Return a rate that depends on counts only."""
        percent, best = self._writing.percent, line.all_corrected
        counted = percent(rate(line.all_raw, line.all_raw_diverted))
        if not self._view.found.suspect:
            return DefinitionRow(name, computed, counted)
        believed = NOTHING if best is None else percent(rate(best, line.all_corrected_diverted))
        return DefinitionRow(name, computed, believed, None if counted == believed else counted)

    def _as_counted(self, name: str, computed: str, rate: float | None) -> DefinitionRow:
        """Return a rate that is known only as counted."""
        counted = self._writing.percent(rate)
        if self._view.found.suspect and counted != NOTHING:
            return DefinitionRow(name, computed, NOTHING, counted)
        return DefinitionRow(name, computed, counted)

    def _short(self, raw: Counts, limits: Sequence[float]) -> int | None:
        """Return the number of short lost calls: as counted, or else from the waits; None if neither is known."""
        found = self._view.found
        if found.reasons.short or (found.reasons.short == 0 and (found.waits is None or found.waits[1].count)):
            return found.reasons.short
        if found.waits is None or found.waits[1].count != raw.lost or len(limits) != 1:
            return None
        return shorter(found.waits[1], limits[0])

    def _levels(self, line: LineTotals, raw: Counts) -> Iterator[DefinitionRow]:
        text, limit = self._text, line.answer_limit
        name = text("service level")
        if limit is None:
            yield DefinitionRow(name, text("not known: the limit changed in the period, or waits are missing"), NOTHING)
            return
        within = self._writing.duration(limit)
        timed, lost_timed = line.answered_wait.count or 0, line.lost_wait.count or 0
        yield self._as_counted(name, text("answered within {time} / calls", time=within), line.service_level)
        yield self._as_counted(
            text("service level of the answered"),
            text("answered within {time} / answered", time=within),
            service_level(line.within, raw.answered, timed, raw.answered),
        )
        if (soon := self._view.found.reasons.within) is not None:
            yield self._as_counted(
                text("service level with those lost in time"),
                text("answered or lost within {time} / calls", time=within),
                service_level(line.within + soon, raw.answered + raw.lost, timed + lost_timed, raw.offered),
            )

    def laws(self) -> list[ShownRow]:
        """Return the number of calls that break each law."""
        text = self._text
        names = {
            "talked": text("lost, and had a conversation"),
            "legs": text("overlap another call of their caller"),
            "copies": text("repeat another call"),
            "ghosts": text("lost at once, from unknown callers"),
        }
        found = self._view.found.laws
        return [ShownRow(names[law], [self._writing.number(count)]) for law, count in found.items() if count]

    def stamped(self) -> list[str]:
        """Return the definitions under which a line's calls were counted."""
        line = self._view.found.totals
        return [defined(each, self._text.language) for each in line.definitions] if isinstance(line, LineTotals) else []


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
