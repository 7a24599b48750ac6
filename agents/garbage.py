"""How often Python collects garbage: rarely, as millions of events pass through.

Reference counting frees most objects; only objects that refer to each other in a circle wait for a collection. A
collection takes a microsecond for each object that it looks at, and nothing else runs meanwhile.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Final

# New objects before the youngest generation is collected (700 by default); then, for each generation, the number of
# its collections before the next older one is collected. To collect half a million at once took a fifth of a second.
THRESHOLDS: Final = (50_000, 100, 10)
ROUND: Final = 300  # calls of `collect_new`, half a minute of a ministry's worker

_calls: Final = count(1)


def collect_seldom() -> None:
    """Exclude all loaded objects from garbage collection, and collect rarely.

    With Python's defaults, collection takes an eighth of an analysis and a quarter of a worker's time.
    """
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)


@contextmanager
def uncollected() -> Iterator[None]:
    """Collect nothing within the block, and exclude all objects that exist at its end from garbage collection.

    Use it for desks, which no circle contains. A ministry's desks are half a million objects.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def collect_new() -> None:
    """Collect garbage among the objects made since the last call, or among all objects in the last call of a round.

    Work that replaces objects frees as many as it makes. Python counts only the difference, and would look at all the
    new objects of a ministry's page at once. Objects that outlive a round are excluded from later collections.
    """
    if not gc.isenabled():
        return  # within `uncollected`
    if next(_calls) % ROUND:
        gc.collect(0)
    else:
        gc.collect()
        gc.freeze()
