"""The present state of each office and unit of a nation: sums of counts, with the worst office or unit first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final, Literal, NamedTuple, TypeAlias
from zoneinfo import ZoneInfo

from agents.board.cards import Card, LineCard, ServiceCard, State
from agents.board.follower import Known
from agents.board.wall import silent_for
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

LiveKind: TypeAlias = Literal["nation", "region", "department"]
RANK: Final = {state: rank for rank, state in enumerate(State)}


class OfficeLive(NamedTuple):
    settings: Settings
    state: State  # the worst state of its lines and services
    open: bool
    hour: Counted[Counts]  # last hour's finished calls, as offered, and its lost calls
    waiting: int
    longest: float | None  # s, longest present wait
    beyond: float  # last hour's lost calls in excess of the targets
    silent: float | None  # s since the latest report; None unless all desks are silent
    unheard: bool  # none of its lines has ever been reported
    troubles: Sequence[LineCard]  # lines with an ongoing incident
    lines: Mapping[str, Counted[Counts]]  # each line's last hour

    @property
    def site(self) -> str:
        return self.settings.site

    @property
    def label(self) -> str:
        return self.settings.office.name or self.settings.site

    @property
    def order(self) -> tuple[int, float, str]:
        """The sort key, which puts the worst office first: state, lost calls in excess of the targets, name."""
        return RANK[State.SILENT if self.unheard else self.state], -self.beyond, self.label


class WaitingCase(NamedTuple):
    """An office's incident that awaits a decision."""

    settings: Settings
    view: IncidentView


class UnitLive(NamedTuple):
    """A region or a department: the sums of all its offices."""

    kind: LiveKind
    name: str
    offices: Sequence[OfficeLive]

    @property
    def waiting(self) -> int:
        """The number of callers waiting now."""
        return sum(each.waiting for each in self.offices)

    @property
    def beyond(self) -> float:
        """The last hour's lost calls in excess of the lines' targets."""
        return sum(each.beyond for each in self.offices)

    @property
    def troubled(self) -> int:
        """The number of offices in a state that needs attention."""
        return sum(each.state in TROUBLED for each in self.offices)

    @property
    def longest(self) -> float | None:
        """The longest present wait (s); None if no caller waits or it is unknown."""
        return max((each.longest for each in self.offices if each.longest is not None), default=None)


TROUBLED: Final = frozenset({State.OVERLOAD, State.MISCOUNT, State.SILENT, State.BUSY})


def summed(offices: Iterable[OfficeLive]) -> Counted[Counts]:
    """Return the sum of the offices' last hour."""
    return sum_of_calls([each.hour for each in offices])


def unit_of(kind: LiveKind, office: OfficeLive) -> str | None:
    place = office.settings.place
    return place.region if kind == "region" else place.department


def units(kind: LiveKind, offices: Iterable[OfficeLive]) -> list[UnitLive]:
    """Return the offices' units of a kind, the worst first; offices that name no such unit are left out."""
    found: dict[str, list[OfficeLive]] = {}
    for each in offices:
        name = unit_of(kind, each)
        if name is not None:
            found.setdefault(name, []).append(each)
    made = [UnitLive(kind, name, sorted(each, key=lambda one: one.order)) for name, each in found.items()]
    return sorted(made, key=lambda each: (-each.beyond, each.name))


class OfficeReading:
    """One office's state, from its live figures."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._opened: Opened = plan_of(settings).opened
        self._zone = ZoneInfo(settings.timezone)

    def at(self, known: Known, now: float, today: date) -> OfficeLive:
        """Return the office's state at `now` (epoch s), on the local date `today`."""
        settings, slot_no = self._settings, round(now * 1000) // QUARTER_MS
        cards: list[Card] = []
        for name, line in settings.lines.items():
            status = known.lines.get(f"{settings.site}/{name}")
            is_open, leads = status is not None and status.open, settings.office.leads
            bare = LineCard(
                name, line, status, silent_for(settings, status, now), is_open, (), slot_no, self._zone, leads
            )
            if _doubted(bare):
                bare = bare._replace(quarters=self._quarters(known.history, bare, today))
            cards.append(bare)
        for name, service in settings.services.items():
            counted = known.services.get(f"{settings.site}/{name}")
            is_open = counted is not None and counted.open
            cards.append(ServiceCard(name, service, counted, silent_for(settings, counted, now), is_open, {}))
        return self._office(cards)

    def _office(self, cards: Sequence[Card]) -> OfficeLive:
        lines = [each for each in cards if isinstance(each, LineCard)]
        heard = [each for each in cards if each.status is not None and each.silent is None]
        state = min((each.state for each in (heard or cards)), key=RANK.__getitem__, default=State.NODATA)
        if cards and not heard and any(each.status is not None for each in cards):
            state = State.SILENT
        hours = {each.name: _hour(each) for each in lines}
        statuses = [each.status for each in lines if each.status is not None and each.silent is None]
        waits = [each.longest_wait for each in statuses]
        silent = [each.silent for each in cards if each.silent is not None]
        return OfficeLive(
            self._settings,
            state,
            any(each.open for each in heard),
            sum_of_calls([*hours.values()]),
            sum(each.waiting or 0 for each in statuses),
            max((each for each in waits if each is not None), default=None),
            sum(_beyond(each) for each in lines),
            min(silent) if silent and not heard else None,
            not heard,
            [each for each in lines if each.silent is None and each.incident is not None],
            hours,
        )

    def _quarters(self, history: History, card: LineCard, today: date) -> Sequence[Quarter]:
        """Return the quarters of an hour of a line with a suspect count, as the wall shows them."""
        site = self._settings.site
        day = next(history.days.each(LineDay, f"{site}/{card.name}", Period(today, today)), None)
        every = (incident_of(each) for each in history.incidents.of(site).values())
        found = standing(every, card.name, card.status, card.now)
        return quarters(day, found, self._opened, today, card.about.agentless_reasons)


def _hour(card: LineCard) -> Counted[Counts]:
    """Return a line's last hour; a silent line has none."""
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
    """Whether a line's count is suspect now."""
    return card.incident is not None and card.incident.verdict == "miscount"


def _beyond(card: LineCard) -> float:
    hour = _hour(card)
    return max(0.0, hour.believed.lost - card.about.target * hour.believed.offered)
