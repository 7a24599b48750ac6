"""Persons' answers to the questions of a line, and what follows from them.

Answers count for more than any inference: a miscount that they show opens even if the checks are not sure yet, and
losses that they call real end the suspicion. If the people of an office answer in time, a verdict waits for them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from streams.calls.rules import LineRules
from streams.decoding import Invalid
from streams.events import Review, milliseconds
from streams.kept.digest import digest
from streams.kept.mark import DUPLICATE, OK
from streams.kept.times import DAY_MS, QUARTER_MS
from streams.questions.question import Drawn, GivenAnswer, Question
from streams.questions.state import Early
from streams.said import said
from streams.watch.asking import Asking
from streams.watch.clock import SHIFTED
from streams.watch.evidence import of_answers, of_question
from streams.watch.incident import Incident
from streams.watch.incidents import Incidents, doubtful
from streams.watch.laws import LAWS
from streams.watch.learning import Learning
from streams.watch.rate import OF_RATE, Rate
from streams.watch.ruling import Ruling, rule
from streams.watch.slot import Slot, sum_of
from streams.watch.slot_times import SlotTimes
from streams.watch.state import KEPT_DAYS, WatchState
from streams.watch.thresholds import ASK

MAX_WAITING: Final = 100  # answers that came before their question
OF_LAWS: Final = frozenset({*LAWS, SHIFTED})  # causes about whose calls a person is asked; a law waits for answers


@dataclass(frozen=True, slots=True)
class Answering:
    """The answers about one line."""

    rules: LineRules
    state: WatchState
    slot_times: SlotTimes
    incidents: Incidents
    asking: Asking
    rate: Rate
    learning: Learning

    def answer(self, review: Review, now: int) -> int:
        """Take a person's answer at the line's time `now` (ms); return `OK` or `DUPLICATE`.

        An answer that is read before its question is asked again, after a restart, waits. Raise `Invalid` if no
        question can come any more, or if too many answers wait.
        """
        assert review.call is not None
        assert review.answer is not None
        state, at = self.state.asking, milliseconds(review.at)
        given = GivenAnswer(digest(review.by) >> 1, at, review.answer)
        question, call = self._asked(review.call)
        if question is not None and call is not None:
            return self._take(question, call, given, now)
        early = Early(review.call, given)
        if early in state.waiting:
            return DUPLICATE
        oldest = now - KEPT_DAYS * DAY_MS
        state.waiting = [each for each in state.waiting if each.given.at >= oldest]
        if at < oldest or len(state.waiting) >= MAX_WAITING:
            line, name = repr(self.rules.line), repr(review.call)
            raise Invalid("unknown-question", said("line {line} has not asked about call {call}", line=line, call=name))
        state.waiting.append(early)
        return OK

    def tick(self, now: int) -> None:
        """Take the answers that were waiting for their question and are due, and keep verdicts open `now` (ms)."""
        waiting = self.state.asking.waiting
        for each in [each for each in waiting if each.given.at <= now]:
            question, call = self._asked(each.call)
            if question is not None and call is not None:
                waiting.remove(each)
                self._take(question, call, each.given, now)
        for incident in self.incidents.open(lambda each: each.cause in OF_LAWS and not each.answered):
            if self.asking.about_law(incident, now):
                incident.verdict = "undecided"
            elif incident.verdict == "undecided" and incident.cause != SHIFTED:
                incident.verdict, incident.detected = "miscount", now
        for incident in filter(doubtful, self.incidents.kept):
            calls = 0 if incident.unanswered else self.asking.unanswered(incident, now)
            if calls:
                incident.evidence.append(of_question(calls))

    def _asked(self, name: str) -> tuple[Question, Drawn] | tuple[None, None]:
        """Return the call of this id that a person was asked about, and the question."""
        asked = (
            (question, each)
            for question in reversed(self.state.asking.questions)
            for each in question.calls
            if each.call == name
        )
        return next(asked, (None, None))

    def _take(self, question: Question, call: Drawn, given: GivenAnswer, now: int) -> int:
        if call.take(given) == DUPLICATE:
            return DUPLICATE
        ruling = None if question.decided else rule(self.state.asking.questions, question)
        if ruling is not None:
            question.decided = ruling.outcome
            self._apply(ruling, now)
        for incident in self.incidents.kept:
            if incident.answered and incident.verdict == "miscount" and incident.kind != "closed-hours":
                incident.sample = self.asking.sample(incident) or incident.sample
        return OK

    def _apply(self, ruling: Ruling, now: int) -> None:
        """Apply a ruling `now` (ms)."""
        law = self._of_law(ruling)
        if law is not None:
            _rule_on_law(law, ruling, now)
        if ruling.question.about == "law":
            return
        if law is None:
            if self.rate.answered(ruling, now):
                right = (ruling.counts.right + 1) / (ruling.counts.told + 2)
                self.learning.begin_anew(ruling.since, now, right)
        elif ruling.outcome == "sound":
            self.rate.begin_anew(now)
        self._relearn(now)

    def _of_law(self, ruling: Ruling) -> Incident | None:
        """Return the incident that a law opened, if a ruling is about its calls."""
        asked, incidents = ruling.question, self.incidents
        if asked.about == "law":
            return next((each for each in incidents.kept if each.id == asked.incident and not each.answered), None)
        if asked.about != "doubt" or incidents.by_cause(*OF_RATE):
            return None
        return next(
            incidents.open(lambda each: each.cause in LAWS and not each.answered and each.start < asked.until), None
        )

    def _relearn(self, now: int) -> None:
        """Learn the line again if losses that persons called real last until now (ms)."""
        since, expected = self._real_since(now), self.slot_times.line_rate()
        if since is None or expected is None:
            return
        first, kept = self.rules.day(since), self.state.days
        days = [day for day in sorted(kept) if day >= first and self.slot_times.opens(kept[day])]
        if len(days) < ASK.lasting:
            return
        recent: dict[int, Slot] = {}
        for day in days[-ASK.recent :]:
            recent |= self.slot_times.opened(kept[day])
        seen = sum_of([Slot(), *(slot for slot_no, slot in recent.items() if not self._is_rush(slot_no))])
        if seen.lost > ASK.still * expected * seen.offered:
            self.learning.begin_anew(min(recent) * QUARTER_MS, now)

    def _is_rush(self, slot_no: int) -> bool:
        """Return whether an overload covers a slot: two rushes within a fortnight are no lasting change."""
        return any(
            each.verdict == "overload" and each.start < (slot_no + 1) * QUARTER_MS and slot_no * QUARTER_MS < each.end
            for each in self.incidents.kept
        )

    def _real_since(self, now: int) -> int | None:
        """Return the moment (ms) since which answers call the losses of a lasting doubt real; None if they do not."""
        since = None
        for each in reversed([each for each in self.state.asking.questions if each.about == "doubt"]):
            if each.decided != "sound" or now - each.at > ASK.apart * DAY_MS:
                break
            since, now = each.since, each.at
        return since


def _rule_on_law(found: Incident, ruling: Ruling, now: int) -> None:
    """Confirm or dismiss `now` (ms) an incident that a law opened, as its calls were counted wrongly or rightly."""
    found.evidence.insert(0, of_answers(ruling.counts, ruling.score, lost=ruling.lost))
    if ruling.outcome == "faulty":
        found.verdict, found.detected = "miscount", now
    else:
        found.verdict, found.status = "undecided", "dismissed"
