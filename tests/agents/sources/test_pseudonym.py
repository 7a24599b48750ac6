from __future__ import annotations

import os
import re
import stat
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.sources.pseudonym import MAX_KNOWN, Pseudonymizer, rotate
from config.refusal import ConfigError
from streams.calls.callers import mark_of
from streams.decoding import Invalid
from streams.events import MAX_IDENTIFIER, CallEvent, Review
from tests.agents.sources.pseudonyms import NUMBERS
from tests.streams.numbers import SPELLINGS

KEY = b"a key for tests."
PSEUDONYM = Pseudonymizer(KEY, NUMBERS)


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_one_caller_is_one_pseudonym_in_every_spelling(spelling: str) -> None:
    assert PSEUDONYM.of(spelling) == PSEUDONYM.of("0611223344")
    assert PSEUDONYM.of(spelling) != PSEUDONYM.of("0611223345")


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_number_in_any_text_becomes_the_pseudonym_of_its_caller(spelling: str) -> None:
    found = PSEUDONYM.of("0611223344") or ""
    for put in (PSEUDONYM.id, PSEUDONYM.within, lambda text: PSEUDONYM.scrub(text.encode()).decode()):
        told = put(f"chez {spelling}, demain")
        assert found in told
        assert not re.search(r"\d", told.replace(found, ""))


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_no_spelling_is_left_in_an_event_of_another_program(spelling: str) -> None:
    event = CallEvent(
        line=spelling,
        call=f"a-{spelling}",
        type="lost",
        at=1,
        id=spelling,
        source=spelling,
        agent=spelling,
        to=spelling,
    )
    told = msgspec.json.encode(PSEUDONYM.event(event)).decode()
    assert told.count(PSEUDONYM.of("0611223344") or "") == 6
    assert "11" not in re.sub(r"hmac:[0-9a-f]{39}", "", told)


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("field", ["by", "note", "incident"])
def test_a_decision_with_a_number_is_refused_with_the_reason(field: str, spelling: str) -> None:
    words = {"by": "quality", "note": "tested", "incident": "standard-20130304T073000Z-rise", field: f"de {spelling}"}
    with pytest.raises(Invalid, match=rf"`\$.{field}`; a decision is published and kept") as refused:
        PSEUDONYM.event(
            Review(decision="confirm", at=1, by=words["by"], note=words["note"], incident=words["incident"])
        )
    assert "11" not in str(refused.value)


def test_a_pseudonym_tells_nothing_but_identity() -> None:
    one = PSEUDONYM.of("0466496000")
    assert one is not None
    assert re.fullmatch(r"hmac:[0-9a-f]{39}", one)
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


def test_an_id_that_holds_a_number_stays_an_id() -> None:
    """Two records of one call still match: the same id has the same pseudonym, whatever surrounds the number."""
    first, second = (PSEUDONYM.id(f"{prefix}0611223344-17") for prefix in ("in-", "out-"))
    assert first == f"in-{PSEUDONYM.of('0611223344')}-17"
    assert second == f"out-{PSEUDONYM.of('0611223344')}-17"
    assert len(PSEUDONYM.id(f"{'x' * 150}0611223344")) == 64


def test_replaces_numbers_within_a_text() -> None:
    assert PSEUDONYM.within("Local/0466496000@from/n") == f"Local/{PSEUDONYM.of('0466496000')}@from/n"
    assert PSEUDONYM.within("Agent 12345") == "Agent 12345"


def test_takes_the_key_from_the_environment(tmp_path: Path) -> None:
    found = Pseudonymizer.from_environment({"TOCSIN_PSEUDONYM_KEY": KEY.decode()}, tmp_path, NUMBERS)
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
    assert Pseudonymizer.from_environment({}, tmp_path, NUMBERS).of("0466496000") == PSEUDONYM.of("0466496000")
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
        b"le 04/03/2013 - 05/03/2013, de 8 h 30 \xc3\xa0 12 h 00: 1 234 567,89 EUR",
        b"\xe9t\xe9 2012-2013",
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
    left = re.sub(rb"hmac:[0-9a-f]{39}|1543602687|\b3\b|[^0-9]", b"", scrubbed)
    assert len(left) < 6  # like a 0 before a number, for an outside line


def test_scrubbing_reads_wide_characters() -> None:
    assert b"4\x006\x00" not in PSEUDONYM.scrub("q|0466496000".encode("utf-16"))


def test_a_rotation_makes_strangers_of_callers_and_destroys_the_key(tmp_path: Path) -> None:
    before = Pseudonymizer.from_environment({}, tmp_path, NUMBERS).of("0466496000")
    path = tmp_path / "pseudonym.key"
    kept = tmp_path / "another name of the old key"
    os.link(path, kept)
    old = path.read_bytes()
    assert rotate({}, tmp_path) == path
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert (len(path.read_bytes()), kept.read_bytes()) == (32, bytes(32))
    assert path.read_bytes() != old
    after = Pseudonymizer.from_environment({}, tmp_path, NUMBERS).of("0466496000")
    assert before is not None
    assert after is not None
    assert after != before
    assert mark_of(after) != mark_of(before)
    assert sorted(each.name for each in tmp_path.iterdir()) == [kept.name, path.name]


def test_a_key_of_the_environment_is_rotated_where_it_is_set(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="which no command can set"):
        rotate({"TOCSIN_PSEUDONYM_KEY": KEY.decode()}, tmp_path)
    assert not list(tmp_path.iterdir())


def test_what_is_remembered_of_the_latest_words_is_bounded_and_changes_nothing() -> None:
    once, often = Pseudonymizer(KEY), Pseudonymizer(KEY)
    names = [f"SIP/06{number:08}" for number in range(MAX_KNOWN + 10)]
    told = {name: often.within(name) for name in names}
    assert 0 < len(often._phrases) <= MAX_KNOWN
    for name in names[:20] + names[-20:]:
        assert often.within(name) == told[name] == once.within(name)
    often.within(2 * MAX_IDENTIFIER * "a")
    assert 2 * MAX_IDENTIFIER * "a" not in often._phrases
