from __future__ import annotations

from config.refusal import ConfigError, Fault, shown


def test_an_error_lists_its_faults() -> None:
    error = ConfigError([Fault("a.yaml", "", "no such file", "a file"), Fault("TOCSIN_SITE", "site", "48", "an id")])
    assert str(error) == (
        "The configuration is refused:\n"
        "  a.yaml: found no such file, expected a file\n"
        "  TOCSIN_SITE: site: found 48, expected an id"
    )
    assert [fault.key for fault in error.faults] == ["", "site"]


def test_long_values_are_shortened() -> None:
    assert shown("é" * 500) == '"' + "é" * 79 + "…"
