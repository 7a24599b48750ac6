"""The share of no-shows: detects that it has left its usual value.

One chart weighs a rise, another a fall. As for a line, both allow for days that differ (`streams.checks.polya`). On a
day of long waits more visitors leave, so such a day is not weighed for a rise. Reminders and tickets taken at home
change the share too. Only the counters can show that recorded no-shows were really there: a no-show frees the counter
at once, and a visit occupies it for minutes. If no-shows occupy their counters as long as visits do, they were visits.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import log
from statistics import median
from typing import Final

from msgspec import Struct, field

from streams.cases.case import SeenCase
from streams.cases.usual import BreakShare, UsualCases
from streams.cases.view import ALARM, MANY, STILL, Sign, View
from streams.checks.bernoulli_cusum import raised
from streams.checks.beta_binomial import day_weight
from streams.checks.polya import PolyaCusum, PolyaState
from streams.kept.times import DAY_MS
from streams.watch.incident import Incident

VISITORS_COME: Final = "visitors come"
KEPT: Final = "no-shows keep their counter"
DAYS: Final = 15  # opening days of visitors, after which the share is known
LEAST: Final = 0.005  # usual share, at least
MOST: Final = 0.45
RHO: Final = 0.01  # correlation of the visitors of a day
RISE: Final = PolyaCusum(3.0, RHO, ALARM)
FALL: Final = PolyaCusum(0.2, RHO, ALARM)
GOING_ON: Final = 0.5  # nats, of a day that belongs to an incident
LASTS: Final = 30  # days, after which the share is the usual one
BRIEF: Final = 0.5  # times the median visit; whoever does not come takes less
SERVED: Final = 0.75  # share of no-shows that keep their counter for longer, if most of them were served
IDLE: Final = 0.5  # usual share, above which counters are idle too often


class DriftState(Struct):
    """The charts of a service's no-shows."""

    rise: PolyaState = field(default_factory=PolyaState)
    fall: PolyaState = field(default_factory=PolyaState)
    falls: bool = False  # the latest incident is a fall
    served: float = 0.0  # nats, that no-shows were served

    @property
    def sure(self) -> bool:
        """Whether visitors who came are counted as no-shows."""
        return not self.falls and self.served >= ALARM


def is_absent(case: SeenCase) -> bool | None:
    """Return whether a visitor of a past day is a no-show; None if never called, or if they left or went elsewhere."""
    if case.absent:
        return True
    return None if case.left or min(case.begun, case.met) < 0 else max(case.served, case.ended) < 0


def drifted(view: View, state: DriftState, day: int) -> Sign | None:
    """Weigh the visitors of a local day (an ordinal) that is over; return the sign of another share than usual.

    A day without one is learnt, unless a chart suspects it or visitors waited long.
    """
    usual, own = view.usual, [each for each in view.cases if each.day == day]
    judged = [(each, absent) for each in own if (absent := is_absent(each)) is not None]
    seen, share = sum(absent for _, absent in judged), usual.share(VISITORS_COME)
    expected = share.of(LEAST, times=1.0)
    known = share.cases >= max(MANY, DAYS * usual.a_day) and expected <= MOST
    if known:
        state.served = max(0.0, state.served + _served(own, usual.share(KEPT)))
    if known and VISITORS_COME in view.doubted:
        odds = (FALL if state.falls else RISE).odds_ratio
        weight = day_weight(seen, len(judged), expected, raised(expected, odds), RHO)
        if weight >= GOING_ON:
            return Sign(VISITORS_COME, "drift", own, seen, len(judged), weight, sure=state.sure)
    waited = _waited(view, own)
    for case, absent in judged if known and VISITORS_COME not in view.doubted else ():
        if not waited:
            RISE.add(state.rise, int(absent), expected, day, case.at)
        if expected > LEAST:
            FALL.add(state.fall, int(absent), expected, day, case.at)
    chart = max((state.rise, state.fall), key=lambda each: each.total)
    if chart.total < STILL and not waited:
        share.learn(seen, len(judged))
        kept = [*_keeps(own)]
        usual.share(KEPT).learn(sum(kept), len(kept))
    if chart.total < ALARM:
        return None
    state.falls = chart is state.fall
    state.rise, state.fall = PolyaState(), PolyaState()
    begun = SeenCase(-1, 0, begun=chart.since, day=day)
    return Sign(VISITORS_COME, "drift", [begun, *own], seen, len(judged), chart.total, sure=state.sure)


def settled(incident: Incident, usual: UsualCases, now: int) -> bool:
    """Close an undecided incident if it has lasted long enough at `now` (ms); the new share is then learnt."""
    if incident.verdict == "miscount" or now - incident.start < LASTS * DAY_MS:
        return False
    incident.close()
    usual.shares[VISITORS_COME] = BreakShare()
    return True


def _waited(view: View, own: Sequence[SeenCase]) -> bool:
    """Return whether a day's visitors wait longer than usual, so that more of them leave."""
    waits = [each.wait / 1000 for each in own if each.wait is not None]
    return bool(waits) and median(waits) > view.usual.waits.quantile(0.75)


def _served(own: Sequence[SeenCase], usual: BreakShare) -> float:
    """Return the evidence (nats) that a day's recorded no-shows were served."""
    share = usual.of(0.1, times=1.2)
    if share > IDLE:
        return 0.0
    return sum(log(SERVED / share) if kept else log((1 - SERVED) / (1 - share)) for kept in _keeps(own))


def _keeps(cases: Sequence[SeenCase]) -> Iterator[bool]:
    """Yield, for each no-show, whether its counter was occupied as long as by a visit."""
    by_counter: defaultdict[int, list[SeenCase]] = defaultdict(list)
    for each in cases:
        if each.counter and each.met >= 0:
            by_counter[each.counter].append(each)
    gaps = {True: list[int](), False: list[int]()}
    for own in by_counter.values():
        for one, after in pairwise(sorted(own, key=lambda each: each.met)):
            waits = one.day == after.day and 0 <= after.begun <= one.met  # otherwise the counter is idle in between
            if waits and (absent := is_absent(one)) is not None:
                gaps[absent].append(after.met - one.met)
    if gaps[False]:
        least = BRIEF * median(gaps[False])
        yield from (gap > least for gap in gaps[True])
