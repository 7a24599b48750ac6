"""An incident: a stretch of one line whose count is suspected, or whose callers really had a bad time, and why."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple, TypeAlias

from msgspec import Struct

from streams.events import Decision
from streams.kept.mark import DUPLICATE, LATE, OK
from streams.watch.laws import Kind

Verdict: TypeAlias = Literal["miscount", "overload", "undecided"]
Standing: TypeAlias = Literal["open", "confirmed", "dismissed", "closed"]

COUNTER: Final = "counter "  # begins the cause of what is wrong with a line's counter


class Evidence(Struct, array_like=True):
    """Hold what one check saw beside what it expected, its score in nats (for a miscount where positive), in words.

    `says` is French, `says_en` English.
    """

    check: str
    observed: float | None
    expected: float | None
    score: float
    says: str
    says_en: str


class Judgement(NamedTuple):
    """Say what a stretch of slots is, and why."""

    kind: Kind
    verdict: Verdict
    evidence: list[Evidence]


class Decided(Struct, array_like=True):
    """Hold what a person decided of an incident, when (epoch ms), who and why; `start` and `end` replace its bounds.

    `identity` tells a repetition.
    """

    incident: str
    at: int
    identity: int
    decision: Decision
    by: str
    note: str
    start: int | None
    end: int | None


STATUS: Final[dict[Decision, Standing]] = {
    "confirm": "confirmed",
    "declare": "confirmed",
    "dismiss": "dismissed",
    "reopen": "open",
}
MAX_DECISIONS: Final = 20  # of an incident; the latest


class Incident(Struct):
    """Hold the latest state of an incident; moments in epoch ms, `end` where the last suspected slot ends.

    `cause` is what opened it: a law, the rate, the line's counter or a person; `calls` is how many came from its start
    until it was detected. While it goes on (until `over`) its bounds and its verdict may change; its id never does.
    `status` is what a person decided last, if anybody did: a dismissed incident is followed on, so that it opens no
    second one.
    """

    id: str
    line: str
    cause: str
    verdict: Verdict
    kind: Kind
    start: int
    end: int
    detected: int
    calls: int
    status: Standing = "open"
    evidence: list[Evidence] = []
    clean: int = 0  # opening days without a sign of it
    judged: list[str] = []  # what it has been so far: verdict and kind
    over: bool = False
    decisions: list[Decided] = []  # in the order of their moments

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
        """End it, as no sign of it is left."""
        self.over = True
        if not self.decisions:
            self.status = "closed"

    def decide(self, decided: Decided) -> int:
        """Take a person's decision, `OK` or a `DUPLICATE`; or `LATE`, older than all of as many as are kept.

        Decisions hold in the order of their moments, in whichever order they come.
        """
        decisions = self.decisions
        if any(each.identity == decided.identity for each in decisions):
            return DUPLICATE
        decisions.append(decided)
        decisions.sort(key=lambda each: (each.at, each.identity))
        if len(decisions) > MAX_DECISIONS:
            gone = decisions.pop(0)
            if gone is decided:
                return LATE
            first = decisions[0]
            first.start = gone.start if first.start is None else first.start
            first.end = gone.end if first.end is None else first.end
        self.status = STATUS[decisions[-1].decision]
        return OK

    def bounds(self) -> tuple[int, int]:
        """Return its start and end, as a person set them or else as the checks found them."""
        start, end = self.start, self.end
        for each in self.decisions:
            start = start if each.start is None else each.start
            end = end if each.end is None else each.end
        return start, end


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
