"""The quarantine of one line, which classes each slot as sound, miscounted or doubted."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from streams.calls.counts import Counts
from streams.kept.times import QUARTER_MS
from streams.watch.belief import Belief
from streams.watch.correction import Corrected, Doubt, Miscounted, corrected
from streams.watch.gate import Sound, Stretch
from streams.watch.incident import Incident
from streams.watch.incidents import UNDECIDED, counted_wrong, doubtful, holding
from streams.watch.slot import A_NAT, Slot, sum_of
from streams.watch.thresholds import WITNESS
from streams.watch.watch import Watch

DOUBTED: Final = Belief(UNDECIDED)  # of the slots of undecided incidents


class _Quarantine(NamedTuple):
    """The slots in quarantine by belief, those in doubt, and how many of them are open."""

    slots: Mapping[Belief, Sequence[Slot]]  # old ones as one sum
    opened: Counter[Belief]

    def stretch(self, belief: Belief) -> Stretch:
        whole = sum_of(self.slots.get(belief) or [Slot()])
        enough = whole.waited >= WITNESS.least_waits
        log_wait = whole.log_waits / whole.waited / A_NAT if enough else None
        return Stretch(Counts.of(whole), self.opened[belief], log_wait, whole.waited)

    def miscounted(self, belief: Belief) -> Miscounted:
        """Return the counts of miscounts; leaving out closed hours does not lower the coverage."""
        slots, stretch = self.slots[belief], self.stretch(belief)
        if belief.kind == "closed-hours" or not belief.explains(sum_of(slots)):
            return Miscounted(stretch)
        return Miscounted(stretch, sum((belief.wrong(each) or Counts() for each in slots), Counts()))


def correct(raw: Counts, watch: Watch) -> Corrected:
    """Return a line's corrected counts, by the incidents that are not dismissed."""
    state, found = watch.state, _quarantine(watch)
    wrong = {belief: found.miscounted(belief) for belief in found.slots if belief != DOUBTED}
    doubts = [each for each in state.incidents if doubtful(each) and not _explained(watch, each)]
    doubt = Doubt.of(found.stretch(DOUBTED), doubts)
    apart = sum((each.stretch.counts for each in wrong.values()), doubt.stretch.counts)
    typical = state.typical
    known = typical.waited >= WITNESS.least_waits
    sound = Stretch(
        raw - apart,
        max(0, state.opened - found.opened.total()),
        typical.log_waits / typical.waited / A_NAT if known else None,
        round(typical.waited),
    )
    rho = watch.slot_times.baseline.rho(state.baseline)
    slots_a_day, usual = watch.slot_times.slots_a_day(state.due), watch.slot_times.line_rate()
    about = Sound(sound, watch.expected, rho, slots_a_day, typical.day_spread, usual)
    return corrected(about, wrong, doubt, watch.guard())


def slots_in_quarantine(watch: Watch) -> int:
    """Return the number of a line's open slots in miscounts, as in its corrected counts."""
    return sum(slots for belief, slots in _quarantine(watch).opened.items() if belief != DOUBTED)


def _explained(watch: Watch, incident: Incident) -> bool:
    """Return whether an undecided incident begins and ends in miscounts."""
    start, end = incident.bounds()
    ends = (start // QUARTER_MS, (end - 1) // QUARTER_MS)
    return all(watch.incidents.covering(slot_no, open=True) is not None for slot_no in ends)


def _quarantine(watch: Watch) -> _Quarantine:
    state = watch.state
    slots: defaultdict[Belief, list[Slot]] = defaultdict(list)
    opened: Counter[Belief] = Counter()
    by_id = {incident.id: incident for incident in state.incidents}
    for name, slot in state.mended.items():
        known = by_id.get(name)
        belief = Belief(name) if known is None else _belief(known)
        if known is None or counted_wrong(known) or doubtful(known):
            slots[belief].append(slot)
            opened[belief] += state.quarantined.get(name, 0)
    judged = [each for each in state.incidents if counted_wrong(each) or doubtful(each)]
    for slot_no, slot in state.kept(0, state.due) if judged else ():
        when = watch.slot_times.of(slot_no)
        incident = holding(judged, slot_no, open=when.open)
        if incident is not None:
            belief = _belief(incident)
            slots[belief].append(slot)
            opened[belief] += when.open
    return _Quarantine(slots, opened)


def _belief(incident: Incident) -> Belief:
    return DOUBTED if doubtful(incident) else Belief.of(incident)
