"""Breaches in a page's figures, told in the same words on every page and by every program."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from agents.language import Language
from agents.translation import Words
from streams.chain.breach import Breach

_LISTED: Final = 5  # most listed; the others are counted


def broken(breaches: Sequence[Breach], language: Language) -> str | None:
    """Say that figures are not to be trusted, and why; None if there is no breach."""
    if not breaches:
        return None
    text = Words(language)
    listed = [text("{name}: {sentence}", name=each.subject, sentence=each.says) for each in breaches[:_LISTED]]
    if (more := len(breaches) - _LISTED) > 0:
        listed.append(text("and {count} more", count=more))
    return text(
        "Do not publish these figures: they were tampered with ({count}): {breaches}.",
        count=len(breaches),
        breaches=text.semicolon.join(listed),
    )
