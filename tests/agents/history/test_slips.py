"""The next run knows the result of each mail: it sends missing ones, and not those already sent or refused."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest

from agents.history.notes import note_of
from agents.history.slips import MailName, Slip, Slips, SlipState, is_slip
from streams.periods.named import period_of

DAYS = [period_of(f"2026-11-{day}") for day in (24, 25, 26)]
TO = "qualite@prefecture.example"
AT = datetime(2026, 11, 27, 7, tzinfo=UTC)


def name(day: int, address: str = TO) -> MailName:
    return MailName("day", period_of(f"2026-11-{day}"), address)


def slips(**states: SlipState) -> Slips:
    """Return the slips by day: `of24="sent"`."""
    found = Slips("lozere")
    for day, state in states.items():
        found.take(name(int(day[2:])).key("lozere"), msgspec.json.encode(Slip(state, AT)))
    return found


def missing(found: Slips, address: str = TO) -> list[str]:
    return [each.period.first.isoformat()[8:] for each in found.missing("day", address, DAYS)]


@pytest.mark.parametrize(
    ("states", "days"),
    [
        ({}, ["26"]),  # a new address
        ({"of26": "due"}, ["26"]),
        ({"of26": "sent"}, []),
        ({"of26": "refused"}, []),
        ({"of25": "sent"}, ["26"]),
        ({"of25": "due"}, ["25", "26"]),
        ({"of24": "sent", "of26": "sent"}, ["25"]),  # no run on one day
        ({"of10": "sent"}, ["24", "25", "26"]),  # and too old ones are dropped
    ],
)
def test_what_is_missing_is_sent_and_nothing_twice(states: dict[str, SlipState], days: list[str]) -> None:
    assert missing(slips(**states)) == days


def test_another_address_and_another_office_have_slips_of_their_own() -> None:
    found = slips(of25="due", of26="sent")
    assert missing(found, "other@prefecture.example") == ["26"]
    assert missing(found, TO.upper()) == ["25"], "an address is the same however it is written"
    found.take(name(25).key("gard"), msgspec.json.encode(Slip("sent", AT)))
    assert missing(found) == ["25"]
    assert found.missing("day", TO, []) == []


def test_slips_that_no_run_asks_for_are_over_but_not_the_last_of_an_address() -> None:
    assert [each.period for each in slips(of10="sent", of11="due", of26="sent").over("day", TO, DAYS)] == [
        period_of("2026-11-10"),
        period_of("2026-11-11"),
    ]
    assert slips(of10="sent").over("day", TO, DAYS) == []


def test_a_slip_is_no_note_and_tells_no_address() -> None:
    key = name(26).key("lozere")
    assert is_slip(key)
    assert b"prefecture" not in key
    assert note_of(key, msgspec.json.encode(Slip("sent", AT))) == {}


@pytest.mark.parametrize("key", [b"lozere/mail/day/2026-11-26", b"lozere/mail/day/yesterday/ab"])
def test_a_slip_that_cannot_be_read_is_refused(key: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        slips().take(key, msgspec.json.encode(Slip("sent", AT)))
