"""An incident: a stretch of time in which a line's count is suspected or callers had real trouble, with evidence."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple, TypeAlias, get_args

from msgspec import Struct
from msgspec.structs import replace

from streams.events import Decision
from streams.kept.mark import DUPLICATE, LATE, OK
from streams.kept.times import DAY_MS, QUARTER_MS
from streams.questions.sample import WrongShares
from streams.watch.facts import CallsChecked, Facts
from streams.watch.laws import Kind

Verdict: TypeAlias = Literal["miscount", "overload", "undecided"]
Standing: TypeAlias = Literal["open", "confirmed", "dismissed", "closed"]
DeskKind: TypeAlias = Literal["line", "service", "channel"]
DESK_KINDS: Final[tuple[DeskKind, ...]] = get_args(DeskKind)

RISE: Final = "rise"  # the cause of a rate above the usual one
FALL: Final = "fall"  # of a rate below it
ABOVE: Final = "prior"  # of a rate above the configured one
ANSWERS: Final = "answers"  # the check of the evidence that persons give
ASKED: Final = "asked"  # the check of the evidence that a person was asked, and has not answered
COUNTER: Final = "counter "  # begins the cause of an incident of a line's counter


class Evidence(Struct, array_like=True):
    """One check's observation beside its expectation: figures, and the facts of a sentence."""

    check: str
    observed: float | None
    expected: float | None
    score: float  # nats; above 0 for a miscount
    facts: Facts
    calls: list[str] = []  # ids of the calls that a second record names
    subject: str = ""  # the line or site, if the incident has several

    def __post_init__(self) -> None:
        # Whole numbers become floats, as they are after a restart.
        self.observed = None if self.observed is None else float(self.observed)
        self.expected = None if self.expected is None else float(self.expected)


class Judgement(NamedTuple):
    """The kind and verdict of a stretch of slots, with the evidence."""

    kind: Kind
    verdict: Verdict
    evidence: list[Evidence]


class Decided(Struct, array_like=True):
    """A person's decision on an incident."""

    incident: str  # its id
    at: int  # epoch ms
    identity: int  # the same for a repetition
    decision: Decision
    by: str
    note: str
    start: int | None  # epoch ms: replaces the incident's start
    end: int | None  # epoch ms: replaces the incident's end
    note_digest: str = ""  # of a note that is kept apart; `note` is empty then


STATUS: Final[dict[Decision, Standing]] = {
    "confirm": "confirmed",
    "declare": "confirmed",
    "dismiss": "dismissed",
    "reopen": "open",
}
MAX_DECISIONS: Final = 20  # of one incident; the latest are kept


class Incident(Struct):
    """The latest state of an incident.

    While it is open, its bounds and verdict may change; its id never does. A dismissed one is still followed, so that
    the same trouble opens no second one.
    """

    id: str
    line: str
    cause: str  # the law, rate, counter or person that opened it
    verdict: Verdict
    kind: Kind
    start: int  # epoch ms: start of the first suspected slot
    end: int  # epoch ms: end of the last suspected slot
    detected: int  # epoch ms
    calls: int  # from its start until its detection
    status: Standing = "open"  # a person's last decision, if any
    evidence: list[Evidence] = []
    clean: int = 0  # opening days without a sign of it
    judged: list[str] = []  # its judgements so far, as `judged_key`
    over: bool = False  # it cannot be extended any more
    decisions: list[Decided] = []  # by moment
    judged_until: int | None = None  # epoch ms: slots from here on are not judged yet; None once it is over
    sample: WrongShares | None = None  # persons' answers about calls drawn from it at random
    desk: DeskKind = "line"  # what `line` names: an incident of a counter or register is of another desk
    taken: Decided | None = None  # the last `take`; it moves no figure, so it is not among the decisions

    def is_of(self, kind: DeskKind, name: str) -> bool:
        """Return whether it is an incident of this desk; a service may have the id of a line."""
        return (self.desk, self.line) == (kind, name)

    @property
    def goes_on(self) -> bool:
        """Return whether it may still be extended and is not dismissed, as its record says."""
        return not self.over and self.judged_until is not None and self.status != "dismissed"

    @property
    def in_hand(self) -> bool:
        """Return whether a person took it and it was not reopened since."""
        reopened = max((each.at for each in self.decisions if each.decision == "reopen"), default=0)
        return self.taken is not None and self.taken.at >= reopened

    @property
    def of_counter(self) -> bool:
        """Return whether the incident is about the line's counter rather than its events."""
        return self.cause.startswith(COUNTER)

    @property
    def answered(self) -> bool:
        """Return whether persons' answers about its calls decided it."""
        return any(each.check == ANSWERS for each in self.evidence)

    @property
    def hides_losses(self) -> bool:
        """Return whether persons found wrong calls only among calls that were not counted lost."""
        return any(isinstance(each.facts, CallsChecked) and not each.facts.lost for each in self.evidence)

    @property
    def unanswered(self) -> bool:
        """Return whether a person was asked about its calls over a day ago, and no answer decides it."""
        return not self.answered and any(each.check == ASKED for each in self.evidence)

    def judge(self, judgement: Judgement) -> None:
        """Take a new judgement of the checks.

        If a person confirmed the last one, or persons' answers decided it, take only the new evidence, unless it is the
        answers themselves.
        """
        answers = [each for each in self.evidence if each.check == ANSWERS]
        asked = [each for each in self.evidence if each.check == ASKED]
        others = [each for each in judgement.evidence if each not in answers and each.check != ASKED]
        is_ruled = answers and all(each.check != ANSWERS for each in others)
        self.evidence = [*answers, *others] if is_ruled else [*others, *asked]
        if self.status != "confirmed" and not is_ruled:
            self.kind, self.verdict = judgement.kind, judgement.verdict

    def close(self) -> None:
        self.over = True
        if not self.decisions and self.status != "dismissed":
            self.status = "closed"

    def go_on(self) -> None:
        """Open the incident again."""
        self.over = False
        if self.status == "closed":
            self.status = "open"

    def decide(self, decided: Decided) -> int:
        """Take a person's decision; return `OK`, `DUPLICATE`, or `LATE` if all kept decisions are newer.

        Decisions apply in the order of their moments, in whatever order they arrive.
        """
        if decided.decision == "take":
            return self._take(decided)
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

    def _take(self, decided: Decided) -> int:
        known = self.taken
        if known is not None and (known.at, known.identity) >= (decided.at, decided.identity):
            return DUPLICATE if known.identity == decided.identity else LATE
        self.taken = decided
        return OK

    def known_at(self, at: int) -> Incident | None:
        """Return the incident without the decisions from a moment (epoch ms) on; None if it was detected later.

        Its verdict and its bounds remain the present ones.
        """
        if self.detected >= at:
            return None
        decisions = [each for each in self.decisions if each.at < at]
        if len(decisions) == len(self.decisions):
            return self
        undecided: Standing = "closed" if self.over else "open"
        return replace(self, decisions=decisions, status=STATUS[decisions[-1].decision] if decisions else undecided)

    def holds(self, slot_no: int) -> bool:
        """Return whether a slot lies in the incident, wholly or in part."""
        start, end = self.bounds()
        return start < (slot_no + 1) * QUARTER_MS and slot_no * QUARTER_MS < end

    def bounds(self) -> tuple[int, int]:
        """Return the incident's start and end (epoch ms), as a person set them or as the checks found them."""
        start, end = self.start, self.end
        for decided in self.decisions:
            start = start if decided.start is None else decided.start
            end = end if decided.end is None else decided.end
        return start, end

    def unjudged(self) -> tuple[int, int] | None:
        """Return the stretch (epoch ms) that the incident may cover but that is not judged yet; None if there is none.

        The watch judges within a day. An end that a person set is final.
        """
        if self.judged_until is None or self.over or any(each.end is not None for each in self.decisions):
            return None
        since = max(self.judged_until, self.bounds()[0])
        return since, since + DAY_MS

    def may_hold(self, slot_no: int) -> bool:
        """Return whether a slot that is not judged yet may lie in the incident."""
        unjudged = self.unjudged()
        return unjudged is not None and unjudged[0] < (slot_no + 1) * QUARTER_MS and slot_no * QUARTER_MS < unjudged[1]


def judged_key(verdict: Verdict, kind: Kind) -> str:
    """Return the key under which incidents of a verdict and a kind are counted.

    >>> read_judged_key(judged_key("miscount", "multi-leg"))
    ('miscount', 'multi-leg')
    """
    return f"{verdict} {kind}"


def read_judged_key(key: str) -> tuple[str, str]:
    verdict, kind = key.split(" ")
    return verdict, kind
