"""A regular expression of a mapping ends soon on any value, or is rejected."""

from __future__ import annotations

import pytest

from config.expression import EXPECTED, LONGEST, expression


@pytest.mark.parametrize(
    ("pattern", "value"),
    [
        ("Ext\\.(\\d+)", "Ext.504"),
        ("(?i)extension", "Extension"),
        (".*Ext\\..*", "Chain: x;Ext.9;"),
        ("(?:from|to)-(trunk)?[a-z]{1,9}", "from-internal"),
        ("[^,]+,t,{3}20", "cni-passeport,t,,,20"),
        ("[]()+*]+", "(+)"),
        ("\\(\\+\\)+", "(+))"),
    ],
)
def test_what_mappings_need_is_taken(pattern: str, value: str) -> None:
    assert expression(pattern).fullmatch(value)


@pytest.mark.parametrize(
    "pattern",
    [
        "(a+)+b",
        "(a|a)*b",
        "(?:a?){30}a{30}",
        "(a{1,30}){1,30}",
        ".*.*.*x",
        "a+b+c{2,}",
        "(a)\\1",
        "(?P<a>a)(?P=a)",
        "(?=a)a",
        "(?<!a)b",
        "(?#no comment)a",
        "a{1,400}b{1,400}c{1,400}",
        "a?" * 24,
    ],
)
def test_what_may_take_long_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match="ends soon") as refusal:
        expression(pattern)
    assert str(refusal.value) == EXPECTED


@pytest.mark.parametrize("pattern", ["(", "[a", "a**", "*a", "\\"])
def test_what_is_no_expression_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match="a regular expression"):
        expression(pattern)


@pytest.mark.parametrize("pattern", [".*.*b", "a*[ab]*c", ".*a{200}b", "a?a?a?a?a?a?a?a?a*c", "a?a?a?a?a*a*b"])
def test_the_worst_value_of_a_pattern_that_is_taken_ends(pattern: str) -> None:
    assert expression(pattern).fullmatch("a" * LONGEST) is None
