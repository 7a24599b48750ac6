"""A fault that offices share has evidence: how many of how many, the sites against it, and its chance."""

from __future__ import annotations

from streams.across.evidence import Against, Closing, Together, shared_evidence, site_evidence
from streams.across.spells import OVERLOAD
from streams.watch.counting import SILENCE
from streams.watch.evidence import of_silence
from streams.watch.facts import NoCall
from tests.streams.across.telling import DAY, found, overload, sites, told


def test_it_has_the_offices_of_its_scope_and_the_evidence_of_each() -> None:
    quiet = {site: [told("standard", DAY, 9, 11, evidence=[of_silence(12.0)])] for site in sites(3, 4, 5)}
    (fault,) = found(quiet)
    first = shared_evidence(fault)[0]
    assert (first.observed, first.score > 0) == (3.0, True)
    assert isinstance(first.facts, Together)
    assert first.facts[:5] == (SILENCE, "exchange", "x1", 3, 3)
    assert [(each.subject, each.facts) for each in site_evidence(fault)] == [
        (site, NoCall(12.0)) for site in fault.parts
    ]


def test_it_has_the_sites_against_it() -> None:
    lose = {site: [overload("standard", DAY, 9, 12)] for site in sites(*range(40, 48))}
    (fault,) = found(lose)
    assert [each.facts for each in shared_evidence(fault)][1] == Against(OVERLOAD, ["s048", "s049"])


def test_it_has_that_the_offices_may_have_been_closed() -> None:
    (fault,) = found({site: [told("standard", DAY, 8, 17)] for site in sites(3, 4, 5)})
    assert shared_evidence(fault)[1].facts == Closing()
