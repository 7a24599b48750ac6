"""What the report says around its figures."""

from __future__ import annotations

from typing import Final

INTRODUCTION: Final = """\
# How soon and how surely a miscount is told

Written by `make bench-detect`; do not edit. The same code gives the same figures, except for the cost.

A line's events are played through Tocsin as `tocsin analyze` reads them, and through other methods. What truly
happened is known, so each alarm is right or false, and each figure that Tocsin would publish is right or wrong.
Simulated lines (`streams/simulation/`) have the opening hours and holidays of `config/lozere.yaml`. Real callers of a
bank, with known faults put into them, have a section of their own.
"""

SCORES: Final = """\
An alarm (for Tocsin, a `miscount`) has found a fault where it is raised between the fault's start and the end of the
first opening day after it. Any other alarm is false, even if it was taken back later. Of other methods, only the
first alarm of each day counts. Delays run from the first call or event that a fault changed, in calls that came in
between and in opening days, of which parts count. In a median, a fault that was not found counts as never. A fault
that changed nothing is left out. *Doubted* is a line that is called a miscount or undecided.

The **corrected figure** is the one that `tocsin analyze --json` has at the end of the run. Its error is in points:
2.1 % for 1.9 % is +.20. It is *farther off* where it misses the truth by .1 points more than raw does; a figure that
leaves some sound hours out may be a little farther off by chance.

A **bad hour** is a clock hour in which truly more than three times the usual rate was lost, and so many hardly ever
by chance (a binomial tail below 1e-4); a bad day is the same of a day. An overload is right where it holds one. The
delay runs from the first quarter of an hour that was bad; *hours on after* run from the end of the last bad hour
until the incident was closed.
"""

FAMILIES: Final[dict[str, tuple[str, str]]] = {
    "sound": (
        "Sound years",
        (
            "Days differ as a queue's do, with a correlation (ICC) between the losses of a day. A day says nothing of "
            "the next."
        ),
    ),
    "hanging": (
        "Sound years whose days hang together",
        "As those of real lines: a day's load, staff and mood are correlated with those of the day before.",
    ),
    "faults": (
        "Faults after sound weeks",
        "Every mechanism that touches events, at its usual severity, for one to four weeks; `to 6 %` for six weeks.",
    ),
    "early": (
        "Faults from the first day",
        (
            "1.87 % truly lost are told as more, from the first call on: no sound day is ever seen before. The runs "
            "end after 120 days."
        ),
    ),
    "no-waits": (
        "Lines that tell no waits",
        "A list of calls: one outcome each, and the caller; no offers.",
    ),
    "no-callers": ("Lines that tell no callers", "Events without `caller`."),
    "bare": ("Outcomes alone", "The same without callers: a plain list of calls."),
    "calendar": (
        "Closures that are not configured",
        "Sound lines whose office closes when the configuration says that it is open.",
    ),
    "priors": (
        "A wrong prior",
        "Sound lines whose `expected_lost_rate` is a multiple or a fraction of the true rate, or not set.",
    ),
    "changes": ("Real changes for good", "Sound counting. Staff, patience or calls change after two to four months."),
    "real-losses": (
        "Real losses that do not wait, and silences",
        (
            "A message that hangs up after 4 to 8 s, on some hours of 1 to 6 days; a rush of which a quarter is "
            "refused at once; five times the calls with short talks; a strike; fewer and fewer calls; closing. The "
            "six months of silence are the one fault here."
        ),
    ),
    "overloads": (
        "Overloads of a queue",
        "A rush, absence, a neighbour's overflow, mild and strong, of one to five days.",
    ),
}

METHODS: Final = """\
- **over 10 % in the last hour**, where it had at least 10 calls, and **over 10 % of the last 50 calls**;
- **band of 3 deviations**, as a Prometheus recording rule draws it: the rate of an hour with at least 5 calls above
  the mean and three deviations of the same hour of the day in the last four weeks, where at least 10 such hours had 5
  calls;
- **EARS C1, C2, C3**, of public health, on the lost calls of a day (Hutwagner et al., 2003);
- **negative-binomial CUSUM** of the same counts, which looks for twice the usual; mean and dispersion are those of
  the first 28 days (Höhle and Paul, 2008);
- **ADWIN** and **PageHinkley** of river, with their default settings, call by call.

Each sees the outcomes alone, cannot tell an overload from a miscount, and names no kind: its every alarm is one about
the counting. A method that alarms on most days of a year finds every fault that lasts for weeks by chance: the share
found means little without the false alarms beside it.
"""

REAL: Final = """\
As far as is known this is the first public benchmark of a counting fault against a real change. The calls are those
of a bank's call centre (Technion, Mandelbaum and Guedj; the data of Brown et al., 2005). Whole days of one service
are drawn with replacement into line-years, weekday by weekday, Sunday to Thursday, and thinned to so many callers a
day: who is kept, is kept with all calls of the day. Calls that hung up in the voice menu are left out, and so are
days with a busy hour of far fewer or far more calls than usual, or far more of them lost: outages and rushes that
nobody labelled. In this bank's data, who was answered at once has no caller's number ("due to a system bug"), which
is a hard case; it is kept so. Known faults are put into these calls as they are told. `PS` are ordinary customers,
`NE` the stock exchange, `NW` callers who are no customers yet.
"""

OWN: Final = """\
## Your own detector

A detector is one function from the events of a line, in the order in which they arrive, to the moments (epoch ms) at
which it alarms. `rules` say when the office is open, and what local day and hour a moment has:

```python
def mine(events: Sequence[CallEvent], rules: LineRules) -> Iterable[int]: ...
```

`python -m benchmarks.detection --family faults --detector my.module:mine` plays a family through it, beside Tocsin;
`--family bank-faults --data FILE` takes real callers. `make bench-detect DATA=FILE` makes this page anew. FILE is a
table of calls as Technion publishes them, tab separated (`config/mappings/technion.yaml` says which columns are
read).
"""

READING: Final = """\
## How to read it

- Simulated lines have bad hours and days of their own, when agents are missing or many people call. Nobody injected
  them, but the truth knows them: an overload then is right.
- A fault that reports answered calls as lost without any other sign shows only in the rate, the waits and the
  call-backs. Tocsin waits until an odd day can be ruled out, which costs calls; a threshold does not wait.
- Faults that hide losses, or add one in a hundred calls to them (`lost-missing`, `short-dropped`,
  `diverted-as-lost`), leave almost nothing to see on a line that loses few. *Findable* are those that lasted long
  enough to be told at .2 false alarms a line-year by the best test there is: none of a cell's calls since so many
  were expected.
- `silent` is found late because a line's time here is that of its own events: the first event after the silence shows
  it.
- A corrected interval is held against what was truly lost in the same days, not against the line's underlying rate.
- Lines of totals are not in these tables: `python -m benchmarks.day_rate` plays their days. At 48 calls a day, 1.87 %
  lost and the correlations of 28 lines of NHS 111 (ICC .015, .43 with the day before), 19.56 % is told in 3 days in the
  median and in 4 at 95 %, with .17 false incidents in five years. The worst of its 15 cells has .93. A line that loses
  7 % and whose days hang together takes up to 26 days: there a rise to 19.56 % is hardly odd.
- The faults and their ranges are the simulator's, and its makers made the watch too: real faults may be harder.
"""
