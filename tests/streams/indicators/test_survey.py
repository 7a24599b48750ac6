"""Answers in words become satisfied shares; a question without answers has no share."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.indicators.survey import SATISFIED, UNSATISFIED, Answer, satisfied, shares


@pytest.mark.parametrize(
    ("answer", "means"),
    [
        ("très satisfait", True),
        ("TRÈS SATISFAITE", True),
        ("  Plutôt   satisfaits ", True),
        ("satisfait(e)", True),
        ("tres satisfait", True),
        ("peu satisfaite", False),
        ("Pas satisfait.", False),
        ("insatisfaites", False),
        ("Oui !", True),
        ("NON", False),
        ("very satisfied", True),
        ("Not satisfied", False),
        ("no", False),
        ("", None),
        ("   ", None),
        ("Sans opinion", None),
        ("don\N{RIGHT SINGLE QUOTATION MARK}t know", None),
    ],
)
def test_words_mean_what_people_mean(answer: str, means: bool | None) -> None:  # noqa: FBT001
    assert satisfied(answer) is means


@pytest.mark.parametrize("answer", ["bof", "4", "satisfaction", "très", "moyennement satisfait"])
def test_other_words_are_refused(answer: str) -> None:
    with pytest.raises(ValueError, match=answer):
        satisfied(answer)


def test_every_word_that_is_offered_is_taken() -> None:
    assert all(satisfied(each) is True for each in SATISFIED)
    assert all(satisfied(each) is False for each in UNSATISFIED)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from([True, False, None]))))
def test_the_shares_are_those_of_the_answers(told: list[tuple[str, bool | None]]) -> None:
    found = shares(Answer(*each) for each in told)
    assert [share.question for share in found] == list(dict.fromkeys(question for question, _ in told))
    for share in found:
        own = [answer for question, answer in told if question == share.question]
        assert (share.satisfied, share.answers) == (own.count(True), own.count(True) + own.count(False))
        assert share.blank == own.count(None)
        if share.answers:
            assert share.low is not None
            assert share.high is not None
            assert share.share is not None
            assert 0 <= share.low <= share.share <= share.high <= 1
        else:
            assert (share.share, share.low, share.high) == (None, None, None)
