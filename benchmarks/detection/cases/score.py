"""Play a counter's or a register's year through its fold, and score what its watch says."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import inf
from random import Random
from typing import Final, NamedTuple

from agents.catalogue import channels, services
from benchmarks.detection.cases.faults import OF_REQUESTS, OF_TICKETS
from benchmarks.detection.cases.world import Change, Office, Row, office, requests, visits
from streams.desks.channel import Channel
from streams.desks.service import Service
from streams.events import RequestEvent, RequestType, TicketEvent, TicketType
from streams.figures.mean import CorrectedMean
from streams.indicators.cases import channel_means, dated, no_baseline, service_means
from streams.kept.times import DAY_MS
from streams.ledger.sums import whole
from streams.watch.incident import Incident

SINCE: Final = 150
FAR: Final = 0.05  # of the true mean


class Outcome(NamedTuple):
    """What was said of a year."""

    what: str
    name: str  # of its office
    incidents: list[Incident]
    delay: float | None  # opening days from the fault's first row to its detection; None if not found
    named: bool
    wrong: list[Incident]  # miscounts that fit nothing
    years: float  # of opening and closed days
    truth: float | None = None  # true mean wait of a counter (s), or mean delay of a register (days)
    corrected: CorrectedMean | None = None  # beside it

    @property
    def off(self) -> bool:
        """Whether the published mean is off by more than 5 %."""
        value = None if self.corrected is None else self.corrected.value
        return bool(self.truth and value is not None and abs(value / self.truth - 1) > FAR)

    @property
    def unmarked(self) -> bool:
        """Whether it is off, and nothing beside it says so."""
        mean = self.corrected
        return self.off and mean is not None and mean.method == "none" and not mean.undecided


def ticket_events(rows: Iterable[Row]) -> list[TicketEvent]:
    """Return the events of rows, in the order of time, as the reader of a table makes them."""
    events = []
    for row in rows:
        moments: list[tuple[TicketType, float | None]] = [
            ("issued", row.begun),
            ("called", row.met),
            ("served", row.served),
        ]
        if row.outcome is not None:
            last = max(at for _, at in moments if at is not None)
            moments.append((row.outcome, last if row.ended is None else row.ended))
        for kind, at in moments:
            if at is not None:
                name = f"{row.name}:{kind}:{at}"
                counter = None if kind == "issued" else row.counter
                events.append(
                    TicketEvent(
                        service="titres",
                        ticket=row.name,
                        type=kind,
                        at=at,
                        id=name,
                        counter=counter,
                        appointment=row.booked,
                    )
                )
    return sorted(events, key=lambda event: event.at)


def request_events(rows: Iterable[Row]) -> list[RequestEvent]:
    events = []
    for row in rows:
        moments: list[tuple[RequestType, float | None]] = [("received", row.begun), ("answered", row.met)]
        for kind, at in moments:
            if at is not None:
                events.append(
                    RequestEvent(channel="email", request=row.name, type=kind, at=at, id=f"{row.name}:{kind}:{at}")
                )
    return sorted(events, key=lambda event: event.at)


def folded(world: Office, rows: list[Row], *, of: str) -> Service | Channel:
    """Return the desk after a year."""
    if of == "tickets":
        service = Service(services(world.settings)["titres"])
        for event in ticket_events(rows):
            service.fold(event)
        service.advance(service.state.high + 3 * DAY_MS)
        return service
    channel = Channel(channels(world.settings)["email"])
    for each in request_events(rows):
        channel.fold(each)
    channel.advance(channel.state.high + 3 * DAY_MS)
    return channel


def play(
    of: str, what: str, seed: int, volume: float, *, days: int = 60, change: Change = "none", year: int = 365
) -> Outcome:
    """Play a year with a fault of some days, or with an honest change (`what` is then empty)."""
    world = office(seed, days=year)
    make = visits if of == "tickets" else requests
    rows = make(world, seed, volume, change, SINCE)
    true, kinds = rows, set[str]()
    begun = None
    if what:
        fault, kinds = (OF_TICKETS if of == "tickets" else OF_REQUESTS)[what]
        hit = [row for row in rows if SINCE <= row.day < SINCE + days]
        begun = hit[0].begun * 1000
        changed = fault(hit, Random(seed))
        rows = [row for row in rows if row.day < SINCE] + changed + [row for row in rows if row.day >= SINCE + days]
    desk = folded(world, rows, of=of)
    found = desk.state.watch.incidents
    bounds = None if begun is None else (begun, hit[-1].begun * 1000 + 8 * DAY_MS)
    if isinstance(desk, Service):
        waits = [row.wait for row in true if row.wait is not None]
        truth = sum(waits) / len(waits)
        kept = whole([*desk.ledger.book.done, *desk.days()])
        corrected = service_means(kept, found, dated(desk.rules.day), no_baseline(kept)).wait
    else:
        sound = folded(world, true, of=of)
        assert isinstance(sound, Channel)
        truth = sound.state.total.days / sound.state.total.answered
        answered = whole([*desk.ledger.book.done, *desk.days()])
        corrected = channel_means(answered, found, dated(desk.rules.day), no_baseline(answered), target=True).delay
    opened = [hours for _, hours in world.days if hours]
    scored = judged(what or change, str(seed), found, bounds, kinds, opened, year / 365)
    return scored._replace(truth=truth, corrected=corrected)


def judged(
    what: str,
    name: str,
    found: list[Incident],
    bounds: tuple[float, float] | None,
    kinds: set[str],
    opened: Sequence[Sequence[tuple[float, float]]],
    years: float,
) -> Outcome:
    """Judge the incidents of a run by its fault, between `bounds` (ms); without a fault, every miscount is false.

    `opened` are the opening hours of each opening day (epoch s).
    """
    begun, end = bounds or (inf, -inf)
    fits = [each for each in found if each.end > begun and each.start < end and each.detected >= begun]
    delay = None
    if fits:
        first = min(each.detected for each in fits)
        delay = sum(
            max(0.0, min(first / 1000, stop) - max(begun / 1000, start)) for hours in opened for start, stop in hours
        )
        delay /= sum(stop - start for hours in opened for start, stop in hours) / len(opened)
    wrong = [each for each in found if each.verdict == "miscount" and each not in fits]
    return Outcome(what, name, found, delay, any(each.kind in kinds for each in fits), wrong, years)
