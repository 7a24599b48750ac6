"""What the watch says of made-up counters and registers: each fault of the catalogues, and each honest change."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from statistics import median
from typing import Final, get_args

from benchmarks.detection.cases.faults import OF_REQUESTS, OF_TICKETS
from benchmarks.detection.cases.score import Outcome, play
from benchmarks.detection.cases.world import Change

DAYS: Final = 230
VOLUMES: Final = {"tickets": 60.0, "requests": 10.0}
WORDS: Final = {"tickets": "counters", "requests": "registers"}
HONEST_REQUESTS: Final = ("none", "staff", "rush", "strike", "closed")


def tables(seeds: int, processes: int | None) -> str:
    """Return a table for counters and one for registers, in Markdown."""
    parts = []
    with ProcessPoolExecutor(processes) as pool:
        for of, faults in (("tickets", OF_TICKETS), ("requests", OF_REQUESTS)):
            honest = get_args(Change) if of == "tickets" else HONEST_REQUESTS
            asked = [(of, what, "none", seed) for what in faults for seed in range(seeds)]
            asked += [(of, "", change, seed) for change in honest for seed in range(seeds)]
            found = list(pool.map(_play, asked))
            parts.append(_table(of, found[: len(faults) * seeds], found[len(faults) * seeds :]))
    return "\n".join(parts)


def _play(asked: tuple[str, str, Change, int]) -> Outcome:
    of, what, change, seed = asked
    return play(of, what, seed, VOLUMES[of], days=40, change=change, year=DAYS)


def _table(of: str, faults: Sequence[Outcome], honest: Sequence[Outcome]) -> str:
    rows = [f"| fault of {WORDS[of]} | runs | found | named | opening days until told |", "|---|---|---|---|---|"]
    for what in dict.fromkeys(each.what for each in faults):
        runs = [each for each in faults if each.what == what]
        delays = [each.delay for each in runs if each.delay is not None]
        told = f"{median(delays):.1f}" if delays else ""
        rows.append(f"| {what} | {len(runs)} | {len(delays)} | {sum(each.named for each in runs)} | {told} |")
    every = [each.delay for each in faults if each.delay is not None]
    named = sum(each.named for each in faults)
    rows.append(f"| **all** | {len(faults)} | {len(every)} | {named} | {median(every):.1f} |")
    rows += ["", f"| honest change of {WORDS[of]} | runs | miscounts | undecided |", "|---|---|---|---|"]
    for what in dict.fromkeys(each.what for each in honest):
        runs = [each for each in honest if each.what == what]
        undecided = sum(known.verdict == "undecided" for each in runs for known in each.incidents)
        rows.append(f"| {what} | {len(runs)} | {sum(len(each.wrong) for each in runs)} | {undecided} |")
    return "\n".join([*rows, ""])
