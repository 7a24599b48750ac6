"""Each count that a reader keeps beside its events is reported in one sentence."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from agents.sources import aside
from agents.sources.aside import REMARKS, SENTENCES, left_out, sentences

SOURCES = Path(aside.__file__).parent


def test_each_count_is_a_sentence_and_rows_of_no_call_are_one() -> None:
    counted = Counter({"exit-after-answer": 2, "rows of other events": 3, "no-call DID": 4, "no-call RINGING": 9})
    assert list(sentences(counted)) == [
        "2 x exit-after-answer: an exit came after an answer: the call stays answered",
        "3 x rows of other events",
        "13 rows concern no call: RINGING 9, DID 4",
    ]


def test_of_many_events_the_most_frequent_are_named() -> None:
    *_, said = sentences(Counter({f"no-call {name}": 1 for name in "ABCDEFGH"}))
    assert said == "8 rows concern no call: A 1, B 1, C 1, D 1, E 1, F 1 and 2 more"


def test_a_remark_leaves_no_row_out() -> None:
    assert left_out(Counter({"exit-after-answer": 2, "no-call DID": 4, "rows out of order": 1, "repeated-row": 3})) == 7


def test_every_remark_is_a_count_of_a_reader() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in SOURCES.rglob("*.py") if path.name != "aside.py")
    assert [name for name in REMARKS if f'"{name}"' not in text] == []


def test_every_short_name_that_a_reader_counts_has_its_sentence() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in SOURCES.rglob("*.py"))
    counted = re.findall(r'aside\["([a-z]+(?:-[a-z]+)+)"', text)
    assert counted
    assert set(counted) <= set(SENTENCES)
