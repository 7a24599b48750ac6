"""A chain that continues, or forks, is accepted; gaps, foreign records and repetitions are reported."""

from __future__ import annotations

from hashlib import sha256

import msgspec
import pytest

from streams.chain.entry import Erased, Note, Opened, encode_entry, hash_of
from streams.chain.links import Chain, Logged
from tests.streams.chain.telling import Writer, decision, published


def test_what_was_decided_before_the_chain_is_fixed_and_no_forgery() -> None:
    before = [encode_entry(decision(by)) for by in "ab"]
    writer = Writer(*before)
    writer.enter(decision("c"))
    assert writer.kinds() == []
    assert [each.value for each in writer.chain().earlier] == before
    writer.log[1] = writer.log[1]._replace(value=encode_entry(decision("z")))
    assert writer.kinds() == ["earlier-changed"]


def test_two_at_once_are_a_fork_that_the_next_entry_closes() -> None:
    writer = Writer()
    heads = writer.chain().heads()
    for by in "ab":
        writer.enter(decision(by), heads, partition=ord(by))
    assert len(writer.chain().heads()) == 2
    writer.enter(published())
    assert (len(writer.chain().heads()), writer.kinds()) == (1, [])
    assert len(writer.chain().behind(writer.chain().heads())) == 4


def test_a_deleted_entry_leaves_a_hole_whichever_it_was() -> None:
    writer = Writer()
    for by in "abc":
        writer.enter(decision(by))
    for gone in (1, 2):
        chain = Writer().chain()
        chain = type(chain)("lozere", [each for number, each in enumerate(writer.log) if number != gone])
        assert [each.kind for each in chain.breaches] == ["entry-missing"]


def test_a_decision_that_was_written_past_tocsin_is_told_with_its_place_and_continues_nothing() -> None:
    writer = Writer()
    heads = writer.chain().heads()
    writer.enter(decision("Mme la Prefete", note="as I say"), ())
    (breach,) = writer.chain().breaches
    assert (breach.kind, breach.year) == ("decision-unchained", 2013)
    assert (breach.place, breach.at) == ("reviews/0@1", 5)
    assert "Mme la Prefete" in breach.subject
    assert writer.chain().heads() == heads
    writer.enter(decision("x"), [64 * "0"])
    assert writer.kinds() == ["decision-unchained", "entry-missing"]


def test_a_repeated_record_and_nonsense_are_told() -> None:
    writer = Writer()
    writer.enter(decision())
    writer.put(writer.log[-1].value)
    writer.put(b"nonsense")
    writer.put(b'{"type": "published"}', b"lozere")
    writer.put(b"of another site", b"jura/standard")
    assert sorted(writer.kinds()) == ["entry-repeated", "entry-unreadable", "entry-unreadable"]


def test_a_second_opening_is_told_and_lets_nothing_more_stand_before_the_chain() -> None:
    writer = Writer()
    writer.enter(decision("a"))
    writer.enter(decision("forged"), ())
    again = Writer(*(each.value for each in writer.log))
    writer.put(again.log[-1].value, b"lozere")
    assert sorted(writer.kinds()) == ["decision-unchained", "opening-repeated"]


def test_an_opening_in_a_lower_partition_than_that_of_its_key_opens_nothing() -> None:
    true = Writer()
    true.enter(decision("a"))
    forged = encode_entry(decision("forged"))
    opened = encode_entry(
        Opened(site="lozere", at=9.0, ends={"0": 1}, earlier=sha256(hash_of(forged).encode()).hexdigest())
    )
    lower = [
        Logged(0, 0, b"lozere/standard", forged, "reviews", 5),
        Logged(0, 1, b"lozere", opened, "reviews", 5, at_home=False),
    ]
    chain = Chain("lozere", [*lower, *(each._replace(partition=1) for each in true.log)])
    assert {(each.kind, each.place) for each in chain.breaches} == {
        ("entry-misplaced", "reviews/0@1"),
        ("decision-unchained", "reviews/0@0"),
    }
    assert (chain.opened, chain.earlier) == (true.chain().opened, [])


def test_an_opening_under_a_key_that_leads_to_a_lower_partition_opens_nothing_either() -> None:
    writer = Writer()
    opened = writer.log.pop()
    writer.put(opened.value, b"lozere/x")
    assert (writer.kinds(), writer.chain().opened) == (["entry-misplaced"], None)


def test_of_two_openings_the_one_behind_the_publications_counts_though_it_comes_later() -> None:
    true, forged = Writer(), Writer(encode_entry(decision("forged")))
    true.enter(published())
    late = [each._replace(offset=each.offset + len(forged.log)) for each in true.log]
    chain = Chain("lozere", [*forged.log, *late])
    assert chain.opened == true.chain().opened
    assert {each.kind for each in chain.breaches} == {"opening-repeated", "decision-unchained"}


def test_two_who_open_the_chain_at_once_cover_the_same_and_are_no_breach() -> None:
    writer = Writer(encode_entry(decision("before")))
    opened = msgspec.json.decode(writer.log[-1].value, type=Opened)
    heads = writer.chain().heads()
    writer.put(encode_entry(msgspec.structs.replace(opened, at=1.5)), b"lozere")
    second = hash_of(writer.log[-1].value)
    writer.enter(decision("a"), heads)
    writer.enter(decision("b"), [second])
    writer.enter(published())
    assert (writer.kinds(), len(writer.chain().earlier), len(writer.chain().heads())) == ([], 1, 1)


def test_an_opening_that_covers_what_came_after_it_is_impossible_and_covers_no_more_than_before_it() -> None:
    writer = Writer()
    opened = msgspec.json.decode(writer.log.pop().value, type=Opened)
    forged = encode_entry(decision("forged"))
    ahead = msgspec.structs.replace(opened, ends={"0": 2}, earlier=sha256(hash_of(forged).encode()).hexdigest())
    writer.put(encode_entry(ahead), b"lozere")
    writer.put(forged)
    assert set(writer.kinds()) == {"opening-impossible", "decision-unchained", "earlier-changed"}


def test_a_note_that_is_gone_is_told_unless_it_was_erased() -> None:
    note = Note("a fair", "00")
    writer = Writer()
    writer.enter(decision(note_digest=note.digest))
    assert list(writer.chain().missing({note.digest: note.note})) == []
    (gone,) = writer.chain().missing({})
    assert (gone.kind, gone.year) == ("note-changed", 2013)
    writer.enter(Erased(site="lozere", note=note.digest, by="dpo", at=4.0, after=()))
    assert (list(writer.chain().missing({})), writer.kinds()) == ([], [])
    assert [each.kind for each in writer.chain().missing({note.digest: note.note})] == ["note-changed"]
    assert hash_of(writer.log[1].value) in writer.chain().links


@pytest.mark.parametrize("period", ["24:00", "x", "2018-Q5", "2018/2019"])
def test_a_publication_of_no_period_is_unreadable(period: str) -> None:
    entry = {"type": "published", "site": "lozere", "year": 2018, "period": period, "at": 1.0, "after": ["0" * 64]}
    value = msgspec.json.encode(entry | {"content": "0" * 64, "digest": "0" * 64})
    (breach,) = Chain("lozere", [Logged(0, 0, b"lozere", value)]).breaches
    assert breach.kind == "entry-unreadable"


def test_a_publication_behind_a_hole_is_told_with_its_period() -> None:
    writer = Writer()
    writer.enter(published(period="2013-Q2"), [64 * "0"])
    (breach,) = writer.chain().breaches
    assert (breach.kind, breach.subject, breach.year) == ("entry-missing", "publication of 2013-Q2", 2013)


def test_a_chained_decision_outside_the_partition_of_its_key_is_misplaced() -> None:
    writer = Writer()
    writer.enter(decision("a"))
    writer.log[-1] = writer.log[-1]._replace(at_home=False)
    chain = writer.chain()
    assert [each.kind for each in chain.breaches] == ["entry-misplaced"]
    assert (chain.decisions, len(chain.links)) == ([], 1)


@pytest.mark.parametrize("incident", ["standard", "standard-20139904T083000Z-rise"])
def test_a_decision_about_an_incident_of_no_moment_affects_no_year_that_is_known(incident: str) -> None:
    writer = Writer()
    writer.enter(decision(incident=incident), [64 * "0"])
    (breach,) = writer.chain().breaches
    assert breach.year is None
