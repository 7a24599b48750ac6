"""The calls of a line that were drawn regularly in a period, and persons' answers about them.

The log has the answers (`agents.history.questions`). Calls at risk of being counted wrongly were drawn more often than
others, so a share of wrong calls among the drawn ones is rather too great than too small.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from agents.certificate.certificate import CertifiedSample
from streams.certificate.sample import Answer, Checked, equivalence
from streams.chain.links import Chain
from streams.events import Answer as Given
from streams.events import Outcome, Review, milliseconds
from streams.indicators.period import Period
from streams.ledger.day import LineDay
from streams.questions.question import agreed

ANSWERS: Final[dict[Given, Answer]] = {"right": "right", "wrong": "wrong", "cannot-tell": "unknown"}


def asked_sample(
    chain: Chain, line: str, period: Period, days: list[LineDay], zone: ZoneInfo
) -> CertifiedSample | None:
    """Return what persons answered about the calls of a period that were drawn regularly; None without an answer."""
    answers = defaultdict[tuple[str, Outcome], dict[str, Given]](dict)
    entered = set[str]()
    reviews = [link.entry for link in chain.links.values() if isinstance(link.entry, Review)]
    for each in sorted(reviews, key=lambda each: milliseconds(each.at)):
        if each.line != line or not each.sampled or each.from_ is None or each.counted is None:
            continue
        day = datetime.fromtimestamp(milliseconds(each.from_) / 1000, zone).date().isoformat()
        if day in period and each.call is not None and each.answer is not None:
            answers[each.call, each.counted][each.by] = each.answer
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
