"""What a report is made of before it is HTML or PDF: sections of blocks, every text in the reader's language."""

from __future__ import annotations

from datetime import date
from typing import Literal, NamedTuple, TypeAlias

from config.office import Signatory


class Paragraph(NamedTuple):
    """Say something; a `warning` stands out, a `note` is small."""

    text: str
    kind: Literal["plain", "warning", "note"] = "plain"


class Markdown(NamedTuple):
    """Hold what the office wrote itself, in Markdown."""

    text: str


class Figure(NamedTuple):
    """Hold one figure, large: what is believed of it, and what was counted where that differs."""

    label: str
    value: str  # with its unit; a dash where it is withheld
    raw: str = ""  # as counted, struck out; empty where it is the same
    notes: tuple[str, ...] = ()  # interval, target, evolution, why it is withheld
    met: bool | None = None  # its target is; None where that is not known


class Figures(NamedTuple):
    """Show figures side by side."""

    each: tuple[Figure, ...]


class Picture(NamedTuple):
    """Show a drawing; `says` tells in words what it shows, for those who do not see it."""

    title: str
    svg: str  # self-contained: its colours stand in attributes or in the report's style sheet
    says: str


class Table(NamedTuple):
    """Show rows under a head; the first column names, the others are figures where `numbers` says so."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: tuple[bool, ...]  # by column: aligned as figures


class Items(NamedTuple):
    """List sentences."""

    each: tuple[str, ...]


Block: TypeAlias = Paragraph | Markdown | Figures | Picture | Table | Items


class Section(NamedTuple):
    """Hold what is said under one heading."""

    id: str  # anchor, and what a test looks for
    title: str
    blocks: tuple[Block, ...]
    within: tuple[Section, ...] = ()  # sections below it


class Report(NamedTuple):
    """Hold a report, in the order in which it is read."""

    title: str
    period: str  # in words
    language: str  # fr or en
    office: Signatory
    site: str
    edition: str  # in words: which edition of when, or as of which day, and whether it is provisional
    day: date  # that day
    sections: tuple[Section, ...]
    annex: tuple[Section, ...]
    meeting: str = ""  # in words: the meeting that it is for; empty where none is named
