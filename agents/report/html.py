"""A report as HTML: its sections, for a page of the board, or one page with all resources inside."""

from __future__ import annotations

import re
from functools import cache
from typing import Any, Final

from jinja2 import Environment
from markupsafe import Markup

from agents.language import Language
from agents.pages.html import logo, spoken
from agents.report.blocks import Block, Report
from agents.report.drawing import HATCH
from agents.report.introduction import html

_BREAKS: Final = re.compile(r" (?=[:;?!»%](?:[\s<]|$))|(?<=«) ")  # French puts a space there, at which no line may end


def page(report: Report) -> str:
    """Return the page in the report's language."""
    template = _templates(Language(report.language)).get_template("page.html.j2")
    return _unbroken(template.render(report=report, logo=logo(report.office.logo), body=body(report)), report)


def body(report: Report) -> Markup:
    blocks: Any = _templates(Language(report.language)).get_template("blocks.html.j2").module
    return Markup(_unbroken(blocks.body(report), report))  # noqa: S704 -- made by our template


@cache
def _templates(language: Language) -> Environment:
    found = spoken("agents.report", language)
    found.globals |= {
        "kind": _kind,
        "hatch": Markup(HATCH),  # noqa: S704 -- markup of ours
        "drawn": Markup,  # pictures come with their texts escaped
        "marked": _marked,
    }
    return found


def _unbroken(html: str, report: Report) -> str:
    return _BREAKS.sub("\N{NO-BREAK SPACE}", html) if report.language == Language.FR else html


def _marked(text: str, level: int) -> Markup:
    return Markup(html(text, level))  # noqa: S704 -- HTML within it is text


def _kind(block: Block) -> str:
    return type(block).__name__.lower()
