"""A desk's figures over a period, formatted: the headline, the comparison, the waits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple, assert_never
from zoneinfo import ZoneInfo

from agents.desk_view.reading import USUAL_WEEKS, DeskFound, DeskView
from agents.desk_view.words import PeriodWords, query_of
from agents.pages.sentences import apart, booked_sentence, reasons_sentence
from agents.pages.withheld import why
from agents.pages.words import METHODS
from agents.translation import Words
from agents.writing import NOTHING, Writing
from config.settings import Settings
from streams.figures.mean import CorrectedMean
from streams.indicators.channel import ChannelTotals
from streams.indicators.line import LineTotals
from streams.indicators.service import ServiceTotals
from streams.indicators.wait import Wait
from streams.periods.buckets import joined
from streams.periods.named import OtherPeriod, kind_of


class ShownRow(NamedTuple):
    """A row of a table; `asked` is the query of its view."""

    head: str
    cells: list[str]
    asked: str = ""
    about: str = ""  # second line of its head


class Headline(NamedTuple):
    """The figure in large type, and the texts beside it."""

    figure: str
    counted: str | None  # shown struck out if it is not believed
    says: list[str]
    withheld: str | None = None  # why it is withheld


class ComparedTable(NamedTuple):
    columns: list[str]
    rows: list[ShownRow]


class DeskFigures:
    def __init__(self, settings: Settings, text: Words, view: DeskView) -> None:
        self._settings = settings
        self._text = text
        self._writing = Writing(text.language)
        self._zone = ZoneInfo(settings.timezone)
        self._words = PeriodWords(text, self._zone)
        self._view = view

    def what(self) -> str:
        """Return the name of the headline figure."""
        totals, text = self._view.found.totals, self._text
        if isinstance(totals, LineTotals):
            return text("Calls lost in opening hours")
        if isinstance(totals, ServiceTotals):
            return text("Wait at the counter")
        return text("Replies in time") if totals.plan.target_days is not None else text("Delay of replies")

    def headline(self) -> Headline:
        totals = self._view.found.totals
        if isinstance(totals, LineTotals):
            return self._line(totals)
        return self._service(totals) if isinstance(totals, ServiceTotals) else self._channel(totals)

    def _line(self, line: LineTotals) -> Headline:
        text, writing, raw, best = self._text, self._writing, line.raw, line.corrected
        reason = None if line.guard is None else why(line.guard, line.coverage, self._zone, text.language)
        if self._view.figures.whole is None or not raw.offered:
            return Headline(NOTHING, None, [text("No call was counted in this period.")], reason)
        facts = {"lost": writing.number(raw.lost), "offered": writing.number(raw.offered)}
        counted = text.counted(
            "{lost} of {offered} counted lost", "{lost} of {offered} counted lost", raw.lost, **facts
        )
        if best is None:
            return Headline(
                NOTHING, writing.percent(raw.lost_rate), [counted], reason or text("too few reliable hours")
            )
        says = [
            text("{lost} lost of {offered} calls", lost=writing.number(best.lost), offered=writing.number(best.offered))
        ]
        if line.low is not None and line.high is not None:
            low, high = writing.percent(line.low), writing.percent(line.high)
            says.append(text("between {low} and {high} (95%)", low=low, high=high))
        says.append(text("target below {rate}", rate=writing.promised(line.plan.target)) if line.plan.target else "")
        if line.method != "none":
            method = text(METHODS[line.method])
            says.append(
                text("{method}; {share} of the opening hours", method=method, share=writing.percent(line.coverage, 0))
            )
        if line.contradicted is not None:
            says.append(apart(raw, line.contradicted, text))
        moved = best != raw
        return Headline(
            writing.percent(best.lost_rate),
            writing.percent(raw.lost_rate) if moved else None,
            [*([counted] if moved else []), *filter(None, says)],
        )

    def _service(self, service: ServiceTotals) -> Headline:
        text, writing, wait = self._text, self._writing, service.wait
        if not service.issued:
            return Headline(NOTHING, None, [text("No ticket was counted in this period.")])
        mean = None if service.means is None else service.means.wait
        count = wait.count if mean is None or mean.value is None else mean.number
        says = [text("mean wait of {count} visitors called", count=writing.number(count))]
        if wait.mean is None:
            says = [text("No visitor was called: no wait is known.")]
        if service.unticketed:
            says.append(text("{count} served without a ticket", count=writing.number(service.unticketed)))
        if service.booked is not None:
            says.append(booked_sentence(service.booked, text))
        if service.plan.target_wait is not None:
            says.append(text("target below {rate}", rate=writing.duration(service.plan.target_wait)))
        return self._mean(mean, wait.mean, writing.duration, says)

    def _channel(self, channel: ChannelTotals) -> Headline:
        text, writing, means = self._text, self._writing, channel.means
        if not channel.received:
            return Headline(NOTHING, None, [text("No request was counted in this period.")])
        says = [text("{pending} pending, {overdue} of them late", pending=channel.pending, overdue=channel.overdue)]
        if channel.reasons:
            says.append(reasons_sentence(channel.reasons, channel.received, text))
        if channel.within_target is not None:
            share, within, received = None if means is None else means.in_time, channel.within, channel.received
            if share is not None and share.value is not None:
                within, received = round(share.total), share.number
            replied = text(
                "{within} of {received} replied to within {days} days",
                within=writing.number(within),
                received=writing.number(received),
                days=channel.plan.target_days,
            )
            return self._mean(share, channel.within_target, partial(writing.percent, digits=1), [replied, *says])
        delay = None if means is None else means.delay
        answers = channel.answered if delay is None or delay.value is None else delay.number
        replied = text("mean delay, in days, of {count} replies", count=writing.number(answers))
        return self._mean(delay, channel.mean_days, partial(writing.number, digits=1), [replied, *says])

    def _mean(
        self, mean: CorrectedMean | None, raw: float | None, write: Callable[[float | None], str], says: list[str]
    ) -> Headline:
        """Return the headline of a mean: as believed, beside the one that was counted if it differs."""
        text = self._text
        if mean is None or (mean.guard is None and mean.method == "none") or raw is None:
            return Headline(write(raw), None, says)
        if mean.guard is not None:
            return Headline(NOTHING, write(raw), says, why(mean.guard, mean.coverage, self._zone, text.language))
        if mean.low is not None and mean.high is not None:
            says = [*says, text("between {low} and {high} (95%)", low=write(mean.low), high=write(mean.high))]
        covered = text("{share} of the days", share=self._writing.percent(mean.coverage, 0))
        says = [*says, text("{method}; {covered}", method=text(METHODS[mean.method]), covered=covered)]
        return Headline(write(mean.value), write(raw), says)

    def compared(self) -> ComparedTable:
        text, view = self._text, self._view
        rows = [ShownRow(self._words.period(view.period), self._cells(view.found))]
        if view.short:
            weeks = text("over {count} weeks", count=USUAL_WEEKS)
            cells = [NOTHING] * len(self._columns()) if view.figures.usual is None else self._usual(view.figures.usual)
            rows.append(ShownRow(text("usual"), cells, about=weeks))
        for each in view.beside:
            other = each.shift.period
            about = self._words.period(other)
            if not each.found.slots:
                about = text("{name}: {sentence}", name=about, sentence=text("nothing was counted"))
            rows.append(ShownRow(self._beside(each.shift), self._cells(each.found), query_of(other), about))
        return ComparedTable(self._columns(), rows)

    def _beside(self, shift: OtherPeriod) -> str:
        text = self._text
        if shift.what != "before":
            return text("a week before") if shift.what == "week" else text("a year before")
        names = {"day": text("the open day before"), "week": text("the week before"), "month": text("the month before")}
        names |= {"quarter": text("the quarter before"), "year": text("the year before")}
        return names.get(kind_of(shift.period), text("as many days before"))

    def _columns(self) -> list[str]:
        text, names = self._text, self._words.columns(self._view.kind)
        match self._view.kind:
            case "lines":
                rates = [text("lost rate"), text("as counted")]
                suspect = any(each.suspect for each in (self._view.found, *(one.found for one in self._view.beside)))
                wait = text("mean wait, as counted") if suspect else text("mean wait")
                return [*rates, names["offered"], names["lost"], names["answered"], wait]
            case "services":
                waits = [text("mean wait"), text("as counted"), text("mean time at the counter")]
                return [*waits, names["issued"], names["served"], names["no_show"]]
            case "channels":
                delays = [text("share in time"), text("as counted"), text("mean delay (days)"), text("as counted")]
                return [*delays, names["received"], names["answered"], names["open"]]
            case never:
                assert_never(never)

    def _cells(self, found: DeskFound) -> list[str]:
        number, totals = self._writing.number, found.totals
        if not found.slots:
            return [NOTHING] * len(self._columns())
        if isinstance(totals, LineTotals):
            return self._line_cells(totals, found)
        if isinstance(totals, ServiceTotals):
            whole = joined(found.slots).counted[:3]
            means, wait, time = totals.means, totals.wait.mean, totals.time_in_service.mean
            waits = [
                wait if means is None else means.wait.value,
                wait,
                time if means is None else means.time_in_service.value,
            ]
            return [*map(self._writing.duration, waits), *map(number, whole)]
        share, delay = totals.within_target, totals.mean_days
        if totals.means is not None:
            share, delay = totals.means.in_time.value, totals.means.delay.value
        shares = [self._writing.percent(each, 1) for each in (share, totals.within_target)]
        delays = [number(each, 1) for each in (delay, totals.mean_days)]
        return [*shares, *delays, number(totals.received), number(totals.answered), number(totals.pending)]

    def _line_cells(self, line: LineTotals, found: DeskFound) -> list[str]:
        best, writing = line.corrected, self._writing
        counts = (None, None, None) if best is None else (best.offered, best.lost, best.answered)
        rate, wait = None if best is None else best.lost_rate, None
        if found.waits is not None:
            wait = Wait.of(found.waits[0]).mean
        rates = [writing.percent(rate), writing.percent(line.raw.lost_rate)]
        return [*rates, *map(writing.number, counts), writing.duration(wait)]

    def _usual(self, usual: Sequence[float]) -> list[str]:
        """Return the cells of the usual values, which are known only for counts.

        A mean of counts has a decimal, so that the counts add up to their rate if they are small.
        """
        number, kind = self._writing.number, self._view.kind
        if kind == "lines":
            offered, answered, lost = usual[:3]
            rate = self._writing.percent(lost / offered if offered else None)
            return [rate, NOTHING, *(number(each, 1) for each in (offered, lost, answered)), NOTHING]
        counts = [number(each, 1) for each in usual[: 3 if kind == "services" else 2]]
        return [NOTHING] * 3 + counts if kind == "services" else [NOTHING] * 4 + [*counts, NOTHING]
