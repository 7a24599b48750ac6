"""The quality of a bucket's figures, as a code of SDMX."""

from __future__ import annotations

from streams.indicators.indicator import ObservationStatus
from streams.kept.times import QUARTER_MS
from streams.periods.buckets import Bucket


def quality(bucket: Bucket, until: float | None) -> ObservationStatus:
    """Return a bucket's quality as an SDMX code, the most serious if several apply.

    Q: nothing is believed. E: some slots are left out. U: it overlaps a miscount or a doubt. P: it is not over at
    `until` (epoch ms), which is None if the whole period is over.

    >>> from datetime import date
    >>> from streams.calls.counts import Counts
    >>> from streams.figures.counted import Counted
    >>> sound = Bucket(date(2013, 3, 4), 9, 4, 8, Counted.sound(Counts(2, answered=2), 4))
    >>> quality(sound, None), quality(sound, 7 * QUARTER_MS)
    ('A', 'P')
    """
    if bucket.believed is None:
        return "Q"
    if bucket.sum.left_out:
        return "E"
    if bucket.sum.suspect:
        return "U"
    return "P" if until is not None and bucket.end * QUARTER_MS > until else "A"
