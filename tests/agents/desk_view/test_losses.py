"""The causes of a month's losses as a sentence, and on the page of an unfinished period."""

from __future__ import annotations

import pytest

from agents.board.follower import Known
from agents.desk_view.losses import losses_sentence
from agents.language import Language
from agents.translation import Words
from streams.insight.losses import Losses
from streams.status import LineMonth
from tests.agents.board.known import history, line
from tests.agents.board.test_server import ask


def test_each_cause_has_its_calls() -> None:
    says = losses_sentence(Losses(agents=23, callers=11, neither=4, unknown=2), Words(Language.EN))
    assert says is not None
    for part in (
        "23 with too few agents",
        "11 with more callers",
        "4 although the agents sufficed",
        "2 for an unknown",
    ):
        assert part in says


def test_nothing_is_said_if_no_cause_is_known() -> None:
    assert losses_sentence(Losses(unknown=2), Words(Language.EN)) is None


@pytest.mark.slow
def test_the_page_of_a_line_has_the_causes_until_its_period_is_over() -> None:
    month = LineMonth(Losses(agents=23), {})
    known = Known(history(), {"lozere/circulation": line(month=month)}, {})
    today, past, service = ask(
        *("/lines/circulation?lang=fr", "/lines/circulation?period=2013-11", "/services/cartes"), what=known
    )
    assert "D'où viennent les pertes du mois" in today.page
    assert "23 avec trop peu d'agents" in today.page
    assert "trop peu d'agents" not in past.page + service.page
