"""A survey question by group: the share by subgroup and by channel, and the suggestions by theme.

A small group identifies people, and its interval says nothing. If half of `FEWEST` answers are satisfied, Wilson's 95 %
interval has a width of 51 points, half of the scale; with fewer answers it is wider. 11 is also the least number of
households in a cell of French fiscal statistics. If a small group follows by subtraction from the total and the other
groups, the next larger groups are withheld too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Final, Literal, NamedTuple, TypeAlias

from msgspec import Struct

from streams.indicators.period import Period
from streams.indicators.survey import Answer, Share, share_of, shares

FEWEST: Final = 11  # answers of a group whose share is shown
FEWEST_NAMED: Final = 3  # rows of a question that make a name a category; a rarer name may be a person's own words
GroupedBy: TypeAlias = Literal["subgroup", "channel"]
_GROUPED_BY: Final[tuple[GroupedBy, ...]] = ("subgroup", "channel")


class AnswerGroup(Struct, frozen=True):
    """The answers of a group to one question."""

    by: GroupedBy
    name: str  # as in the file; empty for rows without a group, and for groups too rare to be named
    share: Share | None  # None if the group has too few answers


class Theme(Struct, frozen=True):
    """The suggestions about one theme."""

    name: str  # as in the file; empty for rows without a theme, and for themes too rare to be named
    count: int


class Breakdown(Struct, frozen=True):
    """A question's answers by group, and its suggestions. The text of a suggestion is never kept."""

    question: str
    groups: list[AnswerGroup]  # by subgroup, then by channel, each in the order of the first rows; empty without any
    suggestions: int
    themes: list[Theme]  # the most frequent first


class SurveyFigures(NamedTuple):
    shares: list[Share]  # by question
    breakdowns: list[Breakdown]
    asked: Period | None  # from the first to the last day of an answer; None if no row has a day


def survey_figures(answers: Sequence[Answer]) -> SurveyFigures:
    """Return the figures of a survey from all its answers."""
    days = {each.day for each in answers if each.day is not None}
    return SurveyFigures(shares(answers), breakdowns(answers), Period(min(days), max(days)) if days else None)


def breakdowns(answers: Sequence[Answer]) -> list[Breakdown]:
    """Return the breakdown of each question that has groups or suggestions, in the order of the first answers.

    >>> answers = [Answer("delay", number > 1, channel="post") for number in range(12)]
    >>> (found,) = breakdowns([*answers, Answer("delay", None, suggestion="hours")])
    >>> [(group.name, group.share and group.share.satisfied) for group in found.groups], found.suggestions
    ([('post', 10), ('', None)], 1)
    """
    places = {question: place for place, question in enumerate(dict.fromkeys(each.question for each in answers))}
    ordered = sorted(answers, key=lambda each: places[each.question])
    found = [_breakdown(question, [*own]) for question, own in groupby(ordered, lambda each: each.question)]
    return [each for each in found if each.groups or each.suggestions]


def _breakdown(question: str, answers: Sequence[Answer]) -> Breakdown:
    groups = [group for by in _GROUPED_BY for group in _groups(by, answers)]
    themes = _named(each.suggestion for each in answers if each.suggestion is not None)
    return Breakdown(question, groups, themes.total(), [Theme(name, count) for name, count in themes.most_common()])


def _groups(by: GroupedBy, answers: Sequence[Answer]) -> list[AnswerGroup]:
    names = [each.subgroup if by == "subgroup" else each.channel for each in answers]
    if not any(names):
        return []
    kept = _named(names)
    said: dict[str, list[bool | None]] = {}
    for name, each in zip(names, answers, strict=True):
        said.setdefault(name if name in kept else "", []).append(each.satisfied)
    found = {name: share_of(name, given) for name, given in said.items()}
    hidden = _withheld(found.values())
    return [AnswerGroup(by, name, None if name in hidden else share) for name, share in found.items()]


def _withheld(groups: Iterable[Share]) -> set[str]:
    """Return the names of the withheld groups: small ones, and larger ones that would reveal them by subtraction."""
    hidden, answers = set[str](), 0
    for share in sorted(groups, key=lambda each: each.answers):
        if share.answers >= FEWEST and not 0 < answers < FEWEST:
            break
        hidden.add(share.question)
        answers += share.answers
    return hidden


def _named(names: Iterable[str]) -> Counter[str]:
    """Count names; those too rare to be categories count together under an empty name."""
    found = Counter[str]()
    for name, count in Counter(names).items():
        found[name if count >= FEWEST_NAMED else ""] += count
    return found
