"""Computes the needs of offices, a nation, a ministry and a telephone company, and writes them into docs/scale.md.

Demands, assumptions and prices are tables of that page, for anybody to change; measurements are read from
docs/performance.md. `--measure` repeats the measurement of the bytes that a line writes, which takes some minutes.
"""

from __future__ import annotations

import argparse
import os

from benchmarks import page
from benchmarks.capacity.inputs import asked, figures, measured
from benchmarks.capacity.need import YEARS, Need
from benchmarks.capacity.peak import peaks
from benchmarks.capacity.records import DAYS, Written, measure
from benchmarks.capacity.skew import many_keys, nation_keys, skew
from benchmarks.capacity.tables import SCALE, written

PARTITIONS = (8, 24, 48, 96, 192, 384)
WORKERS = (2, 4, 8)
SHOWN = 5  # limits of a scale, the nearest first


def records(found: list[Written]) -> str:
    """Return the bytes that each desk writes as a table."""
    titles = ("desk", "cases a day", "events a case", "an event, bytes", "packed, bytes", "state, kB", "changelog, MB")
    rows = [
        (
            "counter" if each.desk == "counter" else f"line of {each.cases:.0f} calls",
            f"{each.cases:.1f}",
            f"{each.events:.2f}",
            f"{each.event:.0f}",
            f"{each.packed:.0f}",
            f"{each.state / 1e3:.1f}",
            f"{each.changelog / 1e6:.2f}",
            f"{each.drafts / 1e6:.3f}",
            f"{each.day:.0f}",
        )
        for each in sorted(found, key=lambda each: (each.desk == "counter", each.cases))
    ]
    return written((*titles, "drafts, MB", "day, bytes"), rows)


def skews(spread: float) -> str:
    """Return how uneven partitions and workers are as a table."""
    titles = (
        "partitions",
        "101 prefectures: busiest over mean",
        "in one of ten",
        "1,000 sites: busiest over mean",
        "in one of ten",
    )
    rows = []
    for parts in PARTITIONS:
        of_nation, of_ministry = skew(nation_keys(), parts, spread), skew(many_keys(1_000, 9), parts, spread)
        rows.append((parts, *(f"{each:.2f}" for one in (of_nation, of_ministry) for each in (one.usual, one.unlucky))))
    workers = [
        (
            f"{many} workers of 24",
            *(f"{each:.2f}" for keys in (nation_keys(), many_keys(1_000, 9)) for each in _of(keys, many, spread)),
        )
        for many in WORKERS
    ]
    return written(titles, [*rows, *workers])


def _of(keys: list[tuple[str, str]], workers: int, spread: float) -> tuple[float, float]:
    found = skew(keys, 24, spread, workers)
    return found.usual, found.unlucky


def a_day(first: float) -> str:
    """Return the peaks of a day as a table."""
    titles = ("busiest quarter over the mean one", "one office of 165 calls a day", "101 of 600 calls a day")
    one, many = peaks(1, 165, first), peaks(101, 600, first)
    says = (
        "of the median day",
        "of the median Monday",
        "of the median first opening day of a month",
        "of the year",
        "of the year, the mean one of day and night",
    )
    pairs = zip(says, one[1:], many[1:], strict=True)
    return written(titles, [(text, f"{a:.2f}", f"{b:.2f}") for text, a, b in pairs])


def needs(all_: list[Need]) -> str:
    """Return the needs of each scale as a table."""
    rows: list[tuple[object, ...]] = [
        ("lines and counters", *(f"{each.scale.desks:,}" for each in all_)),
        ("events an opening day", *(f"{each.events:,.0f}" for each in all_)),
        ("events a second at the year's peak", *(f"{each.peak:,.1f}" for each in all_)),
        ("partitions", *(each.partitions for each in all_)),
        ("workers, of which one may be away", *(each.workers for each in all_)),
        ("memory of a worker, MB", *(f"{each.worker_memory:,.0f}" for each in all_)),
        ("brokers", *(each.brokers for each in all_)),
        ("states, MB", *(f"{each.states:,.0f}" for each in all_)),
        ("changelog written an opening day, GB, once", *(f"{each.changelog_a_day:,.1f}" for each in all_)),
        ("written at the peak, MB/s, once", *(f"{each.writes:,.2f}" for each in all_)),
        ("ledger a year, GB, once", *(f"{each.ledger_a_year:,.2f}" for each in all_)),
        (f"ledger after {YEARS} years, GB, once", *(f"{each.ledger_a_year * YEARS:,.1f}" for each in all_)),
        (f"disk of a broker after {YEARS} years, half of it free, GB", *(f"{each.disk:,.1f}" for each in all_)),
        (f"memory of a board after {YEARS} years, MB", *(f"{each.board:,.0f}" for each in all_)),
        ("the year's report: first year, s of CPU", *(f"{each.report(1):,.1f}" for each in all_)),
        ("the year's report: tenth year, s of CPU", *(f"{each.report(YEARS):,.1f}" for each in all_)),
        ("cost a year, euros", *(f"{each.cost:,.0f}" for each in all_)),
        (
            "cost of a thousand calls, euros",
            *(f"{each.cost / (each.lines * each.scale.calls * 251 / 1000):.3f}" for each in all_),
        ),
    ]
    return written(("what", *(each.scale.name for each in all_)), rows)


def breaks(all_: list[Need]) -> str:
    """Return, by scale, the limits that are reached first, and at what multiple of today's load."""
    rows: list[tuple[object, ...]] = []
    for each in all_:
        for at, limit in enumerate(sorted(each.limits(), key=lambda limit: limit.growth)[:SHOWN]):
            grows = limit.growth
            says = f"**is over it, {1 / grows:,.1f} times**" if grows < 1 else f"at {grows:,.1f} times as much"
            used, end = f"{limit.used:,.2f} {limit.unit}", f"{limit.end:g} {limit.unit}"
            rows.append(("" if at else each.scale.name, limit.name, used, end, says))
    return written(("scale", "limit", "now", "ends at", "is reached"), rows)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.capacity", description=__doc__)
    parser.add_argument("--measure", action="store_true", help="measure again the bytes that a line writes")
    parser.add_argument("--days", type=int, default=DAYS, help="number of days to measure")
    parser.add_argument("--write", action="store_true", help="into docs/scale.md")
    given = parser.parse_args()
    before = os.getloadavg()
    if given.measure:
        text = f"{page.machine(before)}\n\n{records(measure(given.days))}"
        print(text)
        if given.write:
            page.write("records", text, SCALE)
    assumed, prices, of = figures("assumed"), figures("prices"), measured()
    all_ = [Need(each, of, assumed, prices) for each in asked()]
    parts = {
        "skew": skews(assumed["spread of offices"]),
        "peak": a_day(assumed["first opening day of a month"]),
        "needs": needs(all_),
        "breaks": breaks(all_),
    }
    for name, text in parts.items():
        print(f"{name}\n{text}\n", flush=True)
        if given.write:
            page.write(name, text, SCALE)


if __name__ == "__main__":
    main()
