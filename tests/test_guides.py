"""The French guides use the words of the pages: those in bold are in the catalogue, the alerts are in the rules."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest
from babel.messages.pofile import read_po

ROOT: Final = Path(__file__).parents[1]
GUIDES: Final = sorted((ROOT / "docs/fr").glob("*.md"))
BOLD: Final = re.compile(r"(^(?:[-*] |\d+\. )?)?\*\*([^*]+)\*\*", re.MULTILINE)
TYPOGRAPHY: Final = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2019": "'"})

each_guide = pytest.mark.parametrize("guide", GUIDES, ids=lambda page: page.stem)


def words() -> list[str]:
    """Return what the pages say in French."""
    with (ROOT / "agents/locale/fr.po").open("rb") as file:
        texts = [each.string or "" for each in read_po(file)]
        return [
            one.translate(TYPOGRAPHY).lower() for each in texts for one in ([each] if isinstance(each, str) else each)
        ]


@each_guide
def test_what_a_guide_calls_by_its_name_is_on_a_page(guide: Path) -> None:
    """Only bold words at the beginning of a line or an item are the guide's own."""
    found = BOLD.finditer(guide.read_text(encoding="utf-8"))
    named = [" ".join(each[2].split()).lower() for each in found if each[1] is None]
    known = words()
    assert [each for each in named if not any(each in one for one in known)] == []
    assert len(named) >= 8


def test_the_alerts_of_a_guide_are_rules() -> None:
    rules = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "deploy/prometheus/rules").rglob("*.y*ml"))
    named = {
        name
        for guide in GUIDES
        for name in re.findall(r"^\| ([A-Z]\w+[A-Z]\w+) \|", guide.read_text("utf-8"), re.MULTILINE)
    }
    assert len(named) == 7
    assert {name for name in named if f"alert: {name}" not in rules} == set()
