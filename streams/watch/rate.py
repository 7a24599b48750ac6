"""The lost rate, call by call: whether it rises or falls by more than odd days explain, and why.

Three charts (`streams.checks.polya`) watch for a steep rise, a mild rise and a fall from the usual rate; they allow for
the resemblance of calls of one day. A fourth chart guards the prior: it weighs every call, from the first on, against a
multiple of the configured rate. If a fault is there from the first day, nothing is learnt yet and only the configured
rate can show the fault; a line may differ from its configured rate, but hardly by such a multiple. Without a configured
rate, the first days of a line are compared with nothing. A suspicion is compared with the witnesses: waits, call-backs
and arrivals.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from streams.calls.call import Call
from streams.checks.bernoulli_cusum import odds_ratio, raised
from streams.checks.beta_binomial import day_weight
from streams.checks.polya import PolyaCusum, PolyaState
from streams.kept.times import QUARTER_MS
from streams.watch.asking import OTHERS, Asking
from streams.watch.bounds import began, shorten
from streams.watch.emptied import SORTS
from streams.watch.evidence import of_prior
from streams.watch.incident import ABOVE, FALL, RISE, Incident, Judgement
from streams.watch.incidents import Incidents
from streams.watch.judge import Judge
from streams.watch.laws import LAWS
from streams.watch.ruling import Ruling
from streams.watch.slot import Slot, sum_of
from streams.watch.slot_times import SlotTimes
from streams.watch.state import WatchState
from streams.watch.thresholds import PRIOR, RATE

OF_RATE: Final = (RISE, FALL, ABOVE)


class Rate:
    """The check of one line's lost rate."""

    def __init__(
        self, state: WatchState, slot_times: SlotTimes, incidents: Incidents, judge: Judge, asking: Asking
    ) -> None:
        self._state = state
        self._slot_times = slot_times
        self._incidents = incidents
        self._judge = judge
        self._asking = asking
        self.learnt()

    def learnt(self) -> None:
        """Use the newly learnt correlation of a day's calls, and the rate that replaces the prior."""
        prior = self._slot_times.baseline.prior
        rho = max(RATE.least_rho, self._slot_times.baseline.rho(self._state.baseline))
        steep = odds_ratio(prior or RATE.first_rate, RATE.steep_rate)
        steep = min(RATE.most_steep_odds, max(RATE.least_steep_odds, steep))
        self._steep = PolyaCusum(steep, rho, RATE.suspected)
        self._mild = PolyaCusum(RATE.mild_odds, rho, RATE.suspected)
        self._fall = PolyaCusum(RATE.fall_odds, rho, RATE.suspected)
        self._guard = PolyaCusum(PRIOR.odds, PRIOR.rho, PRIOR.alarm)
        self._most = 0.0 if prior is None else min(PRIOR.most, PRIOR.times * prior)
        if prior is None:
            forget(self._state.guard)

    def outcome(self, call: Call, lost: bool, now: int) -> None:  # noqa: FBT001 -- on the hot path
        """Weigh a call's first outcome at the line's time `now` (ms)."""
        start = call.start
        when = self._slot_times.of(start // QUARTER_MS)
        expected = self._slot_times.expected(when)
        state, day = self._state, when.day
        suspected = when.open and self._most > 0.0 and self._guard.add(state.guard, lost, self._most, day, start)
        if expected is not None:
            suspected |= (
                self._steep.add(state.steep, lost, expected, day, start)
                | self._mild.add(state.mild, lost, expected, day, start)
                | self._fall.add(state.fall, lost, expected, day, start)
            )
        if suspected:
            self._suspect(now)

    def _suspect(self, now: int) -> None:
        """Judge the rate if its evidence has grown since the last judgement."""
        state = self._state
        worst = max((state.steep, state.mild, state.fall), key=lambda chart: chart.total)
        if state.guard.total >= PRIOR.alarm:
            worst = state.guard
        grown = worst.total * RATE.grown
        self._ask(worst, now)
        known = self._incidents.by_cause(*OF_RATE)
        if worst.total < state.judged:
            if known is None:
                # An old suspicion that came to nothing must not delay the judgement of the next one.
                state.judged = min(state.judged, grown)
            return
        state.judged = grown
        if known is not None and known.verdict == "miscount":
            return  # judged again when the day is over
        cause = FALL if worst is state.fall else ABOVE if worst is state.guard else RISE
        judgement = self._judged(cause, worst, now)
        judgement = self._until_answered(judgement, cause, now)
        if judgement is None or (judgement.verdict != "overload" and self._explained()):
            return
        if judgement.verdict == "overload":
            self._real(known, judgement, now)
        elif known is not None:
            if judgement.verdict == "miscount":
                known.detected = now
            known.judge(judgement)
            known.end = now
        else:
            begun = self._incidents.begin(cause, judgement, start=worst.since, now=now, calls=worst.calls)
            begun.judged_until = begun.start

    def _ask(self, chart: PolyaState, now: int) -> None:
        """Ask a person about the losses that a chart suspects, or about answers if losses no longer come."""
        if not self._asking.is_due(now) or self._explained():
            return
        known = self._incidents.by_cause(*OF_RATE)
        if known is not None and known.answered:
            return
        if chart is self._state.fall:
            if known is not None and not self._asking.cleared(now, OTHERS):
                self._asking.hidden(known.start, now)
            return
        # The sums of two weeks take a hundred times as long as the fold of a call.
        if not self._asking.weighs(now):
            return
        share = self._judge.excess(chart.since // QUARTER_MS, now)
        if share > 0.0:
            self._asking.doubt(chart.since, now, share)

    def _explained(self) -> bool:
        """Return whether a broken law, or a missing sort of call, explains the rate.

        A broken law explains nothing if answers have shown that its calls are right.
        """
        known = self._incidents.open(lambda each: each.cause in LAWS or each.cause in SORTS)
        return any(not each.answered or each.status != "dismissed" for each in known)

    def _until_answered(self, judgement: Judgement | None, cause: str, now: int) -> Judgement | None:
        """Keep a judgement undecided until a person answers, if an answer should come soon.

        If losses no longer come, only a person can decide whether they are missing.
        """
        if judgement is None or not (self._asking.answers_come() if cause == FALL else self._asking.awaited(now)):
            return judgement
        return None if judgement.verdict == "overload" else judgement._replace(verdict="undecided")

    def answered(self, ruling: Ruling, now: int) -> bool:
        """Take what persons' answers decide `now` (ms).

        Return whether they show a miscount that the learnt rate does not show: the line learnt it as usual.
        """
        first, known = ruling.since // QUARTER_MS, self._incidents.by_cause(*OF_RATE)
        score = self._score(known) if known is not None else max(self._state.steep.total, self._state.mild.total)
        judgement = self._judge.by_answers(first, now, score, ruling)
        if judgement.verdict != "miscount":
            self._cleared(known, judgement, ruling, now)
            return False
        learnt = False
        if known is None:
            known = self._incidents.begin(
                RISE if ruling.lost else FALL,
                judgement,
                start=ruling.since,
                now=now,
                calls=sum_of(self._judge.seen(first, now).values()).offered,
            )
            wrong = (ruling.counts.wrong + 1) / (ruling.counts.told + 2)
            learnt = ruling.origin == "first" or (
                ruling.origin == "month" and not shorten(known, wrong, self._state, self._slot_times)
            )
            known.judged_until = known.start
        else:
            known.start, known.end = min(known.start, ruling.since), now
            known.judge(judgement)
        return learnt

    def _cleared(self, known: Incident | None, judgement: Judgement, ruling: Ruling, now: int) -> None:
        """End a suspicion, or a miscount, because calls since then were counted rightly."""
        hides = known is not None and known.hides_losses
        if ruling.question.about != "doubt" or ruling.lost == hides:
            return
        if known is not None and known.answered:
            known.end = max(known.start, min(known.end, ruling.since))
            known.close()
        elif known is not None and known.cause != FALL:
            known.judge(judgement)
            self._real(known, judgement, now)
            return
        self.begin_anew(now)

    def _judged(self, cause: str, chart: PolyaState, now: int) -> Judgement | None:
        """Judge the stretch that a chart suspects."""
        first = chart.since // QUARTER_MS
        if cause == FALL:
            if self._asking.cleared(now) and not self._state.typical.known:
                return None  # losses that persons called real are over
            return self._judge.fall(first, now, chart.total)
        if cause == RISE:
            return self._judge.rise(first, now, chart.total, sure=RATE.sure)
        judgement = self._judge.rise(first, now, chart.total, sure=RATE.sure, alone=PRIOR.alarm)
        prior = self._slot_times.baseline.prior
        if judgement is not None and prior is not None:
            seen = sum_of(self._judge.seen(first, now).values())
            judgement.evidence.insert(0, of_prior(seen, prior, PRIOR.times, chart.total))
        return judgement

    def _real(self, known: Incident | None, judgement: Judgement, now: int) -> None:
        """Accept the losses as real: end the suspicion, so that the line can be learnt again."""
        if known is not None:
            if known.cause == RISE and self._state.typical.known:
                known.judge(judgement)
            known.end = now
            known.close()
        self.begin_anew(now)

    def follow(self, incident: Incident, day: Mapping[int, Slot]) -> None:
        """Extend an incident by a finished day and judge it again as a whole, or count the day as clean."""
        score = self._day_score(incident, self._rate_of(incident), day)
        if score is None:
            return
        first, end = incident.start // QUARTER_MS, (max(day) + 1) * QUARTER_MS
        if score <= RATE.going_on or self._ends(incident, day, score):
            incident.clean += 1
            return
        if incident.answered:
            incident.clean, incident.end = 0, end
            return
        known_score = self._score(incident)
        if incident.cause == FALL:
            judgement = self._judge.fall(first, end, known_score)
        else:
            sure = RATE.sure_long if (end - 1) // QUARTER_MS - first >= RATE.long else RATE.sure
            judgement = self._judge.rise(first, end, known_score, sure=sure, alone=0.0)
            if judgement is None:
                incident.clean += 1  # with this day, the stretch as a whole is no rise
                return
        incident.clean = 0
        incident.end = end
        judgement = self._until_answered(judgement, incident.cause, end)
        if judgement is not None and judgement.verdict == "overload":
            self._real(incident, judgement, end)
        elif judgement is not None:
            incident.judge(judgement)
        if incident.verdict == "miscount":
            incident.start = began(incident, self._state, self._slot_times)

    def healed(self, incident: Incident) -> bool:
        """Return whether the days since an incident's end are usual rather than like the incident."""
        return self._since(incident) <= -RATE.healed

    def goes_on(self, incident: Incident) -> bool:
        """Return whether the days since an incident's end are like the incident rather than usual."""
        return self._since(incident) >= RATE.suspected

    def _since(self, incident: Incident) -> float:
        """Return the evidence (nats) that the days since an incident's end are like the incident rather than usual."""
        rate = self._rate_of(incident)
        days = [day for day in self._state.days.values() if day and min(day) * QUARTER_MS >= incident.end]
        return sum(self._day_score(incident, rate, day) or 0.0 for day in days)

    @staticmethod
    def _score(incident: Incident) -> float:
        """Return the evidence (nats) of the rate itself in an incident."""
        score = sum(evidence.score for evidence in incident.evidence if evidence.check == "lost rate")
        return max(score, RATE.suspected)

    def _rate_of(self, incident: Incident) -> float:
        """Return the lost rate in an incident, by Laplace's rule so that it is neither 0 nor 1."""
        seen = sum_of(self._judge.seen(incident.start // QUARTER_MS, incident.end).values())
        return (seen.lost + 1) / (seen.offered + 2)

    def _day_score(self, incident: Incident, rate: float, day: Mapping[int, Slot]) -> float | None:
        """Return the evidence, in nats, that a day is like an incident of this lost rate rather than usual.

        None if there were no calls, or if no rate is expected yet.
        """
        lost = offered = 0
        expected = 0.0
        for slot_no, slot in day.items():
            when = self._slot_times.of(slot_no)
            chance = self._slot_times.expected(when)
            if chance is not None and (slot_no + 1) * QUARTER_MS > incident.start:
                lost += slot.lost
                offered += slot.offered
                expected += slot.offered * chance
        if not offered:
            return None
        usual = expected / offered
        if incident.cause != FALL:
            rate = rate if incident.answered else max(rate, raised(usual, RATE.clearly))
        elif rate >= usual:
            return -RATE.healed
        return day_weight(lost, offered, usual, min(RATE.most_rate, max(rate, RATE.least_rate)), PRIOR.rho)

    def _ends(self, incident: Incident, day: Mapping[int, Slot], score: float) -> bool:
        """Return whether an incident ended before a day because a law or real losses explain that day."""
        start, end = min(day) * QUARTER_MS, (max(day) + 1) * QUARTER_MS
        if incident.cause == FALL or start <= incident.start:
            return False
        alone = self._judge.rise(min(day), end, score, sure=RATE.sure)
        lost_really = alone is not None and alone.verdict == "overload"
        if not lost_really and (incident.verdict == "miscount" or self._incidents.by_cause(*LAWS) is None):
            return False
        incident.end = min(incident.end, start)
        return True

    def begin_anew(self, end: int) -> None:
        """Forget the evidence of an incident that is over, up to its end (ms)."""
        state = self._state
        state.judged = 0.0
        for chart in (state.steep, state.mild, state.fall, state.guard):
            if chart.total >= RATE.suspected or chart.since < end:
                forget(chart)


def forget(chart: PolyaState) -> None:
    chart.total = 0.0
    chart.since = chart.calls = 0
