"""Waits that a counting software cuts at a limit, such as 15 or 60 minutes.

Long waits differ by seconds. If several are equal and hardly any is longer, the true ones are unknown and the mean is
too low. A desk may also call visitors when they have waited that long, so the days are undecided.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Final

from streams.cases.case import SeenCase
from streams.cases.view import View

AT_LIMIT: Final = "waits without a limit"
LEAST: Final = 240  # s: waits of a quiet desk are shorter, and alike
FEW: Final = 4  # equal waits


def at_limit(view: View) -> Callable[[SeenCase], bool | None]:
    """Return the law: few waits are equal to the longest common one, and more are longer.

    It is not applied to whole minutes, in which the longest waits of an honest rush are often equal, nor to registers,
    whose requests are answered together.
    """
    limit = limit_of(view)
    if limit is None or view.coarse or not view.service:
        return lambda _: None
    return lambda case: None if seconds(case) < limit else seconds(case) == limit


def limit_of(view: View) -> int | None:
    """Return the longest wait (s) that several cases of a view share; None if there is none.

    >>> from streams.cases.usual import UsualCases
    >>> from streams.cases.view import CaseRules
    >>> rules = CaseRules("titres", "service", lambda at: 0, None)
    >>> cases = [SeenCase(-1, 0, begun=at, met=at + min(at, 900_000)) for at in range(1, 1_500_000, 123_456)]
    >>> limit_of(View(rules, UsualCases(), cases, whole=True))
    900
    """
    common = Counter(length for each in view.waited if (length := seconds(each)) >= LEAST)
    return max((length for length, many in common.items() if many >= FEW), default=None)


def seconds(case: SeenCase) -> int:
    """Return a case's wait in whole seconds; -1 if unknown."""
    return -1 if case.wait is None else round(case.wait / 1000)
