"""Follows a demo's worker by its metrics until it has counted everything."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from urllib.request import urlopen

from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample
from rich.progress import Progress

from agents.simulation.system import CHECKPOINT_EVERY, STALLED_AFTER, DemoError, System
from agents.translation import text


def consume(running: System, sent: Mapping[str, int], progress: Progress) -> list[Metric]:
    """Wait until the worker has folded every record of its topics; return its metrics."""
    bar = progress.add_task(text("counted by the worker"), total=None)
    counted, expected, moved = -1, None, time.monotonic()
    while expected is None or counted < expected:
        time.sleep(0.3)
        figures = _scrape(running.metrics)
        seen: Counter[str] = Counter()
        for sample in samples(figures, "tocsin_events_total"):
            if sample.labels["topic"] in sent:  # a person may decide meanwhile
                seen[sample.labels["topic"]] += round(sample.value)
        expected = sum(sent[name] for name in seen) or None
        if seen.total() > counted:
            counted, moved = seen.total(), time.monotonic()
        progress.update(bar, completed=counted, total=expected)
        if not running.runs() or time.monotonic() - moved > STALLED_AFTER:
            raise DemoError(
                text(
                    "the worker stopped after {counted} of {total} events:\n{words}",
                    counted=counted,
                    total=expected,
                    words=running.last_words(),
                )
            )
    return figures


def _scrape(address: str) -> list[Metric]:
    try:
        with urlopen(address, timeout=10) as answer:  # noqa: S310 -- an address of our own
            return list(text_string_to_metric_families(answer.read().decode()))
    except OSError:
        return []  # the worker is starting, or has just ended


def samples(figures: Iterable[Metric], name: str) -> Iterator[Sample]:
    return (sample for family in figures for sample in family.samples if sample.name == name)


def total(figures: list[Metric], name: str, line: str) -> float:
    """Return the sum of a line's samples of a metric."""
    return sum(sample.value for sample in samples(figures, name) if sample.labels["line"] == line)


def await_checkpoint(running: System) -> None:
    """Wait until a checkpoint has begun and ended, so that everything counted is in the ledger."""
    begin = time.monotonic()
    ended: list[float] = []  # the first of these may have begun earlier
    while len(ended) < 2:  # noqa: PLR2004 -- two of them
        for sample in samples(_scrape(running.metrics), "tocsin_checkpoint_age_seconds"):
            last = time.monotonic() - sample.value
            if last > max([begin, *(each + CHECKPOINT_EVERY / 2 for each in ended)]):
                ended.append(last)
        if time.monotonic() - begin > STALLED_AFTER:
            raise DemoError(text("the worker wrote no checkpoint within {seconds} s", seconds=round(STALLED_AFTER)))
        time.sleep(CHECKPOINT_EVERY / 5)
