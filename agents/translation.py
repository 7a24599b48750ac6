"""The words of every surface: English in the code, French from the catalogue `locale/fr.po`.

`make words` takes new texts of the code and of the templates into the catalogue; a test refuses one without its French.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from agents.language import Language

if TYPE_CHECKING:
    from babel.messages import Catalog


class Words:
    """Say texts in one language.

    >>> text = Words(Language.EN)
    >>> text("{line} is silent", line="circulation"), text.counted("{count} call", "{count} calls", 1)
    ('circulation is silent', '1 call')
    """

    def __init__(self, language: Language) -> None:
        """Take the language of all that is said."""
        self.language = language

    def __call__(self, text: str, /, **facts: object) -> str:
        """Return a text with its facts; raise KeyError where the catalogue lacks the text or a fact is missing."""
        return self._said(text).format(**facts)

    def counted(self, one: str, many: str, count: float, /, **facts: object) -> str:
        """Return the text for one or for many of a thing, with `count` among its facts."""
        if self.language is Language.EN:
            return (one if count == 1 else many).format(count=count, **facts)
        singular, plural = _french(one)
        return (singular if abs(count) < 2 else plural).format(count=count, **facts)  # noqa: PLR2004 -- French: 1,9 appel

    def _said(self, text: str) -> str:
        return text if self.language is Language.EN else _french(text)[0]


def _french(text: str) -> tuple[str, ...]:
    """Return a text's French: one string, or that of one and that of many."""
    message = _catalogue().get(text)
    if message is None:
        raise KeyError(text)
    said = message.string or ""
    return (said,) if isinstance(said, str) else tuple(said)


@cache
def _catalogue() -> Catalog:
    from babel.messages.pofile import read_po  # noqa: PLC0415 -- English needs no catalogue

    with files("agents").joinpath("locale/fr.po").open("rb") as file:
        return read_po(file, locale="fr")
