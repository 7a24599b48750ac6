"""A program sees what its token gives, and a token that leaves the file is refused at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from agents.board.api.tokens import ReaderTokens
from agents.board.nation.served import Access
from config.refusal import ConfigError
from tests.agents.nation.made import offices

ALL, NORTH, ONE = "0123456789abcdef-all", "0123456789abcdef-north", "0123456789abcdef-one"
FILE = f"""readers:
- {{name: ministry, token: {ALL}}}
- {{name: north, token: {NORTH}, see: ["region:North"]}}
- {{name: one, token: {ONE}, see: [d]}}
"""


def tokens(file: Path, text: str = FILE) -> ReaderTokens:
    file.write_text(text, encoding="utf-8")
    return ReaderTokens(file, Access(offices()).called)


def test_a_token_shows_the_offices_it_names(tmp_path: Path) -> None:
    found = tokens(tmp_path / "tokens.yaml")
    assert found.seen(f"Bearer {ALL}") == frozenset(offices().sites)
    assert found.seen(f"bearer  {NORTH} ") == frozenset({"a", "b", "bad", "c"})
    assert found.seen(f"Bearer {ONE}") == frozenset({"d"})


@pytest.mark.parametrize(
    "sent", ["", "Bearer", "Bearer ", ALL, f"Basic {ALL}", f"Bearer {ALL}x", f"Bearer {ALL[:-1]}", "Bearer é\udcff"]
)
def test_whatever_is_no_token_is_unknown(tmp_path: Path, sent: str) -> None:
    assert tokens(tmp_path / "tokens.yaml").seen(sent) is None


def test_a_changed_file_holds_at_once_and_a_wrong_or_missing_one_refuses_all(tmp_path: Path) -> None:
    file = tmp_path / "tokens.yaml"
    found = tokens(file)
    file.write_text(FILE.replace(ALL, f"{ALL}-2"), encoding="utf-8")
    assert found.seen(f"Bearer {ALL}") is None
    assert found.seen(f"Bearer {ALL}-2") is not None
    file.write_text("readers: []\n", encoding="utf-8")
    assert found.seen(f"Bearer {ALL}-2") is None
    file.write_text(FILE, encoding="utf-8")
    assert found.seen(f"Bearer {ONE}") == frozenset({"d"})
    file.unlink()
    assert found.seen(f"Bearer {ONE}") is None


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("readers: []\n", "readers"),
        ("readers: [{name: x, token: short}]\n", "16 printable ASCII characters or more"),
        (FILE.replace("[d]", "[nowhere]"), "nowhere"),
        (FILE.replace("[d]", "[]"), "see"),
        (FILE.replace("name: one", "nom: one"), "nom"),
    ],
)
def test_a_wrong_file_is_refused_at_the_start_and_no_token_is_shown(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(ConfigError) as refused:
        tokens(tmp_path / "tokens.yaml", text)
    told = "\n".join(str(each.sentence()) for each in refused.value.mistakes)
    assert says in told
    assert "short" not in told
    assert ONE not in told
