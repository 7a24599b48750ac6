"""What the pages of HTML share: their style, and how figures and moments are written in them."""

from __future__ import annotations

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

from agents.pages import words, written
from streams.watch.french import number


def environment(package: str) -> Environment:
    """Return an environment of a package's templates and of those that all pages share; texts are escaped."""
    found = Environment(
        loader=ChoiceLoader([PackageLoader(package), PackageLoader("agents.pages")]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.globals |= {"words": words, "written": written}
    found.filters |= {
        "percent": written.percent,
        "number": number,
        "day": written.day,
        "moment": written.moment,
        "duration": written.duration,
    }
    return found
