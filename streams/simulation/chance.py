"""Chance that repeats: the same words give the same numbers, whatever else is drawn."""

from __future__ import annotations

from hashlib import blake2b
from random import Random

import numpy as np


def chance(*words: object) -> Random:
    """Return these words' own generator, for one number at a time.

    >>> chance(1, "standard").random() == chance(1, "standard").random()
    True
    """
    return Random(" ".join(map(str, words)))  # noqa: S311 -- no secret


def draws(*words: object) -> np.random.Generator:
    """Return these words' own generator, for many numbers at once."""
    return np.random.default_rng(int.from_bytes(blake2b(" ".join(map(str, words)).encode(), digest_size=8).digest()))
