"""The questions of one line: when its watch asks a person about a few calls, and what the answers decide.

A record cannot testify against itself: a fault that was there from the first day looks like a bad line. So when the
lost rate is suspect, calls that were counted lost since then are drawn at random, and a person looks at them. The
answers are weighed by a sequential test (`streams.checks.wald`), which allows for persons who err, and they count for
more than any inference. Each month, and before a line's first figure, a few calls are drawn without any doubt.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Final, NamedTuple

from streams.calls.call import Call
from streams.checks.wald import Outcome, SequentialTest
from streams.decoding import Invalid
from streams.events import Review, milliseconds
from streams.kept.digest import digest
from streams.kept.mark import DUPLICATE, OK
from streams.kept.times import DAY_MS, QUARTER_MS
from streams.questions.allocation import allocation
from streams.questions.pool import Drawable
from streams.questions.question import About, AnswerCounts, Drawn, GivenAnswer, Question
from streams.questions.state import AskingState, Early
from streams.questions.stratum import LOST_STRATA, STRATA, Stratum, stratum
from streams.said import said
from streams.watch.incidents import Incidents
from streams.watch.review import id_of
from streams.watch.slot_times import SlotTimes
from streams.watch.thresholds import ASK

KEPT_DAYS: Final = 40  # local days whose calls can be drawn
MAX_KEPT: Final = 60  # questions of a line
MAX_WAITING: Final = 100  # answers that came before their question
OTHERS: Final = tuple(each for each in STRATA if each not in LOST_STRATA)


class Ruling(NamedTuple):
    """What the answers decide about a stretch."""

    question: Question  # the last one
    outcome: Outcome
    lost: bool  # about the calls that were counted lost, rather than the others
    tally: AnswerCounts
    score: float  # nats: the evidence for a miscount
    since: int  # epoch ms: start of the stretch
    sampled: bool  # the stretch is a sample's, so the miscount may be shorter


class Asking:
    """The asking of one line; `live` has its live calls by key."""

    def __init__(
        self,
        line: str,
        state: AskingState,
        slot_times: SlotTimes,
        incidents: Incidents,
        live: Mapping[str, Call],
    ) -> None:
        self._line = line
        self.state = state
        self._slot_times = slot_times
        self._incidents = incidents
        self._live = live

    def settle(self, key: str, call: Call) -> None:
        """Add a settled call of an open hour to the pool."""
        when, own = self._slot_times.of(call.start // QUARTER_MS), stratum(call)
        if when.open and own is not None:
            self.state.pool.add(when.day, own, call.name, key, call.start)

    def come_back(self, call: Call) -> None:
        """Remove a settled call that is live again from the pool."""
        when, own = self._slot_times.of(call.start // QUARTER_MS), stratum(call)
        if when.open and own is not None:
            self.state.pool.remove(when.day, own, call.name)

    def is_due(self, now: int) -> bool:
        """Return whether a question may be asked `now` (ms): one a day, and none while the last one is open."""
        if self._slot_times.of(now // QUARTER_MS).day <= self.state.day:
            return False
        last = self._last("doubt")
        return last is None or last.answered or last.decided != "" or now - last.at >= ASK.old * DAY_MS

    def doubt(self, since: int, now: int, share: float) -> Question | None:
        """Ask `now` about calls counted lost since a moment (both ms).

        `share` is the share of these calls that would be counted wrongly. Returns None if nothing was asked.
        """
        drawn = self._drawable(LOST_STRATA, since, now)[: ASK.calls]
        return self._ask("doubt", since, now, share, drawn) if len(drawn) >= ASK.fewest else None

    def cleared(self, now: int) -> bool:
        """Return whether the last doubt ended a short time before `now` (ms), because the losses were real."""
        last = self._last("doubt")
        return last is not None and last.decided == "sound" and now - last.at <= ASK.apart * DAY_MS

    def real_since(self, now: int) -> int | None:
        """Return since when (ms) answers say that the losses of a doubt that goes on are real; None if they do not."""
        since = None
        for each in reversed([each for each in self.state.questions if each.about == "doubt"]):
            if each.decided != "sound" or now - each.at > ASK.apart * DAY_MS:
                break
            since, now = each.since, each.at
        return since

    def _last(self, *about: About) -> Question | None:
        return next((each for each in reversed(self.state.questions) if each.about in about), None)

    def _drawable(
        self, strata: Collection[Stratum], since: int, until: int, *, sound: bool = False
    ) -> list[tuple[Drawable, Stratum]]:
        """Return the calls of these strata from `since` to before `until` (ms), live ones too, by digest."""
        found = [(each, kept) for kept in strata for each in self.state.pool.since(since, until, kept)]
        for key, call in self._live.items():
            own, is_open = stratum(call), self._slot_times.of(call.start // QUARTER_MS).open
            if is_open and own is not None and own in strata and since <= call.start < until:
                found.append((Drawable(digest(key), key, call.start), own))
        return self._new(sorted(found), sound=sound)

    def open(self) -> list[Question]:
        """Return the questions that wait for answers, the oldest first, unless they are too old to matter."""
        latest = self.state.day - KEPT_DAYS
        return [
            each
            for each in self.state.questions
            if not each.answered and not each.decided and self._slot_times.of(each.at // QUARTER_MS).day >= latest
        ]

    def awaited(self, now: int) -> bool:
        """Return whether an answer should come soon: a question is open, and earlier ones were answered in time."""
        patience = ASK.patience * DAY_MS
        last = self._last("doubt")
        if last is None or last.answered or last.decided or now - last.at > patience:
            return False
        return any(
            given.at - question.at <= patience
            for question in self.state.questions
            for each in question.calls
            for given in each.given
        )

    def day_over(self, day: int, now: int, *, opened: bool) -> None:
        """Draw a sample if one is due once a local day is over; `opened` says whether it was an opening day."""
        state, kept = self.state, self.state.pool.days
        state.opening_days += opened
        state.pool.forget(day - KEPT_DAYS)
        month = _month(day + 1)
        ended, state.month = state.month not in {-1, month}, month
        is_first = self._last("first") is None and ASK.first_days <= state.opening_days <= ASK.first_days_most
        if is_first and self._sample("first", [each for each in kept if each <= day], now, ASK.first_calls, 0):
            return
        if ended and self._sample("month", [each for each in kept if _month(each) == month - 1], now):
            return
        if not self._follow_up(now):
            self._look_again(now)

    def _sample(
        self, about: About, days: Sequence[int], now: int, lost: int = ASK.month_lost, others: int = ASK.month_others
    ) -> bool:
        """Ask about calls of these days, drawn by strata: some counted lost, and some of the others.

        Return whether there were enough.
        """
        pool = self.state.pool
        counts = pool.counts(days)
        drawn: list[tuple[Drawable, Stratum]] = []
        for strata, number in ((LOST_STRATA, lost), (OTHERS, others)):
            for kept, most in allocation({each: counts[each] for each in strata}, number).items():
                drawn += self._new(((each, kept) for each in pool.of(days, kept)), sound=True)[:most]
        if sum(kept in LOST_STRATA for _, kept in drawn) < ASK.fewest:
            return False
        self._ask(about, min(each.at for each, _ in drawn), now, ASK.sample_share, drawn)
        return True

    def _look_again(self, now: int) -> None:
        """Ask whether a miscount that answers decided goes on, once a week."""
        known = next(self._incidents.open(lambda each: each.answered and each.status == "open"), None)
        since = now - ASK.again * DAY_MS
        if known is None or self.state.questions[-1].at > since:
            return
        drawn = self._drawable(LOST_STRATA, since, now)[: ASK.calls]
        if len(drawn) >= ASK.fewest:
            self._ask("doubt", since, now, ASK.sample_share, drawn)

    def _follow_up(self, now: int) -> bool:
        """Ask about more calls if several of the last ones were counted wrongly; return whether it asked."""
        last = self.state.questions[-1] if self.state.questions else None
        if last is None or last.decided or not last.answered:
            return False
        for lost in (True, False):
            tally = self._tally(last, lost=lost)
            strata = LOST_STRATA if lost else OTHERS
            if tally.wrong < ASK.follow_up - (not lost) or self._outcome(last.share, tally) is not None:
                continue
            drawn = self._drawable(strata, last.since, last.until, sound=True)[: ASK.calls]
            if len(drawn) >= ASK.fewest:
                self._ask("doubt", last.since, now, last.share, drawn).until = last.until
                return True
        return False

    def answer(self, review: Review, now: int) -> tuple[int, Ruling | None]:
        """Take a person's answer at the line's time `now` (ms).

        Return `OK` or `DUPLICATE`, and what the answers so far decide, if they decide now. An answer that is read
        before its question is asked again, after a restart, waits. Raise `Invalid` if no question can come any more,
        or if too many answers wait.
        """
        assert review.call is not None
        assert review.answer is not None
        state, at = self.state, milliseconds(review.at)
        given = GivenAnswer(digest(review.by) >> 1, at, review.answer)
        question, call = self._asked(review.call)
        if question is not None and call is not None:
            return self._take(question, call, given)
        early = Early(review.call, given)
        if early in state.waiting:
            return DUPLICATE, None
        state.waiting = [each for each in state.waiting if each.given.at >= now - KEPT_DAYS * DAY_MS]
        if at < now - KEPT_DAYS * DAY_MS or len(state.waiting) >= MAX_WAITING:
            raise Invalid(
                "unknown-question",
                said("line {line} has not asked about call {call}", line=repr(self._line), call=repr(review.call)),
            )
        state.waiting.append(early)
        return OK, None

    def due(self, now: int) -> Iterator[Ruling]:
        """Yield what the answers decide that came before their question, and are due `now` (ms)."""
        for each in [each for each in self.state.waiting if each.given.at <= now]:
            question, call = self._asked(each.call)
            if question is not None and call is not None:
                self.state.waiting.remove(each)
                _, ruling = self._take(question, call, each.given)
                if ruling is not None:
                    yield ruling

    def _asked(self, name: str) -> tuple[Question, Drawn] | tuple[None, None]:
        """Return the call of this id that a person was asked about, and the question."""
        asked = (
            (question, each)
            for question in reversed(self.state.questions)
            for each in question.calls
            if each.call == name
        )
        return next(asked, (None, None))

    def _take(self, question: Question, call: Drawn, given: GivenAnswer) -> tuple[int, Ruling | None]:
        if call.take(given) == DUPLICATE:
            return DUPLICATE, None
        if question.decided:
            return OK, None
        for lost in (True, False):
            tally = self._tally(question, lost=lost)
            outcome = self._outcome(question.share, tally)
            if outcome == "faulty" or (outcome == "sound" and lost and question.answered):
                question.decided = outcome
                score = _test(question.share).weight(tally.wrong, tally.right)
                *_, first = chain = list(self._chain(question))
                since = min(each.since for each in chain)
                return OK, Ruling(question, outcome, lost, tally, score, since, first.about != "doubt")
        return OK, None

    def _tally(self, question: Question, *, lost: bool) -> AnswerCounts:
        """Return the answers to a question and to those before it about the same doubt."""
        return sum((each.tally(lost=lost) for each in self._chain(question)), AnswerCounts())

    def _chain(self, question: Question) -> Iterator[Question]:
        """Yield a question and those before it about the same doubt, which the answers have not decided."""
        questions = self.state.questions
        yield question
        since = question.since
        for each in reversed(questions[: questions.index(question)]):
            if each.decided or each.until < since:
                return
            since = min(since, each.since)
            yield each

    @staticmethod
    def _outcome(share: float, tally: AnswerCounts) -> Outcome | None:
        if tally.right >= ASK.calls and not tally.wrong:
            return "sound"
        return _test(share).outcome(tally.wrong, tally.right)

    def _new(self, calls: Iterable[tuple[Drawable, Stratum]], *, sound: bool) -> list[tuple[Drawable, Stratum]]:
        """Return the calls that nobody was asked about; if `sound`, without those in a miscount."""
        asked = {each.call for question in self.state.questions for each in question.calls}
        return [
            each
            for each in calls
            if each[0].call not in asked
            and not (sound and self._incidents.covering(each[0].at // QUARTER_MS, open=True))
        ]

    def _ask(
        self,
        about: About,
        since: int,
        now: int,
        share: float,
        drawn: Sequence[tuple[Drawable, Stratum]],
    ) -> Question:
        state = self.state
        calls = sorted((Drawn(each.call, each.at, kept) for each, kept in drawn), key=lambda each: (each.at, each.call))
        question = Question(id_of(self._line, now, f"question {about}"), about, now, since, now, share, calls)
        state.questions.append(question)
        state.day = self._slot_times.of(now // QUARTER_MS).day
        if len(state.questions) > MAX_KEPT:
            del state.questions[0]
            state.dropped += 1
        return question


def _test(share: float) -> SequentialTest:
    """Return the test for a miscount in which this share of the calls is counted wrongly."""
    faulty = share * (1 - ASK.error) + (1 - share) * ASK.error
    return SequentialTest(ASK.error, faulty, ASK.false_alarm, ASK.miss)


def _month(day: int) -> int:
    """Return the month of a local day (an ordinal), as year x 12 + month."""
    local = date.fromordinal(day)
    return 12 * local.year + local.month
