"""The figures of several workers in one page: what Prometheus would see of all of them, as if they were one.

A line's figures, histograms too, stand on the page of the one worker that owns its partition, so they are taken as they
stand: no quantile or rate is added up. Only what each worker tells of itself or of all together has to be made one.

The multiprocess mode of prometheus_client is of no use here: it adds up counters that processes raise in files, and
knows no collector, whereas a worker raises none and collects every figure from its states.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Final, NamedTuple, TypeAlias

OneOf: TypeAlias = Callable[[Iterable[float]], float]

# How the workers' values of a series become one. Families that are not here are of a line, a service, a channel or a
# partition; a test knows all families.
TOLD_BY_EACH: Final[Mapping[str, OneOf]] = {
    "tocsin_events": sum,  # each of its own partitions
    "tocsin_states_refused": sum,
    "tocsin_states_mended": sum,
    "tocsin_source_last_event_timestamp_seconds": max,  # a source may tell of lines of several workers
    "tocsin_progress_age_seconds": max,  # the worst, as alerts ask
    "tocsin_checkpoint_age_seconds": max,
    "tocsin_partitions_unread": max,  # of all topics, as seen last
    "tocsin_catalogues": max,
    "tocsin_site_open": max,
    "tocsin_site_info": max,
    "tocsin_catalogue_info": max,
    "tocsin_catalogue_refused": max,
}

_FAMILY: Final = re.compile(r"^# HELP ", re.MULTILINE)
_END: Final = "# EOF\n"  # of OpenMetrics


class Told(NamedTuple):
    """Hold the page of a worker."""

    text: str
    generation: int | None  # of the group, by which it owns the partitions that it shows; None where it owns none now


def added(pages: Iterable[Told]) -> str:
    r"""Return one page from those of several workers of a group, all in one format.

    A worker that has slept through a rebalance shows lines that are another's by now. It is left out: the page of an
    owner by a newer generation tells that.

    >>> head = "# HELP tocsin_x X.\n# TYPE tocsin_x gauge\n"
    >>> pages = [Told(head + 'tocsin_x{line="a"} 1.0\n', 2), Told(head + 'tocsin_x{line="b"} 2.0\n', 2)]
    >>> added(pages).splitlines()[2:]
    ['tocsin_x{line="a"} 1.0', 'tocsin_x{line="b"} 2.0']
    """
    pages = list(pages)
    newest = max((page.generation for page in pages if page.generation is not None), default=None)
    heads: dict[str, str] = {}
    samples: defaultdict[str, list[str]] = defaultdict(list)
    for page in pages:
        if page.generation not in {None, newest}:
            continue
        for family in _FAMILY.split(page.text.removesuffix(_END))[1:]:
            words, kind, told = family.split("\n", 2)
            name = words.partition(" ")[0].removesuffix("_total")  # which OpenMetrics leaves out
            heads.setdefault(name, f"# HELP {words}\n{kind}\n")
            samples[name].append(told)
    end = _END if any(page.text.endswith(_END) for page in pages) else ""
    return "".join(head + _one(name, samples[name]) for name, head in heads.items()) + end


def _one(name: str, told: list[str]) -> str:
    one_of = TOLD_BY_EACH.get(name)
    if one_of is None:
        return "".join(told)
    values: defaultdict[str, list[float]] = defaultdict(list)
    for row in "".join(told).splitlines():
        series, _, value = row.rpartition(" ")
        values[series].append(float(value))
    return "".join(f"{series} {one_of(each)}\n" for series, each in values.items())
