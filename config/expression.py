"""Regular expressions that end soon, whatever value they are tried on.

Python's own matching goes back and tries again wherever a sign leaves a choice, and `(a+)+` takes years on thirty
letters. So a pattern is taken only where the product of its choices is small: each `*`, `+` or `{n,}` may stand for as
many lengths as the longest value has signs, and two of them, with a few `?` beside, are as many as there may be.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from streams.said import said

LONGEST: Final = 500  # characters of a value that is matched
MOST_WAYS: Final = 16 * LONGEST**2  # in which a pattern may be tried on a value

EXPECTED: Final = said(
    "a regular expression that ends soon: no repeated group, at most two of {repetitions}, no look-around, no "
    "reference to a group",
    repetitions="*, + and {n,}",
)

_TOKEN: Final = re.compile(
    r"(?P<reference>\\[1-9]|\(\?P=)"
    r"|\\."
    r"|\[\^?\]?(?:\\.|[^\]\\])*\]"
    r"|(?P<open>\((?:\?:|(?!\?))|\A\(\?i\))"
    r"|(?P<special>\(\?)"
    r"|(?P<group>\)(?P<of_group>[*+{]))"
    r"|(?P<repeat>[*+]|\{\d*,\})"
    r"|\{(?P<fewest>\d*),(?P<most>\d+)\}"
    r"|(?P<either>[?|])"
    r"|.",
    re.DOTALL,
)


@lru_cache(maxsize=256)
def expression(pattern: str) -> re.Pattern[str]:
    """Return a compiled pattern; raise `ValueError` where it is none, or might take long.

    >>> expression("from-(?:trunk|internal).*").fullmatch("from-trunk-2") is not None
    True
    >>> expression("(a+)+b")
    Traceback (most recent call last):
    ...
    ValueError: a regular expression that ends soon: no repeated group, at most two of *, + and {n,}, no look-around, \
no reference to a group
    """
    if _ways(pattern) > MOST_WAYS:
        raise ValueError(EXPECTED)
    try:
        return re.compile(pattern)
    except (re.error, OverflowError) as error:
        raise ValueError(said("a regular expression ({error})", error=error)) from None


def _ways(pattern: str) -> float:
    ways = 1.0
    for token in _TOKEN.finditer(pattern):
        if token["reference"] or token["special"] or token["group"]:
            return float("inf")
        if token["repeat"]:
            ways *= LONGEST
        elif token["most"]:
            ways *= max(1, int(token["most"]) - int(token["fewest"] or 0) + 1)
        elif token["either"]:
            ways *= 2
    return ways
