"""A sentence of the domain: English by itself, with its words and facts beside it, for whoever says it otherwise."""

from __future__ import annotations


class Said(str):
    """Be a sentence in English that keeps what it was made of."""

    __slots__ = ("facts", "words")
    words: str
    facts: dict[str, object]


def said(words: str, /, **facts: object) -> Said:
    """Return a sentence of words and facts; words alone stand as they are, to be given their facts later.

    >>> line = said("line {line} is unknown", line="600")
    >>> line, line.words
    ('line 600 is unknown', 'line {line} is unknown')
    """
    found = Said(words.format(**facts) if facts else words)
    found.words, found.facts = words, facts
    return found
