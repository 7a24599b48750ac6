"""When the watch of a line asks a person about a few calls.

A record cannot testify against itself: a fault that was there from the first day looks like a bad line. So when the
lost rate is suspect, calls that were counted lost since then are drawn at random, and a person looks at them
(`streams.watch.answering`). Each month, and before a line's first figure, a few calls are drawn without any doubt.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from streams.calls.call import Call
from streams.kept.digest import digest
from streams.kept.times import DAY_MS, QUARTER_MS
from streams.questions.pool import Drawable
from streams.questions.question import SAMPLES, About, Drawn, Question
from streams.questions.sample import WrongShares, sample_of
from streams.questions.state import AskingState
from streams.questions.stratum import LOST_STRATA, RISKY, STRATA, Stratum, allocation, stratum
from streams.watch.incident import Incident
from streams.watch.incidents import Incidents
from streams.watch.laws import LAWS
from streams.watch.review import id_of
from streams.watch.ruling import counts_of, leans_sound, outcome_of
from streams.watch.slot_times import SlotTimes
from streams.watch.state import KEPT_DAYS
from streams.watch.thresholds import ASK

MAX_KEPT: Final = 60  # questions of a line
LOST: Final = frozenset(LOST_STRATA)
OTHERS: Final = tuple(each for each in STRATA if each not in LOST_STRATA)


@dataclass(frozen=True, slots=True)
class Asking:
    """The asking of one line; `live` has its live calls by key."""

    line: str
    state: AskingState
    slot_times: SlotTimes
    incidents: Incidents
    live: Mapping[str, Call]

    def settle(self, key: str, call: Call) -> None:
        """Add a settled call of an open hour to the pool."""
        when, own = self.slot_times.of(call.start // QUARTER_MS), stratum(call)
        if when.open and own is not None:
            self.state.pool.add(when.day, own, call.name, key, call.start)

    def come_back(self, call: Call) -> None:
        """Remove a settled call that is live again from the pool."""
        when, own = self.slot_times.of(call.start // QUARTER_MS), stratum(call)
        if when.open and own is not None:
            self.state.pool.remove(when.day, own, call.name)

    def is_due(self, now: int) -> bool:
        """Return whether a question may be asked `now` (ms): one a day, and none while the last one is open."""
        if self.slot_times.of(now // QUARTER_MS).day <= self.state.day:
            return False
        last = self._last("doubt")
        return last is None or not last.open or now - last.at >= ASK.old * DAY_MS

    def weighs(self, now: int) -> bool:
        """Return whether a doubtful stretch may be weighed `now` (ms): once a slot."""
        before, self.state.weighed = self.state.weighed, now // QUARTER_MS
        return before != self.state.weighed

    def doubt(self, since: int, now: int, share: float, strata: Collection[Stratum] = LOST_STRATA) -> bool:
        """Ask `now` about calls of these strata since a moment (both ms); return whether there were enough.

        `share` is the share of these calls that would be counted wrongly.
        """
        return self._ask("doubt", since, now, share, self._drawable(strata, since, now)[: ASK.calls]) is not None

    def hidden(self, since: int, now: int) -> None:
        """Ask `now` whether losses since a moment (both ms) are among the calls that were not counted lost."""
        if not self.doubt(since, now, ASK.sample_share, RISKY):
            self.doubt(since, now, ASK.sample_share, OTHERS)

    def about_law(self, incident: Incident, now: int) -> bool:
        """Ask about calls of an incident that a law opened; return whether its verdict waits for the answers.

        Nothing is asked of a person who never answers in time.
        """
        known = next((each for each in self.state.questions if each.incident == incident.id), None)
        if known is None and incident.cause in LAWS and not self.answers_come():
            return False
        if known is None and self.is_due(now):
            strata = LAWS[incident.cause].strata if incident.cause in LAWS else LOST_STRATA
            drawn = self._drawable(strata, incident.start, now)[: ASK.calls]
            if len(drawn) < ASK.fewest:
                rest = [each for each in STRATA if each not in strata]
                drawn += self._drawable(rest, incident.start, now)[: ASK.calls - len(drawn)]
            known = self._ask("law", incident.start, now, ASK.sample_share, drawn)
            if known is not None:
                known.incident = incident.id
        if known is None:  # a question was asked today, so this one waits for tomorrow
            return now - incident.detected <= ASK.patience * DAY_MS
        return self._is_awaited(known, now)

    def sample(self, incident: Incident) -> WrongShares | None:
        """Return persons' answers about calls that were drawn from an incident at random; None without any."""
        start, end = incident.bounds()
        drawn = [
            each
            for question in self.state.questions
            if question.about != "law"
            for each in question.calls
            if start <= each.at < end
        ]
        first, last = (self.slot_times.of(at // QUARTER_MS).day for at in (start, end - 1))
        return sample_of(drawn, self.state.pool.counts(range(first, last + 1)))

    def unanswered(self, incident: Incident, now: int) -> int:
        """Return the number of calls of an incident about which a person was asked, and that waited in vain; or 0."""
        start, end = incident.bounds()
        for each in reversed(self.state.questions):
            about = each.incident == incident.id or (each.about == "doubt" and each.since < end and start < each.until)
            if about and not each.decided and now - each.at > ASK.patience * DAY_MS:
                return len(each.calls)
        return 0

    def cleared(self, now: int, strata: Collection[Stratum] = LOST_STRATA) -> bool:
        """Return whether the last doubt about such calls ended shortly before `now` (ms): they were counted right."""
        about = [each for each in self.state.questions if each.about == "doubt" and each.calls[0].stratum in strata]
        return bool(about) and about[-1].decided == "sound" and now - about[-1].at <= ASK.apart * DAY_MS

    def _last(self, *about: About) -> Question | None:
        return next((each for each in reversed(self.state.questions) if each.about in about), None)

    def _drawable(
        self, strata: Collection[Stratum], since: int, until: int, *, sound: bool = False
    ) -> list[tuple[Drawable, Stratum]]:
        """Return the calls of these strata from `since` to before `until` (ms), live ones too, by digest."""
        found = [(each, kept) for kept in strata for each in self.state.pool.since(since, until, kept)]
        for key, call in self.live.items():
            own, is_open = stratum(call), self.slot_times.of(call.start // QUARTER_MS).open
            if is_open and own is not None and own in strata and since <= call.start < until:
                found.append((Drawable(digest(key), key, call.start), own))
        return self._new(sorted(found), sound=sound)

    def open(self) -> list[Question]:
        """Return the questions that wait for answers, the oldest first: the last doubt, and the last sample."""
        latest = self.state.day - KEPT_DAYS
        kept = [self._last("doubt", "law"), self._last("month", "first")]
        waiting = [each for each in kept if each is not None and each.open]
        return sorted(
            (each for each in waiting if self.slot_times.of(each.at // QUARTER_MS).day >= latest),
            key=lambda each: each.at,
        )

    def awaited(self, now: int) -> bool:
        """Return whether an answer should come soon: a question is open, and earlier ones were answered in time."""
        last = self._last("doubt")
        return last is not None and self._is_awaited(last, now) and self.answers_come()

    @staticmethod
    def _is_awaited(question: Question, now: int) -> bool:
        return question.open and now - question.at <= ASK.patience * DAY_MS

    def answers_come(self) -> bool:
        """Return whether earlier questions were answered in time."""
        return any(
            given.at - question.at <= ASK.patience * DAY_MS
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
        so_far = [each for each in kept if each <= day]
        if self._is_first_due(so_far) and self._sample("first", so_far, now, ASK.first_calls, 0):
            return
        if ended and self._sample("month", [each for each in kept if _month(each) == month - 1], now):
            return
        if not self._follow_up(now):
            self._look_again(now)

    def _is_first_due(self, days: Sequence[int]) -> bool:
        """Return whether the first sample is due: the first days have enough lost calls, or some days have passed."""
        opening_days = self.state.opening_days
        if self._last("first") is not None or not ASK.first_days_least <= opening_days <= ASK.first_days_most:
            return False
        lost = sum(len(self.state.pool.of(days, each)) for each in LOST_STRATA)
        return opening_days >= ASK.first_days or lost >= ASK.first_calls

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
        """Ask once a week whether a miscount that answers decided still lasts."""
        known = next(self.incidents.open(lambda each: each.answered and each.status == "open"), None)
        since = now - ASK.again * DAY_MS
        if known is not None and self.state.questions[-1].at <= since:
            strata = self._wrong_strata() if known.hides_losses else LOST_STRATA
            drawn = self._drawable(strata, since, now)[: ASK.calls]
            asked = self._ask("doubt", since, now, self._share_of(known), drawn)
            if asked is not None:
                asked.incident = known.id

    @staticmethod
    def _share_of(known: Incident) -> float:
        """Return the share of the calls that a miscount counts wrongly, by the answers so far; half at most.

        A few answers may all be wrong by chance, and a greater share would take one right week for the end.
        """
        if known.sample is None or known.hides_losses:
            return ASK.sample_share
        return min(ASK.sample_share, max(ASK.least_share, known.sample.lost))

    def _wrong_strata(self) -> set[Stratum]:
        """Return the strata, other than those counted lost, in which persons found wrong calls."""
        calls = (each for question in self.state.questions for each in question.calls if not each.lost)
        return {each.stratum for each in calls if each.answer == "wrong"}

    def _follow_up(self, now: int) -> bool:
        """Ask about more calls if several of the last ones were counted wrongly; return whether it asked."""
        last = self.state.questions[-1] if self.state.questions else None
        if last is None or last.decided or not last.answered:
            return False
        for lost in (True, False):
            counts = counts_of(self.state.questions, last, lost=lost)
            strata = LOST_STRATA if lost else {each.stratum for each in last.calls if each.answer == "wrong"} - LOST
            asks = counts.wrong >= ASK.follow_up - (not lost)
            if last.incident:  # it lasts, unless the answers say otherwise
                asks = counts.told > 0 and leans_sound(last, counts)
            if not asks or outcome_of(last, counts) is not None:
                continue
            until = last.until if last.about in SAMPLES else now
            drawn = self._drawable(strata, last.since, until, sound=True)[: ASK.calls]
            if last.about == "first" and len(drawn) < ASK.fewest:  # the first days have no more calls
                until, drawn = now, self._drawable(strata, last.since, now, sound=True)[: ASK.calls]
            asked = self._ask("doubt", last.since, now, last.share, drawn)
            if asked is not None:
                asked.until, asked.incident = until, last.incident
                return True
        return False

    def _new(self, calls: Iterable[tuple[Drawable, Stratum]], *, sound: bool) -> list[tuple[Drawable, Stratum]]:
        """Return the calls that are in no question yet; if `sound`, without calls in a miscount."""
        asked = {each.call for question in self.state.questions for each in question.calls}
        return [
            each
            for each in calls
            if each[0].call not in asked
            and not (sound and self.incidents.covering(each[0].at // QUARTER_MS, open=True))
        ]

    def _ask(
        self, about: About, since: int, now: int, share: float, drawn: Sequence[tuple[Drawable, Stratum]]
    ) -> Question | None:
        """Ask about these calls; return the question, or None if they are too few."""
        if len(drawn) < ASK.fewest:
            return None
        state = self.state
        calls = sorted((Drawn(each.call, each.at, kept) for each, kept in drawn), key=lambda each: (each.at, each.call))
        question = Question(id_of(self.line, now, f"question {about}"), about, now, since, now, share, calls)
        state.questions.append(question)
        state.day = self.slot_times.of(now // QUARTER_MS).day
        if len(state.questions) > MAX_KEPT:
            del state.questions[0]
            state.dropped += 1
        return question


def _month(day: int) -> int:
    """Return the month of a local day (an ordinal), as year x 12 + month."""
    local = date.fromordinal(day)
    return 12 * local.year + local.month
