"""The strata of a line's calls by the risk that they are counted wrongly."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, TypeAlias, get_args

from streams.calls.call import ANSWERED, LOST, REASON_MASK, Call
from streams.events import Outcome

Stratum: TypeAlias = Literal[
    "lost-talk", "lost-at-once", "lost", "answered-no-agent", "answered-short", "answered", "diverted"
]
STRATA: Final[tuple[Stratum, ...]] = get_args(Stratum)
COUNTED: Final[Mapping[Stratum, Outcome]] = {
    "lost-talk": "lost",
    "lost-at-once": "lost",
    "lost": "lost",
    "answered-no-agent": "answered",
    "answered-short": "answered",
    "answered": "answered",
    "diverted": "diverted",
}
LOST_STRATA: Final[tuple[Stratum, ...]] = ("lost-talk", "lost-at-once", "lost")
AT_ONCE: Final = 1_000  # ms of wait
SHORT_TALK: Final = 15_000  # ms: a machine that answers speaks as long


def stratum(call: Call) -> Stratum | None:
    """Return the stratum of a call by its present outcome; None if it has none.

    >>> stratum(Call(0, outcome=LOST, lost=500, lost_wait=500))
    'lost-at-once'
    """
    kind = call.outcome & ~REASON_MASK
    if kind == LOST:
        if call.talk > 0:
            return "lost-talk"
        return "lost-at-once" if 0 <= call.wait < AT_ONCE else "lost"
    if kind != ANSWERED:
        return "diverted" if kind else None
    if not call.agent:
        return "answered-no-agent"
    return "answered-short" if 0 <= call.talked < SHORT_TALK else "answered"
