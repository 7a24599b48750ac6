"""The office as a whole: several lines that fall silent at once are one incident of the office.

From one line alone, a cut cannot be distinguished from an absence of callers. All lines together can: while none of
them has a call, the office is closed, or its exchange or its feed is down. The feed is blamed before the lines.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Final, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from streams.kept.times import QUARTER_MS
from streams.watch.counting import SILENCE
from streams.watch.evidence import of_office
from streams.watch.facts import SilenceReason
from streams.watch.incident import Incident, Standing
from streams.watch.review import OF_OFFICE, id_of
from streams.watch.thresholds import OFFICE

LINES: Final = ", "  # separates the lines of an incident of the office
STANDINGS: Final[tuple[Standing, ...]] = ("open", "closed", "confirmed", "dismissed")  # most urgent for a person first

# Takes a range of slot numbers (end exclusive) and returns, by line, the slots in which it received calls.
Heard: TypeAlias = Callable[[int, int], Mapping[str, Collection[int]]]
Opened: TypeAlias = Callable[[int], bool]  # returns whether the office is open in a slot


class OfficeSilence(Struct, frozen=True):
    """A stretch in which no line of the office had a call."""

    why: SilenceReason  # closed if the silence runs from opening to opening, else exchange or feed down
    start: int  # epoch ms
    end: int  # epoch ms
    incidents: list[str]  # ids of the lines' silences

    @property
    def id(self) -> str:
        """Return the id of the silence, such as `office-20130510T063000Z-closed`."""
        return id_of(OF_OFFICE, self.start, self.why)


def office_silences(incidents: Iterable[Incident], heard: Heard, opened: Opened) -> list[OfficeSilence]:
    """Return the silences of several lines that overlap for most of their opening hours while no other line has a call.

    `incidents` includes all lines of one site. Dismissed ones are ignored.
    """
    silences = [each for each in incidents if each.cause == SILENCE and each.status != "dismissed"]
    groups = (group for group in _together(silences, opened) if len({each.line for each in group}) > 1)
    found = (_of(group, heard, opened) for group in groups)
    return [each for each in found if each is not None]


def office_ids(silences: Iterable[OfficeSilence]) -> dict[str, str]:
    """Return, by the id of a line's incident, the id of the office's incident that includes it."""
    return {name: each.id for each in silences for name in each.incidents}


def gathered(incidents: Iterable[Incident], silences: Iterable[OfficeSilence]) -> list[Incident]:
    """Return the incidents. The parts of a silence of the office are merged into one, in place of the first part."""
    by_id = {each.id: each for each in incidents}
    for silence in silences:
        parts = [by_id[name] for name in silence.incidents if name in by_id]
        if parts:
            by_id[parts[0].id] = _as_one(silence, parts)
            for each in parts[1:]:
                del by_id[each.id]
    return list(by_id.values())


def _together(silences: Iterable[Incident], opened: Opened) -> list[list[Incident]]:
    """Return the silences in groups, in which any two silences overlap for most of their length."""
    groups: list[list[tuple[Incident, set[int]]]] = []
    for silence in sorted(silences, key=lambda each: (each.bounds(), each.id)):
        first, end = _slots(silence)
        slots = {slot_no for slot_no in range(first, end) if opened(slot_no)}
        for group in groups:
            if all(len(slots & other) > OFFICE.overlap * max(len(slots), len(other)) for _, other in group):
                group.append((silence, slots))
                break
        else:
            groups.append([(silence, slots)])
    return [[silence for silence, _ in group] for group in groups]


def _of(group: Sequence[Incident], heard: Heard, opened: Opened) -> OfficeSilence | None:
    """Return the silence of the office that a group makes; None if another line had calls meanwhile."""
    first, end = max(_slots(each)[0] for each in group), min(_slots(each)[1] for each in group)
    calls = heard(first, end + 1)
    lines = {each.line for each in group}
    own = {slot_no for line in lines for slot_no in calls.get(line, ())}
    # The first and the last slot may have calls before or after the silence.
    hushed = [slot_no for slot_no in range(first + 1, end - 1) if slot_no not in own]
    if any(slot_no in others for line, others in calls.items() if line not in lines for slot_no in hushed):
        return None
    opening = opens_at(first, end, opened)
    called = any(end in slots for slots in calls.values())
    closed = opening is not None and (not called or near_opening(end, opened))
    start = first if opening is None else opening
    return OfficeSilence(
        "closed" if closed else "feed", start * QUARTER_MS, end * QUARTER_MS, sorted(each.id for each in group)
    )


def _slots(incident: Incident) -> tuple[int, int]:
    """Return an incident's slot numbers: the first, and the one after the last."""
    start, end = incident.bounds()
    return start // QUARTER_MS, -(-end // QUARTER_MS)


def opens_at(first: int, end: int, opened: Opened) -> int | None:
    """Return the slot in which the office opens at the beginning of a stretch or soon after, if it does."""
    passed = 0
    for slot_no in range(first, end):
        if opened(slot_no):
            if not opened(slot_no - 1):
                return slot_no
            passed += 1
        if passed == OFFICE.edge:
            break
    return None


def near_opening(slot_no: int, opened: Opened) -> bool:
    """Return whether the office is closed in a slot, or has just opened."""
    return not all(opened(slot_no - before) for before in range(OFFICE.edge + 1))


def _as_one(silence: OfficeSilence, parts: Sequence[Incident]) -> Incident:
    """Return the lines' silences as one incident of the office; the evidence of each line has the line's name."""
    verdicts, evidence = {each.verdict for each in parts}, [of_office(silence.why)]
    for part in parts:
        evidence += [replace(each, subject=part.line) for each in part.evidence]
    # A person's decision on all of them is stored once for each line, under that line's incident.
    decisions = {
        (each.at, each.decision, each.by, each.note, each.note_digest): replace(
            each, incident=silence.id, start=None, end=None
        )
        for part in parts
        for each in part.decisions
    }
    return Incident(
        id=silence.id,
        line=LINES.join(dict.fromkeys(each.line for each in parts)),
        cause=OF_OFFICE,
        verdict=verdicts.pop() if len(verdicts) == 1 else "undecided",
        kind=parts[0].kind,
        start=silence.start,
        end=silence.end,
        detected=min(each.detected for each in parts),
        calls=0,
        status=min((each.status for each in parts), key=STANDINGS.index),
        evidence=evidence,
        decisions=[decisions[known] for known in sorted(decisions)],
        taken=max((each.taken for each in parts if each.taken), key=lambda each: each.at, default=None),
    )
