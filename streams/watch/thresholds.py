"""Every number that the watch decides by, with its unit, its meaning and its source.

`make bench-detect` measures what they give together; docs/detection.md shows them beside it.
"""

from __future__ import annotations

from math import log
from typing import Annotated, Final

from msgspec import Struct

from streams.kept.times import SLOTS_A_DAY

BENCH: Final = "`make bench-detect`"  # set by hand, and measured by it
LOZERE: Final = "the office's published rate of 2013"
DESIGN: Final = "the design: PeMS and electricity meters publish no less"
RULE: Final = "a rule of thumb: three deviations are no chance"
TECHNION: Final = "33,344 bank calls of February 1999 (Technion)"


class RateThresholds(Struct, frozen=True):
    """Say when a lost rate is suspected, and when it is told (`streams.watch.rate`)."""

    steep_rate: Annotated[float, "share", "lost rate that the steep sum looks for", LOZERE] = 0.1956
    least_steep_odds: Annotated[float, "odds ratio", "least that the steep sum looks for", BENCH] = 4.0
    most_steep_odds: Annotated[float, "odds ratio", "most that the steep sum looks for", BENCH] = 15.0
    first_rate: Annotated[float, "share", "lost rate of a line for which none is expected, to begin with", BENCH] = 0.05
    mild_odds: Annotated[float, "odds ratio", "rise that the mild sum looks for", BENCH] = 3.0
    fall_odds: Annotated[float, "odds ratio", "fall that the third sum looks for", BENCH] = 0.1
    rush_odds: Annotated[float, "odds ratio", "rise that the sum of rushes looks for", BENCH] = 5.0
    rho: Annotated[float, "correlation", "of the calls of a day; .036 in the bank's", TECHNION] = 0.03
    suspected: Annotated[float, "nats", "of the rate alone; above, the witnesses are asked", BENCH] = 5.0
    grown: Annotated[float, "nats", "more of the rate, and the witnesses are asked again", BENCH] = 0.5
    decided: Annotated[float, "nats", "of the witnesses, between miscount and overload: 99 to 1", BENCH] = log(99)
    sure: Annotated[float, "nats", "of rate and witnesses, that it is no odd day", BENCH] = 9.5
    sure_long: Annotated[float, "nats", "the same of a long stretch: odd days seldom come together", BENCH] = 7.5
    sure_fall: Annotated[float, "nats", "the same of a fall", BENCH] = 10.0
    long: Annotated[int, "slots", "a stretch that goes on for more is long", BENCH] = 3 * SLOTS_A_DAY
    noise: Annotated[float, "nats", "of the witnesses against a fall to nothing that do not deny it", BENCH] = 0.5
    nothing_lost: Annotated[float, "share", "of the usual losses; fewer are none", BENCH] = 0.05
    alone: Annotated[float, "nats", "of the rate, that is told even where no witness decides", BENCH] = 11.0
    crowded: Annotated[float, "nats", "of the sum of rushes, that callers were lost, odd day or not", BENCH] = 7.0
    rush: Annotated[int, "slots", "the last of them make a rush", BENCH] = SLOTS_A_DAY
    clearly: Annotated[float, "times", "the usual losses; a smaller rise is no incident", BENCH] = 2.0
    fewest: Annotated[int, "calls", "lost beyond the usual; a rise by fewer is no incident", BENCH] = 3
    going_on: Annotated[float, "nats", "that a day belongs to an incident; one lost call has less", BENCH] = 0.5
    before: Annotated[int, "slots", "before an incident in which it may have begun", BENCH] = 10 * SLOTS_A_DAY
    least_rate: Annotated[float, "share", "least lost rate that a day is weighed against", BENCH] = 1e-4
    most_rate: Annotated[float, "share", "most lost rate that a day is weighed against", BENCH] = 0.95


class WitnessThresholds(Struct, frozen=True):
    """Say what waits, call-backs and arrivals weigh beside the rate (`streams.watch.corroboration`)."""

    most: Annotated[float, "nats", "most that one witness weighs", BENCH] = 7.0
    most_moody: Annotated[float, "nats", "the same of a witness that moods may bend", BENCH] = 5.0
    mild_days: Annotated[float, "share", "of odd days that have no longer waits", BENCH] = 0.4
    least_growth: Annotated[float, "times", "least growth of the losses that waits are held against", BENCH] = 0.05
    most_growth: Annotated[float, "times", "most growth of the losses that waits are held against", BENCH] = 30.0
    one_wait: Annotated[float, "variance", "of the logarithm of one call's wait", BENCH] = 1.5
    same: Annotated[float, "deviation", "of the logarithm of the mean wait of stretches that are alike", BENCH] = 0.07
    patience: Annotated[int, "ms", "mean of callers who hardly wait; they take the least wait for a loss", BENCH] = (
        60_000
    )
    lost_wait: Annotated[float, "1/1000 nat", "deviation of the log waits of the lost", BENCH] = 900.0
    stretch_wait: Annotated[float, "1/1000 nat", "deviation of a stretch's mean of them", BENCH] = 250.0
    back_after_lost: Annotated[float, "share", "of lost callers call again within half an hour", TECHNION] = 0.389
    back_after_answered: Annotated[float, "share", "of answered callers call again by then", TECHNION] = 0.093
    back_weight: Annotated[float, "share", "that a call-back weighs: its callers come again and again", BENCH] = 0.5
    at_once: Annotated[float, "share", "of real losses that never waited", TECHNION] = 0.265
    least_at_once: Annotated[float, "share", "least usual share of them", BENCH] = 0.05
    most_at_once: Annotated[float, "share", "most usual share of them", BENCH] = 0.7
    made_up_at_once: Annotated[float, "share", "of made-up losses that never waited", BENCH] = 0.85
    most_answered_at_once: Annotated[float, "share", "most of answers told as losses that never waited", BENCH] = 0.9
    first_arrivals: Annotated[float, "calls", "added to those seen and expected, as few say little", BENCH] = 5.0
    rush: Annotated[float, "nats", "for an overload, for each nat by which arrivals grow", BENCH] = 4.0
    no_rush: Annotated[float, "nats", "growth of arrivals that is no rush", BENCH] = 0.2
    least_waits: Annotated[int, "calls", "answered; of fewer no wait is typical", BENCH] = 30
    least_lost_waits: Annotated[int, "calls", "lost after a wait; of fewer no wait is typical", BENCH] = 10
    first_lost: Annotated[float, "calls", "lost that the first guess of a share weighs", BENCH] = 20.0
    first_spread: Annotated[float, "variance", "of the logarithm of a day's mean wait, to begin with", BENCH] = 0.15
    first_spread_days: Annotated[float, "days", "that this first guess weighs", BENCH] = 10.0


class LawThresholds(Struct, frozen=True):
    """Say when a law of counting is broken, and when a line is silent (`streams.watch.laws`, `counting`)."""

    alarm: Annotated[float, "nats", "that a law is broken: three breaks of one that hardly ever is", BENCH] = 9.0
    most: Annotated[float, "nats", "most that add up, so that a law is soon whole again", BENCH] = 18.0
    usual_times: Annotated[float, "times", "the share learnt on the line: up to that, breaks are usual", BENCH] = 2.0
    worse_times: Annotated[float, "times", "the usual share: the least share that is told", BENCH] = 2.0
    most_usual: Annotated[float, "share", "most that may be usual: beyond, a law says nothing", BENCH] = 0.4
    together: Annotated[int, "slots", "a law and the rate further apart are two incidents", BENCH] = 5 * SLOTS_A_DAY
    grace: Annotated[int, "slots", "around opening hours in which calls are no wonder", BENCH] = 3
    silence: Annotated[float, "probability", "at which silence is no accident", BENCH] = 1e-6
    quiet_days: Annotated[float, "variance", "of a day's calls over their mean squared: a third up or down", BENCH] = (
        0.12
    )


class KindThresholds(Struct, frozen=True):
    """Say when losses beyond the usual are explained (`streams.watch.mechanism`)."""

    explained: Annotated[float, "share", "of the losses beyond the usual; what explains it names the kind", BENCH] = 0.5
    missing: Annotated[float, "share", "of the calls expected; where fewer came, calls are missing", BENCH] = 0.6


class SlotThresholds(Struct, frozen=True):
    """Say what a call of a slot counts as (`streams.watch.slot`)."""

    at_once: Annotated[int, "ms", "who waits less never waited", BENCH] = 1_000
    copies: Annotated[int, "ms", "within which copies of one row begin, and wait", BENCH] = 2_000
    call_back: Annotated[int, "ms", "within which a lost caller is back", TECHNION] = 1_800_000
    redial: Annotated[int, "ms", "a machine dials again sooner, a person hardly", BENCH] = 30_000
    longest_wait: Annotated[int, "ms", "a longer wait is no caller's", BENCH] = 1_800_000
    compared: Annotated[int, "calls", "of one caller that are compared: a machine may make thousands", BENCH] = 20
    little_wait: Annotated[int, "ms", "differences between shorter waits say little", BENCH] = 2_000
    odd_wait: Annotated[int, "ms", "that a told wait may be off the one from offer to outcome", BENCH] = 2_000


class LearningThresholds(Struct, frozen=True):
    """Say which days are learnt, and when an incident is over (`streams.watch.watch`)."""

    half_life: Annotated[float, "opening days", "after which what was learnt weighs half", BENCH] = 60.0
    known: Annotated[int, "days", "sound ones, faded, after which a line is known", BENCH] = 8
    held: Annotated[float, "nats", "of the rate; above, days are not learnt until it is judged", BENCH] = 3.0
    after: Annotated[int, "days", "until a day is learnt: so long a fault may go unnoticed", BENCH] = 2
    clean: Annotated[int, "opening days", "without a sign of it, and a miscount is over", BENCH] = 3
    clean_overload: Annotated[int, "opening days", "the same of an overload", BENCH] = 1


class GateThresholds(Struct, frozen=True):
    """Say which corrected figures are published (`streams.watch.gate`, `correction`)."""

    coverage: Annotated[float, "share", "of the open slots; below, too little is left", DESIGN] = 0.75
    deviations: Annotated[float, "deviations", "from the sound slots; farther is no figure of the line", RULE] = 3.0
    few_days: Annotated[int, "days", "sound ones; fewer say less than the configured rate", RULE] = 8
    prior_calls: Annotated[float, "calls", "that the configured rate weighs, as it may be off threefold", RULE] = 100.0
    day_calls: Annotated[float, "deviation", "of the logarithm of a day's number of calls", TECHNION] = 0.3
    season_calls: Annotated[float, "deviation", "of the same of a stretch: hours and seasons differ", RULE] = 0.15
    season_wait: Annotated[float, "deviation", "of the logarithm of a stretch's mean wait", RULE] = 0.15
    agree: Annotated[float, "share", "of an interval's half-width: figures that are closer agree", RULE] = 0.25
    least_agree: Annotated[float, "share", "lost rates that are closer agree, whatever the interval", RULE] = 0.0005


RATE: Final = RateThresholds()
WITNESS: Final = WitnessThresholds()
LAW: Final = LawThresholds()
KIND: Final = KindThresholds()
SLOT: Final = SlotThresholds()
LEARNING: Final = LearningThresholds()
GATE: Final = GateThresholds()
