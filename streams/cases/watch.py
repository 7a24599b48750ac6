"""The watch of a counter or a register: whether its tickets or requests are counted rightly.

Its cases are kept for two days or so. When a day is over, and now and then before, the laws look at them; what breaks
one becomes an incident, as at a line. A day without a sign is learnt.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple
from zlib import crc32

from streams.cases.case import MAX_REPEATS, SeenCase, new_case
from streams.cases.copies import again, doubled
from streams.cases.drift import VISITORS_COME, drifted, settled
from streams.cases.hours import HOURS_SHIFTED, NO_ANSWERS, NO_CASES, DayHours
from streams.cases.laws import CASE_LAWS, ON_THE_DAY, UNCALLED, gaps, sign
from streams.cases.learning import CLOSED_DAYS, learn
from streams.cases.limited import AT_LIMIT
from streams.cases.state import MAX_CASES, MAX_PENDING, CaseWatchState
from streams.cases.undone import UNDO, columns_swapped, is_blurred, times_undone, waits_undone
from streams.cases.view import CaseRules, Sign, View
from streams.events import Review
from streams.kept.digest import digest
from streams.kept.times import DAY_MS, FOREVER, NO_MOMENT, QUARTER_MS, slot_end
from streams.kept.waits import Waits
from streams.watch.facts import CasesBreak
from streams.watch.incident import Evidence, Incident, Judgement
from streams.watch.incidents import Incidents
from streams.watch.review import decided

WINDOW: Final = 60  # cases that the laws look at, at least, in whole days
REGISTER_DAYS: Final = 12  # days of a register that the laws look at, at least
LOOK: Final = 30  # new cases after which the laws look before the day is over
STRIKE: Final = 4  # days: the longest strike
NOBODY: Final = 0.9  # share of uncalled visitors; of an overrun counter it is less
CLEAN_DAYS: Final = 3  # without a sign, after which an incident is over
CLEAN_CASES: Final = 5  # of such a day
COPIES: Final = frozenset({"rows once", "a number once"})
LONGEST: Final = 45 * DAY_MS  # without an event, after which the days between are not judged
# Signs that come first explain those after them.
ORDER: Final = (
    *("rows once", "rows not repeated", "a number once", "columns swapped"),
    *(f"waits {name}" for name in UNDO),
    *(f"times {name}" for name in UNDO),
    *(HOURS_SHIFTED, "issued at any minute", AT_LIMIT, "order of moments", "met one by one", "closed one by one"),
    *("same moments", "waits of zero", "closed days", "numbers missing", NO_CASES, NO_ANSWERS),
    *("visits end", UNCALLED, VISITORS_COME, ON_THE_DAY),
)


class CaseMoments(NamedTuple):
    """The moments of a case that a fold knows (ms, `NO_MOMENT` while unknown)."""

    begun: int = NO_MOMENT
    met: int = NO_MOMENT
    served: int = NO_MOMENT
    ended: int = NO_MOMENT
    left: bool = False
    absent: bool = False
    booked: bool = False


class CaseWatch:
    """The watch of one desk.

    `recount` is given a day (an ordinal) and its true waits, once they are known.
    """

    def __init__(
        self, rules: CaseRules, state: CaseWatchState, over: Callable[[int], int], recount: Callable[[int, Waits], None]
    ) -> None:
        self.rules = rules
        self.state = state
        self.incidents = Incidents(rules.name, state, desk=rules.desk)
        self._over = over
        self._recount = recount

    def note(
        self, name: str, day: int, moments: CaseMoments, *, counter: str | None = None, again: bool = False
    ) -> None:
        """Take the moments that are now known of a case, by an event of a local day; `again` if it began twice."""
        state = self.state
        key = digest(name)
        case = state.cases.get(key)
        if case is not None and moments.begun >= 0 <= case.begun != moments.begun and case.day != day:
            state.cases[digest(f"{case.day} {name}")] = state.cases.pop(key)  # its number is used again every day
            case = None
        if case is None:
            case = self._begin(key, name, day, moments)
            if case is None:
                return
        case.twice |= again
        case.begun = moments.begun if moments.begun >= 0 else case.begun
        case.met = moments.met if case.met < 0 or 0 <= moments.met < case.met else case.met
        case.served = moments.served if moments.served >= 0 else case.served
        case.ended = moments.ended if moments.ended >= 0 else case.ended
        case.left, case.absent, case.booked = moments.left, moments.absent, moments.booked
        if counter is not None:
            case.counter = crc32(counter.encode()) | 1

    def _begin(self, key: int, name: str, day: int, moments: CaseMoments) -> SeenCase | None:
        state = self.state
        if len(state.cases) >= MAX_CASES:
            state.missed += 1
            return None
        case = state.cases[key] = new_case(name, day)
        since = state.pending.pop(key, NO_MOMENT)
        if moments.begun < 0 <= since:
            case.begun = since
        if case.begun >= 0 or (moments.begun >= 0 and self.rules.day(moments.begun) != day):
            case.serial = -1  # it was counted when it began
        state.looked += 1
        return case

    def repeat(self, name: str) -> None:
        """Take an event that came again."""
        case = self.state.cases.get(digest(name))
        if case is not None and case.repeats < MAX_REPEATS:
            case.repeats += 1

    def review(self, review: Review, now: int) -> int:
        """Take a person's decision at the desk's time `now` (ms); raise `Invalid` if it decides nothing."""
        result = self.incidents.decide(decided(review), now)
        self.incidents.count()
        return result

    def tick(self, now: int, heard: int) -> bool:
        """Look at the days that are over at `now` (ms), and now and then at the one under way; return whether it did.

        `heard` is the moment of the latest event: later hours may be silent because nothing has come yet.
        """
        state = self.state
        if state.over == FOREVER:
            if not state.cases:
                return False
            state.day = self.rules.day(heard)
            state.over = self._over(state.day)
        often = max(LOOK, state.usual.a_day / 2)
        looks = now > state.over or state.looked >= often
        while now > state.over:
            self._end_day(silent=heard > state.over)
            if now > state.over + LONGEST:
                state.day = self.rules.day(now)
                state.over = self._over(state.day)
        if state.looked >= often:
            state.looked = 0
            self._look(now, whole=False)
        if looks:
            for incident in self.incidents.kept:
                incident.judged_until = None if incident.over else state.over - DAY_MS
            self.incidents.count()
        return looks

    def _end_day(self, *, silent: bool) -> None:
        state = self.state
        signs = self._look(state.over, whole=True, silent=silent)
        today = state.day
        if not any(case.day == today for each in signs for case in each.cases) and not self._drifts(today):
            learn(self.rules, state.usual, state.cases.values(), today)
        self._close(today, signs)
        self._forget(today)
        state.looked = 0
        state.day += 1
        opened = self.rules.opened
        while opened is not None and not opened(state.day) and state.day < today + CLOSED_DAYS:
            state.day += 1
        state.over = self._over(state.day)

    def _drifts(self, today: int) -> bool:
        """Open or extend the incident of another share of no-shows than usual; return whether the day has one."""
        if self.rules.desk != "service":
            return False
        state, known = self.state, self.incidents.by_cause(VISITORS_COME)
        if known is not None and settled(known, state.usual, state.over):
            return False
        doubted = frozenset() if known is None else frozenset({VISITORS_COME})
        view = View(self.rules, state.usual, state.cases.values(), whole=True, doubted=doubted)
        found = drifted(view, state.drift, today)
        if found is not None:
            self._suspect(found, state.over)
        return found is not None

    def _look(self, now: int, *, whole: bool, silent: bool = False) -> list[Sign]:
        """Look for signs in the latest cases, and open or extend incidents."""
        state = self.state
        doubted = frozenset(each.cause for each in self.incidents.open())
        view = View(self.rules, state.usual, state.cases.values(), whole=whole, doubted=doubted)
        if len(view.cases) < CLEAN_CASES and not whole:
            return []
        signs = sorted(filter(None, self._signs(view, silent=silent)), key=lambda each: ORDER.index(each.law))
        taken: list[Sign] = []
        for each in signs:
            own = {id(case) for case in each.cases}
            if own and any(2 * sum(id(case) in own for case in known.cases) >= len(own) for known in taken):
                continue
            taken.append(each)
        for case in view.cases:
            if case.day >= state.day:
                case.fault = ""
        for each in taken:
            self._suspect(each, now)
        if whole:
            self._recount_days(view, taken)
        return taken

    def _signs(self, view: View, *, silent: bool) -> Iterator[Sign | None]:
        """Yield the signs of each law in a view."""
        for law in CASE_LAWS:
            if view.service or law.name != "waits of zero":
                yield sign(law, view)
        yield doubled(view)
        if not self.state.usual.known:
            return
        yield (undone := waits_undone(view))
        if view.whole or undone is not None:  # swapped columns look like a wrong unit
            yield columns_swapped(view)
        if view.whole:
            hours = DayHours(self.rules, self.state.day)
            yield from (times_undone(view), gaps(view), hours.shifted(view))
            if silent:
                yield from (hours.absent(view), hours.unanswered(view))

    def _suspect(self, found: Sign, now: int) -> None:
        """Open an incident for a sign, or extend the open one."""
        for case in found.cases:
            case.fault = found.law
        start = found.cases[0].at // QUARTER_MS * QUARTER_MS
        end = slot_end(found.cases[-1].at)
        evidence = Evidence(
            found.law,
            float(found.seen),
            float(found.of),
            round(found.score, 2),
            CasesBreak(found.law, found.seen, found.of),
        )
        judgement = Judgement(found.kind, "miscount" if found.sure else "undecided", [evidence])
        known = self.incidents.by_cause(found.law)
        if known is None:
            known = self._explained(found, start)
        if known is not None:
            if start < known.start - DAY_MS or ORDER.index(found.law) > ORDER.index(known.cause):
                known.end = max(known.end, end)
            else:
                known.start, known.end = min(known.start, start), max(known.end, end)
            if known.cause == found.law:
                known.clean = 0
                lasting = known.end - known.start > STRIKE * DAY_MS and found.seen > NOBODY * found.of
                if known.verdict == "undecided" and (found.sure or (found.law == UNCALLED and lasting)):
                    known.judge(judgement._replace(verdict="miscount"))
            elif ORDER.index(found.law) < ORDER.index(known.cause):
                known.cause = found.law
                known.clean = 0
                known.judge(judgement)
            return
        if self._covered(start, end):
            return
        begun = self.incidents.begin(found.law, judgement, start=start, now=now, calls=len(found.cases))
        begun.end = end

    def _explained(self, found: Sign, start: int) -> Incident | None:
        """Return an open incident of another law that began at about the same time, and is likely the same fault."""
        place = ORDER.index(found.law)
        return next(
            self.incidents.open(
                lambda each: (
                    each.cause in ORDER
                    and start <= each.end + DAY_MS
                    and (
                        abs(start - each.start) <= 3 * DAY_MS
                        or ORDER.index(each.cause) < place
                        or each.kind == found.kind == "unit"  # a longer stretch shows which one
                    )
                )
            ),
            None,
        )

    def _covered(self, start: int, end: int) -> bool:
        """Return whether a miscount that is over covers a stretch wholly: its cases are looked at again."""
        return any(each.start <= start and end <= each.end for each in self.incidents.kept)

    def _recount_days(self, view: View, signs: Sequence[Sign]) -> None:
        """Pass on the true waits of each day whose fault is undone."""
        undone = {
            each.law: each.undo
            for each in signs
            if each.undo
            and not each.law.startswith("times ")
            and each.undo != "times 60"  # many ends are of other days
            and not is_blurred(each.undo, view)
        }
        undone |= {each.law: "" for each in signs if each.law in COPIES}
        if not view.service:
            return
        days = {case.day for each in signs if each.law in undone for case in each.cases}
        copied = COPIES & (view.doubted | undone.keys())
        if COPIES & view.doubted:
            days.add(self.state.day)  # also if few rows are copied on that day
        for day in days:
            waits, rows = Waits(), set[tuple[int, ...]]()
            for case in view.cases:
                if case.day != day or (copied and (case.twice or case.row in rows or again(case, view.rows))):
                    continue
                rows.add(case.row)
                if (true := _true_wait(case, undone)) is not None:
                    waits.add(true)
            if waits.count:
                self._recount(day, waits)

    def _close(self, today: int, signs: Sequence[Sign]) -> None:
        """Count clean days of the open incidents, and close the incidents that are over."""
        touched = {each.law for each in signs if any(case.day == today for case in each.cases)}
        enough = sum(each.day == today for each in self.state.cases.values()) >= CLEAN_CASES
        for incident in list(self.incidents.open()):
            if incident.cause in touched or incident.end > self.state.over - DAY_MS:
                incident.clean = 0
            elif enough:
                incident.clean += 1
                if incident.clean >= CLEAN_DAYS:
                    incident.close()

    def _forget(self, today: int) -> None:
        """Forget the cases of days that no law reads again; keep the starts of those not served yet."""
        state = self.state
        by_day = Counter(each.day for each in state.cases.values())
        kept, first = 0, today
        for day in sorted(by_day, reverse=True):
            first = day
            kept += by_day[day]
            if kept >= WINDOW and (self.rules.desk == "service" or day <= today - REGISTER_DAYS):
                break
        old = {key: each for key, each in state.cases.items() if each.day < first}
        for key, case in old.items():
            del state.cases[key]
            if self.rules.desk == "service" and case.met < 0 <= case.begun and not case.left:
                state.pending[key] = case.begun
        while len(state.pending) > MAX_PENDING:
            del state.pending[next(iter(state.pending))]


def _true_wait(case: SeenCase, undone: dict[str, str]) -> int | None:
    """Return the wait (ms) that counts once a fault is undone; None if there is none."""
    wait = case.wait
    if wait is None:
        return None
    undo = undone.get(case.fault)
    if undo == "columns swapped":
        return case.time
    if undo:
        wait = round(UNDO[undo][1](wait / 1000) * 1000)
    return wait if wait >= 0 else None
