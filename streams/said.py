"""A sentence of the domain in English, with its template and facts, so that it can be translated."""

from __future__ import annotations


class Said(str):
    """An English sentence with its template and facts."""

    __slots__ = ("facts", "words")
    words: str
    facts: dict[str, object]


def said(words: str, /, **facts: object) -> Said:
    """Return a sentence from a template and facts. Without facts, the template is kept for later.

    >>> line = said("line {line} is unknown", line="600")
    >>> line, line.words
    ('line 600 is unknown', 'line {line} is unknown')
    """
    found = Said(words.format(**facts) if facts else words)
    found.words, found.facts = words, facts
    return found
