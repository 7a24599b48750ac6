"""The style, language and formats shared by all HTML pages."""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from pathlib import Path

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from jinja2.bccache import Bucket, BytecodeCache

from agents.language import Language
from agents.pages import words
from agents.translation import Words
from agents.writing import Writing


class Compiled(BytecodeCache):
    """The compiled templates of one language, kept for every later environment of this process."""

    def __init__(self) -> None:
        self._code: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if code := self._code.get(bucket.key):
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[bucket.key] = bucket.bytecode_to_string()


@cache
def _compiled(_language: Language) -> Compiled:
    return Compiled()  # of one language, because constants are formatted when a template is compiled


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
        bytecode_cache=_compiled(language),
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


def logo(path: Path | None) -> str | None:
    """Return a picture as a data URL, so that the page fetches nothing."""
    if path is None:
        return None
    kind = "svg+xml" if path.suffix.lower() == ".svg" else "png"
    return f"data:image/{kind};base64,{b64encode(path.read_bytes()).decode()}"
