"""The whole secret is compared. Its file must be long enough and readable only by its owner."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.board.deciding.secret import MOST_CLIENTS, Tries, read_secret
from config.office import Decide
from config.settings import ConfigError, load


def written(folder: Path, text: str, mode: int = 0o600) -> Path:
    file = folder / "secret"
    file.write_text(text, encoding="utf-8")
    file.chmod(mode)
    return file


def test_the_secret_alone_matches(tmp_path: Path) -> None:
    secret = read_secret(written(tmp_path, "cheval-juste-batterie\n"))
    assert secret.matches("cheval-juste-batterie")
    for wrong in ("", "cheval-juste-batterie\n", "cheval-juste-batteri", "cheval-juste-batterie\ud800"):
        assert not secret.matches(wrong)
    assert "cheval" not in repr(vars(secret))


@pytest.mark.parametrize("text", ["", "short", "one line that is long\nand another one"])
def test_what_is_no_secret_is_refused_without_being_told(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigError) as refused:
        read_secret(written(tmp_path, text))
    assert "one line of 16 characters or more" in str(refused.value)
    assert not text or text not in str(refused.value)


def test_a_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    file = written(tmp_path, "cheval-juste-batterie", 0o644)
    office = tmp_path / "office.yaml"
    office.write_text(f"site: lozere\nboard: {{decide: {{token_file: {file}}}}}", encoding="utf-8")
    with pytest.raises(ConfigError, match="chmod 600"):
        load(office, {})
    file.chmod(0o600)
    assert load(office, {}).board.decide == Decide(token_file=file)


def test_a_header_that_is_none_is_refused(tmp_path: Path) -> None:
    office = tmp_path / "office.yaml"
    office.write_text('site: lozere\nboard: {decide: {header: "X User: m"}}', encoding="utf-8")
    with pytest.raises(ConfigError, match="X-Remote-User"):
        load(office, {})


@given(st.lists(st.floats(0.0, 30.0), max_size=200))
def test_no_rhythm_of_tries_gets_beyond_the_rate(pauses: list[float]) -> None:
    tries, now, made = Tries(most=5, every=60.0), 0.0, 0
    for pause in pauses:
        now += pause
        if not tries.wait("a", now):
            tries.failed("a", now)
            made += 1
    assert made <= 5 + now / 60.0


def test_who_waits_as_long_as_told_may_try_again() -> None:
    tries = Tries(most=3, every=60.0)
    for _ in range(3):
        assert tries.wait("a", 10.0) == 0.0
        tries.failed("a", 10.0)
    wait = tries.wait("a", 10.0)
    assert 0.0 < wait <= 60.0
    assert tries.wait("a", 10.0 + wait) == 0.0


def test_many_clients_take_no_more_room_and_the_latest_stay_limited() -> None:
    tries = Tries(most=1, every=3600.0)
    for number in range(3 * MOST_CLIENTS):
        tries.failed(str(number), float(number))
    assert tries.wait(str(3 * MOST_CLIENTS - 1), 3.0 * MOST_CLIENTS) > 0.0
    assert len(vars(tries)["_due"]) <= MOST_CLIENTS
