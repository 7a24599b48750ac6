"""The sentences about a shared fault: how many offices, the evidence against it, and the odds of a coincidence."""

from __future__ import annotations

from streams.across.sentences import evidence_of
from streams.watch.sentences import of_silence
from tests.streams.across.telling import DAY, found, overload, sites, told


def test_it_says_of_how_many_of_which_scope_and_what_each_saw() -> None:
    quiet = {site: [told("standard", DAY, 9, 11, evidence=[of_silence(12.0)])] for site in sites(3, 4, 5)}
    (fault,) = found(quiet)
    first, *others = evidence_of(fault)
    assert (first.observed, first.score > 0) == (3.0, True)
    assert first.says.startswith("3 des 3 sites ouverts du central x1 n'entendent plus aucun appel en même temps")
    assert first.says_en.startswith("3 of the 3 open sites of exchange x1 hear no call at once; chance would not do")
    assert [each.says_en for each in others] == [f"{site}: no call, where 12 were expected" for site in fault.parts]


def test_it_says_who_speaks_against_it() -> None:
    lose = {site: [overload("standard", DAY, 9, 12)] for site in sites(*range(40, 48))}
    (fault,) = found(lose)
    assert [each.says_en for each in evidence_of(fault)][1] == "2 others were open and lost no more: s048, s049"
    assert [each.says for each in evidence_of(fault)][1].startswith("2 autres étaient ouverts")


def test_it_says_that_they_may_have_been_closed() -> None:
    (fault,) = found({site: [told("standard", DAY, 8, 17)] for site in sites(3, 4, 5)})
    assert "closed perhaps" in evidence_of(fault)[1].says_en
