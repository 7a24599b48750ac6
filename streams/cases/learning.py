"""Learning a desk's usual values from a day without a sign of a fault."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from typing import Final

from streams.cases.case import SeenCase
from streams.cases.hours import CLOCK, NO_ANSWERS, DayHours
from streams.cases.laws import CASE_LAWS, SERIAL_LAW, count, odd
from streams.cases.usual import UsualCases
from streams.cases.view import CROWDED, CaseRules, View, together

CLOSED_DAYS: Final = 10  # in a row, at most


def learn(rules: CaseRules, usual: UsualCases, cases: Collection[SeenCase], today: int) -> None:
    """Learn a local day (an ordinal) that is over, from the kept `cases`; those met since the last learnt day, too."""
    own = [each for each in cases if each.day == today]
    if not own:
        return
    view = View(rules, usual, own, whole=True)
    begun = [each for each in own if each.begun >= 0 and rules.day(each.begun) == today]
    usual.learn_count(len(begun))
    met = [each for each in cases if each.met >= 0 and not each.learnt and not each.fault]
    for each in met:
        each.learnt = True
    usual.waits.learn(each.wait / 1000 for each in met if each.wait is not None and each.wait >= 0)
    usual.times.learn(each.time / 1000 for each in view.timed if each.time is not None and each.time >= 0)
    _learn_shares(rules, usual, cases, today, met)
    usual.share(CROWDED).learn(*view.overlaps(own))
    hours, sound = DayHours(rules, today), [each for each in cases if not each.fault]
    if not view.service:
        usual.share(NO_ANSWERS).learn(int(today not in hours.answered(cases)), 1)
    at_once = max(
        max(Counter(each.met for each in sound if each.met >= 0).values(), default=0),
        max(Counter(each.ended for each in sound if each.ended >= 0).values(), default=0),
    )
    usual.most_at_once = max(float(at_once), 0.98 * usual.most_at_once)
    usual.most_together = max(float(together(own)), 0.99 * usual.most_together)
    CLOCK.learn(usual.hours, hours.weekday, hours.counts(begun))


def _learn_shares(
    rules: CaseRules, usual: UsualCases, cases: Collection[SeenCase], today: int, met: Collection[SeenCase]
) -> None:
    """Learn how many cases break each law; requests `met` since the last day show how a register dates its answers."""
    days = {today, *_closed_before(rules, today)}
    of_days = View(rules, usual, [each for each in cases if each.day in days], whole=True)
    answered = View(rules, usual, met, whole=True)
    for law in (*CASE_LAWS, SERIAL_LAW):
        breaks, judged = count(law, answered if law.kind == "calendar" and not of_days.service else of_days)
        if not usual.known or not odd(law, of_days, breaks, judged):
            usual.share(law.share).learn(breaks, judged)


def _closed_before(rules: CaseRules, today: int) -> Iterator[int]:
    """Yield the closed days between an opening day and the one before; few desks have cases on them."""
    opened, day = rules.opened, today - 1
    while opened is not None and not opened(day) and day > today - CLOSED_DAYS:
        yield day
        day -= 1
