"""A report before it is HTML or PDF: sections of blocks, every text in the reader's language."""

from __future__ import annotations

from datetime import date
from typing import Literal, NamedTuple, TypeAlias

from config.office import Signatory


class Paragraph(NamedTuple):
    """A text; a `warning` is marked, a `note` is small."""

    text: str
    kind: Literal["plain", "warning", "note"] = "plain"


class Markdown(NamedTuple):
    """The office's own text, in Markdown."""

    text: str


class Figure(NamedTuple):
    """One large figure, with the raw value if that differs."""

    label: str
    value: str  # with its unit; a dash if withheld
    raw: str = ""  # as counted, struck out; empty if equal
    notes: tuple[str, ...] = ()  # interval, target, evolution, why withheld
    met: bool | None = None  # whether the target is met; None if unknown


class Figures(NamedTuple):
    each: tuple[Figure, ...]


class Picture(NamedTuple):
    """A drawing; `says` describes it for people who cannot see it."""

    title: str
    svg: str  # self-contained: colours are in attributes or in the report's style sheet
    says: str


class Table(NamedTuple):
    """Rows under a head; the first column has names."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: tuple[bool, ...]  # by column: aligned as figures


class Items(NamedTuple):
    each: tuple[str, ...]


Block: TypeAlias = Paragraph | Markdown | Figures | Picture | Table | Items


class Section(NamedTuple):
    id: str  # anchor, and what a test looks for
    title: str
    blocks: tuple[Block, ...]
    within: tuple[Section, ...] = ()  # sections below it


class Report(NamedTuple):
    title: str
    period: str  # in words
    language: str  # fr or en
    office: Signatory
    site: str
    edition: str  # in words: number and moment, or the day of the figures; provisional or not
    day: date  # the day of the edition or of the figures
    sections: tuple[Section, ...]
    annex: tuple[Section, ...]
    meeting: str = ""  # in words: the meeting that the report is for; empty without one
