"""Regular expressions whose matching time is bounded for any value.

Python's matching backtracks at every choice, and `(a+)+` takes years on thirty letters. A pattern is therefore accepted
only if the product of its choices is small. Each `*`, `+` or `{n,}` may match as many lengths as the longest value has
characters, so a pattern can have at most two of these and a few `?`.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from streams.said import said

LONGEST: Final = 500  # characters of a matched value
MOST_WAYS: Final = 16 * LONGEST**2  # maximum of ways to try a pattern on a value

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
    """Return a compiled pattern; raise `ValueError` if it is invalid or might be slow.

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
