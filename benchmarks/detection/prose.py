"""What the report says around its figures."""

from __future__ import annotations

from typing import Final

INTRODUCTION: Final = """\
# How soon and how surely a miscount is told

Written by `make bench-detect`; do not edit. The same code gives the same figures, but for the cost.

## What was measured

Simulated lines (`streams/simulation/`) with the opening hours and holidays of `config/lozere.yaml` were played,
event by event, through Tocsin's own fold with its watch, and the outcomes of the same calls, 1 for lost and 0 for
answered, through what is often used instead:

- **over 10 % in the last hour**, where it had at least 10 calls, and **over 10 % of the last 50 calls**;
- **band of 3 deviations**, as a Prometheus recording rule draws it: the rate of an hour with at least 5 calls above
  the mean and three deviations of the same hour of the day in the last four weeks, where at least 10 of them had so
  many;
- **ADWIN** and **PageHinkley** of river, with their default settings.

Sound lines, at 30, 100 and 300 calls a day, at lost rates of 1.87, 4.04 and 7.04 %, with correlations of .02 and .04
between the losses of a day, ran for whole years. Every mechanism of `streams/simulation/faults/` that
touches events ran at its usual severity for one to four weeks, after at least eight sound ones; so did
calls answered that are told as lost without another sign, at 18 % of them (1.87 % become 19.56 %) and at 4.2 % (6 %),
the latter for six weeks. Overloads (a rush, absence, a neighbour's overflow), mild and strong, lasted
one to five days. Tocsin was told the line's usual rate, as its configuration has it.

An alarm, for Tocsin a `miscount`, counts as having found a fault where it is raised from its start until the end of
the first opening day after it. It is false anywhere else, even where Tocsin took it back later. Of the others only
the first alarm of each day counts. An overload is told also by an incident that was open already when it began.
Delays run from the first call or event that a fault changed: in calls that were told
in between, and in opening days (parts of them count); a fault that was not found counts as never in a median.
A fault that changed nothing (no call was diverted that might have been told as lost) is left out.
"""

READING: Final = """\
## How to read it

- A rate that rises is all that the others see. Who alarms on most days of a year finds every fault that lasts for
  weeks by chance: the share found means little without the false alarms beside it.
- The others cannot tell an overload from a miscount, so every alarm on an overload is one about the counting; and
  their kind of fault is unknown.
- Simulated lines have bad days of their own, when agents are missing or many call. Nobody injected them, so nobody
  labelled them: an `overload` elsewhere is no error where over three times the usual rate was truly lost that day.
- A fault that tells answered calls as lost without any other sign shows in the rate, the waits and the call-backs
  alone. Tocsin waits until an odd day can be ruled out, which costs calls; a threshold does not wait.
- Faults that hide losses, or add one in a hundred calls to them (`lost-missing`, `short-dropped`, `diverted-as-lost`),
  leave almost nothing to see on a line that loses few: Tocsin misses most of them, and what the others find of them is
  hardly more than their false alarms let them find in as many sound weeks.
- `silent` is told late because a line's time here is that of its own events: the first one after the silence tells.
- An overload of one day, on which a dozen of two hundred are lost, is strong by definition and yet hard to be sure of.
- How patient callers are differs little from day to day in these offices (Brown et al., 2005), so most odd days are
  busy ones: an office whose callers' patience alone made most of its odd days would be harder to judge.
- Faults and their range are the simulator's, made by who made the watch: real ones may be harder. The usual rate that
  every line was told was its true one.
"""
