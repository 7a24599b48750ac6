"""Each template is compiled once a language, however many pages, letters and reports a process makes."""

from __future__ import annotations

from types import CodeType

import pytest
from jinja2 import Environment

from agents.language import Language
from agents.pages import html


def test_a_template_is_compiled_once_for_each_language(monkeypatch: pytest.MonkeyPatch) -> None:
    html._compiled.cache_clear()
    compiled, by_jinja = list[str](), Environment.compile

    def compiling(environment: Environment, source: str, name: str, filename: str) -> CodeType:
        compiled.append(name)
        return by_jinja(environment, source, name, filename)

    monkeypatch.setattr(Environment, "compile", compiling)
    for language in (*Language, *Language):
        html.spoken("agents.mail", language).get_template("letter.html.j2")
    assert compiled == ["letter.html.j2"] * len(Language)
