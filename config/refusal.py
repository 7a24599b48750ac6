"""The error for a wrong configuration. It gives the place of each mistake, the wrong value and the expected value."""

from __future__ import annotations

import difflib
import json
from typing import TYPE_CHECKING, NamedTuple

from streams.said import Said, said

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

    from config.keys import Path

_LONGEST = 80  # characters of a wrong value to display
_WORDS = {
    "model_type": said("a mapping"),
    "dict_type": said("a mapping"),
    "tuple_type": said("a list"),
    "missing": said("a value"),
}


REFUSED = said("The configuration is refused:")


class Mistake(NamedTuple):
    source: str  # a file or an environment variable
    key: str  # its path in the configuration; empty for the whole file
    found: str
    expected: str

    def __str__(self) -> str:
        """Return the mistake on one line, in English."""
        return str(self.sentence())

    def sentence(self) -> Said:
        """Return the mistake on one line, to be translated."""
        where = f"{self.source}: {self.key}" if self.key else self.source
        return said(
            "{where}: found {found}, expected {expected}", where=where, found=self.found, expected=self.expected
        )


class ConfigError(Exception):
    """The refusal of a configuration; `mistakes` has all of its mistakes.

    >>> print(ConfigError([Mistake("lozere.yaml", "clock", '"sun"', "wall or event")]))
    The configuration is refused:
      lozere.yaml: clock: found "sun", expected wall or event
    """

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n  ".join([REFUSED, *map(str, self.mistakes)]))


def shown(value: object) -> str:
    """Return a wrong value as written in the file, shortened.

    >>> shown("40 %"), shown(None), shown([1, 2])
    ('"40 %"', 'nothing', '[1, 2]')
    """
    if value is None:
        return said("nothing")
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def suggestion(word: str, known: Collection[str], kind: Said = said("a known key")) -> Said:  # noqa: B008 -- never changed
    """Suggest the known word that was probably meant, or list all of them.

    >>> suggestion("taget", ["label", "target"])
    'a known key (did you mean target?)'
    >>> suggestion("colour", ["label", "target"])
    'one of label, target'
    """
    close = difflib.get_close_matches(word, known, n=1)
    if close:
        return said("{kind} (did you mean {word}?)", kind=kind, word=close[0])
    return said("one of {known}", known=", ".join(sorted(known)))


def mistakes(
    error: ValidationError, source: str, origins: Mapping[Path, str], known: Collection[Path]
) -> Iterator[Mistake]:
    """Yield pydantic's errors as mistakes, located in the file `source` or the variable that set the key.

    A validator can name a key below its own, and the value there, as `key` and `found` in its error's context.
    """
    for detail in error.errors(include_url=False):
        context = detail.get("ctx", {})
        path = (*(str(part) for part in detail["loc"] if part != "[key]"), *context.get("key", ()))
        above = (path[:length] for length in range(len(path), 0, -1))
        origin = next((origins[part] for part in above if part in origins), source)
        if detail["type"] == "extra_forbidden":  # its value is not shown: it may be a password
            siblings = [other[-1] for other in known if other[:-1] == path[:-1]]
            yield Mistake(origin, ".".join(path), said("an unknown key"), suggestion(path[-1], siblings))
            continue
        found = None if detail["type"] == "missing" else context.get("found", detail["input"])
        yield Mistake(origin, ".".join(path), shown(found), _WORDS.get(detail["type"]) or _expected(detail))


def _expected(detail: ErrorDetails) -> str:
    """Return a description of the expected value: a validator's own sentence, otherwise pydantic's words."""
    context = detail.get("ctx", {})
    own = getattr(context.get("error"), "args", ()) or (context.get("expected"),)
    if isinstance(own[0], Said):
        return own[0]
    return detail["msg"].removeprefix("Value error, ").removeprefix("Input should be ")
