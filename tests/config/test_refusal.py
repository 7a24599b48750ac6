from __future__ import annotations

from config.refusal import ConfigError, Mistake, shown


def test_an_error_lists_its_faults() -> None:
    error = ConfigError(
        [Mistake("a.yaml", "", "no such file", "a file"), Mistake("TOCSIN_SITE", "site", "48", "an id")]
    )
    assert str(error) == (
        "The configuration is refused:\n"
        "  a.yaml: found no such file, expected a file\n"
        "  TOCSIN_SITE: site: found 48, expected an id"
    )
    assert [mistake.key for mistake in error.mistakes] == ["", "site"]


def test_long_values_are_shortened() -> None:
    assert shown("é" * 500) == '"' + "é" * 79 + "…"
