"""Translates Typer's refusals of a command line, which Typer writes in English only.

Typer reads its French from a compiled catalogue that an environment variable names, half of it on import, before
`--lang` is known. So this module recognises the forms of Typer's English sentences, and leaves a sentence of an
unknown form unchanged.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from agents.language import Language
from agents.translation import text
from streams.said import Said, said

_FORMS: Final[Sequence[tuple[str, Said]]] = (
    (r"Invalid value for '?(?P<option>[^':]+)'?: (?P<why>.+)", said("Refused value for {option}: {why}")),
    (r"Invalid value: (?P<why>.+)", said("Refused value: {why}")),
    (r"Missing argument '(?P<name>.+?)'\.\s*(?P<more>.*)", said("The argument {name} is missing. {more}")),
    (r"Missing option '(?P<name>.+?)'\.\s*(?P<more>.*)", said("The option {name} is missing. {more}")),
    (r"Choose from:(?P<choices>.+)", said("Choose one of: {choices}")),
    (r"No such option: (?P<name>\S+) \(Possible options: (?P<others>.+)\)", said("Unknown option {name}: {others}?")),
    (r"No such option: (?P<name>\S+?) Did you mean (?P<others>.+)\?", said("Unknown option {name}: {others}?")),
    (r"No such option: (?P<name>\S+)", said("Unknown option {name}.")),
    (r"No such command '(?P<name>.+?)'\. Did you mean (?P<others>.+)\?", said("Unknown command {name}: {others}?")),
    (r"No such command '(?P<name>.+?)'\.", said("Unknown command {name}.")),
    (r"Missing command\.", said("The command is missing.")),
    (r"Got unexpected extra arguments?(?:\(s\))? \((?P<names>.+)\)", said("Unexpected arguments: {names}")),
    (r"Option '(?P<name>.+)' requires an argument\.", said("The option {name} needs a value.")),
    (r"(?:Value error, )?(?P<value>'.*') is not one of (?P<choices>.+)\.", said("{value} is not one of {choices}")),
    (
        r"(?:Value error, )?(?P<value>'.*') does not match the formats? (?P<formats>.+)\.",
        said("{value} does not match the format {formats}"),
    ),
    (r"Input should be a valid integer.*", said("a whole number is expected")),
    (r"Input should be a valid number.*", said("a number is expected")),
    (r"Input should be greater than or equal to (?P<least>\S+)", said("at least {least} is expected")),
    (r"Input should be less than or equal to (?P<most>\S+)", said("at most {most} is expected")),
    (r"(?i)(?:file|path|directory) (?P<file>'.*') does not exist\.", said("{file} does not exist")),
    (r"(?i)(?:file|path) (?P<file>'.*') is a directory\.", said("{file} is a folder")),
    (r"(?i)(?:file|path|directory) (?P<file>'.*') is not readable\.", said("{file} cannot be read")),
)
# Metavars of the arguments, as the help shows them.
_ARGUMENTS: Final = frozenset(
    {said("CALLER"), said("FILE"), said("FILE..."), said("INCIDENT"), said("KEY"), said("KIND"), said("LINE")}
    | {said("[KIND] FILE...")}
)


def refused(sentence: str) -> str:
    """Return a sentence of Typer's in the chosen language; return any other sentence unchanged.

    >>> refused("No such option: --yeer (Possible options: --year)")
    'Unknown option --yeer: --year?'
    """
    for form, words in _FORMS:
        if found := re.fullmatch(form, sentence.strip(), re.DOTALL):
            facts = {name: _unwrapped(refused(fact or "")) for name, fact in found.groupdict().items()}
            return text(words, **facts).strip()
    return text(sentence) if sentence in _ARGUMENTS else sentence


def _unwrapped(sentences: str) -> str:
    r"""Join the lines that Typer wraps, which begin with white space; keep the lines of several sentences.

    >>> _unwrapped("a,\n\tb\nAnother.")
    'a, b\nAnother.'
    """
    return "\n".join(" ".join(each.split()) for each in re.split(r"\n(?=\S)", sentences))


def chosen(arguments: Sequence[str]) -> Language | None:
    """Return the language that a command line asks for, before it is parsed; None if it names no language.

    >>> chosen(["totals", "--lang", "fr"]), chosen(["totals", "--lang=en"]), chosen(["--lang"])
    (<Language.FR: 'fr'>, <Language.EN: 'en'>, None)
    """
    asked = [after for each, after in pairwise(arguments) if each == "--lang"]
    asked += [each.partition("=")[2] for each in arguments if each.startswith("--lang=")]
    return next((Language(each) for each in reversed(asked) if each in set(Language)), None)
