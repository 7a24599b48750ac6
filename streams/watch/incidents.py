"""A desk's incidents: how they begin and close, how persons decide, and which slots are in quarantine."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, Protocol

from streams.decoding import Invalid
from streams.kept.mark import DUPLICATE, OK
from streams.kept.times import DAY_MS, QUARTER_MS
from streams.said import said
from streams.watch.evidence import of_declaration
from streams.watch.incident import Decided, DeskKind, Incident, Judgement, judged_key
from streams.watch.review import DECLARED, id_of, start_of
from streams.watch.slot import Slot
from streams.watch.state import KEPT_DAYS, WatchState

MAX_KEPT: Final = 200  # incidents of a line
MAX_WAITING_DECISIONS: Final = 100  # on incidents that have not opened yet
UNDECIDED: Final = "undecided"  # the key of the slots of undecided incidents that were dropped


class IncidentState(Protocol):
    """The part of a desk's state that holds its incidents."""

    incidents: list[Incident]
    waiting: list[Decided]
    unapplied: int
    counted: dict[str, int]


class Incidents:
    """The incidents of one desk, in its state; if there are too many, the one that ended first is dropped.

    `drop` is called with a dropped incident.
    """

    def __init__(
        self,
        name: str,
        state: IncidentState,
        drop: Callable[[Incident], None] = lambda _: None,
        desk: DeskKind = "line",
    ) -> None:
        self._name = name
        self._state = state
        self._drop = drop
        self._desk: DeskKind = desk
        self.kept = state.incidents

    def open(self, chosen: Callable[[Incident], bool] = lambda _: True) -> Iterator[Incident]:
        """Yield the open incidents for which `chosen` is true."""
        return (incident for incident in self.kept if not incident.over and chosen(incident))

    def by_cause(self, *causes: str) -> Incident | None:
        """Return the first open incident with one of these causes."""
        return next(self.open(lambda incident: incident.cause in causes), None)

    def begin(self, cause: str, judgement: Judgement, *, start: int, now: int, calls: int) -> Incident:
        """Open an incident whose first suspected slot begins at `start`, detected `now` (epoch ms).

        `calls` is the number of calls between these moments. Decisions that waited for the incident apply at once.
        """
        name = id_of(self._name, start, cause, self._desk)
        namesakes = sum(known.id == name or known.id.startswith(f"{name}-") for known in self.kept)
        begun = Incident(
            id=f"{name}-{namesakes + 1}" if namesakes else name,
            line=self._name,
            cause=cause,
            verdict=judgement.verdict,
            kind=judgement.kind,
            start=start,
            end=now,
            detected=now,
            calls=calls,
            evidence=judgement.evidence,
            desk=self._desk,
        )
        self._keep(begun)
        waiting = self._state.waiting
        for decided in [decided for decided in waiting if decided.incident == begun.id]:
            waiting.remove(decided)
            begun.decide(decided)
        return begun

    def decide(self, decided: Decided, now: int) -> int:
        """Take a person's decision at the desk's time `now` (ms); return `OK`, `DUPLICATE` or `LATE`.

        A decision on an incident that may still open waits for it.

        Raises:
            Invalid: the incident cannot open any more, or too many decisions wait.

        """
        incident = next((known for known in self.kept if known.id == decided.incident), None)
        if incident is not None:
            return incident.decide(decided)
        if decided.decision == "declare":
            return self._declare(decided)
        state = self._state
        if any(known.identity == decided.identity for known in state.waiting):
            return DUPLICATE
        if start_of(decided.incident) < now - KEPT_DAYS * DAY_MS:
            raise Invalid(
                "unknown-incident",
                said(
                    "{desk} {name} has no incident {incident}",
                    desk=said(self._desk),
                    name=repr(self._name),
                    incident=repr(decided.incident),
                ),
            )
        if len(state.waiting) >= MAX_WAITING_DECISIONS:
            self._drop_hopeless(now)
        if len(state.waiting) >= MAX_WAITING_DECISIONS:
            why = f"{decided.incident!r} has not opened yet, and {MAX_WAITING_DECISIONS} others wait"
            raise Invalid("unknown-incident", why)
        state.waiting.append(decided)
        return OK

    def count(self) -> None:
        """Count each incident once under each of its judgements."""
        counted = self._state.counted
        for incident in self.kept:
            key = judged_key(incident.verdict, incident.kind)
            if key not in incident.judged:
                incident.judged.append(key)
                counted[key] = counted.get(key, 0) + 1

    def _drop_hopeless(self, now: int) -> None:
        """Drop, and count, the decisions whose incidents cannot open any more."""
        state = self._state
        waiting = [decided for decided in state.waiting if start_of(decided.incident) >= now - KEPT_DAYS * DAY_MS]
        state.unapplied += len(state.waiting) - len(waiting)
        state.waiting = waiting

    def _declare(self, decided: Decided) -> int:
        assert decided.start is not None
        assert decided.end is not None
        evidence = of_declaration(decided.by, decided.note)
        declared = Incident(
            id=decided.incident,
            line=self._name,
            cause=DECLARED,
            verdict="miscount",
            kind="drift",
            start=decided.start,
            end=decided.end,
            detected=decided.at,
            calls=0,
            evidence=[evidence],
            over=True,
            desk=self._desk,
        )
        self._keep(declared)
        return declared.decide(decided)

    def shed(self) -> bool:
        """Drop the persons' notes, of which the reviews' topic has a copy; return whether there were any."""
        noted = [decided for incident in self.kept for decided in incident.decisions if decided.note]
        noted += [decided for decided in self._state.waiting if decided.note]
        for decided in noted:
            decided.note = ""
        return bool(noted)

    def _keep(self, incident: Incident) -> None:
        self.kept.append(incident)
        if len(self.kept) > MAX_KEPT:
            dropped = min(self.kept[:-1], key=lambda known: (not known.over, known.end))
            self.kept.remove(dropped)
            self._drop(dropped)

    def explain(self, start: int, end: int, besides: str = "") -> bool:
        """Return whether a possible miscount of the line's open hours, of another cause, overlaps a stretch (ms)."""
        return any(
            known.start < end
            and start < known.end
            and known.verdict != "overload"
            and known.kind != "closed-hours"
            and known.cause != besides
            and not known.of_counter
            for known in self.kept
        )

    def covering(self, slot_no: int, *, open: bool) -> Incident | None:  # noqa: A002 -- as the office is
        return covering(self.kept, slot_no, open=open)

    def holding(self, slot_no: int, *, open: bool) -> Incident | None:  # noqa: A002 -- the same
        return holding(self.kept, slot_no, open=open)


def quarantined_slots(
    incidents: Iterable[Incident], day: Callable[[int], int], opened: Callable[[int], Sequence[tuple[int, int]]] | None
) -> set[int]:
    """Return the slots that miscounts cover, in opening hours if `opened` knows the hours of a local day."""
    found = set[int]()
    for each in filter(counted_wrong, incidents):
        start, end = each.bounds()
        within = range(start // QUARTER_MS, -(-end // QUARTER_MS))
        if opened is None:
            found.update(within)
            continue
        for number in range(day(start), day(max(start, end - 1)) + 1):
            for opens, closes in opened(number):
                slots = range(-(-opens // QUARTER_MS), -(-closes // QUARTER_MS))
                found.update(range(max(within.start, slots.start), min(within.stop, slots.stop)))
    return found


def keep_slots(state: WatchState, dropped: Incident) -> None:
    """Add a dropped incident's quarantined slots to the totals of its kind."""
    kind = UNDECIDED if doubtful(dropped) else dropped.kind
    opened, slot = state.quarantined.pop(dropped.id, 0), state.mended.pop(dropped.id, None)
    if slot is not None and (counted_wrong(dropped) or doubtful(dropped)):
        state.quarantined[kind] = state.quarantined.get(kind, 0) + opened
        state.mended.setdefault(kind, Slot()).add(slot)


def covering(incidents: Iterable[Incident], slot_no: int, *, open: bool) -> Incident | None:  # noqa: A002 -- the same
    """Return the first miscount that covers a slot; only a miscount of closed hours covers a closed slot."""
    return next((each for each in incidents if each.holds(slot_no) and _wrong_when(each, open=open)), None)


def reaching(incidents: Iterable[Incident], slot_no: int, *, open: bool) -> Incident | None:  # noqa: A002 -- the same
    """Return the first miscount that may cover a slot not judged yet; closed slots are treated as in `covering`."""
    return next((each for each in incidents if each.may_hold(slot_no) and _wrong_when(each, open=open)), None)


def _wrong_when(incident: Incident, *, open: bool) -> bool:  # noqa: A002 -- the same
    return counted_wrong(incident) and (incident.kind == "closed-hours") != open


def holding(incidents: Sequence[Incident], slot_no: int, *, open: bool) -> Incident | None:  # noqa: A002 -- the same
    """Return the first miscount that covers a slot, otherwise the first undecided incident if the slot is open."""
    return covering(incidents, slot_no, open=open) or (doubting(incidents, slot_no) if open else None)


def doubting(incidents: Iterable[Incident], slot_no: int) -> Incident | None:
    """Return the first undecided incident that covers a slot of opening hours."""
    return next((each for each in incidents if doubtful(each) and each.holds(slot_no)), None)


def miscounted(incident: Incident) -> bool:
    """Return whether the checks judge an incident as a miscount of the events, whatever a person decided."""
    return incident.verdict == "miscount" and not incident.of_counter


def doubtful(incident: Incident) -> bool:
    """Return whether the count of an incident's slots is open: it is undecided, and no person has decided."""
    return incident.verdict == "undecided" and incident.status in {"open", "closed"} and not incident.of_counter


def counted_wrong(incident: Incident) -> bool:
    """Return whether an incident's slots are in quarantine: a miscount that is not dismissed, or a confirmed incident.

    A fault of the line's counter does not discredit the events, unless a person confirms that events are missing.
    """
    confirmed = incident.status == "confirmed"
    if incident.of_counter:
        return confirmed and incident.kind == "missing"
    if confirmed:
        return incident.verdict != "overload"
    return incident.verdict == "miscount" and incident.status != "dismissed"


def overruled(incident: Incident) -> bool:
    """Return whether a person's dismissal alone keeps an incident of the checks from changing a figure."""
    dismissed = bool(incident.decisions) and incident.decisions[-1].decision == "dismiss"
    return dismissed and incident.verdict != "overload" and not incident.of_counter


def awaits(incident: Incident) -> bool:
    """Return whether a person should still decide on an incident that is open or that affects the figures."""
    undecided = incident.status == "closed" and (counted_wrong(incident) or doubtful(incident))
    return incident.status == "open" or undecided


def unjudged_since(incident: Incident) -> int | None:
    """Return from which moment (epoch ms) corrected figures leave out an incident's calls because they are not judged.

    None if there is no such moment, or if the incident leaves nothing out of a figure.
    """
    unjudged = incident.unjudged() if counted_wrong(incident) or doubtful(incident) else None
    return None if unjudged is None else unjudged[0]
