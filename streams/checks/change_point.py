"""The most likely bounds of a shift: the slots in which a line lost more (or fewer) calls than expected.

The log-likelihood ratio of a run, with its own rate fitted, is k log(k / e) + (n - k) log((n - k) / (n - e)), for k
lost of n calls where e losses were expected. The run with the largest ratio is the shift (Hinkley 1970 for the start;
Kulldorff 1997, the scan statistic, for start and end). The ratio is exact if the expected rate is constant, and
approximate if that rate is seasonal.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import log

from msgspec import Struct

MAX_SLOTS = 2_000  # every pair of bounds is tried, in about a second


class SlotLosses(Struct, frozen=True):
    """A slot's calls."""

    lost: int
    offered: int
    expected: float  # chance of losing one, in (0, 1)


class Shift(Struct, frozen=True):
    """A run of slots that lost more (or fewer) calls than expected."""

    start: int  # index of its first slot
    end: int  # index after its last slot
    lost: int
    offered: int
    expected: float  # calls lost
    score: float  # nats: its log-likelihood ratio


def shift(slots: Sequence[SlotLosses], *, fall: bool = False, lasting: bool = False) -> Shift | None:
    """Return the most likely rise (or `fall`), or None; a `lasting` one extends to the last slot.

    If several are equally likely, return the first and shortest.

    Raises:
        ValueError: there are more than `MAX_SLOTS` slots.

    >>> calm, faulty = SlotLosses(0, 10, 0.02), SlotLosses(2, 10, 0.02)
    >>> found = shift([calm, calm, faulty, faulty, faulty, calm])
    >>> found.start, found.end, found.lost, found.offered, round(found.score, 2)
    (2, 5, 6, 30, 8.94)

    """
    if len(slots) > MAX_SLOTS:
        raise ValueError(f"{len(slots)} slots are more than {MAX_SLOTS}")
    lost, offered, expected = [0], [0], [0.0]
    for slot in slots:
        lost.append(lost[-1] + slot.lost)
        offered.append(offered[-1] + slot.offered)
        expected.append(expected[-1] + slot.offered * slot.expected)
    best: tuple[float, int, int] | None = None
    last = len(slots)
    for start in range(last):
        for end in range(last if lasting else start + 1, last + 1):
            k, n, e = lost[end] - lost[start], offered[end] - offered[start], expected[end] - expected[start]
            if (k < e) if fall else (k > e):
                score = _score(k, n, e)
                if best is None or score > best[0] + 1e-9:
                    best = (score, start, end)
    if best is None:
        return None
    score, start, end = best
    while slots[end - 1].offered == 0 and not lasting:
        end -= 1
    while slots[start].offered == 0:
        start += 1
    return Shift(
        start, end, lost[end] - lost[start], offered[end] - offered[start], expected[end] - expected[start], score
    )


def _score(k: int, n: int, e: float) -> float:
    gone = k * log(k / e) if k else 0.0
    return gone + ((n - k) * log((n - k) / (n - e)) if n > k else 0.0)
