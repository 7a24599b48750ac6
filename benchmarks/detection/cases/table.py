"""What the watch says of made-up counters and registers: each fault of the catalogues, and each honest change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime
from itertools import product
from pathlib import Path
from random import Random
from statistics import median
from typing import Final, get_args

from benchmarks.detection.cases.faults import OF_REQUESTS, OF_TICKETS
from benchmarks.detection.cases.polls import OF_POLLS, ZONE, play_polls, read_polls
from benchmarks.detection.cases.score import Outcome, play
from benchmarks.detection.cases.world import FOUR_MONTHS, Change
from benchmarks.detection.share import Share, Yearly

DAYS: Final = 230
VOLUMES: Final = {"tickets": 60.0, "requests": 10.0}
WORDS: Final = {"tickets": "counters", "requests": "registers", "polls": "real displays"}
HONEST_TICKETS: Final = [each for each in get_args(Change) if each not in {"uneven", "on the day"}]
HONEST_REQUESTS: Final = ("none", "staff", "rush", "strike", "closed", "slower", "faster", "uneven", "on the day")
NEVER_LOOKED_AT: Final = 12_000  # the first seed; no threshold was set on these offices
LASTING: Final = {"closed on the day", "closed on the hour", "slower", "faster", "uneven", "on the day"}


def tables(seeds: int, processes: int | None, polls: str = "", only: Sequence[str] = ()) -> str:
    """Return tables for counters, for registers, and for the displays of a file of real polls, in Markdown.

    `only` are the faults and changes to play; all without it.
    """
    parts = []
    chosen = range(NEVER_LOOKED_AT, NEVER_LOOKED_AT + seeds)
    with ProcessPoolExecutor(processes) as pool:
        for of, faults in (("tickets", OF_TICKETS), ("requests", OF_REQUESTS)):
            honest = HONEST_TICKETS if of == "tickets" else HONEST_REQUESTS
            played = [(what, "none") for what in faults if not only or what in only]
            wrong = len(played) * seeds
            played += [("", change) for change in honest if not only or change in only]
            found = list(pool.map(_play, [(of, *each, seed) for each in played for seed in chosen]))
            if found:
                parts.append(_table(of, found[:wrong], found[wrong:]))
        if polls:
            names = list(read_polls(Path(polls)))
            found = list(pool.map(play_polls, *zip(*product([polls], ["", *OF_POLLS], names), strict=True)))
            parts += [*_faults("polls", found[len(names) :]), "", *_as_recorded(found[: len(names)])]
    return "\n".join(parts)


def _as_recorded(runs: Sequence[Outcome]) -> Iterator[str]:
    """Yield the incidents of displays without a fault of ours: a person must judge them."""
    many, years = sum(len(each.incidents) for each in runs), sum(each.years for each in runs)
    yield f"Incidents of {len(runs)} displays as recorded, {years:.1f} years: {many}"
    for each in runs:
        for known in each.incidents:
            first, last = (datetime.fromtimestamp(at / 1000, ZONE).date() for at in (known.start, known.end - 1))
            yield f"- {each.name}: {known.verdict} {known.kind}, {first} to {last}"


def _play(asked: tuple[str, str, Change, int]) -> Outcome:
    of, what, change, seed = asked
    if of == "requests" and {what, change} & LASTING:
        a_day = Random(f"volume {seed}").uniform(8, 25)
        return play(of, what, seed, a_day, days=FOUR_MONTHS, change=change)
    return play(of, what, seed, VOLUMES[of], days=40, change=change, year=DAYS)


def _table(of: str, faults: Sequence[Outcome], honest: Sequence[Outcome]) -> str:
    rows = [*_faults(of, faults), ""]
    rows += [
        f"| honest change of {WORDS[of]} | runs | false miscounts a year | undecided | withheld | off (unmarked) |"
    ]
    rows += ["|---|---|---|---|---|---|"]
    rows += [_honest(what, [one for one in honest if one.what == what]) for what in dict.fromkeys(map(_of, honest))]
    rows.append(_honest("**all**", honest))
    known = [
        (each.truth, each.corrected)
        for each in (*faults, *honest)
        if each.truth and each.corrected and each.corrected.value is not None
    ]
    held = Share.of((mean.low or 0) <= truth <= (mean.high or 0) for truth, mean in known)
    rows += [
        "",
        f"Of {len(faults) + len(honest)} corrected means {len(known)} are published; in their interval {held}.",
    ]
    return "\n".join([*rows, ""])


def _faults(of: str, faults: Sequence[Outcome]) -> list[str]:
    rows = [_row(what, [one for one in faults if one.what == what]) for what in dict.fromkeys(map(_of, faults))]
    head = f"| fault of {WORDS[of]} | found | named | opening days until told | false miscounts | withheld"
    return [f"{head} | off (unmarked) |", "|---|---|---|---|---|---|---|", *rows, _row("**all**", faults)]


def _of(run: Outcome) -> str:
    return run.what


def _row(what: str, runs: Sequence[Outcome]) -> str:
    delays = [each.delay for each in runs if each.delay is not None]
    told = f"{median(delays):.1f}" if delays else ""
    found, named = Share(len(delays), len(runs)).short, Share.of(each.named for each in runs).short
    return f"| {what} | {found} | {named} | {told} | {sum(len(each.wrong) for each in runs)} | {_published(runs)} |"


def _honest(what: str, runs: Sequence[Outcome]) -> str:
    wrong = Yearly(sum(len(each.wrong) for each in runs), sum(each.years for each in runs))
    low, high = wrong.bounds() if runs else (0.0, 0.0)
    undecided = sum(known.verdict == "undecided" for each in runs for known in each.incidents)
    rate = f"{wrong.value or 0.0:.2f} [{low:.2f}, {high:.2f}]"
    return f"| {what} | {len(runs)} | {rate} | {undecided} | {_published(runs)} |"


def _published(runs: Sequence[Outcome]) -> str:
    """Return how many means are withheld, and how many are off by more than 5 %."""
    withheld = sum(each.corrected is not None and each.corrected.value is None for each in runs)
    return f"{withheld} | {sum(each.off for each in runs)} ({sum(each.unmarked for each in runs)})"
