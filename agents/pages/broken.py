"""What does not hold of the figures on a page, in words: one wording for every page, table and program."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from agents.pages.words import Both
from streams.chain.breach import Breach

_TOLD: Final = 5  # the others are counted


def broken(breaches: Sequence[Breach]) -> Both | None:
    """Say that figures are not to be trusted, and why; None where nothing is wrong with them."""
    if not breaches:
        return None
    more = len(breaches) - _TOLD
    fr = [f"{each.subject} : {each.says}" for each in breaches[:_TOLD]] + ([f"et {more} de plus"] if more > 0 else [])
    en = [f"{each.subject}: {each.says_en}" for each in breaches[:_TOLD]] + ([f"and {more} more"] if more > 0 else [])
    return Both(
        f"Chiffres à ne pas publier, quelqu'un y a touché ({len(breaches)}) : {' ; '.join(fr)}.",
        f"Not to be published, these figures were tampered with ({len(breaches)}): {'; '.join(en)}.",
    )
