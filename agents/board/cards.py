"""The cards of the wall: what a line or a counter is like, in a state that has a name, and which figure is believed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple, assert_never
from zoneinfo import ZoneInfo

from msgspec import UNSET, UnsetType

from agents.language import Language
from agents.pages.withheld import withheld
from config.settings import Line, Service
from streams.calls.counts import Counts
from streams.checks.interval import jeffreys
from streams.desks.callback_list import ToCallBack
from streams.figures.counted import Counted
from streams.figures.withhold import believed_so_far
from streams.indicators.judged import HOUR_SLOTS
from streams.indicators.plan import LeadingRate
from streams.indicators.today import AnswerRates, Quarter, answer_rates, together
from streams.status import LineStatus, Ongoing, ServiceStatus
from streams.watch.guard import Guard


class State(StrEnum):
    """Name what a line or a counter is like, the most troubled first."""

    OVERLOAD = "overload"  # its callers really have a bad time
    MISCOUNT = "miscount"  # its counter is suspected
    SILENT = "silent"  # nothing is told of it
    BUSY = "busy"  # it misses what was promised, beyond doubt
    CALM = "calm"
    CLOSED = "closed"
    NODATA = "nodata"


class LostShare(NamedTuple):
    """Hold how many of so many calls were lost, and what was counted where that is not believed."""

    lost: int
    of: int
    raw: Counts | None = None  # struck out
    known: bool = True  # whether anything is believed
    hour: bool = True  # of the last hour, else of today

    @property
    def rate(self) -> float | None:
        """Return the lost rate; None where there is none, or none is believed."""
        return self.lost / self.of if self.of and self.known else None


class LineCard(NamedTuple):
    """Hold a line to show."""

    name: str
    about: Line
    status: LineStatus | None
    silent: float | None  # seconds since a worker told of it, where that is too long
    open: bool
    quarters: Sequence[Quarter]  # of today, the open ones
    now: int  # slot number
    zone: ZoneInfo
    leads: LeadingRate = "lost_rate"  # which rate is shown big
    listed: ToCallBack | None = None  # by the office's callback list; None where that is not known

    @property
    def id(self) -> str:
        """Return what names its card on the page."""
        return f"line-{self.name}"

    @property
    def incident(self) -> Ongoing | None:
        """Return the incident that the card is about: a miscount, else an overload, else whatever goes on."""
        told = [] if self.status is None else self.status.incidents
        order = ("miscount", "overload", "undecided")
        return min(told, key=lambda each: order.index(each.verdict), default=None)

    @property
    def to_call_back(self) -> ToCallBack | None:
        """Return how many callers are to be called back; None where that is not known.

        Without the list, workers count for each line alone, as counted: a miscount would make that number false.
        """
        if self.status is None or self.status.to_call_back is None:
            return None
        if self.listed is not None:
            return self.listed
        return None if self.state is State.MISCOUNT else ToCallBack(self.status.to_call_back)

    @property
    def state(self) -> State:
        """Return what the line is like."""
        if self.status is None:
            return State.NODATA
        incident = self.incident
        if self.silent is not None or (incident is not None and incident.kind == "missing"):
            return State.SILENT
        match None if incident is None else incident.verdict:
            case "miscount":
                return State.MISCOUNT
            case "overload":
                return State.OVERLOAD
            case "undecided":
                return State.BUSY if self.open else State.CLOSED
            case None:
                return (State.BUSY if self._misses() else State.CALM) if self.open else State.CLOSED
            case never:
                assert_never(never)

    @property
    def share(self) -> LostShare:
        """Return the lost calls to show big: those of the last hour, or of today where it had no call."""
        incident = self.incident
        if incident is not None and incident.verdict == "miscount":
            recent = [each for each in self._past if each.slot_no > self.now - HOUR_SLOTS]
            hour = any(each.calls.raw.offered for each in recent)
            chosen = together(recent) if hour else self.so_far
            best, raw = believed_so_far(chosen), chosen.raw
            if best is None:
                return LostShare(0, 0, raw, known=False, hour=hour)
            return LostShare(best.lost, best.offered, None if best == raw else raw, hour=hour)
        window = None if self.status is None else self.status.windows["1h"]
        if window is not None and window.ended:
            return LostShare(round((window.lost_rate or 0.0) * window.ended), window.ended)
        today = self.today
        if today is None:
            return LostShare(0, 0, known=False, hour=False)
        return LostShare(today.lost, today.offered, hour=False)

    @property
    def answers(self) -> AnswerRates:
        """Return the answer rates of today's calls that are over."""
        return answer_rates(self._past)

    @property
    def so_far(self) -> Counted[Counts]:
        """Return what was counted of today so far, and what is believed of it."""
        return together(self._past)

    @property
    def today(self) -> Counts | None:
        """Return what is believed of today so far; None where nothing is."""
        return believed_so_far(self.so_far)

    @property
    def service_level(self) -> float | None:
        """Return the share of the last hour's calls that were answered in time; None where that is not known.

        A miscount makes it false: calls that it counts as lost are not counted as answered in time.
        """
        incident = self.incident
        if self.status is None or (incident is not None and incident.verdict == "miscount"):
            return None
        return self.status.windows["1h"].service_level

    @property
    def slow(self) -> bool:
        """Tell whether the last hour's service level is below what was promised beyond doubt."""
        level = self.service_level
        if self.status is None or level is None:
            return False
        ended = self.status.windows["1h"].ended or 0
        interval = jeffreys(round(level * ended), ended)
        return interval is not None and interval[1] < self.about.service_level.share

    def withheld(self, language: Language) -> str | None:
        """Say why the line's corrected figure is withheld; None where it is not."""
        found = UNSET if self.status is None else self.status.withheld
        if isinstance(found, UnsetType):
            return None
        since = None if found.since is None else round(found.since.timestamp() * 1000)
        return withheld(Guard(found.reason, since), found.coverage, self.zone, language)

    @property
    def _past(self) -> list[Quarter]:
        return [each for each in self.quarters if each.slot_no <= self.now]

    def _misses(self) -> bool:
        assert self.status is not None
        hour = self.status.windows["1h"]
        ended = hour.ended or 0
        interval = jeffreys(round((hour.lost_rate or 0.0) * ended), ended)
        return self.slow or (interval is not None and interval[0] > self.about.target)


class ServiceCard(NamedTuple):
    """Hold a service to show."""

    name: str
    about: Service
    status: ServiceStatus | None
    silent: float | None  # seconds since a worker told of it, where that is too long
    open: bool
    issued: Mapping[int, int]  # tickets of today, by slot number, of the open slots

    @property
    def id(self) -> str:
        """Return what names its card on the page."""
        return f"service-{self.name}"

    @property
    def state(self) -> State:
        """Return what the service is like: busy while visitors wait longer than they should."""
        if self.status is None:
            return State.NODATA
        if self.silent is not None:
            return State.SILENT
        if not self.open:
            return State.CLOSED
        return State.BUSY if self.late(self.status.longest_wait) or self.late(self.mean_wait) else State.CALM

    @property
    def mean_wait(self) -> float | None:
        """Return the mean wait (s) of those who were called in the last hour."""
        return None if self.status is None else self.status.windows["1h"].mean_wait

    def late(self, wait: float | None) -> bool:
        """Tell whether a wait (s) is longer than it should be."""
        return wait is not None and self.about.target_wait is not None and wait > self.about.target_wait


Card = LineCard | ServiceCard
