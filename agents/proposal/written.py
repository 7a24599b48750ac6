"""The proposal as YAML, with the reason for each guess in a comment."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from textwrap import wrap
from typing import Final

from agents.language import Language
from agents.proposal.office import Proposal, ProposedLine
from agents.proposal.reasons import Provenance, Reasons
from agents.terminal import plain

WIDTH: Final = 110  # width of a comment
_PLAIN: Final = re.compile(r"[A-Za-z][A-Za-z0-9._/+-]*")
_NOT_TEXT: Final = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})


def written(proposal: Proposal, provenance: Provenance, language: Language) -> str:
    """Return a proposal as a configuration with comments in one language."""
    return "\n".join(_rows(proposal, Reasons(proposal, provenance, language))) + "\n"


def _rows(proposal: Proposal, reasons: Reasons) -> Iterator[str]:
    yield from comment(reasons.whole())
    yield from entry("site", proposal.site, reasons.site())
    yield from entry("timezone", proposal.zone, reasons.zone())
    yield from _holidays(proposal, reasons)
    hours = "24/7" if proposal.hours is None else proposal.hours.notation() or "off"
    yield from entry("opening_hours", hours, reasons.hours())
    if proposal.lines:
        yield "lines:"
    for line in proposal.lines:
        yield from _line(line, reasons)
    for key, names in (("services", proposal.services), ("requests", proposal.channels)):
        if names:
            yield f"{key}:"
        for name in names:
            yield f"  {scalar(name)}: {{label: {quoted(_label(name))}}}"


def _holidays(proposal: Proposal, reasons: Reasons) -> Iterator[str]:
    yield from comment(reasons.holidays())
    for doubt in reasons.doubts():
        yield from comment(doubt)
    parts = [f"country: {'null' if proposal.country is None else scalar(proposal.country)}"]
    for key, days in (("closed", proposal.exceptional.closed), ("open", proposal.exceptional.worked)):
        if days:
            parts.append(f"{key}: [{', '.join(quoted(day.isoformat()) for day in days)}]")
    yield f"holidays: {{{', '.join(parts)}}}"


def _line(line: ProposedLine, reasons: Reasons) -> Iterator[str]:
    yield from comment(reasons.line(line), "  ")
    if line.calls:
        yield from comment(reasons.rate(line), "  ")
    parts = [f"label: {quoted(_label(line.queues[0] if line.queues else line.name))}"]
    if set(line.queues) - {line.name}:
        parts.append(f"queues: [{', '.join(map(quoted, line.queues))}]")
    if line.usual is not None:
        parts.append(f"expected_lost_rate: {_rounded(line.usual.rate)}")
    if line.final and line.calls:
        parts.append("lifecycle: final")
    if line.totals:
        parts.append("lifecycle: totals")
    yield f"  {scalar(line.name)}: {{{', '.join(parts)}}}"


def _label(name: str) -> str:
    """Return a name as a label for people.

    >>> _label("cni-passeport@default"), _label("600")
    ('Cni passeport', '600')
    """
    words = name.partition("@")[0].replace("_", " ").replace("-", " ").strip() or name
    return words[:1].upper() + words[1:]


def _rounded(rate: float) -> str:
    return f"{rate:.4f}" if rate >= 0.001 else f"{rate:.6f}"  # noqa: PLR2004 -- two significant digits


def entry(key: str, value: str, reason: str | None) -> Iterator[str]:
    """Yield a key and its value below a comment with the reason."""
    if reason:
        yield from comment(reason)
    yield f"{key}: {scalar(value)}"


def comment(text: str, indent: str = "") -> Iterator[str]:
    # French puts a space before these marks; no row may begin with one of them
    held = re.sub(r" ([;:?])", "\N{NO-BREAK SPACE}\\1", plain(text))
    yield from (f"{indent}# {row}" for row in wrap(held, WIDTH, break_long_words=False, break_on_hyphens=False))


def quoted(text: str) -> str:
    found = json.dumps(text, ensure_ascii=False)
    return "".join(sign if sign.isprintable() else f"\\U{ord(sign):08x}" for sign in found)


def scalar(text: str) -> str:
    """Return an id or a name, quoted if YAML would not read it as text."""
    return text if _PLAIN.fullmatch(text) and text.lower() not in _NOT_TEXT else quoted(text)
