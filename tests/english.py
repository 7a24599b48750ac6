"""`python -m tests.english`: write how often each folder uses what makes an English sentence hard to read.

A pattern finds about a third of the sentences that must be read twice, and some that need not be. So no count must be
zero: a count may only fall. `python -m tests.english streams/watch` prints what is found there.
"""

from __future__ import annotations

import ast
import io
import json
import re
import sys
import tokenize
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from tests.imports import PRODUCT, ROOT

COUNTS: Final = ROOT / "tests/english.json"
FOLDERS: Final = (*PRODUCT, "tests", "benchmarks")
PAGES: Final = ("*.md", "docs/**/*.md", "examples/*.md", "benchmarks/*.md")

_VERB: Final = "(?:is|are|was|were|has|have|had|may|can|could|would|does|do|did)"
_WHO: Final = r"(?:of|by|to|from|for|and|or|that|\A) who(?:ever)?"
_SUBJECT: Final = "(?:it|there|they|none|no|nothing|nobody|one|neither|all|only|each|both)"
_OURS: Final = "(?:anew|mend(?:s|ed|ing)?|stands?|stood|so many|so much|nobody|likewise|goes on|go on|said)"
PATTERNS: Final = {
    "a clause for a noun": re.compile(rf"\b(?:what(?:ever)?|{_WHO}) (?:\w+ )?{_VERB}\b(?![^.?!]*\?)", re.IGNORECASE),
    "where for if": re.compile(rf"\bwhere {_SUBJECT}\b", re.IGNORECASE),
    "tell for report": re.compile(r"(?<!cannot[- ])\b(?:tell|tells|told|telling)\b", re.IGNORECASE),
    "a clause turned round": re.compile(
        r"\b(?:of (?:which|whom|what|whose)|that of|those (?:of|that|who))\b", re.IGNORECASE
    ),
    "a word of our own": re.compile(rf"\b{_OURS}\b", re.IGNORECASE),
    "else at the beginning": re.compile(r"(?:^|[.:;] )Else\b", re.MULTILINE),
    "an order to data": re.compile(r"\AHold\b"),
}


class Sentence(NamedTuple):
    """A text that people read, and where."""

    folder: str
    kind: str
    place: str
    text: str

    def found(self) -> list[str]:
        """Return the names of the patterns in the text, as often as they match."""
        return [name for name, pattern in PATTERNS.items() for _ in pattern.finditer(self.text)]


def _of_module(path: Path, folder: str) -> Iterator[Sentence]:
    source = path.read_text(encoding="utf-8")
    place = str(path.relative_to(ROOT))
    documented = set()
    for node in ast.walk(ast.parse(source)):  # a definition comes before its docstring
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and (
            text := ast.get_docstring(node)
        ):
            documented.add(id(node.body[0].value))  # type: ignore[attr-defined]  # a docstring is an expression
            yield Sentence(folder, "docstrings", f"{place}:{node.body[0].lineno}", text)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documented:
            yield Sentence(folder, "messages", f"{place}:{node.lineno}", node.value)
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield Sentence(folder, "comments", f"{place}:{token.start[0]}", token.string)


def sentences() -> Iterator[Sentence]:
    """Yield docstrings, comments and messages of the code, and the lines of the documents outside of their code."""
    for top in FOLDERS:
        for path in sorted((ROOT / top).rglob("*.py")):
            room = path.relative_to(ROOT).parts[:2]
            yield from _of_module(path, "/".join(room) if len(room) > 1 and not room[1].endswith(".py") else top)
    for path in sorted({path for pattern in PAGES for path in ROOT.glob(pattern)}):
        text = re.sub(r"^```.*?^```|`[^`\n]*`", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
        place = str(path.relative_to(ROOT))
        yield from (Sentence(place, "documents", f"{place}", line) for line in text.splitlines() if line)


def counts() -> dict[str, dict[str, int]]:
    """Return how often the patterns match, by folder or document, then by kind of text."""
    found = Counter((each.folder, each.kind) for each in sentences() for _ in each.found())
    return {
        folder: {kind: found[folder, kind] for other, kind in sorted(found) if other == folder}
        for folder in sorted({folder for folder, _ in found})
    }


def main(folders: list[str]) -> None:
    """Print what is found in some folders, or write the counts of all."""
    if not folders:
        COUNTS.write_text(json.dumps(counts(), indent=2) + "\n", encoding="utf-8")
        return
    for each in sentences():
        if each.place.startswith(tuple(folders)) and (found := each.found()):
            sys.stdout.write(f"{each.place} [{', '.join(sorted(set(found)))}] {' '.join(each.text.split())}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
