"""An incident: a stretch of one line whose count is suspected, or whose callers really had a bad time, and why."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple, TypeAlias

from msgspec import Struct

from streams.events import Decision
from streams.kept.mark import DUPLICATE, LATE, OK
from streams.kept.times import DAY_MS, QUARTER_MS
from streams.watch.laws import Kind

Verdict: TypeAlias = Literal["miscount", "overload", "undecided"]
Standing: TypeAlias = Literal["open", "confirmed", "dismissed", "closed"]

ABOVE: Final = "prior"  # the cause of what is above the rate that the line is configured with
COUNTER: Final = "counter "  # begins the cause of what is wrong with a line's counter


class Evidence(Struct, array_like=True):
    """Hold what one check saw beside what it expected, as figures and in words."""

    check: str
    observed: float | None
    expected: float | None
    score: float  # nats; above 0 for a miscount
    says: str  # French
    says_en: str  # English
    calls: list[str] = []  # the ids of those behind it, where a second record names them

    def __post_init__(self) -> None:
        """Hold whole numbers as they are read back: an incident reads the same after a restart."""
        self.observed = None if self.observed is None else float(self.observed)
        self.expected = None if self.expected is None else float(self.expected)


class Judgement(NamedTuple):
    """Say what a stretch of slots is, and why."""

    kind: Kind
    verdict: Verdict
    evidence: list[Evidence]


class Decided(Struct, array_like=True):
    """Hold what a person decided of an incident."""

    incident: str  # its id
    at: int  # epoch ms
    identity: int  # the same for a repetition
    decision: Decision
    by: str
    note: str
    start: int | None  # epoch ms: replaces the incident's start
    end: int | None  # epoch ms: replaces the incident's end
    note_digest: str = ""  # of a note that is kept apart: `note` is empty then


STATUS: Final[dict[Decision, Standing]] = {
    "confirm": "confirmed",
    "declare": "confirmed",
    "dismiss": "dismissed",
    "reopen": "open",
}
MAX_DECISIONS: Final = 20  # of one incident; the latest are kept


class Incident(Struct):
    """Hold the latest state of an incident.

    While it goes on, its bounds and its verdict may change; its id never does. One that a person dismissed is still
    followed, so that it opens no second one.
    """

    id: str
    line: str
    cause: str  # what opened it: a law, the rate, the line's counter or a person
    verdict: Verdict
    kind: Kind
    start: int  # epoch ms: where the first suspected slot begins
    end: int  # epoch ms: where the last suspected slot ends
    detected: int  # epoch ms
    calls: int  # how many came from its start until it was detected
    status: Standing = "open"  # what a person decided last, if anybody did
    evidence: list[Evidence] = []
    clean: int = 0  # opening days without a sign of it
    judged: list[str] = []  # the keys of what it has been so far (`judged_key`)
    over: bool = False  # nothing extends it any more
    decisions: list[Decided] = []  # in the order of their moments
    judged_until: int | None = None  # epoch ms: while it goes on, whether a later slot lies in it is not known yet

    @property
    def of_counter(self) -> bool:
        """Tell whether it is about the line's counter, not about its events."""
        return self.cause.startswith(COUNTER)

    def judge(self, judgement: Judgement) -> None:
        """Take another judgement of the checks; where a person has confirmed the one before, only its evidence."""
        self.evidence = judgement.evidence
        if self.status != "confirmed":
            self.kind, self.verdict = judgement.kind, judgement.verdict

    def close(self) -> None:
        """Close it, as no sign of it is left."""
        self.over = True
        if not self.decisions:
            self.status = "closed"

    def go_on(self) -> None:
        """Open it again, as it goes on."""
        self.over = False
        if self.status == "closed":
            self.status = "open"

    def decide(self, decided: Decided) -> int:
        """Take a person's decision; return `OK`, `DUPLICATE`, or `LATE` where it is older than all those kept.

        Decisions hold in the order of their moments, whatever the order in which they come.
        """
        decisions = self.decisions
        if any(known.identity == decided.identity for known in decisions):
            return DUPLICATE
        decisions.append(decided)
        decisions.sort(key=lambda known: (known.at, known.identity))
        if len(decisions) > MAX_DECISIONS:
            dropped = decisions.pop(0)
            if dropped is decided:
                return LATE
            first = decisions[0]
            first.start = dropped.start if first.start is None else first.start
            first.end = dropped.end if first.end is None else first.end
        self.status = STATUS[decisions[-1].decision]
        return OK

    def holds(self, slot_no: int) -> bool:
        """Tell whether a slot lies in it, or a part of the slot does."""
        start, end = self.bounds()
        return start < (slot_no + 1) * QUARTER_MS and slot_no * QUARTER_MS < end

    def bounds(self) -> tuple[int, int]:
        """Return its start and end (epoch ms): a person's where one set them, else the checks'."""
        start, end = self.start, self.end
        for decided in self.decisions:
            start = start if decided.start is None else decided.start
            end = end if decided.end is None else decided.end
        return start, end

    def unjudged(self) -> tuple[int, int] | None:
        """Return the stretch (epoch ms) in which it may go on, and which was not judged yet; None where there is none.

        The watch judges within a day. An end that a person set is the end.
        """
        if self.judged_until is None or self.over or any(each.end is not None for each in self.decisions):
            return None
        since = max(self.judged_until, self.bounds()[0])
        return since, since + DAY_MS

    def may_hold(self, slot_no: int) -> bool:
        """Tell whether it may go on in a slot that was not judged yet."""
        unjudged = self.unjudged()
        return unjudged is not None and unjudged[0] < (slot_no + 1) * QUARTER_MS and slot_no * QUARTER_MS < unjudged[1]


def judged_key(verdict: Verdict, kind: Kind) -> str:
    """Return the key under which incidents of a verdict and a kind are counted.

    >>> read_judged_key(judged_key("miscount", "multi-leg"))
    ('miscount', 'multi-leg')
    """
    return f"{verdict} {kind}"


def read_judged_key(key: str) -> tuple[str, str]:
    """Return the verdict and the kind that a key stands for."""
    verdict, kind = key.split(" ")
    return verdict, kind
