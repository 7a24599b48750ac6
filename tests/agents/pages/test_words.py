"""A miscount is called by its kind, its desk and, if that says more, its cause."""

from __future__ import annotations

import pytest

from agents.language import Language
from agents.pages.words import kind_of
from agents.translation import Words
from streams.watch.incident import DeskKind


@pytest.mark.parametrize(
    ("desk", "cause", "said"),
    [
        ("line", "silence", "appels manquants"),
        ("line", "fall", "pertes omises ou comptées comme décrochées"),
        ("line", "no losses", "pertes omises ou comptées comme décrochées"),
        ("line", "no losses at hours", "pertes omises ou comptées comme décrochées"),
        ("line", "an agent answers", "pertes comptées comme décrochées"),
        ("service", "fall", "lignes du fichier manquantes"),
    ],
)
def test_losses_counted_as_answered_are_not_called_missing_calls(desk: DeskKind, cause: str, said: str) -> None:
    assert Words(Language.FR)(kind_of(desk, "missing", cause)) == said
