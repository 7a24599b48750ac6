"""Sentences that are hard to read become fewer: no folder and no document has more of them than `english.json` says."""

from __future__ import annotations

import json

import pytest

from tests.english import COUNTS, Sentence, counts


def test_no_folder_has_more_of_what_is_hard_to_read_and_fewer_are_kept_as_the_new_bound() -> None:
    assert counts() == json.loads(COUNTS.read_text(encoding="utf-8")), (
        "more than before: write them plainly (`python -m tests.english FOLDER` shows them); "
        "fewer: run `python -m tests.english`, which writes the new bounds"
    )


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Return what is told of a line.", ["a clause for a noun", "tell for report"]),
        ("Return the offices that have no calls.", []),
        ("None where it is not known.", ["where for if"]),
        ("Else it is refused.", ["else at the beginning"]),
        ("Hold the sums of a day.", ["an order to data"]),
        ("What is a vintage?", []),
    ],
)
def test_a_pattern_finds_a_sentence_and_leaves_a_plain_one(text: str, names: list[str]) -> None:
    assert sorted(Sentence("", "", "", text).found()) == names
