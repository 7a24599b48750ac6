"""What does not hold of the figures on a page, in words: one wording for every page, table and program."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from agents.language import Language
from agents.translation import Words
from streams.chain.breach import Breach

_TOLD: Final = 5  # the others are counted


def broken(breaches: Sequence[Breach], language: Language) -> str | None:
    """Say that figures are not to be trusted, and why; None where nothing is wrong with them."""
    if not breaches:
        return None
    text = Words(language)
    told = [text("{name}: {sentence}", name=each.subject, sentence=each.says) for each in breaches[:_TOLD]]
    if (more := len(breaches) - _TOLD) > 0:
        told.append(text("and {count} more", count=more))
    return text(
        "Not to be published, these figures were tampered with ({count}): {told}.",
        count=len(breaches),
        told=text.semicolon.join(told),
    )
