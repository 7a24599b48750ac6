"""The page of a line, a service or a channel over a period."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from markupsafe import Markup

from agents.board.periods.download import FORMATS
from agents.board.periods.pictures import HeatCell, HeatRow, PeriodBar, Stretched, period_curve, week_map
from agents.desk_view.figures import ShownRow
from agents.desk_view.reading import DeskKind, DeskView
from agents.desk_view.words import PeriodWords, query_of
from agents.pages.words import miscount
from agents.translation import Words
from agents.writing import NOTHING, Writing
from config.settings import Action
from streams.indicators.period import Period
from streams.kept.times import QUARTER_MS
from streams.periods.buckets import Bucket, Row
from streams.periods.named import PeriodKind, after, around, before, kind_of
from streams.said import Said, said
from streams.watch.incident import Incident

CHOICES: Final[tuple[PeriodKind, ...]] = ("day", "week", "month", "year")
_WEEK_SAYS: Final[Mapping[DeskKind, Said]] = {
    "lines": said("Share of the calls lost, by weekday and hour"),
    "services": said("Tickets an hour, by weekday and hour"),
    "channels": said("Requests an hour, by weekday and hour"),
}
LOST: Final = 2  # the column of a line's lost calls
LEAST_CALLS: Final = 10  # least calls in an hour of the week to show a rate
SLOTS_AN_HOUR: Final = 4


class PeriodLink(NamedTuple):
    address: str
    says: str
    here: bool = False


class ShownIncident(NamedTuple):
    """An incident of the period."""

    id: str
    cls: str  # its verdict
    says: str
    when: str


class PeriodPictures(NamedTuple):
    """A period's pictures, and which entries their legend needs. A picture without data is None."""

    curve: Markup | None
    usual: bool
    doubted: bool
    week: Markup | None


class PeriodWriter:
    def __init__(self, text: Words, zone: ZoneInfo, view: DeskView, actions: Sequence[Action] = ()) -> None:
        self._actions = actions
        self._text = text
        self._writing = Writing(text.language)
        self._words = PeriodWords(text, zone)
        self._view = view

    def name(self) -> str:
        """Return the period's name."""
        return self._words.period(self._view.period)

    def until(self) -> str | None:
        """Return the moment up to which an unfinished period is known."""
        until = self._view.until
        return None if until is None else self._writing.moment(until)

    def choices(self, today: Period) -> list[PeriodLink]:
        """Return links to the day, week, month and year at the end of the period, or now."""
        text, period = self._text, self._view.period
        day = min(period.last, today.last)
        names = {"day": text("day"), "week": text("week"), "month": text("month"), "year": text("year")}
        here = "today" if period == today else kind_of(period)
        found = [PeriodLink(query_of(around(kind, day)), names[kind], kind == here) for kind in CHOICES]
        return [PeriodLink(query_of(today), text("today"), here == "today"), *found]

    def beside(self, today: Period) -> tuple[PeriodLink, PeriodLink | None]:
        """Return links to the periods before and after; None for a future one."""
        earlier, period = before(self._view.period), self._view.period
        later = after(period) if period.last < today.last else None
        first = PeriodLink(query_of(earlier), self._words.period(earlier))
        return first, None if later is None else PeriodLink(query_of(later), self._words.period(later))

    def downloads(self) -> list[PeriodLink]:
        """Return links to the same view as CSV and JSON."""
        asked, said = query_of(self._view.period), {"sheet": self._text("CSV for a spreadsheet")}
        return [PeriodLink(f"{asked}&format={each}", said.get(each, each.upper())) for each in FORMATS]

    def pictures(self) -> PeriodPictures:
        """Draw the period."""
        figures, bars = self._view.figures, self._bars()
        curve = period_curve(bars, self._stretches(), self._label()) if bars else None
        days = {weekday for weekday, _ in figures.week}
        week = None
        if len(days) > 1:
            shade = "rate" if self._view.kind == "lines" else "volume"
            week = week_map(self._cells(sorted(days)), self.hour_names(), self.week_says(), shade)
        return PeriodPictures(curve, any(bar.usual is not None for bar in bars), any(bar.doubted for bar in bars), week)

    def incidents(self) -> list[ShownIncident]:
        """Return the incidents that overlap the period."""
        return [self._incident(each) for each in self._view.incidents]

    def hour_names(self) -> list[str]:
        return [self._words.hour(hour) for hour in self._view.figures.hours]

    def week_says(self) -> str:
        """Return the caption of the week's cells."""
        return self._text(_WEEK_SAYS[self._view.kind])

    def week(self) -> list[ShownRow]:
        figures = self._view.figures
        days = sorted({weekday for weekday, _ in figures.week})
        rows = []
        for day in days:
            cells = [figures.week.get((day, hour)) for hour in figures.hours]
            rows.append(
                ShownRow(self._words.weekday(day), [NOTHING if each is None else self._cell(each)[2] for each in cells])
            )
        return rows

    def columns(self) -> list[str]:
        """Return the columns of the table by hour."""
        names, text = self._words.columns(self._view.kind), self._text
        if self._view.kind != "lines":
            return [names[self._view.columns[each]] for each in self._shown()]
        believed = [names["offered"], names["lost"], text("lost rate")]
        if self._suspect():
            return [*believed, text("as counted")]
        return [*believed, *(names[self._view.columns[each]] for each in self._shown() if each not in {0, LOST})]

    def hours(self) -> list[ShownRow]:
        """Return the table by hour of the day, with the total at its end."""
        figures = self._view.figures
        rows = [ShownRow(self._words.hour(hour), self._row(each)) for hour, each in figures.hours.items()]
        return rows if figures.whole is None else [*rows, ShownRow(self._text("in all"), self._row(figures.whole))]

    def _row(self, bucket: Bucket) -> list[str]:
        number, counted, best = self._writing.number, bucket.counted, bucket.believed
        if self._view.kind != "lines":
            return [number(counted[each]) for each in self._shown()]
        believed = [NOTHING] * 3 if best is None else self._calls(best)
        if self._suspect():
            return [*believed, self._writing.percent(_rate(counted), 1)]
        return [*believed, *(number(counted[each]) for each in self._shown() if each not in {0, LOST})]

    def _calls(self, row: Row) -> list[str]:
        return [self._writing.number(row[0]), self._writing.number(row[LOST]), self._writing.percent(_rate(row), 1)]

    def _suspect(self) -> bool:
        whole = self._view.figures.whole
        return whole is not None and (whole.sum.suspect > 0 or whole.believed != whole.counted)

    def _shown(self) -> list[int]:
        """Return the columns to show: the first three, and others with any count."""
        whole = self._view.figures.whole
        return [each for each in range(len(self._view.columns)) if each <= LOST or (whole and whole.counted[each])]

    def _bars(self) -> list[PeriodBar]:
        found: list[PeriodBar] = []
        last = None
        for bucket, usual in self._view.figures.curve:
            lost, doubted = self._lost(bucket)
            tick = self._words.tick(bucket, last, self._view.figures.grain)
            found.append(
                PeriodBar(
                    bucket.counted[0],
                    lost,
                    doubted,
                    None if usual is None else usual[0],
                    self._says(bucket),
                    tick,
                    self._changed(bucket, last),
                )
            )
            last = bucket
        return found

    def _changed(self, bucket: Bucket, last: Bucket | None) -> str:
        """Return the actions of the period since the bucket before, up to the day of this one."""
        since = self._view.period.first - timedelta(1) if last is None else last.day
        return self._text.semicolon.join(each.label for each in self._actions if since < each.date <= bucket.day)

    def _lost(self, bucket: Bucket) -> tuple[int, int]:
        """Return the believed lost calls, and those counted but not believed."""
        if self._view.kind != "lines":
            return 0, 0
        counted = bucket.counted[LOST]
        lost = 0 if bucket.believed is None else min(counted, bucket.believed[LOST])
        return lost, counted - lost

    def _says(self, bucket: Bucket) -> str:
        text, when = self._text, self._words.bucket(bucket, self._view.figures.grain)
        count = self._writing.number(bucket.counted[0])
        if self._view.kind != "lines":
            return text("{when}: {count}", when=when, count=count)
        if bucket.believed is None:
            return text("{when}: {count} calls; number lost unknown", when=when, count=count)
        return text("{when}: {count} calls, {lost} lost", when=when, count=count, lost=bucket.believed[LOST])

    def _label(self) -> str:
        names, whole = self._words.columns(self._view.kind), self._view.figures.whole
        count = self._writing.number(0 if whole is None else whole.counted[0])
        return self._text("{what} over time: {count} in all", what=names[self._view.columns[0]], count=count)

    def _stretches(self) -> list[Stretched]:
        buckets, found = [each.bucket for each in self._view.figures.curve], []
        for each in self._view.incidents:
            start, end = (at / QUARTER_MS for at in each.bounds())
            touched = [number for number, one in enumerate(buckets) if one.first < end and one.end > start]
            if touched:
                found.append(Stretched(touched[0], touched[-1], each.verdict, self._incident(each).says))
        return found

    def _incident(self, incident: Incident) -> ShownIncident:
        begins, ends = (self._writing.moment(self._words.local(at)) for at in incident.bounds())
        when = self._text("from {begins} to {ends}", begins=begins, ends=ends)
        return ShownIncident(incident.id, incident.verdict, self._text(miscount(incident)).capitalize(), when)

    def _cells(self, days: list[int]) -> list[HeatRow]:
        figures = self._view.figures
        cells = {key: self._cell(each) for key, each in figures.week.items()}
        most = max([0.0, *(value for value, _, _ in cells.values() if value is not None)]) or 1.0

        def cell(day: int, hour: int) -> HeatCell | None:
            if (day, hour) not in cells:
                return None
            value, written, described = cells[day, hour]
            name = f"{self._words.weekday(day)} {self._words.hour(hour)}"
            says = self._text("{name}: {sentence}", name=name, sentence=described)
            return HeatCell(None if value is None else value / most, written, says)

        return [(self._words.weekday(day), [cell(day, hour) for hour in figures.hours]) for day in days]

    def _cell(self, bucket: Bucket) -> tuple[float | None, str, str]:
        """Return a week cell's value, its text, and its description."""
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
