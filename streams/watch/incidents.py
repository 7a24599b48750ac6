"""A line's incidents: begun, found again, ended, and which slots they put in quarantine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Final

from streams.watch.incident import Evidence, Incident, Verdict
from streams.watch.laws import Kind
from streams.watch.slot import QUARTER

KEPT: Final = 200


class Incidents:
    """Keep the incidents of one line in its state; those that ended longest ago go first."""

    def __init__(self, line: str, kept: list[Incident]) -> None:
        self._line = line
        self.kept = kept

    def open(self, chosen: Callable[[Incident], bool] = lambda _: True) -> Iterator[Incident]:
        """Yield the incidents that go on and are chosen."""
        return (each for each in self.kept if each.status == "open" and chosen(each))

    def by_cause(self, *causes: str) -> Incident | None:
        """Return the incident that one of these causes keeps open."""
        return next(self.open(lambda each: each.cause in causes), None)

    def begin(
        self,
        cause: str,
        kind: Kind,
        verdict: Verdict,
        start: int,
        now: int,
        calls: int,
        evidence: list[Evidence],
    ) -> Incident:
        """Open an incident whose first suspected slot begins at `start`, detected `now` (epoch ms)."""
        moment = datetime.fromtimestamp(start / 1000, UTC).strftime("%Y%m%dT%H%M%SZ")
        name = f"{self._line}-{moment}-{cause.replace(' ', '-')}"
        namesakes = sum(each.id == name or each.id.startswith(f"{name}-") for each in self.kept)
        begun = Incident(
            id=f"{name}-{namesakes + 1}" if namesakes else name,
            line=self._line,
            cause=cause,
            verdict=verdict,
            kind=kind,
            start=start,
            end=now,
            detected=now,
            calls=calls,
            evidence=evidence,
        )
        self.kept.append(begun)
        if len(self.kept) > KEPT:
            self.kept.remove(min(self.kept, key=lambda each: (each.status == "open", each.end)))
        return begun

    def covering(self, place: int, *, open: bool) -> Incident | None:  # noqa: A002 -- as the office is
        """Return the miscount that a slot lies in: of the closed hours for a closed slot, else another."""
        begins, ends = place * QUARTER, (place + 1) * QUARTER
        for each in self.kept:
            if (
                each.start < ends
                and begins < each.end
                and counted_wrong(each)
                and (each.kind == "closed-hours") != open
            ):
                return each
        return None


def counted_wrong(incident: Incident) -> bool:
    """Tell whether an incident's slots are in quarantine: a miscount that nobody dismissed, or one confirmed."""
    if incident.status == "confirmed":
        return incident.verdict != "overload"
    return incident.verdict == "miscount" and incident.status != "dismissed"
