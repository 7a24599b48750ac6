"""Every threshold of the watch, with its unit, meaning and source.

`make bench-detect` measures their joint effect; docs/detection.md shows them beside the results.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import log
from typing import Annotated, Final

from msgspec import Struct

from streams.calls.rules import OverloadBudget
from streams.kept.times import SLOTS_A_DAY

BENCH: Final = "`make bench-detect`"  # set by hand and measured
LOZERE: Final = "the office's published rate of 2013"
SOUND: Final = "123 simulated line-years without a fault"
DESIGN: Final = "the design: PeMS and electricity meters publish no less"
RULE: Final = "a rule of thumb: three deviations are no chance"
MOST: Final = "a majority"
WHOLE: Final = "exchanges round to seconds: a constant deviates by 0.4 s"
GREETING: Final = "a queue that greets its callers counts their wait from before the greeting"
HALF: Final = "two lines with 40 calls a day are both quiet for longer with e^-5"
DESIGN_ASK: Final = "the design: two or three answers mostly decide, and ten minutes a month suffice"
FACTS: Final = "at 2.5 times, 1 of 147 right months with exclusion was withheld, and 4 of 25 wrong ones"
SITUATIONS: Final = "seeds 0 to 5 of own situations: legs, storms, refusals, day one"
ANSWERED: Final = "40 held-out runs with right answers (growing, hang-ups): at most 0.08"
OWN_HOURS: Final = "80 simulated line-years without a fault"
OWN_LOSSES: Final = "8 simulated line-years without a fault: at most 11.1"
OWN_FEW: Final = "36 simulated line-years without a fault"
FOUR: Final = "four or five such calls suffice"
TECHNION: Final = "33,344 bank calls of February 1999 (Technion)"


class RateThresholds(Struct, frozen=True):
    """When a lost rate is suspected, and when it is reported (`streams.watch.rate`)."""

    steep_rate: Annotated[float, "share", "lost rate that the steep chart looks for", LOZERE] = 0.1956
    least_steep_odds: Annotated[float, "odds ratio", "smallest rise that the steep chart looks for", BENCH] = 4.0
    most_steep_odds: Annotated[float, "odds ratio", "largest rise that the steep chart looks for", BENCH] = 15.0
    first_rate: Annotated[float, "share", "first lost rate of a line without a configured one", BENCH] = 0.05
    mild_odds: Annotated[float, "odds ratio", "rise that the mild chart looks for", BENCH] = 3.0
    fall_odds: Annotated[float, "odds ratio", "fall that the third chart looks for", BENCH] = 0.1
    least_rho: Annotated[float, "correlation", "of the calls of a day, at least", BENCH] = 0.01
    suspected: Annotated[float, "nats", "of the rate alone; above, witnesses are weighed", BENCH] = 5.0
    grown: Annotated[float, "times", "growth of the rate's evidence that prompts a new judgement", BENCH] = 1.05
    decided: Annotated[float, "nats", "of the witnesses: miscount or overload, 99 to 1", BENCH] = log(99)
    no_refusal: Annotated[float, "nats", "against refusals; below, no miscount is reported", BENCH] = -1.0
    sure: Annotated[float, "nats", "of rate and witnesses against an odd day", BENCH] = 9.5
    sure_long: Annotated[float, "nats", "the same for a long stretch, since odd days seldom come in a row", BENCH] = 7.5
    sure_fall: Annotated[float, "nats", "the same for a fall", BENCH] = 10.0
    long: Annotated[int, "slots", "longest stretch that is not long", BENCH] = 3 * SLOTS_A_DAY
    noise: Annotated[float, "nats", "of the witnesses against a fall to nothing, at most", BENCH] = 0.5
    nothing_lost: Annotated[float, "share", "of the usual losses; below, a fall to nothing", BENCH] = 0.05
    alone: Annotated[float, "nats", "of the rate, for an incident without a deciding witness", BENCH] = 11.0
    clearly: Annotated[float, "odds ratio", "of a rise from the usual rate; a smaller one is ignored", BENCH] = 2.0
    fewest: Annotated[int, "calls", "lost beyond the usual; a smaller rise is ignored", BENCH] = 3
    going_on: Annotated[float, "nats", "for a day that belongs to an incident; one lost call gives less", BENCH] = 0.5
    healed: Annotated[float, "nats", "for usual days since an incident, which ends it", BENCH] = 3.0
    before: Annotated[int, "slots", "before an incident, searched for its beginning", BENCH] = 10 * SLOTS_A_DAY
    least_rate: Annotated[float, "share", "smallest lost rate in comparisons of days", BENCH] = 1e-4
    most_rate: Annotated[float, "share", "largest lost rate in comparisons of days", BENCH] = 0.95


class PriorThresholds(Struct, frozen=True):
    """When a line's rate is above the configured one (`streams.watch.rate`)."""

    times: Annotated[float, "times", "the configured rate; a line may differ from it by as much", BENCH] = 3.0
    most: Annotated[float, "share", "largest plausible lost rate of a line", BENCH] = 0.6
    odds: Annotated[float, "odds ratio", "further rise that the guard looks for", BENCH] = 3.0
    rho: Annotated[float, "correlation", "of the calls of a day; 0.036 in the bank's", TECHNION] = 0.03
    alarm: Annotated[float, "nats", "for a line above its prior", BENCH] = 8.0


class OverloadThresholds(Struct, frozen=True):
    """When service is really bad (`streams.watch.overload`)."""

    times: Annotated[float, "times", "the usual losses; fewer raise no alert", BENCH] = 3.0
    chance: Annotated[float, "probability", "of the losses in an hour, at the usual rate", BENCH] = 1e-4
    chance_so_far: Annotated[float, "probability", "the same during the hour", BENCH] = 7e-6
    chance_of_day: Annotated[float, "probability", "the same for the day so far", BENCH] = 1e-6
    over: Annotated[float, "times", "the usual losses in an hour; below, it is over", BENCH] = 2.0
    real: Annotated[float, "nats", "of the witnesses; below, the losses are real", BENCH] = -1.0


class WitnessThresholds(Struct, frozen=True):
    """The weights of waits, call-backs and arrivals beside the rate (`streams.watch.corroboration`)."""

    most: Annotated[float, "nats", "largest weight of one witness", BENCH] = 7.0
    most_moody: Annotated[float, "nats", "the same for a witness that depends on callers' moods", BENCH] = 5.0
    most_claimed: Annotated[
        float, "nats", "the same for call-backs and an unattended line: legs show both", SITUATIONS
    ] = 4.0
    second: Annotated[
        float, "nats", "of the other witnesses, without the strongest one, if losses are real", SITUATIONS
    ] = 2.0
    of_lost: Annotated[
        float, "nats", "of the waits and of the callers of the lost, each, if losses are no real ones", RULE
    ] = 1.5
    most_unlearnt: Annotated[float, "nats", "the same for waits on a line without known waits", BENCH] = 3.0
    theta: Annotated[float, "share a second", "lost per second of mean wait", TECHNION] = 0.00288
    theta_spread: Annotated[float, "deviation", "of the logarithm of theta between lines", BENCH] = 0.8
    mild_days: Annotated[float, "share", "of odd days without longer waits", BENCH] = 0.4
    least_growth: Annotated[float, "times", "smallest growth of the losses compared with waits", BENCH] = 0.05
    most_growth: Annotated[float, "times", "largest growth of the losses compared with waits", BENCH] = 30.0
    one_wait: Annotated[float, "variance", "of the logarithm of one call's wait", BENCH] = 1.5
    same: Annotated[float, "deviation", "of the logarithm of the mean wait between like stretches", BENCH] = 0.07
    patience: Annotated[int, "ms", "mean patience of the least patient callers", BENCH] = 60_000
    lost_wait: Annotated[float, "1/1000 nat", "deviation of the log waits of lost calls", BENCH] = 900.0
    stretch_wait: Annotated[float, "1/1000 nat", "deviation of their mean in a stretch", BENCH] = 250.0
    back_after_lost: Annotated[float, "share", "of lost callers call again within half an hour", TECHNION] = 0.389
    back_after_answered: Annotated[float, "share", "of answered callers call again as soon", TECHNION] = 0.093
    back_weight: Annotated[float, "share", "weight of a call-back, since the same callers call repeatedly", BENCH] = 0.5
    at_once: Annotated[float, "share", "of real losses without a wait", TECHNION] = 0.265
    least_at_once: Annotated[float, "share", "smallest usual share of them", BENCH] = 0.05
    most_at_once: Annotated[float, "share", "largest usual share of them", BENCH] = 0.7
    made_up_at_once: Annotated[float, "share", "of invented losses without a wait", BENCH] = 0.85
    most_answered_at_once: Annotated[
        float, "share", "of answers reported as losses, without a wait, at most", BENCH
    ] = 0.9
    first_arrivals: Annotated[
        float, "calls", "added to observed and expected ones, as few are weak evidence", BENCH
    ] = 5.0
    rush: Annotated[float, "nats", "for an overload, per nat of growth of arrivals", BENCH] = 4.0
    crowd: Annotated[float, "times", "the usual calls; above, a rush and no odd day", BENCH] = 2.0
    clusters: Annotated[float, "correlation", "of the calls of an hour, if losses come in bursts", BENCH] = 0.25
    most_clusters: Annotated[float, "nats", "largest weight of bursts", BENCH] = 3.0
    short_talk: Annotated[float, "share", "of the usual talk time; less in a rush with one common reason", BENCH] = 0.6
    no_rush: Annotated[float, "nats", "growth of arrivals below a rush", BENCH] = 0.2
    least_waits: Annotated[int, "calls", "answered, for a typical wait", BENCH] = 30
    least_lost_waits: Annotated[int, "calls", "lost after a wait, for a typical wait", BENCH] = 10
    first_lost: Annotated[float, "calls", "lost; weight of the first guess of a share", BENCH] = 20.0
    first_spread: Annotated[float, "variance", "of the logarithm of a day's mean wait, first guess", BENCH] = 0.15
    first_spread_days: Annotated[float, "days", "weight of this first guess", BENCH] = 10.0


class LawThresholds(Struct, frozen=True):
    """When a law of counting is broken, and when a line is silent (`streams.watch.laws`, `counting`)."""

    alarm: Annotated[float, "nats", "for a broken law: three breaks of a law hardly ever broken", BENCH] = 9.0
    most: Annotated[float, "nats", "upper bound of the sum, so that it falls soon after the last break", BENCH] = 18.0
    usual_times: Annotated[float, "times", "the learnt share; up to this, breaks are usual", BENCH] = 2.0
    worse_times: Annotated[float, "times", "the usual share; the smallest share that is reported", BENCH] = 2.0
    most_usual: Annotated[float, "share", "largest usual share; above, the law is not checked", BENCH] = 0.4
    quiet: Annotated[float, "breaks", "expected but absent, after which the law holds again", BENCH] = 13.8
    together: Annotated[int, "slots", "between a law and the rate; further apart are two incidents", BENCH] = (
        5 * SLOTS_A_DAY
    )
    edge: Annotated[int, "slots", "between a silence's edge and an opening; within, they coincide", BENCH] = 4
    grace: Annotated[int, "slots", "around opening hours in which calls are normal", BENCH] = 3
    silence: Annotated[float, "probability", "of a silence by chance", BENCH] = 1e-6
    again: Annotated[int, "slots", "after a silence; another one within is the same", BENCH] = 4 * SLOTS_A_DAY
    quiet_days: Annotated[float, "variance", "of a day's calls / mean squared: a third up or down", BENCH] = 0.12


class OfficeThresholds(Struct, frozen=True):
    """When silences of several lines are one silence of the office (`streams.watch.office`)."""

    overlap: Annotated[float, "share", "of the longer silence's opening hours that both share", MOST] = 0.5
    edge: Annotated[int, "slots", "between a silence's edge and an opening; within, they coincide", HALF] = 2


class KindThresholds(Struct, frozen=True):
    """When losses beyond the usual are explained (`streams.watch.judge`)."""

    explained: Annotated[float, "share", "of the losses beyond the usual that a kind must explain", BENCH] = 0.5
    missing: Annotated[float, "share", "of the expected calls; below, calls are missing", BENCH] = 0.6
    nobody: Annotated[float, "share", "of a slot's calls lost; above, hardly any is answered", BENCH] = 0.9


class SlotThresholds(Struct, frozen=True):
    """How a slot counts its calls (`streams.watch.slot`)."""

    at_once: Annotated[int, "ms", "a shorter wait counts as none", BENCH] = 1_000
    copies: Annotated[int, "ms", "largest difference of moments and waits of copies", BENCH] = 2_000
    copied_after: Annotated[int, "ms", "longest time from a call to its copy", RULE] = 3_600_000
    most_copies: Annotated[int, "calls", "that repeat another; with more a machine calls", RULE] = 2
    few_calls: Annotated[int, "calls", "of a caller, for which equal whole seconds are no chance", RULE] = 4
    call_back: Annotated[int, "ms", "within which a lost caller calls again", TECHNION] = 1_800_000
    redial: Annotated[int, "ms", "longest pause before a machine redials", BENCH] = 30_000
    unwaited: Annotated[int, "ms", "longest wait of a machine that redials", BENCH] = 5_000
    longest_wait: Annotated[int, "ms", "a longer wait is impossible", BENCH] = 1_800_000
    compared: Annotated[int, "calls", "of one caller that are compared, since a machine may make thousands", BENCH] = 20
    crowd: Annotated[int, "calls", "of a number that many callers share, at least", SITUATIONS] = 6
    crowd_share: Annotated[float, "share", "of all calls, which such a number makes at least", SITUATIONS] = 1 / 3
    once: Annotated[int, "ms", "within which several losses of one caller are one witness", SITUATIONS] = 43_200_000
    little_wait: Annotated[int, "ms", "differences between shorter waits are insignificant", BENCH] = 2_000
    odd_wait: Annotated[int, "ms", "largest difference of a reported wait from its moments", BENCH] = 2_000
    short: Annotated[int, "ms", "a lost call with a shorter wait is short", BENCH] = 10_000
    alike: Annotated[int, "ms", "deviation of odd waits, above which their difference is not constant", WHOLE] = 1_000
    alike_share: Annotated[float, "share", "of the waits that have the constant difference, at least", MOST] = 0.8
    greeting: Annotated[int, "ms", "largest constant difference", GREETING] = 10_000
    brief: Annotated[int, "ms", "a shorter talk is as brief as a machine's", RULE] = 20_000
    greeted: Annotated[int, "calls", "learnt with a wait; later, a constant difference is a fault", RULE] = 30


class AgentThresholds(Struct, frozen=True):
    """When answers without an agent are a machine's (`streams.watch.counting`)."""

    usual: Annotated[float, "share", "of the answers, brief and without an agent, that is usual", FOUR] = 0.002
    worse: Annotated[float, "share", "of the same, that is reported, at least", FOUR] = 0.03
    usual_unnamed: Annotated[float, "share", "of the answers without an agent that is usual", RULE] = 0.001
    worse_unnamed: Annotated[float, "share", "of the same, about which a person is asked, at least", RULE] = 0.01
    named: Annotated[float, "share", "of the answers that name their agent; with fewer the law is off", FOUR] = 0.9
    least: Annotated[int, "calls", "answered, before the law is checked", RULE] = 30
    chance: Annotated[float, "nats", "against agents whose talks happen to be brief", FOUR] = 7.0


class GapThresholds(Struct, frozen=True):
    """When a sort of call that always came has stopped (`streams.watch.emptied`)."""

    every: Annotated[float, "opening days", "of a sound line per false alarm of one sort", SOUND] = 1_500.0
    lost: Annotated[float, "variance", "of a week's share of lost calls / mean squared", SOUND] = 0.8
    short: Annotated[float, "variance", "the same for calls lost after a short wait", SOUND] = 0.2
    diverted: Annotated[float, "variance", "the same for diverted calls", SOUND] = 0.3
    load_lost: Annotated[float, "power", "of (calls of a quiet day / usual calls) that scales losses", SOUND] = 2.0
    load_short: Annotated[float, "power", "the same for short losses: many hang up at once", SOUND] = 1.0
    least: Annotated[float, "calls", "of a sort, learnt before its gap is evidence", SOUND] = 8.0
    least_a_day: Annotated[float, "calls", "of a sort; with fewer a whole season may have none", SOUND] = 0.4
    half_life: Annotated[float, "opening days", "after which learnt calls of a sort weigh half", SOUND] = 120.0


class HoursThresholds(Struct, frozen=True):
    """When calls or losses no longer come at certain hours of the day (`streams.watch.hours`)."""

    alarm: Annotated[float, "nats", "for a gap: 600 stretches of a day can be one", OWN_HOURS] = 16.0
    alarm_losses: Annotated[float, "nats", "for a gap of losses", OWN_LOSSES] = 13.0
    least_days: Annotated[int, "opening days", "of a gap", RULE] = 3
    least_days_of_change: Annotated[int, "opening days", "of the same, if the hours may have changed", RULE] = 5
    usual_days: Annotated[int, "opening days", "before a gap, at least", RULE] = 10
    spread: Annotated[float, "variance", "of the calls of some hours of a day / mean squared, at least", OWN_HOURS] = (
        0.1
    )
    spread_losses: Annotated[float, "variance", "the same for losses", OWN_HOURS] = 0.3
    noon: Annotated[int, "hour", "after which a gap may be a closing at noon", RULE] = 11
    after_noon: Annotated[int, "hour", "before which such a gap ends", RULE] = 14
    most_slots: Annotated[int, "slots", "of a gap; a longer one may be a change of hours", RULE] = 8
    losses_every: Annotated[int, "days", "between checks of losses", RULE] = 4
    least_waits: Annotated[int, "calls", "answered, for a comparison of waits", RULE] = 30
    shorter: Annotated[float, "nats", "of the mean logarithm of waits; after a larger fall fewer are lost", RULE] = 0.15


class FewThresholds(Struct, frozen=True):
    """When far fewer calls come than usual (`streams.watch.few_calls`)."""

    alarm: Annotated[float, "nats", "for some hours of a day", OWN_FEW] = 11.0
    alarm_days: Annotated[float, "nats", "for whole days in a row", OWN_FEW] = 12.0
    least_days: Annotated[int, "opening days", "of the latter", RULE] = 2
    low: Annotated[float, "share", "of the usual calls, at most", RULE] = 0.5
    apart: Annotated[int, "days", "between two such stretches; closer ones are a matter of hours", RULE] = 3
    least: Annotated[float, "calls", "expected in some hours of a day", RULE] = 15.0
    hardly_any: Annotated[float, "share", "of the usual calls; if more come, callers may stay away", RULE] = 0.2
    busy: Annotated[float, "share", "of the usual calls at other hours of a day that is not quiet", RULE] = 0.5
    spread_within: Annotated[
        float, "variance", "of the calls of some hours, beyond a day's / mean squared", OWN_FEW
    ] = 0.03


class ClockThresholds(Struct, frozen=True):
    """When calls come as if the clock were off (`streams.watch.clock`)."""

    alarm: Annotated[float, "nats", "for shifted hours of calls", SOUND] = 10.0
    most: Annotated[float, "nats", "largest weight of one day, so that at least four decide", SOUND] = 3.0
    weight: Annotated[float, "calls", "largest weight of a day, since each day has its own hours", SOUND] = 300.0
    shrinkage: Annotated[float, "calls", "weight of the hours of all days in a weekday's profile", SOUND] = 50.0


class LearningThresholds(Struct, frozen=True):
    """Which days are learnt, and when an incident is over (`streams.watch.watch`)."""

    half_life: Annotated[float, "opening days", "after which learnt values weigh half", BENCH] = 60.0
    known: Annotated[int, "days", "sound days, faded, after which a line is known", BENCH] = 8
    held: Annotated[float, "nats", "of the rate; above, days are held back until it is judged", BENCH] = 3.0
    held_early: Annotated[float, "nats", "the same for a line with little history", BENCH] = 1.0
    patience: Annotated[int, "days", "of this; then the line just differs from its prior", BENCH] = 7
    after: Annotated[int, "days", "until a day is learnt, so that a fault can be noticed first", BENCH] = 2
    clean: Annotated[int, "opening days", "without a sign of a miscount, at least, which end it", BENCH] = 3
    question: Annotated[int, "opening days", "of a fall or a silence, after which a person is asked", BENCH] = 10
    question_known: Annotated[int, "days", "the same for other incidents on a well-known line", BENCH] = 42
    most_times: Annotated[float, "times", "the usual losses; more losses in a day are not learnt", BENCH] = 4.0
    recent: Annotated[float, "opening days", "after which the recent number of calls weighs half", BENCH] = 5.0


class AskThresholds(Struct, frozen=True):
    """When a person is asked about calls, and what the answers decide (`streams.watch.asking`)."""

    calls: Annotated[int, "calls", "of a question", DESIGN_ASK] = 5
    fewest: Annotated[int, "calls", "of a question, at least", DESIGN_ASK] = 3
    first_calls: Annotated[int, "calls", "counted lost, of the first sample of a line", DESIGN_ASK] = 10
    first_days: Annotated[int, "opening days", "before the first sample of a line, however few calls", DESIGN_ASK] = 5
    first_days_least: Annotated[int, "opening days", "before the same, if there are enough calls", RULE] = 2
    first_days_most: Annotated[int, "opening days", "after which it is no longer drawn", RULE] = 40
    month_lost: Annotated[int, "calls", "counted lost, of a month's sample", DESIGN_ASK] = 5
    month_others: Annotated[int, "calls", "not counted lost, of a month's sample", DESIGN_ASK] = 2
    old: Annotated[int, "days", "after which an unanswered question no longer prevents the next", RULE] = 7
    patience: Annotated[int, "days", "that a verdict waits for an answer, if earlier ones came in time", RULE] = 1
    error: Annotated[float, "share", "of the calls counted rightly that a person calls wrong, at most", RULE] = 0.06
    false_alarm: Annotated[float, "probability", "that answers make a miscount of honest counting", DESIGN_ASK] = 0.001
    miss: Annotated[float, "probability", "that answers clear a miscount", DESIGN_ASK] = 0.01
    least_share: Annotated[float, "share", "of the calls counted wrongly in a miscount, at least", RULE] = 0.3
    most_share: Annotated[float, "share", "of the same, at most", RULE] = 0.95
    sample_share: Annotated[float, "share", "of the same, in a sample without a doubt", RULE] = 0.5
    follow_up: Annotated[int, "calls", "of a sample that a person calls wrong; then more are drawn", RULE] = 2
    apart: Annotated[int, "days", "between two doubts about real losses; further apart are two", RULE] = 14
    lasting: Annotated[int, "opening days", "of real losses; then the line is learnt again", RULE] = 5
    recent: Annotated[int, "opening days", "of these, from which it is learnt if they still lose more", RULE] = 3
    still: Annotated[float, "times", "the usual losses, that it still loses", RULE] = 1.5
    unheard: Annotated[int, "days", "without an answer, after which a miscount among other calls closes", RULE] = 14
    again: Annotated[int, "days", "after which a person is asked whether a miscount still lasts", RULE] = 7


class GateThresholds(Struct, frozen=True):
    """Which corrected figures are published (`streams.watch.gate`, `correction`)."""

    coverage: Annotated[float, "share", "of the open slots, at least", DESIGN] = 0.75
    deviations: Annotated[float, "deviations", "from the sound slots; farther is implausible", RULE] = 3.0
    above: Annotated[float, "odds ratio", "of the rate that an exclusion leaves to the usual one, at most", FACTS] = 2.5
    few_days: Annotated[int, "days", "sound days; fewer are less informative than the configured rate", RULE] = 8
    prior_calls: Annotated[float, "calls", "weight of the configured rate, since it may be off threefold", RULE] = 100.0
    day_calls: Annotated[float, "deviation", "of the logarithm of a day's number of calls", TECHNION] = 0.3
    season_calls: Annotated[float, "deviation", "of the same for a stretch: hours and seasons differ", RULE] = 0.15
    season_wait: Annotated[float, "deviation", "of the logarithm of a stretch's mean wait", RULE] = 0.15
    widest: Annotated[float, "share", "95 % interval of an estimate by persons' answers, at most", ANSWERED] = 0.1
    agree: Annotated[float, "share", "of an interval's half-width; closer figures agree", RULE] = 0.25
    least_agree: Annotated[float, "share", "closer lost rates agree, whatever the interval", RULE] = 0.0005


RATE: Final = RateThresholds()
PRIOR: Final = PriorThresholds()
OVERLOAD: Final = OverloadThresholds()
OVERLOADS: Final[Mapping[OverloadBudget | None, OverloadThresholds]] = {  # docs/detection.md has what each finds
    "weekly": OverloadThresholds(chance=1e-3, chance_so_far=1e-3),
    "daily": OverloadThresholds(times=2.0, chance=0.05, chance_so_far=0.05, real=0.0),
}
WITNESS: Final = WitnessThresholds()
LAW: Final = LawThresholds()
OFFICE: Final = OfficeThresholds()
KIND: Final = KindThresholds()
SLOT: Final = SlotThresholds()
AGENT: Final = AgentThresholds()
GAP: Final = GapThresholds()
FEW: Final = FewThresholds()
HOURS: Final = HoursThresholds()
CLOCK: Final = ClockThresholds()
LEARNING: Final = LearningThresholds()
ASK: Final = AskThresholds()
GATE: Final = GateThresholds()
