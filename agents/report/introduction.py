"""The office's own text, in Markdown (CommonMark): HTML in it is shown as text, and no picture is fetched."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, Final, TypeAlias

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode

Node: TypeAlias = dict[str, Any]  # `kind`, and what `_node` adds for that kind

_DEEPEST: Final = 6  # deepest level of a heading in HTML
_KINDS: Final = {
    "paragraph": "paragraph",
    "heading": "heading",
    "bullet_list": "list",
    "ordered_list": "numbered",
    "list_item": "item",
    "blockquote": "quote",
    "hr": "rule",
    "strong": "strong",
    "em": "emphasis",
    "link": "inline",
    "inline": "inline",
}


def html(text: str, level: int) -> str:
    """Return the text as safe HTML, with its headings below a level."""
    tokens = _tokens(text)
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(_DEEPEST, level + token.meta['below'])}"
    rendered: str = _parser().renderer.render(tokens, _parser().options, {})
    return rendered


def nodes(text: str) -> list[Node]:
    """Return the text as a tree, for PDF.

    >>> nodes("<b>!</b>")
    [{'kind': 'paragraph', 'children': [{'kind': 'inline', 'children': [{'kind': 'text', 'text': '<b>!</b>'}]}]}]
    """
    return _nodes(SyntaxTreeNode(_tokens(text)))


def _nodes(node: SyntaxTreeNode) -> list[Node]:
    return [_node(each) for each in node.children]


def _node(node: SyntaxTreeNode) -> Node:
    match node.type:
        case "text":
            return {"kind": "text", "text": node.content}
        case "softbreak" | "hardbreak":
            return {"kind": "break", "hard": node.type == "hardbreak"}
        case "code_inline" | "code_block" | "fence":
            return {"kind": "code", "text": node.content.removesuffix("\n"), "block": node.type != "code_inline"}
    tight = node.type == "paragraph" and node.hidden  # in a tight list
    found: Node = {"kind": "inline" if tight else _KINDS[node.type], "children": _nodes(node)}
    match node.type:
        case "heading":
            found["level"] = node.meta["below"]
        case "ordered_list":
            found["start"] = node.attrs.get("start", 1)
        case "link" if node.attrs["href"]:  # one that leads nowhere is no link
            found |= {"kind": "link", "to": node.attrs["href"]}
    return found


def _tokens(text: str) -> list[Token]:
    """Return the tokens; a heading's `meta` has its level below the report's own headings, without gaps."""
    tokens = _parser().parse(text)
    deep = 0
    for token in tokens:
        if token.type == "heading_open":
            deep = min(int(token.tag[1:]), deep + 1)
        if token.type in {"heading_open", "heading_close"}:
            token.meta = {"below": deep}
        if token.children:
            token.children = [*_without_pictures(token.children)]
    return tokens


def _without_pictures(tokens: Iterable[Token]) -> Iterator[Token]:
    """Yield tokens in which the description of each picture replaces the picture."""
    for token in tokens:
        if token.type == "image":
            yield from _without_pictures(token.children or ())
        else:
            yield token


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False})
