"""The common curves of lost calls: the usual rate behind, and the believed rate if the count is suspect."""

from __future__ import annotations

from deploy.grafana.colours import DOUBT, GREEN, REFERENCE
from deploy.grafana.queries import LINE, doubted, now
from deploy.grafana.shown import BOLD, Shown


def usual_lost() -> list[Shown]:
    """Return the usual lost rate at this hour of the week, to be drawn first."""
    return [Shown(now("tocsin_lost_call_ratio_expected", *LINE), "as usual", colour=REFERENCE, line="area")]


def usual_calls() -> list[Shown]:
    """Return the usual calls in this hour of the week, to be drawn first."""
    return [Shown(now("tocsin_calls_offered_expected", *LINE), "usual in 1 h", colour=REFERENCE, line="area")]


def believed_lost() -> list[Shown]:
    """Return the last hour's lost rate without a miscount's additions, and drawn over it the suspect counted rate."""
    return [
        Shown(now("tocsin_lost_call_ratio_believed", *LINE), "corrected, over 1 h", colour=GREEN, width=BOLD),
        Shown(doubted("tocsin_lost_call_ratio", window="1h"), "raw, suspected", colour=DOUBT, line="dashed"),
    ]
