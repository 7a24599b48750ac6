"""PDF made by Typst from a template of this package, tagged for screen readers: PDF/UA-1."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any, Final

import msgspec
import typst

from config.office import Signatory
from config.refusal import ConfigError, Mistake
from streams.said import said

_TEMPLATES: Final = Path(__file__).with_name("templates")
_LOGO: Final = b"#image(bytes(json(bytes(sys.inputs.logo))))"
_NO_GLYPH: Final = "could not be displayed with font"  # words of Typst's warning


def typeset(template: str, told: Mapping[str, Any], day: date) -> bytes:
    """Return the PDF that a template makes of `told`, dated `day`.

    Typst takes every text as data, so none can be markup. The fonts are those of the library, so the same call gives
    the same bytes on every machine. A sign that the fonts lack (Chinese, an emoji) is drawn as an empty box. PDF/UA-1
    allows no such box; a PDF with one is still tagged, but does not claim to meet the standard.
    """
    try:
        return _compiled(template, told, day, ["ua-1"])
    except typst.TypstError as error:
        if _NO_GLYPH not in str(error):
            raise
        return _compiled(template, told, day, [])


def _compiled(template: str, told: Mapping[str, Any], day: date, standards: list[typst.PDFStandard]) -> bytes:
    return typst.compile(
        _TEMPLATES / template,
        root=_TEMPLATES,
        sys_inputs={"told": msgspec.json.encode(told).decode()},
        ignore_system_fonts=True,
        format="pdf",
        pdf_standards=standards,
        timestamp=datetime.combine(day, time(), UTC),
    )


def signatory(office: Signatory, site: str) -> dict[str, Any]:
    """Return an office for the templates; its logo is a list of numbers, since JSON has no bytes.

    Raises `ConfigError` for a logo that Typst cannot draw: a broken one, or one that refers to another picture.
    """
    logo = None if office.logo is None else list(office.logo.read_bytes())
    if logo is not None:
        try:
            typst.compile(_LOGO, sys_inputs={"logo": msgspec.json.encode(logo).decode()}, ignore_system_fonts=True)
        except typst.TypstError as error:
            expected = said("a picture that is whole and stands alone")
            raise ConfigError([Mistake(str(office.logo), "office.logo", error.message, expected)]) from None
    return {"name": office.name or site, "service": office.service, "contact": office.contact, "logo": logo}
