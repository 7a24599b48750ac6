"""Pages of HTML as trees."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from xml.etree.ElementTree import Element, TreeBuilder

from tests.agents.html import VOID


class _Tree(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.built = TreeBuilder()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.built.start(tag, {name: value or "" for name, value in attrs})
        if tag in VOID:
            self.built.end(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.built.end(tag)

    def handle_endtag(self, tag: str) -> None:
        self.built.end(tag)

    def handle_data(self, data: str) -> None:
        self.built.data(data)


def tree(page: str) -> Element:
    """Return a page as a tree."""
    found = _Tree()
    found.feed(page[page.index("<html") :])
    return found.built.close()


def of_class(root: Element, name: str) -> Iterator[Element]:
    """Yield the elements of a class, in their order."""
    return (each for each in root.iter() if name in each.get("class", "").split())


def text_of(element: Element | None) -> str:
    """Return an element's text with single spaces; empty without an element."""
    return "" if element is None else " ".join("".join(element.itertext()).split())


def own_text(element: Element) -> str:
    """Return an element's text without text that is struck out."""
    return " ".join("".join(_own(element)).split())


def _own(element: Element) -> Iterator[str]:
    yield element.text or ""
    for each in element:
        if each.tag != "s":
            yield from _own(each)
        yield each.tail or ""


def rows(table: Element) -> list[list[str]]:
    """Return the cells of a table's body."""
    return [[text_of(cell) for cell in row if cell.tag in {"th", "td"}] for row in table.iterfind("tbody/tr")]
