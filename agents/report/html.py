"""A report as one page of HTML with all resources inside: for a screen, a telephone and paper."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from markupsafe import Markup

from agents.language import Language
from agents.pages.html import spoken
from agents.pages.logo import logo
from agents.report.blocks import Block, Report
from agents.report.drawing import HATCH
from agents.report.introduction import html

_BREAKS: Final = re.compile(r" (?=[:;?!»%](?:[\s<]|$))|(?<=«) ")  # French puts a space there, at which no line may end


def page(
    report: Report, *, home: str | None = None, trouble: str | None = None, downloads: Mapping[str, str] | None = None
) -> str:
    """Return the page in the report's language; `home` is the address of the link back, `trouble` a warning.

    `downloads` has the addresses of files with the same figures, by the files' names.
    """
    template = spoken("agents.report", Language(report.language)).get_template("page.html.j2")
    page = template.render(
        report=report,
        home=home,
        downloads=downloads or {},
        trouble=trouble,
        logo=logo(report.office.logo),
        kind=_kind,
        hatch=Markup(HATCH),  # noqa: S704 -- markup of ours
        drawn=Markup,  # pictures come with their texts escaped
        marked=_marked,
    )
    return _BREAKS.sub("\N{NO-BREAK SPACE}", page) if report.language == Language.FR else page


def _marked(text: str, level: int) -> Markup:
    return Markup(html(text, level))  # noqa: S704 -- HTML within it is text


def _kind(block: Block) -> str:
    return type(block).__name__.lower()
