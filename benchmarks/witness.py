"""Differences between two records: the false alarms of honest records, and the detection of hidden losses, in figures.

`python -m benchmarks.witness` folds a line and its witness as a worker does. Honest records differ in the offset and
drift of the clock, ids, calls that the witness misses, and late rows. No incident may begin. Then the line hides lost
callers whom the witness has: each must be named, and soon. Last, the line makes calls up, which the witness does not
have.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product
from random import Random
from statistics import median
from typing import Final, NamedTuple

import msgspec
from rich.console import Console

from benchmarks.traffic import LineTraffic, traffic
from streams.calls.rules import LineRules
from streams.desks.line import Line
from streams.events import CallEvent, milliseconds
from streams.kept.times import MINUTE_MS
from streams.watch.incident import Incident
from streams.watch.second_record import KINDS

RULES: Final = LineRules(site="lozere", line="accueil", witness="carrier", expected=0.1)
TRAFFIC: Final = LineTraffic(line="accueil", calls_an_hour=10.0, lost=0.1)
NINE: Final = 1_399_964_400.0  # epoch s
WEEKS: Final = 20
FAULTY_WEEKS: Final = 10
QUIET: Final = 180 * MINUTE_MS
STEP: Final = MINUTE_MS  # a worker checks the time once a second, this benchmark once a minute

OTHER: Final = "x"  # prefix of the id of a call, if the witness has other ids

Told = list[CallEvent]
Fault = Callable[[Told, Random], Told | None]  # a line's events of a call; None if it hides the call


class Honest(NamedTuple):
    """The ways in which an honest witness differs from the line."""

    ahead: float = 0.0  # s, of its clock
    drift: float = 0.0  # s a day
    loss: float = 0.0  # share of its calls
    late: float = 0.0  # s, at most, of either record's rows
    ids: bool = True  # both have the same id of a call
    callers: bool = False  # both have its caller

    def __str__(self) -> str:
        """Return a row of a table."""
        joined = "ids" if self.ids else "by time with callers" if self.callers else "by time"
        return f"{self.ahead:g} s, {self.drift:g} s/day, {self.loss:.1%}, {self.late:g} s, {joined}"


HONEST: Final = (
    Honest(),
    Honest(loss=0.005),
    Honest(loss=0.02),
    Honest(ahead=30, drift=1, late=60),
    Honest(ahead=120, drift=5, loss=0.02, late=110),
    Honest(ids=False),
    Honest(ahead=30, drift=1, loss=0.005, late=60, ids=False),
    Honest(ahead=120, drift=5, loss=0.02, late=110, ids=False),
    Honest(ahead=120, drift=5, loss=0.02, late=110, ids=False, callers=True),
)
FAULTY: Final = (HONEST[0], *HONEST[-2:])
INVENTED: Final = (0.03, 0.05, 0.1)  # share of its calls that a line makes up


def lost_missing(told: Told, _chance: Random) -> Told | None:
    return None if told[-1].type == "lost" else told


def short_dropped(told: Told, _chance: Random) -> Told | None:
    """Leave out a call that was lost within ten seconds."""
    return None if told[-1].type == "lost" and (told[-1].wait or 0) < 10 else told  # noqa: PLR2004 -- as it says


def diverted_as_lost(told: Told, _chance: Random) -> Told | None:
    """Report a diverted call as lost."""
    return [
        msgspec.structs.replace(each, type="lost", reason="abandoned") if each.type == "diverted" else each
        for each in told
    ]


def silence(_told: Told, _chance: Random) -> Told | None:
    return None


FAULTS: Final[dict[str, Fault]] = {
    "lost-missing": lost_missing,
    "short-dropped": short_dropped,
    "diverted-as-lost": diverted_as_lost,
    "silence": silence,
}


def calls(weeks: int, seed: int) -> list[Told]:
    """Return the calls of a number of weeks, each as its events; one in twelve lost ones is diverted instead."""
    chance = Random(seed)
    days = [NINE + 86_400 * day for day in range(7 * weeks) if day % 7 < 5]  # noqa: PLR2004 -- Monday to Friday
    by_call: dict[str, Told] = {}
    for event in traffic("lozere", [TRAFFIC], [(opens, opens + 36_000) for opens in days], seed):
        by_call.setdefault(event.call, []).append(event)
    return [
        [msgspec.structs.replace(each, type="diverted", reason="key") if each.type == "lost" else each for each in told]
        if chance.random() < 0.25  # noqa: PLR2004 -- a quarter of the lost
        else told
        for told in by_call.values()
    ]


def called(told: Told, how: Honest) -> Told:
    """Return the line's events of a call."""
    return [msgspec.structs.replace(each, caller=f"hmac:{each.call}") for each in told] if how.callers else told


def witnessed(told: Told, how: Honest) -> Told:
    """Return the witness's events of a call."""
    return [
        msgspec.structs.replace(
            each,
            source="carrier",
            call=each.call if how.ids else f"{OTHER}{each.call}",
            at=milliseconds(each.at) / 1000 + how.ahead + how.drift * (milliseconds(each.at) / 1000 - NINE) / 86_400,
        )
        for each in called(told, how)
    ]


def fold(own: list[Told], others: list[Told], late: float, chance: Random) -> Iterator[tuple[int, Line]]:
    """Fold both records in the order in which their rows come; yield the time (ms) and the line at each step."""
    rows = [
        (milliseconds(each.at) + round(chance.uniform(0, late) * 1000), side, each)
        for side, record in enumerate((own, others))
        for told in record
        for each in told
    ]
    line, step, last = Line(RULES), 0, 0
    for at, side, each in sorted(rows, key=lambda row: row[:2]):
        while step and step + STEP < at:
            step += STEP
            line.advance(step)
            yield step, line
            if step - last > QUIET:  # nothing happens until the office opens
                step = at // STEP * STEP
        step, last = step or at // STEP * STEP, at
        line.bear(each) if side else line.fold(each)
    for _ in range(60):
        step += STEP
        line.advance(step)
        yield step, line


def told_of(line: Line) -> list[Incident]:
    """Return the incidents by which the witness contradicts the line."""
    return [each for each in line.state.watch.incidents if each.cause in KINDS]


def honest(how: Honest, seed: int) -> tuple[int, int]:
    """Return how many calls two honest records have, and how many incidents begin."""
    chance, made, begun = Random(f"loss {seed}"), calls(WEEKS, seed), set[str]()
    seen = [witnessed(told, how) for told in made if chance.random() >= how.loss]
    for _, line in fold([called(told, how) for told in made], seen, how.late, chance):
        begun |= {each.id for each in told_of(line)}
    return len(made), len(begun)


def faulty(fault: Fault, share: float, how: Honest, seed: int) -> tuple[int, int, list[float], int]:
    """Return how many calls a fault hides, how many of them are named, how late (min), and how many others are named.

    Only calls that the witness has are counted. The delay is from the end of the call. A silence hides the end of each
    day.
    """
    chance, made = Random(f"fault {seed}"), calls(FAULTY_WEEKS, seed)
    own, seen, hidden = list[Told](), list[Told](), dict[str, int]()
    for told in made:
        into_day = (milliseconds(told[0].at) / 1000 - NINE) % 86_400 / 36_000
        struck = into_day >= 1 - share if fault is silence else chance.random() < share
        struck = struck and milliseconds(told[0].at) / 1000 > NINE + 86_400  # the line is not yet known to have calls
        said = fault(told, chance) if struck else told
        if said is not None:
            own.append(called(said, how))
        if chance.random() < how.loss:
            continue
        seen.append(witnessed(told, how))
        if said != told:
            hidden[told[0].call] = max(milliseconds(each.at) for each in told)
    named: dict[str, int] = {}
    for now, line in fold(own, seen, how.late, chance):
        for incident in told_of(line):
            for call in incident.evidence[0].calls:
                named.setdefault(call.removeprefix(OTHER), now)
    delays = [(named[call] - over) / MINUTE_MS for call, over in hidden.items() if call in named]
    return len(hidden), len(delays), delays, len(named.keys() - hidden.keys())


def invented(share: float, how: Honest, seed: int) -> tuple[int, int | None, int, int]:
    """Return how many calls a line makes up, how many precede the first incident, and named calls: true and false."""
    chance, made = Random(f"invented {seed}"), calls(FAULTY_WEEKS, seed)
    extra = [
        [
            msgspec.structs.replace(each, call=f"{OTHER}{each.call}", at=milliseconds(each.at) / 1000 + 100)
            for each in told
        ]
        for told in made
        if chance.random() < share
    ]
    own = made + extra
    seen = [witnessed(told, how) for told in made if chance.random() >= how.loss]
    first, named = None, set[str]()
    for now, line in fold(own, seen, how.late, chance):
        named.update(call for incident in told_of(line) for call in incident.evidence[0].calls)
        if named and first is None:
            first = sum(milliseconds(told[0].at) < now for told in own)
    right = named & {told[0].call for told in extra}
    return len(extra), first, len(right), len(named - right)


def main() -> None:
    """Print the three tables."""
    console = Console()
    console.print(f"honest records, {WEEKS} weeks each: clock, drift, loss, lateness, ids: calls, incidents")
    for how in HONEST:
        made, begun = honest(how, 1)
        console.print(f"{how}: {made}, {begun}", highlight=False)
    console.print(f"hidden losses, {FAULTY_WEEKS} weeks each: hidden, named, minutes (median, most), others named")
    for (name, fault), share, how in product(FAULTS.items(), (0.05, 0.5), FAULTY):
        hidden, found, delays, others = faulty(fault, share, how, 2)
        spread = f"{median(delays):.0f}, {max(delays):.0f}" if delays else "-"
        console.print(f"{name} {share:.0%}; {how}: {hidden}, {found}, {spread}, {others}", highlight=False)
    console.print(
        f"made-up calls, {FAULTY_WEEKS} weeks each: made up, calls until the first incident, named, others named"
    )
    for share, how in product(INVENTED, (Honest(), Honest(loss=0.005), Honest(loss=0.02))):
        console.print(f"{share:.0%}; {how}: {', '.join(map(str, invented(share, how, 2)))}", highlight=False)


if __name__ == "__main__":
    main()
