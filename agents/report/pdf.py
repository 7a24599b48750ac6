"""A report as PDF, on A4 paper."""

from __future__ import annotations

from typing import Any, Final

from agents.language import Language
from agents.report.blocks import Block, Figures, Items, Markdown, Paragraph, Picture, Report, Section, Table
from agents.report.drawing import standing_alone
from agents.report.introduction import nodes
from agents.report.typesetting import signatory, typeset
from agents.translation import Words

_ACROSS: Final = 96  # characters of a table, beside each other on a page
_NARROWEST: Final = 4  # of a column, in characters
_BESIDE: Final = 2  # characters of white beside a cell


def pdf(report: Report, made: int) -> bytes:
    """Return a report as PDF; `made` is the moment that it bears (epoch s)."""
    text = Words(Language(report.language))
    return typeset(
        "report.typ",
        {
            "language": report.language,
            "title": report.title,
            "period": report.period,
            "edition": report.edition,
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
        made,
    )


def _section(section: Section) -> dict[str, Any]:
    return {
        "title": section.title,
        "blocks": [_block(each) for each in section.blocks],
        "within": [_section(each) for each in section.within],
    }


def _block(block: Block) -> dict[str, Any]:
    match block:
        case Paragraph():
            return {"block": "paragraph", **block._asdict()}
        case Markdown(text):
            return {"block": "written", "each": nodes(text)}
        case Figures(each):
            return {"block": "figures", "each": [figure._asdict() for figure in each]}
        case Picture():
            return {"block": "picture", **block._asdict(), "svg": standing_alone(block.svg)}
        case Table():
            return {"block": "table", **block._asdict(), "widths": _widths(block)}
        case Items():
            return {"block": "items", **block._asdict()}


def _widths(table: Table) -> list[int]:
    """Return how wide each column of a table is beside the others: as its longest cell, where there is room for all.

    >>> _widths(Table("", ("Month", "Remark"), (("January", "-" * 300), ("May", "")), (False, False)))
    [9, 87]
    """
    wanted = [_BESIDE + max(map(len, column)) for column in zip(table.head, *table.rows, strict=True)]
    fitting = (most for most in range(_ACROSS, _NARROWEST, -1) if sum(min(each, most) for each in wanted) <= _ACROSS)
    widest = next(fitting, _NARROWEST)
    return [min(each, widest) for each in wanted]
