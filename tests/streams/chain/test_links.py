"""A chain that continues, or forks, is accepted; gaps, foreign records and repetitions are reported."""

from __future__ import annotations

from streams.chain.entry import Erased, encode_entry, hash_of
from streams.chain.note import Note
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


def test_a_second_opening_lets_nothing_more_stand_before_the_chain() -> None:
    writer = Writer()
    writer.enter(decision("a"))
    writer.enter(decision("forged"), ())
    again = Writer(*(each.value for each in writer.log))
    writer.put(again.log[-1].value, b"lozere")
    assert writer.kinds() == ["decision-unchained"]


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
