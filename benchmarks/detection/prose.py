"""What the report says around its figures."""

from __future__ import annotations

from typing import Final

INTRODUCTION: Final = """\
# How soon and how surely a miscount is told

Written by `make bench-detect`; do not edit. The same code gives the same figures, except for the cost.

## What was measured

Simulated lines (`streams/simulation/`) with the opening hours and holidays of `config/lozere.yaml` were played,
event by event, through Tocsin's own fold with its watch. The outcomes of the same calls, 1 for lost and 0 for answered,
were played through what is often used instead:

- **over 10 % in the last hour**, where it had at least 10 calls, and **over 10 % of the last 50 calls**;
- **band of 3 deviations**, as a Prometheus recording rule draws it: the rate of an hour with at least 5 calls above
  the mean and three deviations of the same hour of the day in the last four weeks, where at least 10 such hours had
  5 calls;
- **ADWIN** and **PageHinkley** of river, with their default settings.

Sound lines, at 30, 100 and 300 calls a day, at lost rates of 1.87, 4.04 and 7.04 %, with correlations of .02 and .04
between the losses of a day, ran for whole years. Every mechanism of `streams/simulation/faults/` that touches events
ran at its usual severity for one to four weeks, after at least eight sound weeks. The mechanism that reports answered
calls as lost without another sign ran at two severities: at 18 % of the answered calls (1.87 % become 19.56 %), and at
4.2 % (6 %) for six weeks. Overloads (a rush, absence, a neighbour's overflow), mild and strong, lasted one to five
days. Tocsin knew the line's usual rate, as its configuration has it.

An alarm (for Tocsin, a `miscount`) has found a fault where it is raised between the fault's start and the end of the
first opening day after the fault. Any other alarm is false, even if Tocsin took it back later. Of the other methods,
only the first alarm of each day counts. An incident that was open before an overload began tells of it too.
Delays run from the first call or event that a fault changed. They are given in calls that came in between, and in
opening days, of which parts count. In a median, a fault that was not found counts as never. A fault that changed
nothing is left out: no call was diverted, for example, that it could have reported as lost.
"""

READING: Final = """\
## How to read it

- The other methods see a rising rate and nothing else. A method that alarms on most days of a year finds every fault
  that lasts for weeks by chance: the share found means little without the false alarms beside it.
- The others cannot tell an overload from a miscount, so each of their alarms on an overload is one about the counting;
  and they do not name the kind of a fault.
- Simulated lines have bad days of their own, when agents are missing or many people call. Nobody injected these days,
  so nobody labelled them: an `overload` elsewhere is no error where over three times the usual rate was truly lost that
  day.
- A fault that reports answered calls as lost without any other sign shows only in the rate, the waits and the
  call-backs. Tocsin waits until an odd day can be ruled out, which costs calls; a threshold does not wait.
- Faults that hide losses, or add one in a hundred calls to them (`lost-missing`, `short-dropped`, `diverted-as-lost`),
  leave almost nothing to see on a line that loses few. Tocsin misses most of them. The others find hardly more of them
  than their false alarms would find in as many sound weeks.
- `silent` is found late because a line's time here is that of its own events: the first event after the silence shows
  it.
- An overload of one day, on which a dozen of two hundred are lost, is strong by definition and yet hard to be sure of.
- Callers' patience differs little from day to day in these offices (Brown et al., 2005), so most odd days are busy
  ones. An office in which patience alone made most of the odd days would be harder to judge.
- The faults and their ranges are the simulator's, and its makers made the watch too: real faults may be harder. The
  usual rate that each line was configured with was its true one.
"""
