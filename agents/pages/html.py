"""What the pages of HTML share: their style, their language, and how figures and moments are written in them."""

from __future__ import annotations

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

from agents.language import Language
from agents.pages import words
from agents.translation import Words
from agents.writing import Writing


def spoken(package: str, language: Language) -> Environment:
    """Return an environment of a package's templates and of those that all pages share; texts are escaped.

    It speaks one language: `text` and `counted` say, the filters write in it.
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
