"""What the page of a line, a service or a channel shows of a period, ready to write."""

from __future__ import annotations

from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from markupsafe import Markup

from agents.board.periods.download import FORMATS
from agents.board.periods.pictures import HeatCell, HeatRow, PeriodBar, Stretched, period_curve, week_map
from agents.desk_view.figures import ShownRow
from agents.desk_view.reading import DeskView
from agents.desk_view.words import PeriodWords, query_of
from agents.pages.words import MISCOUNTS, VERDICTS
from agents.translation import Words
from agents.writing import NOTHING, Writing
from streams.indicators.period import Period
from streams.kept.times import QUARTER_MS
from streams.periods.buckets import Bucket, Row
from streams.periods.named import PeriodKind, after, around, before, kind_of
from streams.watch.incident import Incident

CHOICES: Final[tuple[PeriodKind, ...]] = ("day", "week", "month", "year")
LOST: Final = 2  # the column of a line's lost calls
LEAST_CALLS: Final = 10  # of a cell of the week, for its rate to say anything
SLOTS_AN_HOUR: Final = 4


class PeriodLink(NamedTuple):
    """Hold a link to another view."""

    address: str
    says: str
    here: bool = False


class ShownIncident(NamedTuple):
    """Hold an incident of the period."""

    id: str
    cls: str  # its verdict
    says: str
    when: str


class PeriodPictures(NamedTuple):
    """Hold the pictures of a period, and whether they show what their key would explain; None where there is none."""

    curve: Markup | None
    usual: bool
    doubted: bool
    week: Markup | None


class PeriodWriter:
    """Write a view in a reader's language."""

    def __init__(self, text: Words, zone: ZoneInfo, view: DeskView) -> None:
        self._text = text
        self._writing = Writing(text.language)
        self._words = PeriodWords(text, zone)
        self._view = view

    def name(self) -> str:
        """Return what the period is called."""
        return self._words.period(self._view.period)

    def until(self) -> str | None:
        """Return up to when the period is known, where it is not over."""
        until = self._view.until
        return None if until is None else self._writing.moment(until)

    def choices(self, today: Period) -> list[PeriodLink]:
        """Return links to the day, week, month and year that the period ends in, or that it is now."""
        text, period = self._text, self._view.period
        day = min(period.last, today.last)
        names = {"day": text("day"), "week": text("week"), "month": text("month"), "year": text("year")}
        here = "today" if period == today else kind_of(period)
        found = [PeriodLink(query_of(around(kind, day)), names[kind], kind == here) for kind in CHOICES]
        return [PeriodLink(query_of(today), text("today"), here == "today"), *found]

    def beside(self, today: Period) -> tuple[PeriodLink, PeriodLink | None]:
        """Return links to the period before and to the one after, None where that is yet to come."""
        earlier, period = before(self._view.period), self._view.period
        later = after(period) if period.last < today.last else None
        first = PeriodLink(query_of(earlier), self._words.period(earlier))
        return first, None if later is None else PeriodLink(query_of(later), self._words.period(later))

    def downloads(self) -> list[PeriodLink]:
        """Return links to the same view for a spreadsheet, and for programs."""
        asked, said = query_of(self._view.period), {"sheet": self._text("CSV for a spreadsheet")}
        return [PeriodLink(f"{asked}&format={each}", said.get(each, each.upper())) for each in FORMATS]

    def pictures(self) -> PeriodPictures:
        """Draw the period."""
        told, bars = self._view.told, self._bars()
        curve = period_curve(bars, self._stretches(), self._label()) if bars else None
        days = {weekday for weekday, _ in told.week}
        week = None
        if len(days) > 1:
            shade = "rate" if self._view.kind == "lines" else "volume"
            week = week_map(self._cells(sorted(days)), self.hour_names(), self.week_says(), shade)
        return PeriodPictures(curve, any(bar.usual is not None for bar in bars), any(bar.doubted for bar in bars), week)

    def incidents(self) -> list[ShownIncident]:
        """Return the incidents that touch the period."""
        return [self._incident(each) for each in self._view.incidents]

    def hour_names(self) -> list[str]:
        """Return the hours of a week."""
        return [self._words.hour(hour) for hour in self._view.told.hours]

    def week_says(self) -> str:
        """Return what a cell of the week tells."""
        text = self._text
        if self._view.kind == "lines":
            return text("Share of the calls lost, by weekday and hour")
        return (
            text("Tickets an hour, by weekday and hour")
            if self._view.kind == "services"
            else text("Requests an hour, by weekday and hour")
        )

    def week(self) -> list[ShownRow]:
        """Return the week as a table."""
        told = self._view.told
        days = sorted({weekday for weekday, _ in told.week})
        rows = []
        for day in days:
            cells = [told.week.get((day, hour)) for hour in told.hours]
            rows.append(
                ShownRow(self._words.weekday(day), [NOTHING if each is None else self._cell(each)[2] for each in cells])
            )
        return rows

    def columns(self) -> list[str]:
        """Return the columns of the table by the hour."""
        names, text = self._words.columns(self._view.kind), self._text
        if self._view.kind != "lines":
            return [names[self._view.columns[each]] for each in self._told()]
        believed = [names["offered"], names["lost"], text("lost rate")]
        if self._suspect():
            return [*believed, text("as counted")]
        return [*believed, *(names[self._view.columns[each]] for each in self._told() if each not in {0, LOST})]

    def hours(self) -> list[ShownRow]:
        """Return the table by the hour of the day, and the whole beneath it."""
        told = self._view.told
        rows = [ShownRow(self._words.hour(hour), self._row(each)) for hour, each in told.hours.items()]
        return rows if told.whole is None else [*rows, ShownRow(self._text("in all"), self._row(told.whole))]

    def _row(self, bucket: Bucket) -> list[str]:
        number, counted, best = self._writing.number, bucket.counted, bucket.believed
        if self._view.kind != "lines":
            return [number(counted[each]) for each in self._told()]
        believed = [NOTHING] * 3 if best is None else self._calls(best)
        if self._suspect():
            return [*believed, self._writing.percent(_rate(counted), 1)]
        return [*believed, *(number(counted[each]) for each in self._told() if each not in {0, LOST})]

    def _calls(self, row: Row) -> list[str]:
        return [self._writing.number(row[0]), self._writing.number(row[LOST]), self._writing.percent(_rate(row), 1)]

    def _suspect(self) -> bool:
        whole = self._view.told.whole
        return whole is not None and (whole.sum.suspect > 0 or whole.believed != whole.counted)

    def _told(self) -> list[int]:
        """Return the columns to show: the first three, and those of the others in which anything was counted."""
        whole = self._view.told.whole
        return [each for each in range(len(self._view.columns)) if each <= LOST or (whole and whole.counted[each])]

    def _bars(self) -> list[PeriodBar]:
        found: list[PeriodBar] = []
        last = None
        for bucket, usual in self._view.told.curve:
            lost, doubted = self._lost(bucket)
            tick = self._words.tick(bucket, last, self._view.told.grain)
            found.append(
                PeriodBar(
                    bucket.counted[0], lost, doubted, None if usual is None else usual[0], self._says(bucket), tick
                )
            )
            last = bucket
        return found

    def _lost(self, bucket: Bucket) -> tuple[int, int]:
        """Return the lost calls that are believed in, and the counted ones that are not."""
        if self._view.kind != "lines":
            return 0, 0
        counted = bucket.counted[LOST]
        lost = 0 if bucket.believed is None else min(counted, bucket.believed[LOST])
        return lost, counted - lost

    def _says(self, bucket: Bucket) -> str:
        text, when = self._text, self._words.bucket(bucket, self._view.told.grain)
        count = self._writing.number(bucket.counted[0])
        if self._view.kind != "lines":
            return text("{when}: {count}", when=when, count=count)
        if bucket.believed is None:
            return text("{when}: {count} calls; how many were lost is not known", when=when, count=count)
        return text("{when}: {count} calls, {lost} lost", when=when, count=count, lost=bucket.believed[LOST])

    def _label(self) -> str:
        names, whole = self._words.columns(self._view.kind), self._view.told.whole
        count = self._writing.number(0 if whole is None else whole.counted[0])
        return self._text("{what} over time: {count} in all", what=names[self._view.columns[0]], count=count)

    def _stretches(self) -> list[Stretched]:
        buckets, found = [each.bucket for each in self._view.told.curve], []
        for each in self._view.incidents:
            start, end = (at / QUARTER_MS for at in each.bounds())
            touched = [number for number, one in enumerate(buckets) if one.first < end and one.end > start]
            if touched:
                found.append(Stretched(touched[0], touched[-1], each.verdict, self._incident(each).says))
        return found

    def _incident(self, incident: Incident) -> ShownIncident:
        named = VERDICTS[incident.verdict] if incident.kind == incident.verdict else MISCOUNTS[incident.kind]
        begins, ends = (self._writing.moment(self._words.local(at)) for at in incident.bounds())
        when = self._text("from {begins} to {ends}", begins=begins, ends=ends)
        return ShownIncident(incident.id, incident.verdict, self._text(named).capitalize(), when)

    def _cells(self, days: list[int]) -> list[HeatRow]:
        told = self._view.told
        figures = {key: self._cell(each) for key, each in told.week.items()}
        most = max([0.0, *(value for value, _, _ in figures.values() if value is not None)]) or 1.0

        def cell(day: int, hour: int) -> HeatCell | None:
            if (day, hour) not in figures:
                return None
            value, written, told_as = figures[day, hour]
            name = f"{self._words.weekday(day)} {self._words.hour(hour)}"
            says = self._text("{name}: {sentence}", name=name, sentence=told_as)
            return HeatCell(None if value is None else value / most, written, says)

        return [(self._words.weekday(day), [cell(day, hour) for hour in told.hours]) for day in days]

    def _cell(self, bucket: Bucket) -> tuple[float | None, str, str]:
        """Return the figure of a cell of the week, how it is written in it, and in words."""
        writing = self._writing
        if self._view.kind != "lines":
            an_hour = bucket.counted[0] * SLOTS_AN_HOUR / bucket.sum.slots
            return an_hour, writing.number(an_hour, 1), writing.number(an_hour, 1)
        rate = _lost_rate(bucket)
        if rate is None or bucket.believed is None:
            return None, NOTHING, self._text("not known")
        lost, offered = (writing.number(bucket.believed[each]) for each in (LOST, 0))
        says = self._text("{rate}: {lost} lost of {offered}", rate=writing.percent(rate, 1), lost=lost, offered=offered)
        few = bucket.believed[0] < LEAST_CALLS
        return (None, NOTHING, says) if few else (rate, writing.percent(rate, 0), says)


def _lost_rate(bucket: Bucket) -> float | None:
    return None if bucket.believed is None else _rate(bucket.believed)


def _rate(row: Row) -> float | None:
    return row[LOST] / row[0] if row[0] else None
