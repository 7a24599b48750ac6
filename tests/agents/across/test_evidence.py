"""The evidence of a shared fault is a sentence in French and in English."""

from __future__ import annotations

import pytest

from agents.across.evidence import shared_evidence_json
from streams.across.evidence import Against, Closing, SharedEvidence, SharedFacts, Together
from streams.across.spells import OVERLOAD
from streams.watch.counting import SILENCE


@pytest.mark.parametrize(
    ("facts", "french", "english"),
    [
        (
            Together(SILENCE, "exchange", "x1", 3, 4, 120),
            "3 des 4 sites ouverts du central x1 n'entendent plus aucun appel en même temps ; "
            "le hasard ne le ferait pas une fois en 120 ans",
            "3 of the 4 open sites of exchange x1 hear no call at once; chance would not do that once in 120 years",
        ),
        (
            Together("duplicate", "nation", "", 90, 101, 1000),
            "90 des 101 sites ouverts de tout le pays présentent la même erreur de comptage en même temps ; "
            "le hasard ne le ferait pas une fois en des milliers d'années",
            "90 of the 101 open sites of the whole nation have the same miscount at once; "
            "chance would not do that once in thousands of years",
        ),
        (
            Against(OVERLOAD, ["s048", "s049"]),
            "2 autres étaient ouverts et n'en perdaient pas plus : s048, s049",
            "2 others were open and lost no more: s048, s049",
        ),
        (
            Closing(),
            "d'une ouverture à l'autre : peut-être fermés, mais leurs voisins étaient ouverts",
            "from opening to opening: closed perhaps, but their neighbours were open",
        ),
    ],
)
def test_facts_are_a_sentence_in_each_language(facts: SharedFacts, french: str, english: str) -> None:
    assert shared_evidence_json(SharedEvidence(3.0, None, 0.0, facts)) == {
        "check": "across offices",
        "observed": 3.0,
        "expected": None,
        "score": 0.0,
        "says": french,
        "says_en": english,
    }
