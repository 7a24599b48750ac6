"""The share of answered callers who called again is a metric of the line; an unknown one has no sample."""

from __future__ import annotations

from agents.metrics.depth import repeat_families
from streams.desks.line import Line
from tests.agents.scraping import samples_of
from tests.streams.watch.telling import RULES, Telling, closed, opening


def test_the_share_of_callers_who_called_again_is_shown_once_it_is_known() -> None:
    telling = Telling()
    for caller, at in (("hmac:aaaaaaaa", 0), ("hmac:bbbbbbbb", 100), ("hmac:aaaaaaaa", 700)):
        telling.call("answered", opening(0) + at, talk=60, caller=caller)
    telling.call("answered", opening(0) + 7_000, caller=None)
    (sample,) = samples_of(repeat_families([closed(telling.folded()), Line(RULES)], 0))
    assert (sample.name, sample.value) == ("tocsin_called_again_ratio", 1 / 3)
    assert sample.labels == {"site": "lozere", "line": "circulation"}
