"""The lost calls that are not believed, by the rule of the figures applied to each call.

A slot counts how many of its calls break a law; here the same laws name the calls. So a list of lost callers and a
corrected count agree on the number of lost calls.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Literal, TypeAlias

from streams.calls.call import LOST, REASON_MASK, Call
from streams.kept.times import QUARTER_MS
from streams.watch.belief import Belief
from streams.watch.incident import Incident
from streams.watch.incidents import counted_wrong, covering
from streams.watch.slot import slots_of, sum_of

Doubt: TypeAlias = Literal["answered", "miscount"]  # probably answered, or of unknown outcome


def doubted(
    calls: Sequence[Call], incidents: Iterable[Incident], is_open: Callable[[int], bool]
) -> Mapping[int, Doubt]:
    """Return the lost calls of a line's day that are not believed lost, by their index in `calls`.

    If the law of a miscount explains the day, these are the calls that it names. Otherwise they are all lost calls in
    the slots of the miscount. `is_open` takes a moment (epoch ms) and returns whether the office is open then.
    """
    miscounts = sorted(filter(counted_wrong, incidents), key=lambda each: (each.bounds(), each.id))
    by_belief = defaultdict[Belief, list[int]](list)
    for place, call in enumerate(calls) if miscounts else ():
        if call.outcome & ~REASON_MASK == LOST:
            slot_no = call.start // QUARTER_MS
            miscount = covering(miscounts, slot_no, open=is_open(slot_no * QUARTER_MS))
            if miscount is not None:
                by_belief[Belief.of(miscount)].append(place)
    found: dict[int, Doubt] = {}
    for belief, places in by_belief.items():
        slots = slots_of(calls, {calls[each].start // QUARTER_MS for each in places}, now=0)
        explained = belief.explains(sum_of(slots.values()))
        doubt: Doubt = "answered" if explained and belief.kind == "answered-as-lost" else "miscount"
        wrong = belief.names(calls) if explained else lambda _: True
        found |= {place: doubt for place in places if wrong(calls[place])}
    return found
