"""An office's own text is shown in its order and layout; it cannot run, fetch anything or leave its block."""

from __future__ import annotations

import pytest

from agents.report.introduction import html, nodes
from tests.agents.report.made import WRITTEN


def test_its_headings_go_below_those_of_the_report_without_a_step_left_out() -> None:
    assert html("# a\n\n### b\n\n# c\n\n## d", 2).split() == ["<h3>a</h3>", "<h4>b</h4>", "<h3>c</h3>", "<h4>d</h4>"]
    assert [each["level"] for each in nodes("### a\n\n# b\n\n###### c") if each["kind"] == "heading"] == [1, 1, 2]
    assert html("# a", 6) == "<h6>a</h6>\n"


@pytest.mark.parametrize(
    "given",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        '![<img src=x onerror=alert(1)>](https://example.org/x.png "<b>")',
        "[x](javascript:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        '[x](https://example.org/"onclick="alert(1))',
    ],
)
def test_nothing_that_it_holds_runs_or_is_fetched(given: str) -> None:
    page = html(given, 1)
    assert "<script" not in page
    assert "<img" not in page
    assert 'href="javascript' not in page
    assert 'href="data' not in page
    assert '"onclick' not in page


def test_a_picture_is_told_in_its_words() -> None:
    assert html("![la *façade* & l'entrée](x.png)", 1) == "<p>la <em>façade</em> &amp; l'entrée</p>\n"


def test_every_kind_of_text_is_known() -> None:
    kinds = set[str]()
    waiting = nodes(WRITTEN + "\n---\n\n```\ncode\n```\n\na  \nb\nc\n")
    while waiting:
        node = waiting.pop()
        kinds.add(node["kind"])
        waiting += node.get("children", [])
    assert kinds == {
        "paragraph", "heading", "list", "numbered", "item", "quote", "rule", "strong", "emphasis", "link", "inline",
        "text", "break", "code",
    }  # fmt: skip


def test_a_link_that_leads_nowhere_is_its_text() -> None:
    (paragraph,) = nodes("[rien]()")
    assert paragraph["children"][0]["children"][0]["kind"] == "inline"
