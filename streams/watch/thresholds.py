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
CEILING: Final = "what French prefectures were held to (Haute-Loire, 2011)"
SOUND: Final = "123 simulated line-years without a fault"
DESIGN: Final = "the design: PeMS and electricity meters publish no less"
RULE: Final = "a rule of thumb: three deviations are no chance"
MOST: Final = "what most means"
WHOLE: Final = "exchanges tell whole seconds: what is constant deviates by 0.4 s"
GREETING: Final = "a queue that greets its callers counts their wait from before the greeting"
HALF: Final = "lines that hear 40 calls a day are seldom all quiet for longer: of two, e^-5"
TECHNION: Final = "33,344 bank calls of February 1999 (Technion)"


class RateThresholds(Struct, frozen=True):
    """Say when a lost rate is suspected, and when it is told (`streams.watch.rate`)."""

    steep_rate: Annotated[float, "share", "lost rate that the steep sum looks for", LOZERE] = 0.1956
    least_steep_odds: Annotated[float, "odds ratio", "least that the steep sum looks for", BENCH] = 4.0
    most_steep_odds: Annotated[float, "odds ratio", "most that the steep sum looks for", BENCH] = 15.0
    first_rate: Annotated[float, "share", "lost rate of a line for which none is expected, to begin with", BENCH] = 0.05
    mild_odds: Annotated[float, "odds ratio", "rise that the mild sum looks for", BENCH] = 3.0
    fall_odds: Annotated[float, "odds ratio", "fall that the third sum looks for", BENCH] = 0.1
    least_rho: Annotated[float, "correlation", "of the calls of a day: least, where less is learnt", BENCH] = 0.01
    suspected: Annotated[float, "nats", "of the rate alone; above, the witnesses are asked", BENCH] = 5.0
    grown: Annotated[
        float, "times", "the rate's evidence at the last time, and the witnesses are asked again", BENCH
    ] = 1.05
    decided: Annotated[float, "nats", "of the witnesses, between miscount and overload: 99 to 1", BENCH] = log(99)
    no_refusal: Annotated[float, "nats", "against refusals; less, and a miscount is not told", BENCH] = -1.0
    sure: Annotated[float, "nats", "of rate and witnesses, that it is no odd day", BENCH] = 9.5
    sure_long: Annotated[float, "nats", "the same of a long stretch: odd days seldom come together", BENCH] = 7.5
    sure_fall: Annotated[float, "nats", "the same of a fall", BENCH] = 10.0
    long: Annotated[int, "slots", "a stretch that goes on for more is long", BENCH] = 3 * SLOTS_A_DAY
    noise: Annotated[float, "nats", "of the witnesses against a fall to nothing that do not deny it", BENCH] = 0.5
    nothing_lost: Annotated[float, "share", "of the usual losses; fewer are none", BENCH] = 0.05
    alone: Annotated[float, "nats", "of the rate, that is told even where no witness decides", BENCH] = 11.0
    clearly: Annotated[float, "times", "the usual losses; a smaller rise is no incident", BENCH] = 2.0
    fewest: Annotated[int, "calls", "lost beyond the usual; a rise by fewer is no incident", BENCH] = 3
    going_on: Annotated[float, "nats", "that a day belongs to an incident; one lost call has less", BENCH] = 0.5
    healed: Annotated[float, "nats", "that the days since an incident are as usual, and it is over", BENCH] = 3.0
    before: Annotated[int, "slots", "before an incident in which it may have begun", BENCH] = 10 * SLOTS_A_DAY
    least_rate: Annotated[float, "share", "least lost rate that a day is weighed against", BENCH] = 1e-4
    most_rate: Annotated[float, "share", "most lost rate that a day is weighed against", BENCH] = 0.95


class PriorThresholds(Struct, frozen=True):
    """Say when a line is above the rate that it is configured with (`streams.watch.rate`)."""

    times: Annotated[float, "times", "the configured rate: up to that, a line may be so of itself", BENCH] = 3.0
    most: Annotated[float, "share", "most lost rate that a line may have of itself", BENCH] = 0.6
    most_unknown: Annotated[float, "share", "the same of a line that none is configured for", CEILING] = 0.1
    odds: Annotated[float, "odds ratio", "rise above that which the guard looks for", BENCH] = 3.0
    rho: Annotated[float, "correlation", "of the calls of a day; .036 in the bank's", TECHNION] = 0.03
    alarm: Annotated[float, "nats", "that a line is above it", BENCH] = 8.0


class OverloadThresholds(Struct, frozen=True):
    """Say when callers really have a bad time (`streams.watch.overload`)."""

    times: Annotated[float, "times", "the usual losses; fewer are worth no alert", BENCH] = 3.0
    chance: Annotated[float, "probability", "of so many losses in an hour, at the usual rate", BENCH] = 1e-4
    chance_so_far: Annotated[float, "probability", "the same while the hour goes on", BENCH] = 7e-6
    chance_of_day: Annotated[float, "probability", "the same since the day's opening", BENCH] = 1e-6
    over: Annotated[float, "times", "the usual losses in an hour; fewer, and it is over", BENCH] = 2.0
    real: Annotated[float, "nats", "of the witnesses; below, the losses are real", BENCH] = -1.0


class WitnessThresholds(Struct, frozen=True):
    """Say what waits, call-backs and arrivals weigh beside the rate (`streams.watch.corroboration`)."""

    most: Annotated[float, "nats", "most that one witness weighs", BENCH] = 7.0
    most_moody: Annotated[float, "nats", "the same of a witness that moods may bend", BENCH] = 5.0
    most_unlearnt: Annotated[float, "nats", "the same of waits on a line whose own are not known", BENCH] = 3.0
    theta: Annotated[float, "share a second", "lost for each second of mean wait; here .00288", TECHNION] = 0.00288
    theta_spread: Annotated[float, "deviation", "of the logarithm of theta between lines", BENCH] = 0.8
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
    crowd: Annotated[float, "times", "as many calls as usual; beyond, no odd day of the counting is likely", BENCH] = (
        2.0
    )
    clusters: Annotated[float, "correlation", "of the calls of an hour, where losses come in bursts", BENCH] = 0.25
    most_clusters: Annotated[float, "nats", "most that bursts weigh", BENCH] = 3.0
    short_talk: Annotated[float, "share", "of the usual talk; a crowd that talks less wants one thing", BENCH] = 0.6
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
    quiet: Annotated[float, "breaks", "missing at the pace before, and the law holds again", BENCH] = 13.8
    together: Annotated[int, "slots", "a law and the rate further apart are two incidents", BENCH] = 5 * SLOTS_A_DAY
    edge: Annotated[int, "slots", "of a silence within which an opening makes its edge a regular one", BENCH] = 4
    grace: Annotated[int, "slots", "around opening hours in which calls are no wonder", BENCH] = 3
    silence: Annotated[float, "probability", "at which silence is no accident", BENCH] = 1e-6
    again: Annotated[int, "slots", "after a silence; another one by then is the same", BENCH] = 4 * SLOTS_A_DAY
    quiet_days: Annotated[float, "variance", "of a day's calls over their mean squared: a third up or down", BENCH] = (
        0.12
    )


class OfficeThresholds(Struct, frozen=True):
    """Say when silences of several lines are one of the office (`streams.watch.office`)."""

    overlap: Annotated[float, "share", "of the longer silence's opening hours; beyond, two are one", MOST] = 0.5
    edge: Annotated[int, "slots", "without a call beside an opening: the silence is from or to the opening", HALF] = 2


class KindThresholds(Struct, frozen=True):
    """Say when losses beyond the usual are explained (`streams.watch.mechanism`)."""

    explained: Annotated[float, "share", "of the losses beyond the usual; what explains it names the kind", BENCH] = 0.5
    missing: Annotated[float, "share", "of the calls expected; where fewer came, calls are missing", BENCH] = 0.6
    nobody: Annotated[float, "share", "of a slot's calls lost; of more, hardly anybody is answered", BENCH] = 0.9


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
    short: Annotated[int, "ms", "a lost call that waited less is short", BENCH] = 10_000
    alike: Annotated[int, "ms", "least deviation of odd waits that are off by no constant", WHOLE] = 1_000
    alike_share: Annotated[float, "share", "of the waits that a constant is at least told in", MOST] = 0.8
    greeting: Annotated[int, "ms", "most that a constant may be", GREETING] = 10_000
    greeted: Annotated[
        int, "calls", "learnt with a wait, so many tell how the source counts: a constant is new", RULE
    ] = 30


class GapThresholds(Struct, frozen=True):
    """Say when a sort of call that came always comes no more (`streams.watch.emptied`)."""

    every: Annotated[float, "opening days", "of a sound line for a false alarm of one sort", SOUND] = 1_500.0
    lost: Annotated[float, "variance", "of a week's share of lost calls over its mean squared", SOUND] = 0.8
    short: Annotated[float, "variance", "the same of calls lost after a short wait", SOUND] = 0.2
    diverted: Annotated[float, "variance", "the same of diverted calls", SOUND] = 0.3
    load_lost: Annotated[float, "power", "of a quiet day's calls over the usual ones, by which losses fall", SOUND] = (
        2.0
    )
    load_short: Annotated[float, "power", "the same of short losses: many hang up at once", SOUND] = 1.0
    least: Annotated[float, "calls", "of a sort, learnt; of fewer a gap says nothing", SOUND] = 8.0
    least_a_day: Annotated[float, "calls", "of a sort; where fewer are usual, a season may be without", SOUND] = 0.4
    half_life: Annotated[float, "opening days", "after which what was learnt of a sort weighs half", SOUND] = 120.0


class ClockThresholds(Struct, frozen=True):
    """Say when calls come as if the clock were off (`streams.watch.clock`)."""

    alarm: Annotated[float, "nats", "of the days' evidence that the hours of calls are shifted", SOUND] = 10.0
    most: Annotated[float, "nats", "most that one day weighs: four days at least decide", SOUND] = 3.0
    weight: Annotated[float, "calls", "that a day says at most, as days have hours of their own", SOUND] = 300.0
    shrinkage: Annotated[float, "calls", "that the hours of all days weigh in those of a weekday", SOUND] = 50.0


class LearningThresholds(Struct, frozen=True):
    """Say which days are learnt, and when an incident is over (`streams.watch.watch`)."""

    half_life: Annotated[float, "opening days", "after which what was learnt weighs half", BENCH] = 60.0
    known: Annotated[int, "days", "sound ones, faded, after which a line is known", BENCH] = 8
    held: Annotated[float, "nats", "of the rate; above, days are not learnt until it is judged", BENCH] = 3.0
    held_early: Annotated[float, "nats", "the same of a line that is hardly known yet", BENCH] = 1.0
    patience: Annotated[int, "days", "that this holds; then the line differs from its prior", BENCH] = 7
    after: Annotated[int, "days", "until a day is learnt: so long a fault may go unnoticed", BENCH] = 2
    clean: Annotated[int, "opening days", "without a sign of it, at least, and a miscount is over", BENCH] = 3
    question: Annotated[int, "opening days", "that a fall or a silence goes on; then a person is asked", BENCH] = 10
    question_known: Annotated[int, "days", "that something else does on a line that is well known", BENCH] = 42
    most_times: Annotated[
        float, "times", "the usual losses: of a day that lost more, only so many are learnt", BENCH
    ] = 4.0
    recent: Annotated[float, "opening days", "after which the recent number of calls weighs half", BENCH] = 5.0


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
PRIOR: Final = PriorThresholds()
OVERLOAD: Final = OverloadThresholds()
WITNESS: Final = WitnessThresholds()
LAW: Final = LawThresholds()
OFFICE: Final = OfficeThresholds()
KIND: Final = KindThresholds()
SLOT: Final = SlotThresholds()
GAP: Final = GapThresholds()
CLOCK: Final = ClockThresholds()
LEARNING: Final = LearningThresholds()
GATE: Final = GateThresholds()
