"""The texts of every surface: English in the code, French from the catalogue `locale/fr.po`.

`make words` adds new texts of the code and of the templates to the catalogue; a test fails for one without French.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from agents.language import Language
from streams.said import Said

if TYPE_CHECKING:
    from babel.messages import Catalog


class Words:
    """Texts in one language.

    >>> text = Words(Language.EN)
    >>> text("{line} is silent", line="circulation"), text.counted("{count} call", "{count} calls", 1)
    ('circulation is silent', '1 call')
    """

    def __init__(self, language: Language) -> None:
        self.language = language
        self.colon, self.semicolon = (" : ", " ; ") if language is Language.FR else (": ", "; ")

    def __call__(self, text: str, /, **facts: object) -> str:
        """Return a text with its facts filled in; a sentence of the domain has its own facts, which may be sentences.

        Raises KeyError if the catalogue lacks the text or a fact is missing.
        """
        if isinstance(text, Said):
            return self(text.words, **{**text.facts, **facts})
        return self._said(text).format(**{name: self.fact(fact) for name, fact in facts.items()})

    def counted(self, one: str, many: str, count: float, /, **facts: object) -> str:
        """Return the singular or the plural text, with `count` among its facts."""
        if self.language is Language.EN:
            return (one if count == 1 else many).format(count=count, **facts)
        singular, plural = _french(one)
        return (singular if abs(count) < 2 else plural).format(count=count, **facts)  # noqa: PLR2004 -- French: 1,9 appel

    def fact(self, fact: object) -> object:
        """Return a fact as it is written; sentences of the domain, and errors that contain one, are translated."""
        if isinstance(fact, Exception) and fact.args and isinstance(fact.args[0], Said):
            return self(fact.args[0])
        return self(fact) if isinstance(fact, Said) else fact

    def _said(self, text: str) -> str:
        return text if self.language is Language.EN else _french(text)[0]


_spoken: Final[ContextVar[Language]] = ContextVar("spoken", default=Language.EN)


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """Set the language of `text` and `counted` within the block."""
    token = _spoken.set(language)
    try:
        yield
    finally:
        _spoken.reset(token)


def spoken_language() -> Language:
    """Return the language of the current `speaking` block; English outside of one."""
    return _spoken.get()


def text(text: str, /, **facts: object) -> str:
    """Return a text with its facts in the current language."""
    return Words(spoken_language())(text, **facts)


def why(error: Exception) -> str:
    """Return an error's words in the current language; errors of other libraries stay in English."""
    return str(Words(spoken_language()).fact(error))


def labelled(name: object, sentence: object) -> str:
    """Return a sentence preceded by the name of its subject, in the current language."""
    return text("{name}: {sentence}", name=name, sentence=sentence)


def semicolon() -> str:
    return Words(spoken_language()).semicolon


def counted(one: str, many: str, count: float, /, **facts: object) -> str:
    """Return the singular or the plural text in the current language, with `count` among its facts."""
    return Words(spoken_language()).counted(one, many, count, **facts)


def _french(text: str) -> tuple[str, ...]:
    """Return the French of a text: one string, or its singular and plural."""
    message = _catalogue().get(text)
    if message is None:
        raise KeyError(text)
    french = message.string or ""
    return (french,) if isinstance(french, str) else tuple(french)


@cache
def _catalogue() -> Catalog:
    from babel.messages.pofile import read_po  # noqa: PLC0415 -- English needs no catalogue

    with files("agents").joinpath("locale/fr.po").open("rb") as file:
        return read_po(file)  # the plural is the file's: Babel's own for French has three forms since 2.19
