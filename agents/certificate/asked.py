"""The calls of a line that were drawn regularly in a period, and persons' answers about them.

The log has the answers (`agents.history.questions`). Calls at risk of being counted wrongly were drawn more often than
others, so a share of wrong calls among the drawn ones is rather too great than too small.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from agents.certificate.certificate import CertifiedSample
from agents.history.questions import LoggedAnswer
from streams.certificate.sample import Answer, Checked, equivalence
from streams.events import Answer as Given
from streams.events import Outcome, milliseconds
from streams.indicators.period import Period
from streams.ledger.day import LineDay
from streams.questions.question import agreed

ANSWERS: Final[dict[Given, Answer]] = {"right": "right", "wrong": "wrong", "cannot-tell": "unknown"}


def asked_sample(
    logged: Iterable[LoggedAnswer], line: str, period: Period, days: list[LineDay], zone: ZoneInfo
) -> CertifiedSample | None:
    """Return what persons answered about the calls of a period that were drawn regularly; None without an answer.

    `logged` has the answers of the log in order, for all lines.
    """
    answers = defaultdict[tuple[str, Outcome], dict[str, Given]](dict)
    entered = set[str]()
    for each in logged:
        review = each.review
        if each.line != line or not review.sampled or review.from_ is None or review.counted is None:
            continue
        day = datetime.fromtimestamp(milliseconds(review.from_) / 1000, zone).date().isoformat()
        if day in period:
            answers[each.call, review.counted][review.by] = each.answer
            entered.add(day)
    slots = [slot for day in days if day.day in period for slot in day.slots.values()]
    calls, lost = sum(slot.offered for slot in slots), sum(slot.lost for slot in slots)
    if not answers or not calls:
        return None
    checked = [
        Checked(counted == "lost", ANSWERS[agreed(given.values()) or "cannot-tell"])
        for (_, counted), given in answers.items()
    ]
    return CertifiedSample(min(entered), max(entered), calls, lost, equivalence(checked, lost, calls))
