"""From the configuration to what the domain needs to know of each line."""

from __future__ import annotations

from config.settings import LineDefaults, Settings
from streams.rules import LineRules


def catalogue(settings: Settings) -> dict[bytes, LineRules]:
    """Return the rules of every line by the key of its records, `site/line`."""
    rules = (rules_of(settings, name, line) for name, line in settings.lines.items())
    return {rule.id.encode(): rule for rule in rules}


def rules_of(settings: Settings, name: str, line: LineDefaults) -> LineRules:
    """Return the rules of one line; the configuration has seconds, the domain milliseconds."""
    return LineRules(
        site=settings.site,
        line=name,
        lifecycle=line.lifecycle,
        lost_reasons=frozenset(line.lost_reasons),
        short_call=round(line.short_call * 1000),
        within=round(line.service_level.within * 1000),
        max_call=round(line.max_call_seconds * 1000),
        clock=settings.clock,
        lateness=round(settings.allowed_lateness * 1000),
    )
