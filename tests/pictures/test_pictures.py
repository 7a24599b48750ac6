"""The README's pictures: their subjects, that they exist and are small, and the message if none can be taken."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest

from agents.board.cards import LineCard, State
from agents.board.wall import Walls
from agents.totals.plan import plan_of
from config.settings import DEFAULT, load
from streams.simulation.living import MISCOUNTED
from tests.pictures import __main__ as pictures
from tests.pictures.played import played

ROOT: Final = Path(__file__).parents[2]
LARGEST: Final = 200_000  # bytes: a page for strangers must load quickly


def test_the_readme_shows_them_with_words_for_who_does_not_see_them() -> None:
    shown = re.findall(r"!\[([^\]]*)\]\((docs/\w+\.webp)\)", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert [path for _, path in shown] == ["docs/wall.webp", "docs/incident.webp"]
    for words, path in shown:
        assert len(words) > 100
        data = (ROOT / path).read_bytes()
        assert (data[:4], data[8:12]) == (b"RIFF", b"WEBP")
        assert len(data) < LARGEST


@pytest.mark.slow
def test_they_are_of_a_morning_on_which_a_counter_is_wrong_and_all_that_is_told_is_counted() -> None:
    settings = load(DEFAULT, {}).model_copy(update={"clock": "event"})
    known = played(settings, ())
    (day,) = {each.day for each in known.history.days.of(settings.site)}
    plan = plan_of(settings)
    wall = Walls(settings, plan.opened).at(known, 0.0, next(iter(known.lines.values())).at.date())
    cards = {card.name: card for card in wall.cards if isinstance(card, LineCard)}
    assert day == wall.today.isoformat()
    assert cards[MISCOUNTED].state is State.MISCOUNT
    share = cards[MISCOUNTED].share
    assert share.raw is not None
    assert share.rate is not None
    assert share.raw.lost > share.lost
    counted = sum(each.offered for each in known.lines.values())
    assert counted == sum(each.calls.raw.offered for card in cards.values() for each in card.quarters) > 0


def test_what_is_missing_is_said_in_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(pictures, "import_module", absent)
    with pytest.raises(SystemExit, match=r"^no pictures without Playwright: \S+ install playwright$"):
        pictures.main()
