"""Deciding in a real browser by keyboard alone, and the axe checks of the pages (WCAG 2.2 AA and best practice)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from agents.kafka.topics import create_topics
from config.settings import Settings
from tests.agents.board.browser import browsing, in_browser
from tests.agents.board.test_board import OFFICE, send
from tests.agents.board.test_deciding import SECRET, opened
from tests.agents.running import HOST, board, worker
from tests.waiting import PATIENCE

pytestmark = [pytest.mark.broker, *in_browser]

PRESSES = 60  # presses of Tab before an element counts as unreachable


def reach(page: Any, name: str) -> None:
    """Press Tab until the named element has the focus; fail if the focus is not visible."""
    for _ in range(PRESSES):
        page.keyboard.press("Tab")
        focused = "document.activeElement"
        if page.evaluate(
            f"{focused}.id === {name!r} || {focused}.name === {name!r} || {focused}.textContent === {name!r}"
        ):
            assert page.evaluate(f"getComputedStyle({focused}).outlineStyle") != "none"
            return
    pytest.fail(f"{name} is not reached by Tab")


def test_a_person_decides_by_the_keyboard_and_axe_finds_nothing(settings: Settings, tmp_path: Path) -> None:
    secret, file = tmp_path / "secret", tmp_path / "office.yaml"
    secret.write_text(SECRET, encoding="utf-8")
    secret.chmod(0o600)
    file.write_text(f"{OFFICE}board: {{decide: {{token_file: {secret}}}}}\n", encoding="utf-8")
    create_topics(settings)
    count = send(settings)
    with worker(settings, TOCSIN_CONFIG=str(file)) as running, board(settings, TOCSIN_CONFIG=str(file)) as shown:
        running.await_events(count)
        address = f"http://{HOST}:{shown.port}{opened(settings, shown)}"
        with browsing() as browser:
            page = browser.new_page(locale="fr-FR")
            page.goto(address)
            reach(page, "note")
            page.keyboard.type("un essai au clavier")
            reach(page, "who")
            page.keyboard.type("m.durand")
            reach(page, "secret")
            page.keyboard.type(SECRET)
            page.keyboard.press("Enter")  # which decides nothing
            assert page.locator(".decided li").inner_text() == "Aucune décision pour l'instant."
            reach(page, "decision")
            page.keyboard.press("Tab")
            assert page.evaluate("document.activeElement.value") == "dismiss"
            page.keyboard.press("Enter")
            page.get_by_text("m.durand : écarte — un essai au clavier").wait_for(timeout=1000 * PATIENCE)
            assert page.url == address
            for scheme, width in (("light", 1920), ("dark", 390)):
                look = browser.new_page(color_scheme=scheme, viewport={"width": width, "height": 900}, locale="fr-FR")
                for path in ("/incidents", address.partition(str(shown.port))[2], "/declare"):
                    look.goto(f"http://{HOST}:{shown.port}{path}")
                    found = Axe().run(look)
                    assert found.violations_count == 0, found.generate_report()
                    assert look.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing runs out of it"
