"""Waits of 0 of visitors with an appointment.

Systems that count these waits from the agreed time record 0 if the visitor is called earlier. Other laws excuse waits
of 0 while somebody else waits, as such visitors have a queue of their own. But even at a free desk waits are of
seconds: if nearly all of them are 0, and usually few are, they are unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from streams.cases.case import SeenCase
from streams.cases.view import MANY, View

AT_ONCE: Final = "met at once by appointment"
ALL: Final = 0.9  # share of waits of 0
SEVERAL: Final = 15  # visitors with an appointment


def booked_at_once(view: View) -> Callable[[SeenCase], bool | None]:
    """Return the law: a visitor with an appointment waits for some seconds. Whole minutes hide these."""

    def broken(case: SeenCase) -> bool | None:
        concerned = case.booked and case.wait is not None and case.wait >= 0 and not view.coarse
        return case.wait == 0 if concerned else None

    return broken


def nearly_all_at_once(view: View, cases: Sequence[SeenCase]) -> bool:
    if view.usual.share(AT_ONCE).cases < MANY:  # appointments are new
        return False
    return sum(each.wait == 0 for each in cases) >= ALL * len(cases) >= ALL * SEVERAL
