"""What the report says around its figures."""

from __future__ import annotations

from typing import Final

INTRODUCTION: Final = """\
# Detection: the measurements

Written by `make bench-detect`; do not edit. Everything but the cost is reproducible. [detection.md](detection.md) is
the summary.

Tocsin and other methods read the events of the same lines. The truth is known, so each alarm and each published figure
is right or wrong. Simulated lines (`streams/simulation/`) have the opening hours and holidays of `config/lozere.yaml`.
A bank's real callers, with known faults added, have their own section.
"""

TARGETS: Final = """\
{number} targets are looked at. In brackets is an exact 95 % interval: one interval in twenty misses by chance. The
thresholds were set on these families, so other faults have worse figures. [benchmark.md](benchmark.md) has situations
without any threshold set on them.
"""
SCORES: Final = """\
- An alarm (for Tocsin, a `miscount`) **finds** a fault if it is raised between the fault's start and the end of the
  first opening day after it. Any other alarm is **false**, even if withdrawn later. For other methods only the first
  alarm of a day counts. Faults that changed nothing are left out.
- **Delays** start at the first call or event that the fault changed, and are given in calls and in opening days.
  Medians count a fault not found as *never*. *Doubted after* is the delay until the line is called a miscount or
  undecided.
- **Corrected figures** come from `tocsin analyze --json` at the end of the run. Errors are in points: 2.1 % for 1.9 %
  is +0.20. *Outside 95 %* counts intervals that miss the truth. *Farther off* counts figures that are farther from the
  truth than raw by 0.1 points; leaving out sound hours can cause that by chance.
- A **bad hour** is a clock hour with more than three times the usual rate truly lost, beyond chance (binomial tail
  below 1e-4); a bad day is defined the same way. An overload incident is right if it contains one. Its delay starts at
  the first bad quarter of an hour; *hours open after* run from the end of the last bad hour.
- Columns with nothing but zeros are left out.
"""

FAMILIES: Final[dict[str, tuple[str, str]]] = {
    "sound": ("Sound years", "Losses within a day are correlated (ICC), as in a queue; days are independent."),
    "hanging": (
        "Sound years with correlated days",
        "As on real lines, a day's load, staff and mood depend on the day before.",
    ),
    "faults": (
        "Faults after sound weeks",
        "Every mechanism that changes events, at its usual severity, for one to four weeks; `to 6 %` for six weeks.",
    ),
    "early": (
        "Faults from the first day",
        (
            "1.87 % are truly lost; more are reported from the first call, so the line has no sound day before. Runs "
            "last 120 days; the fault lasts 40 days or throughout."
        ),
    ),
    "no-waits": ("Lines without waits", "A list of calls with one outcome and the caller; no offers."),
    "no-callers": ("Lines without callers", "Events without `caller`."),
    "bare": ("Outcomes only", "A list of calls with one outcome each: no waits, no callers."),
    "calendar": (
        "Closures that are not configured",
        "Sound lines of an office that closes during configured opening hours.",
    ),
    "priors": (
        "A wrong prior",
        "Sound lines whose `expected_lost_rate` is a multiple or fraction of the true rate, or not set.",
    ),
    "changes": ("Permanent real changes", "Sound counting. Staff, patience or calls change after two to four months."),
    "real-losses": (
        "Real losses without waits, and silences",
        (
            "A message that hangs up after 4 to 8 s, in some hours of 1 to 6 days; a rush, a quarter of it "
            "refused at once; five times the calls with short talks; a strike; dwindling calls; closing. The six "
            "months of silence are the only fault here."
        ),
    ),
    "overloads": (
        "Overloads of a queue",
        "A rush, an absence, a neighbour's overflow, mild and strong, for one to five days.",
    ),
}

METHODS: Final = """\
- **over 10 % in the last hour**, with at least 10 calls; **over 10 % of the last 50 calls**;
- **band of 3 deviations**, as a Prometheus recording rule: an hour's rate (at least 5 calls) above mean plus three
  deviations of the same hour in the last four weeks (at least 10 such hours with 5 calls);
- **EARS C1, C2, C3** of public health, on the day's lost calls (Hutwagner et al., 2003);
- **negative-binomial CUSUM** of the same counts, tuned to a doubling; mean and dispersion from the first 28 days (Höhle
  and Paul, 2008);
- **ADWIN** and **PageHinkley** of river, default settings, call by call.

These see only outcomes, cannot distinguish an overload from a miscount, and name no kind: every alarm counts as one
about the counting. A method that alarms on most days finds every long fault by chance, so compare its false alarms too.
"""

REAL: Final = """\
As far as we know, this is the first public benchmark of counting faults against real changes. The calls are of a bank's
call centre (Technion, Mandelbaum and Guedj; the data of Brown et al., 2005).

- Whole days of one service are drawn with replacement into line-years, by weekday, Sunday to Thursday, and thinned to a
  number of callers a day; a kept caller keeps all calls of the day.
- Left out: calls that hung up in the voice menu, and days with unlabelled outages and rushes (a busy hour with far
  fewer or far more calls than usual, or far more lost).
- Callers answered at once have no number in this data ("due to a system bug"): a hard case, left as it is.
- Known faults are added to these calls.

`PS` are ordinary customers, `NE` the stock exchange, `NW` prospective customers.
"""

OWN: Final = """\
## Your own detector

A detector is a function from a line's events, in order of arrival, to the times of its alarms (epoch ms). `rules` gives
opening hours, and the local day and hour of a time:

```python
def mine(events: Sequence[CallEvent], rules: LineRules) -> Iterable[int]: ...
```

`python -m benchmarks.detection --family faults --detector my.module:mine` plays a family through it, beside Tocsin;
`--family bank-faults --data FILE` uses real callers. `make bench-detect DATA=FILE` rewrites this page. FILE is a
tab-separated table of calls as Technion publishes it (columns: `config/mappings/technion.yaml`).
"""

READING: Final = """\
## Notes

- Simulated lines have bad hours and days of their own, from absences or many callers. The truth includes them, so an
  overload incident then is right.
- Answered calls reported lost without another sign show only in the rate, the waits and the call-backs. Tocsin waits
  until an odd day is ruled out, which costs calls; a threshold does not wait.
- Faults that hide losses, or add one per hundred calls (`lost-missing`, `short-dropped`, `diverted-as-lost`), leave
  almost no trace on a line that loses few calls. *Detectable* faults lasted long enough for the best possible test at
  0.2 false alarms per line-year: no call of a kind since so many were expected.
- `silent` is found late, because a line's time here is that of its events: the first event afterwards reveals the
  silence.
- A corrected interval is compared with the calls truly lost on the same days, not with the line's underlying rate.
- Lines of totals are measured by `python -m benchmarks.day_rate`. At 48 calls a day, 1.87 % lost and the correlations
  of 28 lines of NHS 111 (ICC 0.015, 0.43 with the day before), a rise to 19.56 % is reported in 3 days (median) and 4
  (95 %), with 0.17 false incidents in five years; the worst of its 15 cells has 0.93. A line that loses 7 % with
  correlated days takes up to 26 days, since such a rise is hardly odd there.
- The faults and their ranges come from our own simulator: real faults may be harder.
"""
