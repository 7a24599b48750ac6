"""A person's language comes from the environment, in POSIX's order of variables."""

from __future__ import annotations

import pytest

from agents.language import Language, language_of


@pytest.mark.parametrize(
    ("environ", "language"),
    [
        ({"LANG": "fr_FR.UTF-8"}, Language.FR),
        ({"LANG": "fr_FR.UTF-8", "LC_ALL": "C"}, Language.EN),
        ({"LC_MESSAGES": "fr_CA", "LANG": "en_GB"}, Language.FR),
        ({"LC_ALL": "", "LANG": "de_DE"}, Language.EN),
        ({}, Language.EN),
    ],
)
def test_the_first_variable_that_is_set_decides(environ: dict[str, str], language: Language) -> None:
    assert language_of(environ) is language
