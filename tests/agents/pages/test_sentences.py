"""The reasons of requests in a sentence, in the reader's language."""

from __future__ import annotations

import pytest

from agents.board.follower import Known
from agents.language import Language
from agents.pages.sentences import SHOWN, losses_sentence, reasons_sentence
from agents.translation import Words
from streams.indicators.channel import ReasonCount
from streams.insight.losses import Losses
from streams.status import LineMonth
from tests.agents.board.known import history, line
from tests.agents.board.test_server import ask


def test_rare_reasons_are_summed_and_requests_without_one_are_named() -> None:
    reasons = [ReasonCount(f"r{number}", 20 - number, 2) for number in range(SHOWN + 2)]
    says = reasons_sentence(reasons, 200, Words(Language.FR)).replace("\N{NARROW NO-BREAK SPACE}", " ")
    assert says.startswith("Par motif, valeurs brutes : r0 20 (2 mois), r1 19 (2 mois)")
    assert says.endswith("autres motifs 23 ; sans motif 45")


def test_the_reason_beyond_the_limit_is_no_reason_of_a_register() -> None:
    assert "autres motifs 3 (1 mois)" in reasons_sentence([ReasonCount("other", 3, 1)], 3, Words(Language.FR))


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
