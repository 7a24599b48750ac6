"""A satisfaction survey: the share of satisfied answers to each question, with its confidence interval."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final, NamedTuple

from streams.checks.interval import wilson

SATISFIED: Final = (
    *("très satisfait", "satisfait", "plutôt satisfait", "assez satisfait", "oui", "plutôt oui"),
    *("very satisfied", "satisfied", "fairly satisfied", "rather satisfied", "yes"),
)
UNSATISFIED: Final = (
    *("peu satisfait", "pas satisfait", "pas du tout satisfait", "plutôt pas satisfait", "insatisfait"),
    *("plutôt insatisfait", "très insatisfait", "non", "plutôt non"),
    *("not very satisfied", "not satisfied", "not at all satisfied", "dissatisfied", "very dissatisfied", "no"),
)
BLANK: Final = ("", "sans opinion", "ne se prononce pas", "nsp", "no opinion", "don't know")


class Share(NamedTuple):
    """The satisfied answers to a question. The share and its bounds are None without any answer."""

    question: str
    satisfied: int
    answers: int  # without blank answers
    share: float | None  # satisfied / answers, from 0 to 1
    low: float | None  # of its 95 % Wilson score interval
    high: float | None
    blank: int


class Answer(NamedTuple):
    question: str
    satisfied: bool | None  # None if blank
    day: date | None = None  # if known
    subgroup: str = ""  # kind of user or age class, for example
    channel: str = ""  # where the respondent was asked: counter, telephone, web, post
    suggestion: str | None = None  # its theme, empty without one; None without a suggestion


def satisfied(answer: str) -> bool | None:
    """Return whether a verbal answer means satisfied, or None if it is blank.

    Case, accents, spaces, feminine and plural endings are ignored. Raise `ValueError` for any other answer.

    >>> satisfied("Très satisfaite"), satisfied("PEU SATISFAIT"), satisfied(" ")
    (True, False, None)
    """
    word = _plain(answer)
    if word not in _MEANINGS:
        raise ValueError(answer)
    return _MEANINGS[word]


def shares(answers: Iterable[Answer]) -> list[Share]:
    """Return the share of satisfied answers by question, in the order of the first answers."""
    said: dict[str, list[bool | None]] = {}
    for each in answers:
        said.setdefault(each.question, []).append(each.satisfied)
    return [share_of(question, given) for question, given in said.items()]


def share_of(question: str, said: Sequence[bool | None]) -> Share:
    """Return the share of satisfied answers to a question; None is a blank answer."""
    counts = Counter(said)
    yes, answers = counts[True], counts[True] + counts[False]
    low, high = wilson(yes, answers) or (None, None)
    return Share(question, yes, answers, yes / answers if answers else None, low, high, counts[None])


def _plain(answer: str) -> str:
    letters = unicodedata.normalize("NFKD", answer.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")).casefold()
    words = "".join(letter for letter in letters if not unicodedata.combining(letter)).strip(" .!").split()
    return " ".join(word[: word.index("satisfait") + 9] if "satisfait" in word else word for word in words)


_MEANINGS: Final[dict[str, bool | None]] = {
    **{_plain(answer): True for answer in SATISFIED},
    **{_plain(answer): False for answer in UNSATISFIED},
    **{_plain(answer): None for answer in BLANK},
}
