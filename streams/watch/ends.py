"""The end of an incident: it closes once its line counts as usual again, or a person must confirm a new usual rate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from streams.calls.rules import LineRules
from streams.kept.times import DAY_MS, QUARTER_MS
from streams.watch.clock import SHIFTED
from streams.watch.counting import SILENCE, Counting
from streams.watch.emptied import SORTS
from streams.watch.few_calls import FEW_CALLS
from streams.watch.hours import BY_HOURS
from streams.watch.incident import FALL, RISE, Incident
from streams.watch.laws import LAWS
from streams.watch.learning import Learning
from streams.watch.overload import BAD_TIME
from streams.watch.rate import OF_RATE, Rate
from streams.watch.slot import Slot
from streams.watch.slot_times import SlotTimes
from streams.watch.state import WatchState
from streams.watch.thresholds import ASK, LEARNING

OF_CHANGE: Final = frozenset({*BY_HOURS, FEW_CALLS, SHIFTED})  # causes that a change of habits or hours can have


@dataclass(frozen=True, slots=True)
class Ends:
    """The ends of one line's incidents."""

    rules: LineRules
    state: WatchState
    slot_times: SlotTimes
    rate: Rate
    counting: Counting
    learning: Learning

    def follow(self, incident: Incident, day: Mapping[int, Slot]) -> None:
        """Judge an open incident again after a day; close it, or ask a person.

        An incident of the counter ends by its readings instead (`DoubleEntry`).
        """
        if incident.of_counter:
            return
        self._add(incident, day)
        if incident.over or incident.hides_losses:
            return
        opening_days = self._opening_days(incident)
        if incident.clean >= LEARNING.clean and self._whole(incident, opening_days):
            if incident.cause in LAWS and self.rate.goes_on(incident):
                incident.cause = RISE  # the law explained only a part of the incident
                self.rate.follow(incident, day)
                return
            incident.close()
            self.rate.begin_anew(incident.end)
            self.counting.begin_anew(incident.cause)
        elif incident.cause in {FALL, SILENCE, *SORTS, *OF_CHANGE} and self._lasts(incident, opening_days):
            self._ask(incident, day)

    def _add(self, incident: Incident, day: Mapping[int, Slot]) -> None:
        """Add a day to an incident, or count it as clean.

        Losses that persons found among other calls hardly show in the rate, so only answers extend or end such an
        incident; it closes if none come.
        """
        if incident.hides_losses:
            if min(day, default=0) * QUARTER_MS - incident.end >= ASK.unheard * DAY_MS:
                incident.close()
        elif incident.cause in OF_RATE:
            self.rate.follow(incident, day)
        elif incident.cause == BAD_TIME:
            incident.close()
        elif incident.cause != SILENCE and self.slot_times.opens(day) and incident.end // QUARTER_MS <= min(day):
            incident.clean += 1

    def _whole(self, incident: Incident, opening_days: int) -> bool:
        """Return whether the law or the usual rate of an incident holds again."""
        if incident.cause in OF_RATE:
            return self.rate.healed(incident)
        return self.counting.whole(incident, opening_days)

    def _lasts(self, incident: Incident, opening_days: int) -> bool:
        """Return whether an incident has lasted so long that a person must decide whether it is usual now.

        This takes longer on a well-known line: an honest change hardly ever removes calls that always came.
        """
        if incident.clean:
            return False  # it may be over
        of_change = incident.cause in OF_CHANGE and incident.verdict == "undecided"
        if incident.cause == SILENCE or of_change or not self.state.typical.known:
            return opening_days >= LEARNING.question
        return self.state.day - self.rules.day(incident.start) >= LEARNING.question_known

    def _opening_days(self, incident: Incident) -> int:
        """Return the number of kept opening days since an incident began."""
        first = self.rules.day(incident.start)
        return sum(day >= first and self.slot_times.opens(slots) for day, slots in self.state.days.items())

    def _ask(self, incident: Incident, day: Mapping[int, Slot]) -> None:
        """Ask a person whether the new rate is usual, and relearn the line from here.

        A silence lasts until calls come again.
        """
        incident.verdict = "undecided"
        if incident.cause in OF_CHANGE - {SHIFTED}:
            incident.over = True  # the rate is as usual, so nothing is forgotten
        elif incident.cause != SILENCE:
            incident.over = True
            self.learning.begin_anew(incident.start, incident.end)
        elif self.state.typical.known and any(slot.offered for slot in day.values()):
            self.learning.begin_anew(incident.start, incident.end)
