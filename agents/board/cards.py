"""Cards of the wall: the state of a line or a service, and the figure to show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple, assert_never
from zoneinfo import ZoneInfo

from msgspec import UNSET, UnsetType

from agents.language import Language
from agents.pages.withheld import withheld
from agents.pages.words import MISSING_LOSSES
from config.settings import Line, Service
from config.sums import DeskSum
from streams.calls.counts import Counts
from streams.checks.interval import jeffreys
from streams.desks.callback_list import ToCallBack
from streams.figures.counted import Counted
from streams.figures.withhold import believed_so_far
from streams.indicators.judged import HOUR_SLOTS
from streams.indicators.plan import LeadingRate
from streams.indicators.today import AnswerRates, Quarter, answer_rates, together
from streams.status import LineStatus, Ongoing, ServiceStatus, services_status
from streams.watch.guard import Guard


class State(StrEnum):
    """The states of a line or a service, the worst first."""

    OVERLOAD = "overload"  # its callers are served badly
    MISCOUNT = "miscount"  # its count is suspect
    SILENT = "silent"  # no worker reports it, or its calls are missing
    BUSY = "busy"  # it misses a target by more than chance explains
    CALM = "calm"
    CLOSED = "closed"
    NODATA = "nodata"


class LostShare(NamedTuple):
    """The believed number of lost calls among `of` calls; `raw` is the count if it differs."""

    lost: int
    of: int
    raw: Counts | None = None  # shown struck out
    known: bool = True  # False if nothing is believed
    hour: bool = True  # True for the last hour, False for today

    @property
    def rate(self) -> float | None:
        """The lost rate; None without calls or if nothing is believed."""
        return self.lost / self.of if self.of and self.known else None


class LineCard(NamedTuple):
    name: str
    about: Line
    status: LineStatus | None
    silent: float | None  # seconds since a worker last reported it; None unless too long
    open: bool
    quarters: Sequence[Quarter]  # today's, in opening hours
    now: int  # slot number
    zone: ZoneInfo
    leads: LeadingRate = "lost_rate"  # the rate in large type
    listed: ToCallBack | None = None  # from the office's callback list; None if it is not known

    @property
    def id(self) -> str:
        """The id of its element on the page."""
        return f"line-{self.name}"

    @property
    def incident(self) -> Ongoing | None:
        """The incident to show: a miscount if there is one, else an overload, else an undecided incident."""
        ongoing = [] if self.status is None else self.status.incidents
        order = ("miscount", "overload", "undecided")
        return min(ongoing, key=lambda each: order.index(each.verdict), default=None)

    @property
    def to_call_back(self) -> ToCallBack | None:
        """How many callers to call back; None if unknown.

        Without the callback list, only the worker's own number is known. It rests on the count of one line, so a
        miscount makes it wrong.
        """
        if self.status is None or self.status.to_call_back is None:
            return None
        if self.listed is not None:
            return self.listed
        return None if self.state is State.MISCOUNT else ToCallBack(self.status.to_call_back)

    @property
    def state(self) -> State:
        if self.status is None:
            return State.NODATA
        incident = self.incident
        calls_missing = incident is not None and incident.kind == "missing" and incident.cause not in MISSING_LOSSES
        if self.silent is not None or calls_missing:
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
        """The lost calls of the last hour, or of today if the last hour had no call, or none that is believed."""
        if self._wrong:
            recent = together([each for each in self._past if each.slot_no > self.now - HOUR_SLOTS])
            hour = recent.raw.offered > 0 and (believed_so_far(recent) is not None or self.today is None)
            chosen = recent if hour else self.so_far
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
    def _wrong(self) -> bool:
        """Whether a miscount is under way, or today's believed calls differ from the counted ones."""
        incident = self.incident
        if incident is not None and incident.verdict == "miscount":
            return True
        so_far = self.so_far
        return so_far.believed != so_far.raw

    @property
    def few(self) -> bool:
        """Whether the rate of a line without trouble exceeds its target, but not by more than chance explains."""
        share = self.share
        if self.state not in {State.CALM, State.CLOSED} or share.rate is None or share.rate <= self.about.target:
            return False
        interval = jeffreys(share.lost, share.of)
        return interval is not None and interval[0] <= self.about.target

    @property
    def answers(self) -> AnswerRates:
        """Today's answer rates so far."""
        return answer_rates(self._past)

    @property
    def so_far(self) -> Counted[Counts]:
        """Today's calls so far, as counted and as believed."""
        return together(self._past)

    @property
    def today(self) -> Counts | None:
        """Today's calls so far, as believed; None if nothing is believed."""
        return believed_so_far(self.so_far)

    @property
    def service_level(self) -> float | None:
        """The last hour's share of calls answered in time; None if unknown.

        A miscount makes it wrong, because it leaves out the answered calls that are counted as lost.
        """
        incident = self.incident
        if self.status is None or (incident is not None and incident.verdict == "miscount"):
            return None
        return self.status.windows["1h"].service_level

    @property
    def slow(self) -> bool:
        """Whether the last hour's service level is below its target by more than chance explains."""
        level = self.service_level
        if self.status is None or level is None:
            return False
        ended = self.status.windows["1h"].ended or 0
        interval = jeffreys(round(level * ended), ended)
        return interval is not None and interval[1] < self.about.service_level.share

    def withheld(self, language: Language) -> str | None:
        """Say why the line's corrected figure is withheld; None if it is not."""
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
    """A service, or a sum of several."""

    name: str
    about: Service | DeskSum
    status: ServiceStatus | None
    silent: float | None  # seconds since a worker last reported it; None unless too long
    open: bool
    issued: Mapping[int, int]  # tickets issued in today's open slots, by slot number
    incident: Ongoing | None = None  # under way: a miscount if there is one

    @classmethod
    def of_sum(cls, name: str, about: DeskSum, parts: Sequence[ServiceCard]) -> ServiceCard:
        """Return the card of a sum of services, from the cards of all of them; all must be known."""
        statuses = [each.status for each in parts if each.status is not None]
        ongoing = [each.incident for each in parts if each.incident is not None]
        issued = Counter[int]()
        for each in parts:
            issued.update(each.issued)
        return cls(
            name,
            about,
            services_status(statuses) if len(statuses) == len(parts) else None,
            max((each.silent for each in parts if each.silent is not None), default=None),
            parts[0].open,
            issued,
            worst(ongoing),
        )

    @property
    def id(self) -> str:
        """The id of its element on the page."""
        return f"service-{self.name}"

    @property
    def doubted(self) -> bool:
        """Whether a miscount is under way, so that the counted waits may be wrong."""
        return self.incident is not None and self.incident.verdict == "miscount"

    @property
    def state(self) -> State:
        """The state: busy while the longest or the mean wait exceeds the target."""
        if self.status is None:
            return State.NODATA
        if self.silent is not None:
            return State.SILENT
        if self.doubted:
            return State.MISCOUNT
        if not self.open:
            return State.CLOSED
        return State.BUSY if self.late(self.status.longest_wait) or self.late(self.mean_wait) else State.CALM

    @property
    def mean_wait(self) -> float | None:
        """The mean wait (s) of visitors called in the last hour."""
        return None if self.status is None else self.status.windows["1h"].mean_wait

    def late(self, wait: float | None) -> bool:
        """Whether a wait (s) exceeds the target; False while a miscount is under way."""
        target = None if self.doubted else self.about.target_wait
        return wait is not None and target is not None and wait > target


Card = LineCard | ServiceCard


def worst(ongoing: Sequence[Ongoing]) -> Ongoing | None:
    """Return the incident of a service to show: a miscount if there is one."""
    return min(ongoing, key=lambda each: each.verdict != "miscount", default=None)
