"""The judgement of a stretch of slots: a miscount, real losses, or undecided."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from streams.calls.call import Call
from streams.checks.bernoulli_cusum import raised
from streams.kept.times import QUARTER_MS, SLOTS_AN_HOUR
from streams.watch.corroboration import Corroboration, corroborate
from streams.watch.evidence import of_answers, of_rate, of_witness
from streams.watch.incident import Judgement
from streams.watch.laws import Kind
from streams.watch.ruling import Ruling
from streams.watch.slot import Slot, slots_of, sum_of
from streams.watch.slot_times import SlotTimes
from streams.watch.state import Typical, WatchState
from streams.watch.thresholds import ASK, KIND, RATE, WITNESS
from streams.watch.usual import Usual

UNEXPLAINED: Final[frozenset[Kind]] = frozenset({"drift", "phantom"})  # kinds that no single call shows


class Judge:
    """The judge of one line's stretches of slots; `live` has the line's live calls."""

    def __init__(self, state: WatchState, slot_times: SlotTimes, live: Mapping[str, Call]) -> None:
        self._state = state
        self._slot_times = slot_times
        self._live = live

    def rise(self, first: int, end: int, score: float, *, sure: float, alone: float = RATE.alone) -> Judgement | None:
        """Return the judgement of a rise from a slot to a moment (ms), if any; `score` is the rate's evidence.

        The rise is a miscount if rate and witnesses together give more than `sure` nats; it is undecided if the rate
        alone gives more than `alone` nats.
        """
        slots = self.seen(first, end)
        seen, usual, others = self._witnesses(slots, first, end)
        expected = usual.lost / seen.offered if seen.offered else 0.0
        if seen.lost < max(usual.lost + RATE.fewest, raised(expected, RATE.clearly) * seen.offered):
            return None
        evidence = [of_rate(seen, usual, score), *map(of_witness, others.witnesses)]
        if score >= sure and _answers_missing(seen, usual):
            return Judgement("missing", "miscount", evidence)
        if others.real:
            return Judgement("overload", "overload", evidence)
        kind = mechanism(seen, usual)
        # Refused callers do not wait, so waits alone are no evidence against a refusal.
        told = (
            score + others.no_odd_day >= sure
            and others.no_overload >= RATE.decided
            and others.no_refusal >= RATE.no_refusal
        )
        shown = kind not in UNEXPLAINED or (others.unreal and not _nobody_answers(slots, usual))
        if told and score >= RATE.suspected and shown:
            return Judgement(kind, "miscount", evidence)
        if score >= alone or told:
            return Judgement(kind, "undecided", evidence)
        return None

    def fall(self, first: int, end: int, score: float) -> Judgement | None:
        """Return the judgement of a fall from a slot to a moment (ms), if any; `score` is the rate's evidence.

        A line with little history may be better than it was configured.
        """
        seen, usual, others = self._witnesses(self.seen(first, end), first, end)
        # A fall to nothing is suspicious if no witness contradicts it; a smaller fall may be a real improvement.
        decided = -RATE.noise if seen.lost <= RATE.nothing_lost * usual.lost else RATE.decided
        if score < RATE.suspected or score + others.no_odd_day < RATE.sure_fall or others.no_overload < decided:
            return None
        evidence = [of_rate(seen, usual, score), *map(of_witness, others.witnesses)]
        return Judgement("missing", "miscount" if self._state.typical.known else "undecided", evidence)

    def excess(self, first: int, end: int) -> float:
        """Return the share of a stretch's losses that would be counted wrongly if the ones beyond the usual were.

        0 if there are none beyond the usual; otherwise within bounds that a person's answers can distinguish.
        """
        seen = sum_of(self.seen(first, end).values())
        usual = self._usual(first, (end - 1) // QUARTER_MS, seen)
        if seen.lost <= usual.lost:
            return 0.0
        return min(ASK.most_share, max(ASK.least_share, 1 - usual.lost / seen.lost))

    def by_answers(self, first: int, end: int, score: float, ruling: Ruling) -> Judgement:
        """Return the judgement of a stretch that persons' answers decided; `score` is the rate's evidence."""
        seen, usual, others = self._witnesses(self.seen(first, end), first, end)
        evidence = [of_answers(ruling.counts, ruling.score, lost=ruling.lost), of_rate(seen, usual, score)]
        evidence += map(of_witness, others.witnesses)
        if ruling.outcome == "sound":
            return Judgement("overload", "overload", evidence)
        return Judgement(mechanism(seen, usual) if ruling.lost else "missing", "miscount", evidence)

    def losses(self, first: int, end: int, score: float) -> tuple[Judgement, Corroboration]:
        """Return the judgement that a stretch's losses are real, with the weights of the witnesses."""
        seen, usual, others = self._witnesses(self.seen(first, end), first, end)
        return Judgement(
            "overload", "overload", [of_rate(seen, usual, score), *map(of_witness, others.witnesses)]
        ), others

    def seen(self, first: int, end: int) -> dict[int, Slot]:
        """Return the counts of the open slots from a slot to a moment (ms), as they are now."""
        state, over = self._state, (end - 1) // QUARTER_MS + 1
        fresh = max(first, state.due - SLOTS_AN_HOUR)
        calls = state.calls(self._live.values())
        slots = slots_of(calls, range(fresh, over), end, state.offset, state.first_losses)
        return self._slot_times.opened(slots | dict(state.kept(first, min(fresh, over))))

    def _witnesses(self, slots: Mapping[int, Slot], first: int, end: int) -> tuple[Slot, Usual, Corroboration]:
        seen = sum_of(slots.values())
        usual = self._usual(first, (end - 1) // QUARTER_MS, seen)
        hours: dict[int, tuple[int, int]] = {}
        for slot_no, slot in slots.items():
            lost, offered = hours.get(hour := slot_no // SLOTS_AN_HOUR, (0, 0))
            hours[hour] = lost + slot.lost, offered + slot.offered
        return seen, usual, corroborate(seen, usual, hours.values())

    def _usual(self, first: int, last: int, seen: Slot) -> Usual:
        """Return the usual values for a stretch of slots, from the baseline and the slots before it."""
        state, slot_times = self._state, self._slot_times
        lost = offered = 0.0
        known, days = True, set[int]()
        kept = max(first, min(map(min, filter(None, state.days.values())), default=first))
        for slot_no in range(kept, last + 1):
            when = slot_times.of(slot_no)
            if not when.open:
                continue
            days.add(when.day)
            expected = slot_times.expected(when)
            if expected is None:
                continue
            arrivals = slot_times.arrivals(when)
            known = known and arrivals is not None
            mean = arrivals.mean if arrivals is not None else 1.0
            offered += mean
            lost += mean * expected
        typical = state.typical
        if typical.waited < WITNESS.least_waits:
            typical = Typical()
            for _, slot in state.kept(0, first):
                typical.learn(slot)
        waits_known = typical.waited >= WITNESS.least_waits
        lost_waits_known = typical.lost_waited >= WITNESS.least_lost_waits
        lost_callers = slot_times.baseline.lost_callers(state.baseline)
        return Usual(
            lost=seen.offered * (lost / offered if offered else 0.0),
            offered=offered if known and offered else None,
            wait=typical.waits / typical.waited if waits_known else None,
            spread=typical.day_spread,
            days=len(days),
            answered_log_wait=typical.log_waits / typical.waited if waits_known else None,
            lost_log_wait=typical.lost_log_waits / typical.lost_waited if lost_waits_known else None,
            at_once=lost_callers.at_once(WITNESS.at_once, WITNESS.first_lost),
            callers_told=typical.callers_told,
            no_wait=typical.no_wait / typical.waited if waits_known else 0.0,
            talk=typical.talks / typical.talked_on if typical.talked_on >= WITNESS.least_waits else None,
            alike=typical.alike_share,
            back=lost_callers.back(WITNESS.back_after_lost, WITNESS.first_lost),
        )


def _nobody_answers(slots: Mapping[int, Slot], usual: Usual) -> bool:
    """Return whether most of the losses fell in slots with hardly any answered call.

    There, a message that hangs up and a counter that reports every answer as a loss look the same: lost callers waited
    as long as others wait for an answer.
    """
    alone = sum(slot.lost for slot in slots.values() if slot.offered > 1 and slot.lost >= KIND.nobody * slot.offered)
    return alone >= KIND.explained * (sum_of(slots.values()).lost - usual.lost)


def _answers_missing(seen: Slot, usual: Usual) -> bool:
    """Return whether the rate rises because calls are missing, while losses are about as many as usual."""
    if not usual.offered or not seen.offered:
        return False
    lost = usual.lost / seen.offered * usual.offered
    return seen.offered < KIND.missing * usual.offered and seen.lost <= RATE.clearly * lost + RATE.fewest


def mechanism(seen: Slot, usual: Usual) -> Kind:
    """Return the kind of miscount that explains most of the losses beyond the usual.

    If many answered calls have no wait, a lost call without a wait proves little. If they have no caller either, a
    ghost proves little too.
    """
    at_once = seen.at_once - usual.lost * usual.at_once
    at_once *= 1 - usual.no_wait
    beyond = seen.lost - usual.lost
    ghosts = (seen.ghosts - beyond * usual.alike) * usual.callers_told
    explained: dict[Kind, float] = {
        "answered-as-lost": seen.talked,
        "multi-leg": seen.legs,
        "duplicate": seen.copies_lost + seen.again,
        "phantom": max(ghosts, at_once),
    }
    kind = max(explained, key=lambda name: explained[name])
    if explained[kind] >= beyond * KIND.explained:
        return kind
    return "missing" if usual.offered and seen.offered < KIND.missing * usual.offered else "drift"
