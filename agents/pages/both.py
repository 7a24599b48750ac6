"""Words in both languages at once, for the pages that do not take theirs from the catalogue yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from agents.language import Language
from agents.pages import broken as breaking
from agents.pages import checks, words
from agents.pages import withheld as withholding
from agents.translation import Words
from streams.certificate.coverage import CheckedShare
from streams.chain.breach import Breach
from streams.said import Said
from streams.watch.guard import Guard


class Both(NamedTuple):
    """Say one thing in French and in English."""

    fr: str
    en: str

    def by(self, language: Language) -> str:
        """Return it in a language."""
        return self.fr if language is Language.FR else self.en


def both(said: Said) -> Both:
    """Return a sentence in both languages."""
    return Both(Words(Language.FR)(said), Words(Language.EN)(said))


def _all(sentences: Mapping[Any, Said], /) -> dict[Any, Both]:
    return {name: both(each) for name, each in sentences.items()}


CHECKS, COLUMNS = _all(checks.CHECKS), _all(words.COLUMNS)
MISCOUNTS, STANDINGS = _all(words.MISCOUNTS), _all(words.STANDINGS)


def share(of: float, digits: int = 1) -> Both:
    """Write a share."""
    return Both(*(checks.share(of, each, digits) for each in Language))


def absences(checked: CheckedShare) -> Both:
    """Say where a check could not speak."""
    return Both(*(checks.absences(checked, each) for each in Language))


def sentences(told: Sequence[CheckedShare]) -> list[Both]:
    """Say how much was checked."""
    return [Both(*each) for each in zip(*(checks.sentences(told, each) for each in Language), strict=True)]


def withheld(guard: Guard, coverage: float, zone: ZoneInfo) -> Both:
    """Say that a figure is withheld."""
    return Both(*(withholding.withheld(guard, coverage, zone, each) for each in Language))


def broken(breaches: Sequence[Breach]) -> Both | None:
    """Say that figures are not to be trusted."""
    return Both(*(breaking.broken(breaches, each) or "" for each in Language)) if breaches else None
