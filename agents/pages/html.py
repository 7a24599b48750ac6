"""The style, language and formats shared by all HTML pages."""

from __future__ import annotations

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

from agents.language import Language
from agents.pages import words
from agents.translation import Words
from agents.writing import Writing


def spoken(package: str, language: Language) -> Environment:
    """Return an environment of a package's templates and the shared ones, which escapes texts.

    `text`, `counted` and the filters write in one language.
    """
    text, writing = Words(language), Writing(language)
    found = Environment(
        loader=ChoiceLoader([PackageLoader(package), PackageLoader("agents.pages")]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.globals |= {
        "words": words,
        "text": text,
        "counted": text.counted,
        "language": language,
        "writing": writing,
    }
    found.filters |= {
        name: getattr(writing, name) for name in ("percent", "promised", "number", "day", "moment", "duration", "clock")
    }
    return found
