"""The laws of counting, slot by slot: an incident begins when a law is broken too often, whatever the rate."""

from __future__ import annotations

from typing import Final

from streams.checks.brief import log_chance
from streams.checks.silence import SilenceCheck
from streams.kept.times import QUARTER_MS, SLOTS_A_DAY
from streams.watch.evidence import of_law, of_silence
from streams.watch.incident import ABOVE, RISE, Evidence, Incident, Judgement, Verdict
from streams.watch.incidents import Incidents
from streams.watch.judge import Judge
from streams.watch.laws import (
    AS_TIMED,
    ATTENDED,
    CLOSED,
    CLOSED_HOURS,
    GHOSTS,
    KNOWN_LATER,
    LAWS,
    NAMED,
    ON_TIME,
    ONE_AT_A_TIME,
    POSSIBLE_WAITS,
    REDIALS,
    UNNAMED,
    Law,
    LawState,
)
from streams.watch.slot import Slot, sum_of
from streams.watch.slot_calendar import SlotTime
from streams.watch.slot_times import SlotTimes
from streams.watch.state import FADE, Typical, WatchState
from streams.watch.telephones import A_TENTH_MS
from streams.watch.thresholds import AGENT, LAW, OVERLOAD, SLOT, WITNESS

SILENCE: Final = "silence"
OF_CALLERS: Final = frozenset({REDIALS, ONE_AT_A_TIME})  # laws that callers of a crowded line break


class Counting:
    """The check of the laws on one line's slots."""

    def __init__(self, state: WatchState, slot_times: SlotTimes, incidents: Incidents, judge: Judge) -> None:
        self._state = state
        self._slot_times = slot_times
        self._incidents = incidents
        self._judge = judge
        self._silence = SilenceCheck(LAW.silence, LAW.quiet_days)

    def inspect(self, slot_no: int, when: SlotTime, slot: Slot) -> None:
        if when.open:
            self._listen(slot_no, when, slot)
        known = self._state.typical
        if not known.known and when.open:
            known = self._state.early
            known.learn(slot)
        if when.open and slot.offered:  # in closed hours, the law of closed hours is enough
            self._weigh(slot_no, slot, known)
        closed = self._state.law(CLOSED_HOURS)
        if not when.open and (slot.offered or closed.total) and not self._slot_times.near_opening(slot_no):
            breaks = CLOSED.breaks(slot)
            closed.add(CLOSED, breaks, max(1, breaks), slot_no)

    def _weigh(self, slot_no: int, slot: Slot, known: Typical) -> None:
        """Weigh a slot's calls by the laws of open hours; `known` has the line's usual values."""
        for name, law in LAWS.items():
            if name == ATTENDED and not known.agents_told:
                continue
            if name == GHOSTS:
                # Ghosts count only if most calls have a caller, and answered calls do not look like ghosts.
                if known.callers_told:
                    self._state.law(name).add(law, law.breaks(slot), law.calls(slot), slot_no, known.alike_share)
            elif name not in KNOWN_LATER:
                self._state.law(name).add(law, law.breaks(slot), law.calls(slot), slot_no)
        if known.agents_told:
            self._state.law(NAMED).add(UNNAMED, UNNAMED.breaks(slot), UNNAMED.calls(slot), slot_no)

    def settle(self, slot_no: int, slot: Slot) -> None:
        """Check the laws that can only be judged an hour after a slot."""
        for name in KNOWN_LATER if self._slot_times.of(slot_no).open else ():
            law = LAWS[name]
            self._state.law(name).add(law, law.breaks(slot), law.calls(slot), slot_no)

    def events(self, slot_no: int, *, late: int, events: int, stale: int) -> None:
        """Check the events since the last inspection for late ones and impossible waits."""
        self._state.law("on time").add(ON_TIME, late, events, slot_no)
        self._state.law("possible waits").add(POSSIBLE_WAITS, stale, max(stale, 1), slot_no)

    def tell(self, now: int) -> None:
        """Open or extend the incident of every law that is broken too often."""
        for name, law in EVERY_LAW.items():
            state = self._state.law(name)
            if state.total >= LAW.alarm and not self._explained(name, state):
                self._broken(name, law, state, now)

    def whole(self, incident: Incident, opening_days: int) -> bool:
        """Return whether the law of an incident holds again, `opening_days` after the incident began.

        A law that is seldom broken can be quiet for days by chance.
        """
        state, law = self._state.laws.get(incident.cause), EVERY_LAW.get(incident.cause)
        if state is None or law is None or state.total < LAW.alarm:
            return True
        kept = self._state.kept(incident.start // QUARTER_MS, incident.end // QUARTER_MS)
        breaks = state.breaks if law in BY_EVENT else sum(law.breaks(slot) for _, slot in kept)
        return incident.clean * breaks >= LAW.quiet * (opening_days - incident.clean)

    def begin_anew(self, cause: str) -> None:
        """Forget the evidence of an incident that is over."""
        if cause in EVERY_LAW:
            self._state.law(cause).total = 0.0

    def learn(self, day: dict[int, Slot]) -> None:
        """Learn the usual shares from the slots of a sound day."""
        opened = self._slot_times.opened(day).values()
        for name, law in LAWS.items():
            self._state.law(name).learn(sum(map(law.breaks, opened)), sum(map(law.calls, opened)), FADE)
        self._state.law(NAMED).learn(sum(map(UNNAMED.breaks, opened)), sum(map(UNNAMED.calls, opened)), FADE)
        closed = [slot for slot_no, slot in day.items() if not self._slot_times.near_opening(slot_no)]
        breaks = sum(map(CLOSED.breaks, closed))
        self._state.law(CLOSED_HOURS).learn(breaks, SLOTS_A_DAY - len(day) + breaks, FADE)

    def _listen(self, slot_no: int, when: SlotTime, slot: Slot) -> None:
        """Begin or extend an incident if no call comes while the line is open; end it at the next call.

        Without opening hours, a silent line may be closed.
        """
        arrivals, typical = self._slot_times.arrivals(when), self._state.typical
        if arrivals is None or not typical.known or not self._slot_times.hours_known:
            return
        silence = self._state.silence
        known = self._incidents.by_cause(SILENCE)
        dispersion = arrivals.variance / arrivals.mean if arrivals.mean else 1.0
        mean = arrivals.mean * typical.level
        silent = self._silence.add(silence, slot.offered, mean, slot_no * QUARTER_MS, when.day, dispersion)
        if slot.offered and known is not None:
            known.close()
        if not silent:
            return
        end = (slot_no + 1) * QUARTER_MS
        evidence = [of_silence(silence.expected)]
        if known is None:
            known = self._again(silence.since)
        if known is not None:
            known.end, known.evidence = end, evidence
            return
        # A line that is silent from the opening looks like a closed office.
        verdict: Verdict = "undecided" if self._opens(silence.since // QUARTER_MS) else "miscount"
        judgement = Judgement("missing", verdict, evidence)
        self._incidents.begin(SILENCE, judgement, start=silence.since, now=end, calls=0)

    def _again(self, since: int) -> Incident | None:
        """Return the earlier silence that a new one continues; both began at an opening, some days apart."""
        if not self._opens(since // QUARTER_MS):
            return None
        for known in reversed(self._incidents.kept):
            if known.cause == SILENCE and known.verdict == "undecided" and not known.decisions:
                if known.end >= since - LAW.again * QUARTER_MS:
                    known.go_on()
                    return known
                break
        return None

    def _opens(self, slot_no: int) -> bool:
        """Return whether the office opens when a silence begins at a slot, or soon after its first slots."""
        open_slots = 0
        while open_slots < LAW.edge:
            if self._slot_times.of(slot_no).open:
                if not self._slot_times.of(slot_no - 1).open:
                    return True
                open_slots += 1
            slot_no += 1
        return False

    def _broken(self, name: str, law: Law, state: LawState, now: int) -> None:
        evidence = self._evidence(name, law, state)
        end = (state.last + 1) * QUARTER_MS
        incident, verdict = self._incidents.by_cause(name), self._verdict(name, state, end)
        if verdict == "overload":
            if incident is not None:
                incident.judge(Judgement("overload", verdict, incident.evidence))
                incident.close()
            return
        incident = incident or self._akin(name, state)
        if incident is None:
            calls = sum(slot.offered for _, slot in self._state.kept(state.since, now // QUARTER_MS + 1))
            judgement = Judgement(law.kind, verdict, [evidence])
            begun = self._incidents.begin(name, judgement, start=state.since * QUARTER_MS, now=now, calls=calls)
            begun.end = end
            return
        if verdict == "undecided" and incident.cause != name:
            return  # it is judged by its own cause
        others = [known for known in incident.evidence if known.check != name]
        stronger = max((known.score for known in others if known.check in LAWS), default=0.0)
        if incident.verdict == "undecided":
            incident.detected = now
        if incident.cause in {RISE, ABOVE, REDIALS} or evidence.score > stronger:
            incident.cause = name
            incident.judge(Judgement(law.kind, verdict, incident.evidence))
        incident.evidence = [evidence, *others]
        incident.start = min(incident.start, state.since * QUARTER_MS)
        if end > incident.end:
            incident.end, incident.clean = end, 0

    def _verdict(self, name: str, state: LawState, end: int) -> Verdict:
        """Return the verdict on a broken law, which is a miscount if the law is one of counting.

        Callers who redial, or call from two telephones, are lost if the line is crowded or waits grew. Those whose
        machines redial are invented only if waits are as usual.
        """
        if name not in OF_CALLERS:
            return "miscount"
        score = self._judge.losses(state.since, end, state.total)[1].apart
        if score <= OVERLOAD.real:
            return "overload"
        return "miscount" if name != REDIALS or score >= WITNESS.second else "undecided"

    def _explained(self, name: str, state: LawState) -> bool:
        """Return whether breaks of a law have an honest explanation; then its evidence is forgotten."""
        if name == AS_TIMED:
            return self._off_alike(state)
        return name == ATTENDED and self._unnamed(state)

    def _unnamed(self, state: LawState) -> bool:
        """Return whether the answers without an agent are as long as the line's others: an agent is not named."""
        if self._incidents.by_cause(ATTENDED):
            return False
        whole = sum_of(slot for _, slot in self._state.kept(state.since, state.last + 1))
        usual = self._state.typical if self._state.typical.known else self._state.early
        mean = usual.talks / usual.talked_on if usual.talked_on else 0.0
        if whole.brief and -log_chance(whole.brief, whole.agentless, SLOT.brief, mean) >= AGENT.chance:
            return False
        state.total = 0.0
        return True

    def _off_alike(self, state: LawState) -> bool:
        """Return whether waits differ from their moments by a constant, as some sources count, and learn that constant.

        A queue that greets its callers before it logs their entry adds the same time to every wait. That is no
        miscount. But a difference is a miscount if it varies from call to call, appears after correct waits, or is
        longer than a greeting.
        """
        if state.calls >= SLOT.greeted or self._incidents.by_cause(AS_TIMED):
            return False
        whole = sum_of(slot for _, slot in self._state.kept(state.since, state.last + 1))
        if whole.odd_waits < SLOT.alike_share * whole.timed:
            return False
        mean = whole.off / max(1, whole.odd_waits)
        spread = max(0.0, whole.off_squares * A_TENTH_MS**2 / max(1, whole.odd_waits) - mean**2) ** 0.5
        if spread > SLOT.alike or abs(mean) > SLOT.greeting:
            return False
        self._state.offset = round(mean)
        state.total = 0.0
        return True

    def _akin(self, name: str, state: LawState) -> Incident | None:
        """Return the open incident about the same calls, which this law may explain."""
        if name not in LAWS:
            return None
        earliest = state.since - LAW.together
        return next(
            self._incidents.open(
                lambda known: (
                    (known.cause in LAWS or known.cause in {RISE, ABOVE})
                    and known.verdict != "overload"
                    and (known.start if known.verdict == "undecided" else known.end) // QUARTER_MS > earliest
                )
            ),
            None,
        )

    def _evidence(self, name: str, law: Law, state: LawState) -> Evidence:
        within = [slot for _, slot in self._state.kept(state.since, state.last + 1)]
        breaks, calls = sum(map(law.breaks, within)), sum(map(law.calls, within))
        if law in BY_EVENT:
            breaks, calls = state.breaks, state.counted
        return of_law(name, law, breaks, calls, state.total)


BY_EVENT: Final = (ON_TIME, POSSIBLE_WAITS)
EVERY_LAW: Final = {**LAWS, CLOSED_HOURS: CLOSED, "on time": ON_TIME, "possible waits": POSSIBLE_WAITS}
