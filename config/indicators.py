"""The ids of the indicators that an office can have: a kind and a subject."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Final

from streams.indicators.kinds import IndicatorKind, kinds_of

# Kinds by the part of the configuration that names their subjects. Survey questions are not configured.
KINDS: Final[Mapping[str, tuple[IndicatorKind, ...]]] = {
    "lines": kinds_of("line"),
    "services": kinds_of("service"),
    "requests": kinds_of("channel"),
}


def ids(subjects: Mapping[str, Collection[str]]) -> Iterator[str]:
    """Yield the ids of these subjects' indicators, without those for survey questions, which can be any text.

    >>> [*ids({"lines": ["standard"], "requests": []})]
    ['lost_rate:standard', 'answer_rate:standard']
    """
    for part, kinds in KINDS.items():
        yield from (f"{kind}:{subject}" for subject in subjects.get(part, ()) for kind in kinds)


def is_of_survey(indicator: str) -> bool:
    """Return whether an id is a survey question's.

    >>> is_of_survey("satisfaction:accueil"), is_of_survey("satisfaction:")
    (True, False)
    """
    kind, _, question = indicator.partition(":")
    return kind in kinds_of("survey") and bool(question)
