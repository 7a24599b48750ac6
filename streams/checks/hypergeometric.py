"""The hypergeometric tail: the chance that a group drawn at random contains a number of marked members."""

from __future__ import annotations

from math import comb


def chance(hits: int, drawn: int, marked: int, all_of_them: int) -> float:
    """Return the probability that at least `hits` of the `drawn` members are among the `marked` ones.

    This is Fisher's exact test, one-sided (R. A. Fisher, The Design of Experiments, 1935).

    >>> round(chance(3, 3, 4, 101), 7), chance(2, 2, 2, 2)
    (2.4e-05, 1.0)
    """
    ways = sum(comb(marked, each) * comb(all_of_them - marked, drawn - each) for each in range(hits, drawn + 1))
    return ways / comb(all_of_them, drawn)
