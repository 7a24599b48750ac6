"""What a line's witness contradicts: the incidents of calls that the two records do not tell alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import log
from operator import attrgetter
from typing import Final, Literal, NamedTuple, Protocol, TypeAlias

from streams.calls.call import ANSWERED, LOST, OPEN
from streams.checks.bernoulli_cusum import Cusum, weight
from streams.kept.times import DAY_MS, HOUR_MS, MINUTE_MS, QUARTER_MS, slot_end
from streams.reconcile.sighting import Sight, Sighting
from streams.reconcile.verdict import Judged
from streams.watch.incident import Incident, Judgement
from streams.watch.incidents import Incidents
from streams.watch.laws import Kind
from streams.watch.sentences import of_second_record

Cause: TypeAlias = Literal["only there", "only here", "answered there", "told otherwise"]

KINDS: Final[Mapping[Cause, Kind]] = {
    "only there": "missing",
    "only here": "mismatch",
    "answered there": "answered-as-lost",
    "told otherwise": "mismatch",
}
LOOK: Final = 5 * MINUTE_MS  # from one look at both records to the next
HOURS_A_DAY: Final = DAY_MS // HOUR_MS
FEW: Final = 3  # differences within a day from which two kinds of record, which see unlike things, are not at one
LOSS: Final = 0.02  # share of its calls that a witness may lose while it is still believed
SURE: Final = (
    14.0  # nats against chance, from which it has lost more, or the line makes calls up: once in a million days
)
INVENTED: Final = 0.05  # share of a line's calls that it makes up, which is told soonest where no day shows it
MAX_NAMED: Final = 500  # calls of an incident; a further one begins another


class Disputed(NamedTuple):
    """Hold one call on which the records differ; moments in ms of the line's clock."""

    cause: Cause
    at: int  # when it began
    over: int  # when it was known
    call: str
    sure: bool  # else one kind of record may not see what the other does, and only several of them say anything


class Remembered(Protocol):
    """Stand for a state that keeps differences which are too few to be told yet."""

    few: dict[str, list[tuple[int, int, str, bool]]]
    lacking: Cusum
    lacked: list[tuple[int, int, str, bool]]
    called: dict[int, int]
    sources: list[str]


def cause_of(
    judged: Judged, first: Sighting | None, second: Sighting | None, sights: tuple[Sight, Sight]
) -> Cause | None:
    """Return what a difference says against the counting; None where the kinds of the records explain it."""
    why, witness = judged.why, sights[1]
    alike = sights[0] == witness
    if why in {None, "clock", "cut-by-restart"}:
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
    """Begin and extend the incidents of one line by which its witness contradicts it."""

    def __init__(self, state: Remembered, incidents: Incidents) -> None:
        self._state = state
        self._incidents = incidents

    def tell(self, differences: Iterable[Disputed], grace: int) -> None:
        """Tell of new differences, each known `grace` (ms) after the first look since its call was over."""
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
        """Tell whether so many differences of a cause within a day are no chance.

        A call that the witness lacks may be lost by the witness. Chernoff's bound says how likely it is that as many
        are, where it loses `LOSS` of the day's calls.
        """
        if difference.cause != "only here":
            return difference.sure or known >= FEW
        hour = difference.at // HOUR_MS
        calls = sum(count for each, count in self._state.called.items() if hour - HOURS_A_DAY < each <= hour)
        expected = LOSS * max(calls, known)
        return known >= FEW and known * log(known / expected) - known + expected >= SURE

    def settle(self, at: int, lacked: Disputed | None, known: int) -> None:
        """Take a settled call of the line that the witness was there to see; `lacked` where the witness lacks it.

        It began at a moment (ms), and settled when `known` (ms). No day shows that a line makes up one call in twenty.
        So evidence against a witness that loses `LOSS` of its calls is added up from call to call (Bernoulli CUSUM),
        over as many days as it takes.
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
        """Close the incidents without a difference for a day, when both records are told up to a moment (ms)."""
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

    def _begin(self, cause: Cause, known: list[Disputed], detected: int) -> None:
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
        incident.evidence = [of_second_record(incident.cause, calls, self._state.sources[1])]
        incident.start = min(incident.start, *(each.at // QUARTER_MS * QUARTER_MS for each in known))
        incident.end = max(incident.end, *(slot_end(each.at) for each in known))


def last_look(at: int) -> int:
    """Return the moment (ms) up to which the last look before a moment saw both records.

    >>> last_look(QUARTER_MS + 1) == QUARTER_MS
    True
    """
    return at // LOOK * LOOK
