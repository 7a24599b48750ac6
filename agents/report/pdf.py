"""A report as PDF, on A4 paper."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby, repeat
from typing import Any, Final

from agents.language import Language
from agents.report.blocks import Block, Figures, Items, Markdown, Paragraph, Picture, Report, Section, Table
from agents.report.drawing import standing_alone, width
from agents.report.introduction import nodes
from agents.report.typesetting import signatory, typeset
from agents.translation import Words

_NARROW: Final = 400  # width of a picture, in its own units; two such pictures fit side by side
_ACROSS: Final = 108  # characters of a table that fit side by side on a page
_NARROWEST: Final = 4  # least width of a column, in characters
_BESIDE: Final = 3  # characters of white beside a cell


def pdf(report: Report) -> bytes:
    text = Words(Language(report.language))
    return typeset(
        "report.typ",
        {
            "language": report.language,
            "title": report.title,
            "edition": report.edition,
            "meeting": report.meeting,
            "office": signatory(report.office, report.site),
            "sections": [_section(each) for each in report.sections],
            "annex": [_section(each) for each in report.annex],
            "words": {
                "page": text("page {number} of {count}", number="{number}", count="{count}"),
                "annex": text("Technical annex"),
                "met": text("target met"),
                "missed": text("target missed"),
                "counted": text("as counted"),
            },
        },
        report.day,
    )


def _section(section: Section) -> dict[str, Any]:
    return {
        "title": section.title,
        "blocks": [*_blocks(section.blocks)],
        "within": [_section(each) for each in section.within],
    }


def _blocks(blocks: Iterable[Block]) -> Iterator[dict[str, Any]]:
    """Yield blocks for the template, with successive pictures joined in one block."""
    for pictures, each in groupby(blocks, lambda block: isinstance(block, Picture)):
        found = map(_block, each)
        if pictures:
            yield {"block": "pictures", "each": [*found]}
        else:
            yield from found


def _block(block: Block) -> dict[str, Any]:
    match block:
        case Paragraph():
            return {"block": "paragraph", **block._asdict()}
        case Markdown(text):
            return {"block": "written", "each": nodes(text)}
        case Figures(each):
            return {"block": "figures", "each": [figure._asdict() for figure in each]}
        case Picture():
            return {**block._asdict(), "svg": standing_alone(block.svg), "narrow": width(block.svg) <= _NARROW}
        case Table():
            return {"block": "table", **block._asdict(), "widths": _widths(block)}
        case Items():
            return {"block": "items", **block._asdict()}


def _widths(table: Table) -> list[int]:
    """Return the widths of a table's columns: each as wide as its longest cell, but limited so that all fit the page.

    >>> _widths(Table("", ("Month", "Remark"), (("January", "-" * 300), ("May", "")), (False, False)))
    [10, 98]
    """
    heads = (max(map(len, head.split()), default=0) for head in table.head)  # a head may take several lines
    cells = (max(map(len, column)) for column in zip(*table.rows, strict=True)) if table.rows else repeat(0)
    wanted = [_BESIDE + max(both) for both in zip(heads, cells, strict=False)]
    fitting = (most for most in range(_ACROSS, _NARROWEST, -1) if sum(min(each, most) for each in wanted) <= _ACROSS)
    widest = next(fitting, _NARROWEST)
    return [min(each, widest) for each in wanted]
