"""A satisfaction survey: of those who answered a question, which share is satisfied, and how sure that is."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Final, NamedTuple

from streams.insight.interval import wilson

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
    """Tell how many of those who answered a question are satisfied.

    `share` and its 95 % Wilson score interval, `low` to `high`, are from 0 to 1, None where nobody answered;
    `blank` answers are in no other figure.
    """

    question: str
    satisfied: int
    answers: int
    share: float | None
    low: float | None
    high: float | None
    blank: int


class Answer(NamedTuple):
    """Hold one answer to a question; `satisfied` is None where it is blank."""

    question: str
    satisfied: bool | None


def satisfied(answer: str) -> bool | None:
    """Tell whether an answer in words is a satisfied one, None for a blank one; raise `ValueError` for another.

    Case, accents, spaces, a feminine or a plural ending make no difference.

    >>> satisfied("Très satisfaite"), satisfied("PEU SATISFAIT"), satisfied(" ")
    (True, False, None)
    """
    word = _plain(answer)
    if word not in _MEANINGS:
        raise ValueError(f"one of {', '.join((*SATISFIED, *UNSATISFIED))}, or nothing")
    return _MEANINGS[word]


def shares(answers: Iterable[Answer]) -> list[Share]:
    """Return the share of the satisfied for each question, in the order in which they were first asked."""
    counts: dict[str, dict[bool | None, int]] = {}
    for question, answer in answers:
        told = counts.setdefault(question, {True: 0, False: 0, None: 0})
        told[answer] += 1
    return [_share(question, told[True], told[False], told[None]) for question, told in counts.items()]


def _share(question: str, yes: int, no: int, blank: int) -> Share:
    answers = yes + no
    low, high = wilson(yes, answers) or (None, None)
    return Share(question, yes, answers, yes / answers if answers else None, low, high, blank)


def _plain(answer: str) -> str:
    letters = unicodedata.normalize("NFKD", answer.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")).casefold()
    words = "".join(letter for letter in letters if not unicodedata.combining(letter)).strip(" .!").split()
    return " ".join(word[: word.index("satisfait") + 9] if "satisfait" in word else word for word in words)


_MEANINGS: Final[dict[str, bool | None]] = {
    **{_plain(answer): True for answer in SATISFIED},
    **{_plain(answer): False for answer in UNSATISFIED},
    **{_plain(answer): None for answer in BLANK},
}
