"""Reproducible randomness: the same seed words give the same numbers, independently of all other draws."""

from __future__ import annotations

from hashlib import blake2b
from random import Random

import numpy as np


def chance(*words: object) -> Random:
    """Return the generator that these words seed, for single numbers.

    >>> chance(1, "standard").random() == chance(1, "standard").random()
    True
    """
    return Random(" ".join(map(str, words)))  # noqa: S311 -- no secret


def draws(*words: object) -> np.random.Generator:
    """Return the generator that these words seed, for arrays of numbers."""
    return np.random.default_rng(int.from_bytes(blake2b(" ".join(map(str, words)).encode(), digest_size=8).digest()))
