"""Contradictions between a line and its witness: incidents of calls on which the two records differ."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import log
from operator import attrgetter
from typing import Final, NamedTuple, Protocol

from streams.calls.call import ANSWERED, LOST, OPEN
from streams.checks.bernoulli_cusum import Cusum, weight
from streams.kept.times import DAY_MS, HOUR_MS, MINUTE_MS, QUARTER_MS, slot_end
from streams.reconcile.sighting import Sight, Sighting
from streams.reconcile.verdict import Judged
from streams.watch.evidence import of_second_record
from streams.watch.facts import Contradiction
from streams.watch.incident import Incident, Judgement
from streams.watch.incidents import Incidents
from streams.watch.laws import Kind

KINDS: Final[Mapping[Contradiction, Kind]] = {
    "only there": "missing",
    "only here": "mismatch",
    "answered there": "answered-as-lost",
    "told otherwise": "mismatch",
}
LOOK: Final = 5 * MINUTE_MS  # between two comparisons of the records
HOURS_A_DAY: Final = DAY_MS // HOUR_MS
FEW: Final = 3  # differences within a day that are significant if the records are of two kinds
LOSS: Final = 0.02  # share of its calls that a trusted witness may lose
SURE: Final = 14.0  # nats against chance, reached once in a million days
INVENTED: Final = 0.05  # share of invented calls that the sum over days is tuned to detect
MAX_NAMED: Final = 500  # calls of an incident; one more call begins another incident


class Disputed(NamedTuple):
    """A call on which the records differ; moments in ms of the line's clock."""

    cause: Contradiction
    at: int  # start of the call
    over: int  # when the difference became known
    call: str
    sure: bool  # otherwise only several such calls are evidence


class Remembered(Protocol):
    """A state that keeps differences while they are too few to report."""

    few: dict[str, list[tuple[int, int, str, bool]]]
    lacking: Cusum
    lacked: list[tuple[int, int, str, bool]]
    called: dict[int, int]
    sources: list[str]


def cause_of(
    judged: Judged, first: Sighting | None, second: Sighting | None, sights: tuple[Sight, Sight]
) -> Contradiction | None:
    """Return the cause of a difference that is evidence of a miscount; None if the kinds of the records explain it."""
    why, witness = judged.why, sights[1]
    alike = sights[0] == witness
    if why in {None, "before-queue", "clock", "cut-by-restart"}:
        return None
    if first is None:
        return "only there" if alike or why != "transfer" else None
    if second is None:
        expected = why == "no-row" or (why == "turned-away" and witness.queues) or (why == "transfer" and not alike)
        return None if expected else "only here"
    if second.kind == OPEN or (witness.rows and not alike and judged.outcome == first.outcome):
        return None
    return "answered there" if first.kind == LOST and judged.outcome == second.outcome == ANSWERED else "told otherwise"


class SecondRecord:
    """A line's incidents in which the witness contradicts the line's own record."""

    def __init__(self, state: Remembered, incidents: Incidents) -> None:
        self._state = state
        self._incidents = incidents

    def tell(self, differences: Iterable[Disputed], grace: int) -> None:
        """Report new differences, each known `grace` (ms) after the first comparison since its call was over."""
        for each in sorted(differences, key=attrgetter("over", "at", "call")):
            incident = self._going_on(each)
            if incident is not None:
                self._extend(incident, [each])
                continue
            few = self._state.few.setdefault(each.cause, [])
            few[:] = [known for known in few if known[0] > each.at - DAY_MS]
            few.append(each[1:])
            if self._tells(each, len(few)):
                known = [Disputed(each.cause, *one) for one in few]
                few.clear()
                self._begin(each.cause, known, last_look(each.over) + LOOK + grace)

    def _tells(self, difference: Disputed, known: int) -> bool:
        """Return whether the number of differences of a cause within a day is beyond chance.

        The witness may lose calls itself. Chernoff's bound gives the chance that it loses this number of calls if it
        loses a share `LOSS` of the day's calls.
        """
        if difference.cause != "only here":
            return difference.sure or known >= FEW
        hour = difference.at // HOUR_MS
        calls = sum(count for each, count in self._state.called.items() if hour - HOURS_A_DAY < each <= hour)
        expected = LOSS * max(calls, known)
        return known >= FEW and known * log(known / expected) - known + expected >= SURE

    def settle(self, at: int, lacked: Disputed | None, known: int) -> None:
        """Add a settled call from a time when the witness was recording; `lacked` is given if the witness lacks it.

        It began at a moment (ms), and settled when `known` (ms). One invented call in twenty does not show in a day. So
        the evidence is summed from call to call over many days (Bernoulli CUSUM), against the assumption that the
        witness loses a share `LOSS` of its calls.
        """
        state = self._state
        state.lacking.add(weight(int(lacked is not None), 1, LOSS, INVENTED), at)
        if not state.lacking.calls:
            state.lacked.clear()
        if lacked is None:
            return
        state.lacked.append(lacked[1:])
        del state.lacked[:-MAX_NAMED]
        if state.lacking.total >= SURE:
            those = [Disputed("only here", *one) for one in state.lacked]
            state.lacking = Cusum()
            state.lacked.clear()
            incident = self._going_on(lacked)
            if incident is not None:
                self._extend(incident, those)
            else:
                self._begin("only here", those, known)

    def close(self, until: int) -> None:
        """Close the incidents without a difference for a day, once both records are complete up to a moment (ms)."""
        for incident in list(self._incidents.open(lambda each: each.cause in KINDS)):
            if incident.end < until - DAY_MS:
                incident.close()

    def _going_on(self, difference: Disputed) -> Incident | None:
        incident = self._incidents.by_cause(difference.cause)
        if incident is None or incident.end + DAY_MS < difference.at:
            return None
        if len(incident.evidence[0].calls) >= MAX_NAMED:
            incident.close()
            return None
        return incident

    def _begin(self, cause: Contradiction, known: list[Disputed], detected: int) -> None:
        before = self._incidents.by_cause(cause)
        if before is not None:
            before.close()
        start = min(each.at for each in known) // QUARTER_MS * QUARTER_MS
        judgement = Judgement(KINDS[cause], "miscount", [of_second_record(cause, [], self._state.sources[1])])
        incident = self._incidents.begin(cause, judgement, start=start, now=detected, calls=len(known))
        incident.end = start
        self._extend(incident, known)

    def _extend(self, incident: Incident, known: list[Disputed]) -> None:
        calls = sorted({*incident.evidence[0].calls, *(each.call for each in known)})
        incident.evidence = [of_second_record(known[0].cause, calls, self._state.sources[1])]
        incident.start = min(incident.start, *(each.at // QUARTER_MS * QUARTER_MS for each in known))
        incident.end = max(incident.end, *(slot_end(each.at) for each in known))


def last_look(at: int) -> int:
    """Return the moment (ms) up to which the last comparison before a moment saw both records.

    >>> last_look(QUARTER_MS + 1) == QUARTER_MS
    True
    """
    return at // LOOK * LOOK
