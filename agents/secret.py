"""A password of one line, from the environment or a file of its own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from config.environment import Variable
from config.refusal import ConfigError, Mistake
from streams.said import said


def secret(variable: Variable, key: str, file: Path | None, expected: str, environ: Mapping[str, str]) -> str:
    """Return a password from the environment, or else from a file; raise `ConfigError` unless it is one line."""
    password = environ.get(variable)
    if password is None and file is not None:
        password = file.read_text(encoding="utf-8")
    return one_line(password or "", key, expected)


def one_line(password: str, key: str, expected: str) -> str:
    """Return a password without the space around it; raise `ConfigError` unless it is one line."""
    password = password.strip()
    if not password or not password.isprintable():
        raise ConfigError([Mistake(key, "", said("no password of one line"), expected)])
    return password
