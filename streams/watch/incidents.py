"""A line's incidents: begun, found again, ended, decided by persons, and which slots they put in quarantine."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from streams.decoding import Invalid
from streams.kept.mark import DUPLICATE, OK
from streams.kept.times import DAY_MS, QUARTER_MS
from streams.watch.incident import Decided, Incident, Judgement
from streams.watch.review import DECLARED, id_of, start_of
from streams.watch.sentences import of_declaration
from streams.watch.slot import Slot
from streams.watch.state import KEPT_DAYS, WatchState

MAX_KEPT: Final = 200  # incidents of a line
MAX_WAITING_DECISIONS: Final = 100  # on incidents that have not opened


class Incidents:
    """Keep the incidents of one line in its state; those that ended longest ago go first."""

    def __init__(self, line: str, state: WatchState) -> None:
        self._line = line
        self._state = state
        self.kept = state.incidents

    def open(self, chosen: Callable[[Incident], bool] = lambda _: True) -> Iterator[Incident]:
        """Yield the incidents that go on and are chosen."""
        return (each for each in self.kept if not each.over and chosen(each))

    def by_cause(self, *causes: str) -> Incident | None:
        """Return the incident that one of these causes keeps open."""
        return next(self.open(lambda each: each.cause in causes), None)

    def begin(self, cause: str, judgement: Judgement, *, start: int, now: int, calls: int) -> Incident:
        """Open an incident whose first suspected slot begins at `start`, detected `now` (epoch ms).

        `calls` is how many came in between. Decisions that have waited for the incident apply at once.
        """
        name = id_of(self._line, start, cause)
        namesakes = sum(each.id == name or each.id.startswith(f"{name}-") for each in self.kept)
        begun = Incident(
            id=f"{name}-{namesakes + 1}" if namesakes else name,
            line=self._line,
            cause=cause,
            verdict=judgement.verdict,
            kind=judgement.kind,
            start=start,
            end=now,
            detected=now,
            calls=calls,
            evidence=judgement.evidence,
        )
        self._keep(begun)
        waiting = self._state.waiting
        for decided in [each for each in waiting if each.incident == begun.id]:
            waiting.remove(decided)
            begun.decide(decided)
        return begun

    def decide(self, decided: Decided, now: int) -> int:
        """Take a person's decision when the line's time is `now` (ms); return `OK`, `DUPLICATE` or `LATE`.

        One on an incident that may still open waits for it. Raises `Invalid` where it cannot open any more, or where
        too many wait.
        """
        incident = next((each for each in self.kept if each.id == decided.incident), None)
        if incident is not None:
            return incident.decide(decided)
        if decided.decision == "declare":
            return self._declare(decided)
        state = self._state
        if any(each.identity == decided.identity for each in state.waiting):
            return DUPLICATE
        if start_of(decided.incident) < now - KEPT_DAYS * DAY_MS:
            raise Invalid("unknown-incident", f"line {self._line!r} has no incident {decided.incident!r}")
        if len(state.waiting) >= MAX_WAITING_DECISIONS:
            self._let_go(now)
        if len(state.waiting) >= MAX_WAITING_DECISIONS:
            why = f"{decided.incident!r} has not opened yet, and {MAX_WAITING_DECISIONS} others wait"
            raise Invalid("unknown-incident", why)
        state.waiting.append(decided)
        return OK

    def _let_go(self, now: int) -> None:
        """Count, and forget, the decisions whose incidents cannot open any more."""
        state = self._state
        waiting = [each for each in state.waiting if start_of(each.incident) >= now - KEPT_DAYS * DAY_MS]
        state.unapplied += len(state.waiting) - len(waiting)
        state.waiting = waiting

    def _declare(self, decided: Decided) -> int:
        assert decided.start is not None
        assert decided.end is not None
        evidence = of_declaration(decided.by, decided.note)
        declared = Incident(
            id=decided.incident,
            line=self._line,
            cause=DECLARED,
            verdict="miscount",
            kind="drift",
            start=decided.start,
            end=decided.end,
            detected=decided.at,
            calls=0,
            evidence=[evidence],
            over=True,
        )
        self._keep(declared)
        return declared.decide(decided)

    def shed(self) -> bool:
        """Let go of the notes, which the reviews' topic has as well; tell whether there were any."""
        noted = [each for incident in self.kept for each in incident.decisions if each.note]
        noted += [each for each in self._state.waiting if each.note]
        for each in noted:
            each.note = ""
        return bool(noted)

    def _keep(self, incident: Incident) -> None:
        self.kept.append(incident)
        if len(self.kept) > MAX_KEPT:
            gone = min(self.kept[:-1], key=lambda each: (not each.over, each.end))
            self.kept.remove(gone)
            self._fold(gone)

    def _fold(self, gone: Incident) -> None:
        """Keep, under its kind alone, what an incident's quarantine means for the totals."""
        state = self._state
        opened, slot = state.quarantined.pop(gone.id, 0), state.mended.pop(gone.id, None)
        if slot is not None and counted_wrong(gone):
            state.quarantined[gone.kind] = state.quarantined.get(gone.kind, 0) + opened
            state.mended.setdefault(gone.kind, Slot()).add(slot)

    def covering(self, slot_no: int, *, open: bool) -> Incident | None:  # noqa: A002 -- as the office is
        """Return the miscount that a slot lies in."""
        return covering(self.kept, slot_no, open=open)


def covering(incidents: Iterable[Incident], slot_no: int, *, open: bool) -> Incident | None:  # noqa: A002 -- the same
    """Return the first miscount that a slot lies in: of the closed hours for a closed slot, else another."""
    begins, ends = slot_no * QUARTER_MS, (slot_no + 1) * QUARTER_MS
    for each in incidents:
        start, end = each.bounds()
        if start < ends and begins < end and counted_wrong(each) and (each.kind == "closed-hours") != open:
            return each
    return None


def counted_wrong(incident: Incident) -> bool:
    """Tell whether an incident's slots are in quarantine: a miscount that nobody dismissed, or one confirmed.

    What is wrong with a line's counter says nothing against its events; only where a person confirms that events are
    missing are they what is wrong.
    """
    confirmed = incident.status == "confirmed"
    if incident.of_counter:
        return confirmed and incident.kind == "missing"
    if confirmed:
        return incident.verdict != "overload"
    return incident.verdict == "miscount" and incident.status != "dismissed"
