"""A sentence of the domain is plain English, and keeps its words and facts for translation."""

from __future__ import annotations

import pytest

from agents.language import Language
from agents.translation import Words
from streams.said import said

LINE = said("line {line} is not in the catalogue; expected one of {known}", line="'x'", known="standard")


def test_it_is_english_as_any_text_is() -> None:
    assert LINE == "line 'x' is not in the catalogue; expected one of standard"
    assert LINE.words.count("{") == len(LINE.facts)


def test_it_is_said_in_another_language_with_the_same_facts() -> None:
    assert Words(Language.FR)(LINE) == "la ligne 'x' n'est pas au catalogue ; attendu : standard"
    assert Words(Language.EN)(LINE) == LINE


def test_what_stands_in_a_sentence_is_said_too() -> None:
    why = Words(Language.FR)("failed: {why}", why=ValueError(LINE))
    assert why == "échec : la ligne 'x' n'est pas au catalogue ; attendu : standard"
    assert Words(Language.FR)("failed: {why}", why=ValueError("of others")) == "échec : of others"


def test_words_alone_are_given_their_facts_later() -> None:
    assert said("failed: {why}") == "failed: {why}"
    assert Words(Language.FR)(said("failed: {why}"), why="x") == "échec : x"


def test_a_fact_that_is_missing_is_refused() -> None:
    with pytest.raises(KeyError, match="known"):
        said("line {line}, {known}", line="x")
