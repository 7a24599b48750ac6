"""What each office of a nation is like now, and what units of them are: sums of counts, the worst first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final, Literal, NamedTuple, TypeAlias
from zoneinfo import ZoneInfo

from agents.board.cards import Card, LineCard, ServiceCard, State
from agents.board.follower import Known
from agents.board.wall import SILENT_SECONDS
from agents.desk_view.incidents import IncidentView
from agents.history.incident_json import incident_of
from agents.history.ledger import History
from agents.history.standing import standing
from agents.totals.plan import plan_of
from config.settings import Settings
from streams.calls.counts import Counts
from streams.figures.counted import NO_CALLS, NOTHING_COUNTED, Counted, sum_of_calls
from streams.indicators.judged import HOUR_SLOTS
from streams.indicators.period import Period
from streams.indicators.plan import Opened
from streams.indicators.today import Quarter, quarters
from streams.kept.times import QUARTER_MS
from streams.ledger.day import LineDay
from streams.status import Status

LiveKind: TypeAlias = Literal["nation", "region", "department"]
RANK: Final = {state: rank for rank, state in enumerate(State)}


class OfficeLive(NamedTuple):
    """Hold what an office is like now."""

    settings: Settings
    state: State  # of its lines and counters, the most troubled
    open: bool
    hour: Counted[Counts]  # of the last hour's calls: those that are over, as offered, and those lost
    waiting: int
    longest: float | None  # s: the longest that somebody waits now
    beyond: float  # calls of the last hour lost beyond what the targets allow
    silent: float | None  # s since anything was told of it, where that is too long for all its lines
    unheard: bool  # nothing is known of any of its lines
    troubles: Sequence[LineCard]  # lines with an incident that goes on
    lines: Mapping[str, Counted[Counts]]  # the last hour of each line

    @property
    def site(self) -> str:
        """Return the id of the office."""
        return self.settings.site

    @property
    def label(self) -> str:
        """Return the name of the office."""
        return self.settings.office.name or self.settings.site

    @property
    def order(self) -> tuple[int, float, str]:
        """Return what sorts it, the worst first: by its state, by the calls lost beyond the targets, by its name."""
        return RANK[State.SILENT if self.unheard else self.state], -self.beyond, self.label


class WaitingCase(NamedTuple):
    """Hold an incident of an office that a person should decide on."""

    settings: Settings
    view: IncidentView


class UnitLive(NamedTuple):
    """Hold what a region or a department is like now: the sums of all its offices."""

    kind: LiveKind
    name: str
    offices: Sequence[OfficeLive]

    @property
    def waiting(self) -> int:
        """Return how many callers wait now."""
        return sum(each.waiting for each in self.offices)

    @property
    def beyond(self) -> float:
        """Return the calls of the last hour lost beyond what the targets of the lines allow."""
        return sum(each.beyond for each in self.offices)

    @property
    def troubled(self) -> int:
        """Return how many offices are in a state that calls for a person."""
        return sum(each.state in TROUBLED for each in self.offices)

    @property
    def longest(self) -> float | None:
        """Return the longest that somebody waits now (s); None where nobody does, or it is not known."""
        return max((each.longest for each in self.offices if each.longest is not None), default=None)


TROUBLED: Final = frozenset({State.OVERLOAD, State.MISCOUNT, State.SILENT, State.BUSY})


def summed(offices: Iterable[OfficeLive]) -> Counted[Counts]:
    """Return the sum of the last hour of offices."""
    return sum_of_calls([each.hour for each in offices])


def unit_of(kind: LiveKind, office: OfficeLive) -> str | None:
    """Return the name of the unit of a kind that an office lies in."""
    place = office.settings.place
    return place.region if kind == "region" else place.department


def units(kind: LiveKind, offices: Iterable[OfficeLive]) -> list[UnitLive]:
    """Return the units of a kind that offices lie in, the worst first; an office that names none is in none."""
    found: dict[str, list[OfficeLive]] = {}
    for each in offices:
        name = unit_of(kind, each)
        if name is not None:
            found.setdefault(name, []).append(each)
    made = [UnitLive(kind, name, sorted(each, key=lambda one: one.order)) for name, each in found.items()]
    return sorted(made, key=lambda each: (-each.beyond, each.name))


class OfficeReading:
    """Read what one office is like off the live figures."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._opened: Opened = plan_of(settings).opened
        self._zone = ZoneInfo(settings.timezone)

    def at(self, known: Known, now: float, today: date) -> OfficeLive:
        """Return what the office is like at `now` (epoch s), on the local day `today`."""
        settings, slot_no = self._settings, round(now * 1000) // QUARTER_MS
        cards: list[Card] = []
        for name, line in settings.lines.items():
            status = known.lines.get(f"{settings.site}/{name}")
            is_open, leads = status is not None and status.open, settings.office.leads
            bare = LineCard(name, line, status, self._silent(status, now), is_open, (), slot_no, self._zone, leads)
            if _doubted(bare):
                bare = bare._replace(quarters=self._quarters(known.history, bare, today))
            cards.append(bare)
        for name, service in settings.services.items():
            told = known.services.get(f"{settings.site}/{name}")
            is_open = told is not None and told.open
            cards.append(ServiceCard(name, service, told, self._silent(told, now), is_open, {}))
        return self._office(cards)

    def _office(self, cards: Sequence[Card]) -> OfficeLive:
        lines = [each for each in cards if isinstance(each, LineCard)]
        heard = [each for each in cards if each.status is not None and each.silent is None]
        state = min((each.state for each in (heard or cards)), key=RANK.__getitem__, default=State.NODATA)
        if cards and not heard and any(each.status is not None for each in cards):
            state = State.SILENT
        hours = {each.name: _hour(each) for each in lines}
        told = [each.status for each in lines if each.status is not None and each.silent is None]
        waits = [each.longest_wait for each in told]
        silent = [each.silent for each in cards if each.silent is not None]
        return OfficeLive(
            self._settings,
            state,
            any(each.open for each in heard),
            sum_of_calls([*hours.values()]),
            sum(each.waiting or 0 for each in told),
            max((each for each in waits if each is not None), default=None),
            sum(_beyond(each) for each in lines),
            min(silent) if silent and not heard else None,
            not heard,
            [each for each in lines if each.silent is None and each.incident is not None],
            hours,
        )

    def _quarters(self, history: History, card: LineCard, today: date) -> Sequence[Quarter]:
        """Return the quarters of an hour of a line whose counting is suspected, as the wall has them."""
        site = self._settings.site
        day = next(history.days.each(LineDay, f"{site}/{card.name}", Period(today, today)), None)
        every = (incident_of(each) for each in history.incidents.of(site).values())
        found = standing(every, card.name, card.status, card.now)
        return quarters(day, found, self._opened, today, card.about.agentless_reasons)

    def _silent(self, status: Status | None, now: float) -> float | None:
        if status is None or self._settings.clock == "event":
            return None
        age = now - status.at.timestamp()
        return age if age > SILENT_SECONDS else None


def _hour(card: LineCard) -> Counted[Counts]:
    """Return the last hour of a line; one that is silent has none."""
    if card.status is None or card.silent is not None:
        return NOTHING_COUNTED
    window = card.status.windows["1h"]
    ended = window.ended or 0
    raw = Counts(ended, lost=round((window.lost_rate or 0.0) * ended))
    if _doubted(card) and ended:
        share = card.share
        if not (share.known and share.hour):
            return Counted(raw, NO_CALLS, slots=HOUR_SLOTS, left_out=HOUR_SLOTS, calls_left_out=ended)
        if share.raw is not None:
            raw, known = Counts(share.raw.offered, lost=share.raw.lost), Counts(share.of, lost=share.lost)
            return Counted(raw, known, slots=HOUR_SLOTS)
    return Counted.sound(raw, HOUR_SLOTS)


def _doubted(card: LineCard) -> bool:
    """Tell whether the counting of a line is suspected now."""
    return card.incident is not None and card.incident.verdict == "miscount"


def _beyond(card: LineCard) -> float:
    hour = _hour(card)
    return max(0.0, hour.believed.lost - card.about.target * hour.believed.offered)
