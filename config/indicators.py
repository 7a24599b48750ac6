"""The ids of the indicators that an office can have: a kind, and what it is of."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Final

from streams.indicators.kinds import IndicatorKind, kinds_of

# By the part of the configuration that names their subjects. The questions of a survey stand in no configuration.
KINDS: Final[Mapping[str, tuple[IndicatorKind, ...]]] = {
    "lines": kinds_of("line"),
    "services": kinds_of("service"),
    "requests": kinds_of("channel"),
}


def ids(subjects: Mapping[str, Collection[str]]) -> Iterator[str]:
    """Yield the ids of these subjects' indicators; of those of a survey, which any question can be, none.

    >>> [*ids({"lines": ["standard"], "requests": []})]
    ['lost_rate:standard', 'answer_rate:standard']
    """
    for part, kinds in KINDS.items():
        yield from (f"{kind}:{subject}" for subject in subjects.get(part, ()) for kind in kinds)


def is_of_survey(indicator: str) -> bool:
    """Tell whether an id is that of a question.

    >>> is_of_survey("satisfaction:accueil"), is_of_survey("satisfaction:")
    (True, False)
    """
    kind, _, question = indicator.partition(":")
    return kind in kinds_of("survey") and bool(question)
