"""The figure of a slot: from both records, as counted, recounted, or withheld."""

from __future__ import annotations

from datetime import date

from streams.calls.counts import Counts
from streams.figures.slot import JudgedSlot
from streams.ledger.day import CallSlot
from streams.ledger.diversions import Diversions
from streams.watch.belief import Belief
from streams.watch.correction import Corrected
from tests.streams.indicators.telling import incident

SLOT = CallSlot(offered=20, answered=8, lost=8, diverted=4, talked=6, diverted_for={"key": 3, "voicemail": 1})
RAW = Counts.of(SLOT)
DOUBT = incident(date(2013, 9, 3), date(2013, 9, 3), verdict="undecided")
EXCLUDED, RECOUNTED = Corrected(), Corrected(recounted=frozenset({Belief("answered-as-lost")}))


def judged(**known: object) -> JudgedSlot:
    found = JudgedSlot(1, "2013-09-03", 9, SLOT, None, None)
    return found._replace(**known)  # type: ignore[arg-type]  # fields by name


def test_a_slot_against_which_nothing_is_known_counts_as_it_is() -> None:
    found = judged().counted(EXCLUDED, {"key"})
    assert (found.raw, found.believed, found.slots) == (RAW, RAW, 1)
    assert (found.left_out, found.suspect, found.in_quarantine, found.in_doubt, found.calls_left_out) == (0,) * 5
    assert found.raw_diverted == found.believed_diverted == Diversions(agentless=3, by_menu=3)


def test_a_miscount_is_recounted_where_the_figure_does_so_and_left_out_else() -> None:
    wrong = judged(miscount=Belief("answered-as-lost"))
    recounted, out = (wrong.counted(figure, ()) for figure in (RECOUNTED, EXCLUDED))
    assert recounted.believed == Counts(20, answered=14, lost=2, diverted=4)
    assert (recounted.left_out, recounted.suspect, recounted.in_quarantine) == (0, 1, 1)
    assert (out.believed, out.left_out, out.calls_left_out, out.quarantined) == (Counts(), 1, 20, RAW)
    unjudged = judged(miscount=Belief("answered-as-lost"), unjudged=True).counted(RECOUNTED, ())
    assert unjudged.left_out == 1


def test_a_doubt_counts_as_it_is_unless_a_second_record_tells_the_others() -> None:
    inferred, told = (judged(doubt=DOUBT).counted(figure, ()) for figure in (EXCLUDED, Corrected(method="witness")))
    assert (inferred.believed, inferred.in_doubt, inferred.suspect) == (RAW, 1, 1)
    assert (told.believed, told.left_out) == (Counts(), 1)


def test_a_second_record_clears_a_slot_whose_diverted_calls_then_have_no_reason() -> None:
    both = Counts(21, answered=16, lost=2, diverted=3)
    found = judged(miscount=Belief("drift"), both=both).counted(EXCLUDED, {"key"})
    assert (found.believed, found.left_out, found.suspect, found.in_quarantine) == (both, 0, 0, 1)
    assert found.believed_diverted == Diversions(unexplained=3)
