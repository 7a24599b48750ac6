from __future__ import annotations

import re
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.sources.pseudonym import Pseudonymizer
from config.refusal import ConfigError

KEY = b"a key for tests."
PSEUDONYM = Pseudonymizer(KEY)


@pytest.mark.parametrize(
    "spelling",
    [
        "04 66 49 60 00",
        "04.66.49.60.00",
        "04-66-49-60-00",
        "+33466496000",
        "+33 4 66 49 60 00",
        "0033466496000",
    ],
)
def test_one_number_has_one_pseudonym(spelling: str) -> None:
    assert PSEUDONYM.of(spelling) == PSEUDONYM.of("0466496000")


def test_a_pseudonym_tells_nothing_but_identity() -> None:
    one = PSEUDONYM.of("0466496000")
    assert one is not None
    assert re.fullmatch(r"hmac:[0-9a-f]{32}", one)
    assert one != PSEUDONYM.of("0466496001")
    assert one != Pseudonymizer(b"another key, too").of("0466496000")
    assert PSEUDONYM.of("Alice@example") == PSEUDONYM.of("alice@example")


@pytest.mark.parametrize(
    "number",
    ["", " ", "anonymous", "Anonymous", "unknown", "<unknown>", "Restricted", "anonymous@anonymous.invalid"],
)
def test_nobody_has_no_pseudonym(number: str) -> None:
    assert PSEUDONYM.of(number) is None


def test_no_key_is_shown() -> None:
    assert "test" not in repr(PSEUDONYM)
    assert not hasattr(PSEUDONYM, "__dict__")


def test_replaces_numbers_within_a_text() -> None:
    assert PSEUDONYM.within("Local/0466496000@from/n") == f"Local/{PSEUDONYM.of('0466496000')}@from/n"
    assert PSEUDONYM.within("Agent 12345") == "Agent 12345"


def test_takes_the_key_from_the_environment(tmp_path: Path) -> None:
    found = Pseudonymizer.from_environment({"TOCSIN_PSEUDONYM_KEY": KEY.decode()}, tmp_path)
    assert found.of("0466496000") == PSEUDONYM.of("0466496000")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("key", ["", "fifteen letters"])
def test_refuses_a_short_key_without_telling_it(key: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"TOCSIN_PSEUDONYM_KEY: .* at least 16") as refused:
        Pseudonymizer.from_environment({"TOCSIN_PSEUDONYM_KEY": key}, tmp_path)
    assert not key or key not in str(refused.value)
    with pytest.raises(ValueError, match="at least 16"):
        Pseudonymizer(key.encode())


def test_makes_a_key_once_and_keeps_it(tmp_path: Path) -> None:
    state = tmp_path / "state"
    first = Pseudonymizer.from_environment({}, state)
    (path,) = state.iterdir()
    assert path.name == "pseudonym.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(path.read_bytes()) == 32
    assert Pseudonymizer.from_environment({}, state).of("0466496000") == first.of("0466496000")


def test_of_two_that_make_a_key_at_once_both_have_the_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "pseudonym.key"
    path.write_bytes(KEY)
    seen = Path.exists
    monkeypatch.setattr(Path, "exists", lambda self: self != path and seen(self))
    assert Pseudonymizer.from_environment({}, tmp_path).of("0466496000") == PSEUDONYM.of("0466496000")
    assert list(tmp_path.iterdir()) == [path]


def test_refuses_a_key_file_that_was_cut(tmp_path: Path) -> None:
    (tmp_path / "pseudonym.key").write_bytes(b"short")
    with pytest.raises(ConfigError, match=r"pseudonym\.key: found 5 bytes"):
        Pseudonymizer.from_environment({}, tmp_path)


@pytest.mark.parametrize(
    "raw",
    [
        b"1543602687|1543602660.197|circulation|Agent/1141|CONNECT|76|1543602746.232|6",
        b"1543602687.25|NONE|NONE|NONE|QUEUESTART|",
        b"19,2013-07-23 16:13:29.464232,1374576197.106,Billing,SIP/551,ABANDON,1,1,227",
        b"",
    ],
)
def test_scrubbing_leaves_what_is_no_number(raw: bytes) -> None:
    assert PSEUDONYM.scrub(raw) == raw


def test_scrubbing_replaces_a_number_by_its_pseudonym() -> None:
    raw = b"1543602687|7.1|q|Local/0466496001@x|ENTERQUEUE||+33466496000|1|\xff"
    number, agent = PSEUDONYM.of("0466496000"), PSEUDONYM.of("0466496001")
    assert number is not None
    assert agent is not None
    expected = b"1543602687|7.1|q|Local/" + agent.encode() + b"@x|ENTERQUEUE||" + number.encode() + b"|1|\xff"
    assert PSEUDONYM.scrub(raw) == expected


@given(
    st.text("0123456789", min_size=5, max_size=12),
    st.sampled_from(["", " ", ".", "-", "/", "\u00a0", "\u202f", " - "]),
    st.sampled_from(["", "x", "|", ",", ";", "\t", '"', "1543602687|", "3|"]),
)
def test_no_number_survives_scrubbing_however_it_is_written(tail: str, between: str, around: str) -> None:
    written = between.join(f"0{tail}")
    scrubbed = PSEUDONYM.scrub(f"{around}{written}{around}".encode())
    assert re.sub(rb"hmac:[0-9a-f]{32}|1543602687|\b3\b|[^0-9]", b"", scrubbed) == b""


def test_scrubbing_reads_wide_characters() -> None:
    assert b"4\x006\x00" not in PSEUDONYM.scrub("q|0466496000".encode("utf-16"))
