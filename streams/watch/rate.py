"""The lost rate, call by call: does it rise or fall by more than odd days do, and who is to blame.

Three sums (`streams.checks.polya`) watch for a steep rise, a mild one and a fall; they allow for calls of one day that
resemble each other. A fourth sum does not, so it finds a rush that lasts an hour; it opens overloads alone. What a sum
suspects is held against the witnesses: the waits, the call-backs and the arrivals.
"""

from __future__ import annotations

from collections.abc import Mapping

from streams.calls.call import Call
from streams.calls.rules import LineRules
from streams.checks import change_point
from streams.checks.bernoulli_cusum import odds_ratio, weight, with_odds
from streams.checks.beta_binomial import day_weight
from streams.checks.polya import PolyaCusum
from streams.kept.times import QUARTER_MS, SLOTS_AN_HOUR
from streams.watch.corroboration import corroborate
from streams.watch.incident import Incident, Judgement
from streams.watch.incidents import Incidents
from streams.watch.laws import LAWS
from streams.watch.mechanism import mechanism
from streams.watch.sentences import of_rate, of_witness
from streams.watch.slot import Slot, slots_of, sum_of
from streams.watch.slot_times import SlotTime, SlotTimes
from streams.watch.state import Typical, WatchState
from streams.watch.thresholds import RATE, WITNESS
from streams.watch.usual import Usual

RISE, FALL = "rise", "fall"


class Rate:
    """Watch the lost rate of one line; `live` has its live calls."""

    def __init__(
        self, rules: LineRules, state: WatchState, slot_times: SlotTimes, incidents: Incidents, live: Mapping[str, Call]
    ) -> None:
        self._state = state
        self._slot_times = slot_times
        self._incidents = incidents
        self._live = live
        steep = odds_ratio(rules.expected or RATE.first_rate, RATE.steep_rate)
        steep = min(RATE.most_steep_odds, max(RATE.least_steep_odds, steep))
        self._steep = PolyaCusum(steep, RATE.rho, RATE.suspected)
        self._mild = PolyaCusum(RATE.mild_odds, RATE.rho, RATE.suspected)
        self._fall = PolyaCusum(RATE.fall_odds, RATE.rho, RATE.suspected)

    def outcome(self, call: Call, lost: bool, now: int) -> None:  # noqa: FBT001 -- on the hot path
        """Weigh a call's first outcome, when the line's time is `now` (ms)."""
        start = call.start
        when = self._slot_times.of(start // QUARTER_MS)
        expected = self._slot_times.expected(when)
        if expected is None:
            return
        state, day = self._state, when.day
        if (
            self._steep.add(state.steep, lost, expected, day, start)
            | self._mild.add(state.mild, lost, expected, day, start)
            | self._fall.add(state.fall, lost, expected, day, start)
        ):
            self._suspect(now)

    def _suspect(self, now: int) -> None:
        """Judge the rate if its evidence has grown since the last judgement."""
        state = self._state
        worst = max((state.steep, state.mild, state.fall), key=lambda chart: chart.total)
        if worst.total < state.judged:
            # A suspicion that came to nothing must not keep the next one from being judged.
            state.judged = min(state.judged, worst.total + RATE.grown)
            return
        state.judged = worst.total + RATE.grown
        known = self._incidents.by_cause(RISE, FALL)
        if known is not None and known.verdict == "miscount":
            return  # it is judged again when the day is over
        cause = FALL if worst is state.fall else RISE
        judgement = self._judge(worst.since // QUARTER_MS, now, worst.total, cause)
        if judgement is None or (judgement.verdict != "overload" and self._incidents.by_cause(*LAWS)):
            return  # a broken law explains the losses already
        if known is not None and (known.verdict != "overload" or judgement.verdict == "overload"):
            if known.verdict == "undecided":
                known.detected = now
            known.judge(judgement)
            known.end = now
            return
        start = worst.since
        if known is not None:
            known.close()  # that was an overload; what goes on now is another incident
            start = min(max(start, known.end), now)
        self._incidents.begin(cause, judgement, start=start, now=now, calls=worst.calls)

    def crowd(self, slot_no: int, when: SlotTime, slot: Slot) -> None:
        """Find a real rush, by a slot that is over."""
        expected = self._slot_times.expected(when)
        if expected is None or not slot.offered:
            return
        rush = self._state.rush
        score = _rush_score(slot.lost, slot.offered, expected)
        rush.add(score, slot_no)
        if rush.total < RATE.crowded or score <= 0:
            return
        since, end = max(rush.since, slot_no - RATE.rush), (slot_no + 1) * QUARTER_MS
        judgement = self._judge(since, end, 0.0, RISE)
        if judgement is None or judgement.verdict != "overload":
            return
        known = self._incidents.by_cause(RISE, FALL)
        if known is None:
            calls = slot.offered + sum(earlier.offered for _, earlier in self._state.kept(since, slot_no))
            self._incidents.begin(RISE, judgement, start=since * QUARTER_MS, now=end, calls=calls)
            return
        known.end = max(known.end, end)
        if known.verdict == "undecided":
            known.judge(judgement)

    def follow(self, incident: Incident, day: Mapping[int, Slot]) -> None:
        """Extend an incident by a day that is over, and judge it again as a whole; or count the day as a clean one."""
        lost = offered = 0
        expected = 0.0
        for slot_no, slot in day.items():
            chance = self._slot_times.expected(self._slot_times.of(slot_no))
            if chance is not None and (slot_no + 1) * QUARTER_MS > incident.start:
                lost += slot.lost
                offered += slot.offered
                expected += slot.offered * chance
        if not offered:
            return
        usual = expected / offered
        first, end = incident.start // QUARTER_MS, (max(day) + 1) * QUARTER_MS
        seen = self._seen(first, incident.end)
        rate = (seen.lost + 1) / (seen.offered + 2)  # of Laplace, so that it is neither 0 nor 1
        if incident.cause == RISE:
            rate = max(rate, RATE.clearly * usual)
        score = day_weight(lost, offered, usual, min(RATE.most_rate, max(rate, RATE.least_rate)), RATE.rho)
        if score <= RATE.going_on or (incident.cause == FALL) != (rate < usual):
            incident.clean += 1
            return
        if incident.verdict != "miscount" and self._ends(incident, day, score, offered):
            return
        incident.clean = 0
        incident.end = end
        known_score = sum(evidence.score for evidence in incident.evidence if evidence.check == "lost rate")
        judgement = self._judge(first, end, max(known_score, RATE.suspected), incident.cause)
        if judgement is not None:
            incident.judge(judgement)
        if incident.verdict == "miscount":
            incident.start = self._began(incident)

    def _ends(self, incident: Incident, day: Mapping[int, Slot], score: float, offered: int) -> bool:
        """Tell whether an overload, or an undecided incident, ended before a day, as something else explains the day.

        Where that is a miscount that no broken law names, begin its incident.
        """
        start, end = min(day) * QUARTER_MS, (max(day) + 1) * QUARTER_MS
        alone = self._judge(min(day), end, score, RISE)
        explained = self._incidents.by_cause(*LAWS) is not None
        turned = incident.verdict == "overload" and alone is not None and alone.verdict == "miscount"
        if not turned and (not explained or (alone is not None and alone.verdict == "overload")):
            return False
        incident.end = min(incident.end, start)
        incident.clean += 1
        if alone is not None and turned and not explained:
            self._incidents.begin(RISE, alone, start=start, now=end, calls=offered)
        return True

    def _began(self, incident: Incident) -> int:
        """Return the moment (ms) at which an incident that goes on most likely began, by the slots around and in it."""
        before = (other.end for other in self._incidents.kept if other is not incident and other.end <= incident.start)
        first = max(incident.start - RATE.before * QUARTER_MS, max(before, default=0)) // QUARTER_MS
        slot_nos, losses = [], []
        for slot_no, slot in sorted(self._state.kept(first, incident.end // QUARTER_MS)):
            chance = self._slot_times.expected(self._slot_times.of(slot_no))
            if chance is not None:
                slot_nos.append(slot_no)
                losses.append(change_point.SlotLosses(slot.lost, slot.offered, chance))
        if not slot_nos or slot_nos[0] * QUARTER_MS > incident.start:
            return incident.start  # it began before the first slot that is kept
        most = change_point.MAX_SLOTS
        shift = change_point.shift(losses[-most:], fall=incident.cause == FALL, lasting=True)
        return incident.start if shift is None else slot_nos[-most:][shift.start] * QUARTER_MS

    def begin_anew(self, end: int) -> None:
        """Forget the evidence of an incident that is over, up to its end (ms)."""
        self._state.judged = 0.0
        for chart in (self._state.steep, self._state.mild, self._state.fall, self._state.rush):
            since = chart.since * (QUARTER_MS if chart is self._state.rush else 1)
            if chart.total >= RATE.suspected or since < end:
                chart.total = 0.0
                chart.since = chart.calls = 0

    def _judge(self, first: int, end: int, score: float, cause: str) -> Judgement | None:
        """Return what the slots from `first` until a moment are, `score` being the rate's evidence; None if nothing."""
        seen, last = self._seen(first, end), (end - 1) // QUARTER_MS
        usual = self._usual(first, last, seen)
        falls = cause == FALL
        others = corroborate(seen, usual)
        if not falls and seen.lost < max(usual.lost + RATE.fewest, RATE.clearly * usual.lost):
            return None
        sure = RATE.sure_fall if falls else RATE.sure_long if last - first >= RATE.long else RATE.sure
        # A fall to nothing is odd enough where no witness denies it; any other change may be the line's own.
        decided = -RATE.noise if falls and seen.lost <= RATE.nothing_lost * usual.lost else RATE.decided
        evidence = [of_rate(seen, usual, score or _rush_score(seen.lost, seen.offered, usual.lost / seen.offered))]
        evidence += map(of_witness, others.witnesses)
        if score >= RATE.suspected and score + others.no_odd_day >= sure and others.no_overload >= decided:
            return Judgement("missing" if falls else mechanism(seen, usual), "miscount", evidence)
        if not falls and others.no_overload <= -RATE.decided:
            return Judgement("overload", "overload", evidence)
        if not falls and score >= RATE.alone:
            return Judgement(mechanism(seen, usual), "undecided", evidence)
        return None

    def _seen(self, first: int, end: int) -> Slot:
        """Return what was counted in the open slots from `first` until a moment, as it stands."""
        fresh = max(first, self._state.due - SLOTS_AN_HOUR)
        calls = self._state.calls(self._live.values())
        slots = slots_of(calls, range(fresh, (end - 1) // QUARTER_MS + 1), end) | dict(self._state.kept(first, fresh))
        return sum_of(slot for slot_no, slot in slots.items() if self._slot_times.of(slot_no).open)

    def _usual(self, first: int, last: int, seen: Slot) -> Usual:
        """Return what to expect in a stretch of slots, by the baseline and by the slots before it."""
        state, slot_times = self._state, self._slot_times
        lost = offered = 0.0
        known = True
        kept = max(first, min(map(min, filter(None, state.days.values())), default=first))
        for slot_no in range(kept, last + 1):
            when = slot_times.of(slot_no)
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
            days=len({slot_times.of(slot_no).day for slot_no in range(kept, last + 1) if slot_times.of(slot_no).open}),
            answered_log_wait=typical.log_waits / typical.waited if waits_known else None,
            lost_log_wait=typical.lost_log_waits / typical.lost_waited if lost_waits_known else None,
            at_once=lost_callers.at_once(WITNESS.at_once, WITNESS.first_lost),
            callers_told=typical.callers_told,
            no_wait=typical.no_wait / typical.waited if waits_known else 0.0,
            back=lost_callers.back(WITNESS.back_after_lost, WITNESS.first_lost),
        )


def _rush_score(lost: int, offered: int, expected: float) -> float:
    """Return the log-likelihood ratio, in nats, of a rush over the expected chance of losing a call."""
    if not 0 < expected < 1:
        return 0.0
    return weight(lost, offered, expected, with_odds(RATE.rush_odds, expected))
