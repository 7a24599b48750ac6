"""The log defines the vintages and their order; ledger records that it does not list are not vintages."""

from __future__ import annotations

from msgspec.structs import replace

from streams.chain.entry import hash_of
from streams.chain.vintages import Stored, altered, last_number, periods, publication_of, unpinned, vintages
from tests.agents.totals.year import edition
from tests.streams.chain.telling import Writer, published

EDITION = edition()
A, B = 64 * "a", 64 * "b"


def stored(content: str, *, holds: bool = True) -> Stored:
    return Stored(EDITION, content, holds, "ledger/0@1", 7)


def numbers(writer: Writer, held: dict[tuple[str, str], Stored]) -> tuple[list[int], list[tuple[str, str]]]:
    sound, wrong = vintages(writer.chain(), held, "2013")
    return [each.number for each in sound], [(each.kind, each.subject) for each in wrong]


def test_the_order_of_the_log_numbers_them_and_what_is_not_published_is_none() -> None:
    writer = Writer()
    held = {("2013", name): stored(name) for name in (A, B, 64 * "f")}
    assert numbers(writer, held) == ([], [])
    for content in (B, A):
        writer.enter(published(content))
    writer.enter(published(64 * "e", year=2014))
    writer.enter(published(64 * "9", period="2013-Q2"))
    assert numbers(writer, held) == ([1, 2], [])
    assert last_number(writer.chain(), held, "2013") == 2


def test_changed_deleted_and_repeated_ones_are_told_each_alone() -> None:
    writer = Writer()
    for content in (A, B, A):
        writer.enter(published(content))
    repeated = ("vintage-repeated", "vintage 3 of 2013")
    assert numbers(writer, {("2013", A): stored(A), ("2013", B): stored(B)}) == ([1, 2], [repeated])
    changed = {("2013", A): stored(64 * "0"), ("2013", B): stored(B)}
    assert numbers(writer, changed) == ([2], [("vintage-changed", "vintage 1 of 2013"), repeated])
    assert numbers(writer, {("2013", A): stored(A)}) == ([1], [("vintage-missing", "vintage 2 of 2013"), repeated])


def test_those_before_the_chain_are_checked_by_their_digest_then_fixed_by_the_first_publication() -> None:
    writer = Writer()
    held = {("2013", "00001"): stored("x"), ("2013", "00002"): stored("y", holds=False)}
    assert numbers(writer, held) == ([1], [("vintage-changed", "vintage 2 of 2013")])
    held["2013", "00002"] = stored("y")
    pins = unpinned(writer.chain(), held)
    assert pins == {"2013/1": "x", "2013/2": "y"}
    writer.enter(published(A, earlier=pins))
    held["2013", A] = stored(A)
    assert numbers(writer, held) == ([1, 2, 3], [])
    assert unpinned(writer.chain(), held) == {}
    held["2013", "00001"] = stored("forged")
    held["2013", "00009"] = stored("invented")
    del held["2013", "00002"]
    assert numbers(writer, held) == (
        [3],
        [("vintage-changed", "vintage 1 of 2013"), ("vintage-missing", "vintage 2 of 2013")],
    )


def test_a_vintage_of_another_site_is_none_of_this_one() -> None:
    writer = Writer()
    writer.enter(published(A))
    other = replace(EDITION, annual=replace(EDITION.annual, site="jura"))
    assert numbers(writer, {("2013", A): stored(A)._replace(vintage=other)})[1] == [
        ("vintage-changed", "vintage 1 of 2013")
    ]


def test_altered_vintages_are_those_that_differ_from_their_publication_or_their_own_digest() -> None:
    writer = Writer()
    first, second, third = (replace(EDITION, number=number) for number in (11, 12, 13))
    held = {
        ("2013", "00001"): stored("x")._replace(vintage=first),
        ("2013", "00002"): stored("y", holds=False)._replace(vintage=second),
        ("2012", "00001"): stored("z", holds=False),
    }
    assert altered(writer.chain(), held, "2013") == [second]
    writer.enter(published(A, earlier={"2013/1": "w", "2013/2": "y", "2013/3": "gone"}))
    writer.enter(published(B))
    writer.enter(published(64 * "f"))
    writer.enter(published(64 * "9", period="2013-Q2"))
    held |= {
        ("2013", 64 * "9"): stored("of a quarter"),
        ("2013", A): stored(A),
        ("2013", B): stored("other")._replace(vintage=third),
    }
    assert altered(writer.chain(), held, "2013") == [first, second, third]


def test_a_period_has_a_vintage_if_it_was_published_or_is_stored() -> None:
    writer = Writer()
    writer.enter(published(A))
    writer.enter(published(B, period="2013-Q2"))
    assert periods(writer.chain(), {("2012", "00001"): stored("x"), ("2013", A): stored(A)}) == [
        "2012", "2013", "2013-Q2"
    ]  # fmt: skip


def test_the_publication_of_a_vintage_is_found_by_its_number_behind_those_before_the_chain() -> None:
    writer = Writer()
    held = {("2013", "00001"): stored("x")}
    writer.enter(published(A, earlier={"2013/1": "x"}))
    hashes = [hash_of(writer.log[-1].value)]
    writer.enter(published(64 * "e", year=2014))
    writer.enter(published(B))
    hashes.append(hash_of(writer.log[-1].value))
    found = [publication_of(writer.chain(), held, "2013", number) for number in range(5)]
    assert found == [None, None, *hashes, None]
