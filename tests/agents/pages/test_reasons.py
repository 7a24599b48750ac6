"""The reasons of requests in a sentence, in the reader's language."""

from __future__ import annotations

from agents.language import Language
from agents.pages.reasons import SHOWN, reasons_sentence
from agents.translation import Words
from streams.indicators.channel import ReasonCount


def test_rare_reasons_are_summed_and_requests_without_one_are_named() -> None:
    reasons = [ReasonCount(f"r{number}", 20 - number, 2) for number in range(SHOWN + 2)]
    says = reasons_sentence(reasons, 200, Words(Language.FR)).replace("\N{NARROW NO-BREAK SPACE}", " ")
    assert says.startswith("Par motif, valeurs brutes : r0 20 (2 mois), r1 19 (2 mois)")
    assert says.endswith("autres motifs 23 ; sans motif 45")


def test_the_reason_beyond_the_limit_is_no_reason_of_a_register() -> None:
    assert "autres motifs 3 (1 mois)" in reasons_sentence([ReasonCount("other", 3, 1)], 3, Words(Language.FR))
