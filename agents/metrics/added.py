"""Merges the metrics of several workers into one page, as if they were one worker.

A line's figures, histograms included, are on the page of the one worker that owns its partition, so they are copied
unchanged: no quantile or rate is added up. Only the metrics that every worker has, about itself or about all workers,
must be combined.

The multiprocess mode of prometheus_client does not help: it adds up counters that processes increment in files, whereas
a worker collects every figure from its states.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Final, NamedTuple, TypeAlias

OneOf: TypeAlias = Callable[[Iterable[float]], float]

# How to combine the workers' values of a series. All other families belong to a line, a service, a channel or a
# partition; a test lists them.
COMBINED: Final[Mapping[str, OneOf]] = {
    "tocsin_events": sum,  # each worker counts its own partitions
    "tocsin_states_refused": sum,
    "tocsin_states_mended": sum,
    "tocsin_source_last_event_timestamp_seconds": max,  # a source may send events of several workers' lines
    "tocsin_progress_age_seconds": max,  # alerts are about the worst worker
    "tocsin_checkpoint_age_seconds": max,
    "tocsin_partitions_unread": max,  # each worker counts all topics, as it last saw them
    "tocsin_catalogues": max,
    "tocsin_site_open": max,
    "tocsin_site_info": max,
    "tocsin_catalogue_info": max,
    "tocsin_catalogue_refused": max,
}

_FAMILY: Final = re.compile(r"^# HELP ", re.MULTILINE)
_END: Final = "# EOF\n"  # of OpenMetrics


class MetricsPage(NamedTuple):
    """One worker's metrics."""

    text: str
    generation: int | None  # of the group, when it assigned these partitions; None if there are none now


def added(pages: Iterable[MetricsPage]) -> str:
    r"""Return the merged page of several workers of a group, all in one format.

    A worker that missed a rebalance still shows lines that another one owns by now: pages of an older group generation
    are ignored.

    >>> head = "# HELP tocsin_x X.\n# TYPE tocsin_x gauge\n"
    >>> pages = [MetricsPage(head + 'tocsin_x{line="a"} 1.0\n', 2), MetricsPage(head + 'tocsin_x{line="b"} 2.0\n', 2)]
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
            words, kind, rows = family.split("\n", 2)
            name = words.partition(" ")[0].removesuffix("_total")  # absent in OpenMetrics
            heads.setdefault(name, f"# HELP {words}\n{kind}\n")
            samples[name].append(rows)
    end = _END if any(page.text.endswith(_END) for page in pages) else ""
    return "".join(head + _one(name, samples[name]) for name, head in heads.items()) + end


def _one(name: str, samples: list[str]) -> str:
    one_of = COMBINED.get(name)
    if one_of is None:
        return "".join(samples)
    if one_of is sum and not all(samples):
        return ""  # a worker without samples folds events again, and no counter may fall
    values: defaultdict[str, list[float]] = defaultdict(list)
    for row in "".join(samples).splitlines():
        series, _, value = row.rpartition(" ")
        values[series].append(float(value))
    return "".join(f"{series} {one_of(each)}\n" for series, each in values.items())
