"""Paper set by Typst from a template of this package, tagged for those who do not see it: PDF/UA-1."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any, Final

import msgspec
import typst

from config.settings import Signatory

_TEMPLATES: Final = Path(__file__).with_name("templates")


def typeset(template: str, told: Mapping[str, Any], day: date) -> bytes:
    """Return the PDF that a template makes of what it tells; it bears a day.

    No text can be markup, as Typst takes all of it as data. The same call gives the same bytes on every machine: its
    fonts are those of the library.
    """
    found = typst.compile(
        _TEMPLATES / template,
        root=_TEMPLATES,
        sys_inputs={"told": msgspec.json.encode(told).decode()},
        ignore_system_fonts=True,
        format="pdf",
        pdf_standards=["ua-1"],
        timestamp=datetime.combine(day, time(), UTC),
    )
    assert isinstance(found, bytes)  # of a PDF, as no file was named
    return found


def signatory(office: Signatory, site: str) -> dict[str, Any]:
    """Return what the templates tell of an office; its logo as numbers, since JSON has no bytes."""
    return {
        "name": office.name or site,
        "service": office.service,
        "contact": office.contact,
        "logo": None if office.logo is None else list(office.logo.read_bytes()),
    }
