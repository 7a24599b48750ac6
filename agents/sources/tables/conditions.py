"""The conditions by which a mapping selects rows."""

from __future__ import annotations

from collections.abc import Mapping

from agents.sources.tables.values import fitting
from config.conditions import Condition


def failing(values: Mapping[str, str], conditions: Mapping[str, Condition]) -> str | None:
    """Return the first column whose condition fails, None if all hold."""
    return next((name for name, asked in conditions.items() if not _holds(name, values[name], asked)), None)


def _holds(name: str, value: str, asked: Condition) -> bool:
    return (
        (not asked.one_of or value in asked.one_of)
        and value not in asked.none_of
        and (asked.pattern is None or fitting(value, asked.pattern, name) is not None)
    )
