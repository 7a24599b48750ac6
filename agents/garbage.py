"""How often Python collects garbage: rarely, as millions of events pass through."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

# New objects before the youngest generation is collected (700 by default); then, for each generation, the number of
# its collections before the next older one is collected. To collect half a million at once took a fifth of a second.
THRESHOLDS: Final = (50_000, 100, 10)


def collect_seldom() -> None:
    """Exclude all loaded objects from garbage collection, and collect rarely: reference counting frees most objects.

    With Python's defaults, collection takes an eighth of an analysis and a quarter of a worker's time.
    """
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)


@contextmanager
def uncollected() -> Iterator[None]:
    """Exclude all objects that exist at the end of the block, and none before, from garbage collection.

    A collection that looks at every desk of a ministry is a step of a third of a second. Desks are freed by reference
    counting, as no desk refers to itself.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
