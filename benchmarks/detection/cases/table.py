"""What the watch says of made-up counters and registers: each fault of the catalogues, and each honest change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime
from itertools import product
from pathlib import Path
from statistics import median
from typing import Final, get_args

from benchmarks.detection.cases.faults import OF_REQUESTS, OF_TICKETS
from benchmarks.detection.cases.polls import OF_POLLS, ZONE, play_polls, read_polls
from benchmarks.detection.cases.score import Outcome, play
from benchmarks.detection.cases.world import Change
from benchmarks.detection.share import Share, Yearly

DAYS: Final = 230
VOLUMES: Final = {"tickets": 60.0, "requests": 10.0}
WORDS: Final = {"tickets": "counters", "requests": "registers", "polls": "real displays"}
HONEST_REQUESTS: Final = ("none", "staff", "rush", "strike", "closed")


NEVER_LOOKED_AT: Final = 12_000  # the first seed; no threshold was set on these offices
FAR: Final = 0.05  # of the true mean


def tables(seeds: int, processes: int | None, polls: str = "") -> str:
    """Return tables for counters, for registers, and for the displays of a file of real polls, in Markdown."""
    parts = []
    chosen = range(NEVER_LOOKED_AT, NEVER_LOOKED_AT + seeds)
    with ProcessPoolExecutor(processes) as pool:
        for of, faults in (("tickets", OF_TICKETS), ("requests", OF_REQUESTS)):
            honest = get_args(Change) if of == "tickets" else HONEST_REQUESTS
            asked = [(of, what, "none", seed) for what in faults for seed in chosen]
            asked += [(of, "", change, seed) for change in honest for seed in chosen]
            found = list(pool.map(_play, asked))
            parts.append(_table(of, found[: len(faults) * seeds], found[len(faults) * seeds :]))
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
    return play(of, what, seed, VOLUMES[of], days=40, change=change, year=DAYS)


def _table(of: str, faults: Sequence[Outcome], honest: Sequence[Outcome]) -> str:
    rows = [*_faults(of, faults), ""]
    rows += [f"| honest change of {WORDS[of]} | runs | false miscounts a year | undecided |", "|---|---|---|---|"]
    rows += [_honest(what, [one for one in honest if one.what == what]) for what in dict.fromkeys(map(_of, honest))]
    rows.append(_honest("**all**", honest))
    means = [(each.truth, each.corrected) for each in (*faults, *honest) if each.truth and each.corrected]
    known = [(truth, mean) for truth, mean in means if mean.value is not None]
    if known:
        held = Share.of((mean.low or 0) <= truth <= (mean.high or 0) for truth, mean in known)
        far = Share.of(
            mean.method == "none" and not mean.undecided and abs((mean.value or 0) / truth - 1) > FAR
            for truth, mean in known
        )
        rows += ["", f"Corrected means, of {len(means)}: published {len(known)}; in their interval {held}."]
        rows.append(f"Off by more than 5 % and not marked: {far}.")
    return "\n".join([*rows, ""])


def _faults(of: str, faults: Sequence[Outcome]) -> list[str]:
    rows = [_row(what, [one for one in faults if one.what == what]) for what in dict.fromkeys(map(_of, faults))]
    head = f"| fault of {WORDS[of]} | found | named | opening days until told |"
    return [head, "|---|---|---|---|", *rows, _row("**all**", faults)]


def _of(run: Outcome) -> str:
    return run.what


def _row(what: str, runs: Sequence[Outcome]) -> str:
    delays = [each.delay for each in runs if each.delay is not None]
    told = f"{median(delays):.1f}" if delays else ""
    return (
        f"| {what} | {Share(len(delays), len(runs)).short} | {Share.of(each.named for each in runs).short} | {told} |"
    )


def _honest(what: str, runs: Sequence[Outcome]) -> str:
    wrong = Yearly(sum(len(each.wrong) for each in runs), sum(each.years for each in runs))
    low, high = wrong.bounds()
    undecided = sum(known.verdict == "undecided" for each in runs for known in each.incidents)
    return f"| {what} | {len(runs)} | {wrong.value:.2f} [{low:.2f}, {high:.2f}] | {undecided} |"
