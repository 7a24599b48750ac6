"""The figures of units in words: their names, what is withheld, which offices differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from msgspec import structs

from agents.nation.figures import OfficeEdition
from agents.nation.observed import Observed, observed, of_all_lines
from agents.nation.scope import Scope
from agents.pages.sheets import SHEETS
from agents.pages.withheld import broken, why
from agents.totals.telling import Telling
from agents.writing import Writing
from streams.indicators.kinds import SubjectKind
from streams.rollup.desk import ChannelSum, ServiceSum
from streams.rollup.funnel import FunnelPoint, FunnelVerdict
from streams.rollup.line import LineSum
from streams.rollup.rate import WithheldPart
from streams.rollup.unit import Unit, UnitKind
from streams.said import Said, said

KINDS: Final[Mapping[UnitKind, Said]] = {
    "nation": said("nation"),
    "region": said("region"),
    "department": said("department"),
    "site": said("office"),
}
VERDICTS: Final[Mapping[FunnelVerdict, Said]] = {
    "above": said("above the others"),
    "below": said("below the others"),
    "alike": said("as the others"),
}
SUMS: Final = (  # how a sum is made
    said("A rate is the sum of counts over the sum of counts, never a mean of rates; a mean is made alike."),
    said(
        "The corrected figure is of the lines, services and channels that have one; coverage is their share of all "
        "opening hours, those of silent offices among them. Below 75% it is withheld."
    ),
)
_NAMED: Final = 8  # most offices that a sentence names


class UnitRow(NamedTuple):
    """A unit in a table, by the lost rate of all its lines."""

    unit: Unit
    label: str
    offices: int
    calls: str
    raw: str
    corrected: str  # with its status, where that is not normal
    margin: str
    coverage: str
    remark: str
    verdict: FunnelVerdict | None  # on an office, compared with the others
    beside: str  # the verdict in words
    score: str
    edition: str


class WithheldRow(NamedTuple):
    """A withheld line, service or channel in a table, with its effect on the sum."""

    unit: Unit  # the office
    desk: str
    reason: str
    calls: str
    bounds: str


def withheld_desks(scope: Scope) -> list[tuple[Unit, str, WithheldPart]]:
    """Return the withheld desks of a unit, each with its office and label: lines, services, channels.

    Those with the largest effect come first; a desk with several figures has one row. A service or a channel with too
    few cases for a baseline is only counted, as many offices have one.
    """
    found: dict[tuple[SubjectKind, str, str], tuple[Unit, str, WithheldPart]] = {}
    for each in observed(scope, scope.unit):
        of = each.indicator.of
        if of == "channel" or (not each.indicator.subject and (of == "service" or each.indicator.principal)):
            for part in each.withheld:
                if of != "line" and part.guard.reason == "no baseline":
                    continue
                office = scope.rolled.offices[part.site]
                label = desks_in(office, of)[part.desk].label
                found.setdefault((of, part.site, part.desk), (office, label, part))
    return [*found.values()]


def desks_in(unit: Unit, of: SubjectKind) -> Mapping[str, LineSum | ServiceSum | ChannelSum]:
    """Return the lines, services or channels of a unit."""
    if of == "line":
        return unit.lines
    return unit.services if of == "service" else unit.channels


class NationTelling(Telling):
    """Writes figures of units in one language."""

    def subject(self, each: Observed) -> str:
        """Return the name of a line, a service, a channel, or of all of them."""
        if each.indicator.subject:
            return each.indicator.label
        return self.text("all lines") if each.indicator.unit == "share" else self.text("all counters")

    def called(self, each: Observed) -> str:
        """Return a figure's title with its subject."""
        return f"{self.title(each.indicator)}{self.colon}{self.subject(each)}"

    def row(self, scope: Scope, unit: Unit) -> UnitRow:
        each = of_all_lines(scope, unit)
        of, figure, point = each.indicator, each.indicator.corrected, each.point
        written = self.percent(figure.value)
        return UnitRow(
            unit,
            unit.label,
            len(unit.sites),
            self.number(of.raw.whole),
            self.percent(of.raw.value),
            written if figure.status == "A" or figure.value is None else f"{written} ({figure.status})",
            self.bounds(figure.low, figure.high),
            self.percent(of.coverage, 1),
            self.remark(unit, each),
            None if point is None else point.verdict,
            self.verdict(point),
            self.score(point),
            self.published(scope.edition(unit)),
        )

    def withheld_rows(self, scope: Scope) -> list[WithheldRow]:
        """Return a row for each of `withheld_desks`."""
        return [
            WithheldRow(unit, label, self.kept_back(each), self.number(each.calls), self.bounds(each.low, each.high))
            for unit, label, each in withheld_desks(scope)
        ]

    def verdict(self, point: FunnelPoint | None) -> str:
        """Return how an office compares with the others; empty for a unit of several offices."""
        if point is None:
            return ""
        if point.silent:
            return self.text("silent")
        if point.guard is not None:
            return self.text("withheld")
        return self.text("not compared") if point.verdict is None else self.text(VERDICTS[point.verdict])

    def score(self, point: FunnelPoint | None) -> str:
        """Write how far an office is above its expected rate, in standard deviations."""
        return "" if point is None or point.z is None else f"{'+' if point.z > 0 else ''}{self.number(point.z, 1)}"

    def published(self, edition: OfficeEdition | None) -> str:
        """Return whether an office has published these figures."""
        if edition is None:
            return ""
        if edition.number is None:
            return self.text("not published")
        if edition.same:
            return self.text("edition {number}", number=edition.number)
        return self.text("changed since edition {number}", number=edition.number)

    def remark(self, unit: Unit, each: Observed) -> str:
        """Return why a unit has no figure, or what its figure lacks."""
        told = []
        if each.indicator.guard is not None:
            told.append(self.withheld(each.indicator))
        if each.withheld:
            told.append(self.counted("{count} line withheld", "{count} lines withheld", len(each.withheld)))
        if unit.silent:
            told.append(self.counted("{count} office silent", "{count} offices silent", len(unit.silent)))
        return self.semicolon.join(told)

    def kept_back(self, part: WithheldPart) -> str:
        """Return why a line of an office is withheld."""
        return why(part.guard, part.coverage, self.zone, self.language)

    def names(self, names: Sequence[str]) -> str:
        """Write the first names, and how many more there are."""
        shown, more = names[:_NAMED], len(names) - _NAMED
        told = ", ".join(shown)
        return told if more <= 0 else self.text("{names} and {count} more", names=told, count=more)

    def essential(self, scope: Scope, each: Observed) -> str:
        """Return a sentence on a rate of all lines of a unit."""
        figure = each.indicator.corrected
        name = scope.name or self.text("All offices")
        if figure.value is None:
            return self.text("{name}: the figure is withheld; {why}.", name=name, why=self.withheld(each.indicator))
        facts = {
            "name": name,
            "rate": self.percent(figure.value),
            "part": self.number(figure.part),
            "whole": self.number(figure.whole),
            "offices": self.counted("{count} office", "{count} offices", len(each.sites)),
            "low": self.percent(figure.low),
            "high": self.percent(figure.high),
        }
        sentence = SHEETS[each.indicator.kind].of_unit
        return "" if sentence is None else self.text(sentence.words, **facts)

    def trouble(self, scope: Scope, each: Observed) -> list[str]:
        """Return sentences on altered data, withheld lines and silent offices."""
        wrong = broken(scope.breaches(scope.unit), self.language)
        found = [] if wrong is None else [wrong]
        if each.withheld:
            lines = self.counted("{count} line is withheld", "{count} lines are withheld", len(each.withheld))
            if each.could_be is None:
                found.append(f"{lines}.")
            else:
                found.append(
                    self.text(
                        "{lines}: if none or all of these calls were lost, the rate would be {low} or {high}.",
                        lines=lines,
                        low=self.percent(each.could_be.low),
                        high=self.percent(each.could_be.high),
                    )
                )
        if scope.unit.silent:
            silent = self.counted(
                "{count} office in service is silent", "{count} offices in service are silent", len(scope.unit.silent)
            )
            found.append(
                self.text(
                    "{silent}, and nothing was counted there: {names}.",
                    silent=silent,
                    names=self.names(scope.labels(scope.unit.silent)),
                )
            )
        return found

    def demand(self, scope: Scope) -> list[str]:
        """Return sentences on the demand around closing, and on tickets with an appointment, if known."""
        lines, counters, found = scope.unit.all_lines, scope.unit.counters, list[str]()
        calls = said(
            "Calls in the half-hour before closing: {before}; in the half-hour after: {after} "
            "(offices: {known} of {all})."
        )
        tickets = said(
            "Tickets in the half-hour before closing: {before}; in the half-hour after: {after} "
            "(offices: {known} of {all})."
        )
        booked = said(
            "With an appointment, as counted: tickets {issued}, served {served}, no-shows {no_show}; mean wait {wait}, "
            "without an appointment {walk_in_wait} (offices: {known} of {all})."
        )
        for sentence, desk, of in (
            (calls, lines, lines.closing),
            (tickets, counters, counters.closing),
            (booked, counters, counters.booked),
        ):
            if of is not None:
                figures = {name: each for name, each in structs.asdict(of).items() if name != "sites"}
                counts = {
                    name: Writing(self.language).duration(each) if name.endswith("wait") else self.number(each)
                    for name, each in figures.items()
                }
                known = {"known": self.number(len(of.sites)), "all": self.number(len(desk.sites))}
                found.append(self.text(sentence, **counts, **known))
        return found

    def apart(self, scope: Scope) -> list[str]:
        """Return sentences on the offices that surely differ from the others."""
        inside, funnel = set(scope.unit.sites), scope.funnel
        above, below = (
            [each.site for each in funnel.points if each.verdict == verdict and each.site in inside]
            for verdict in ("above", "below")
        )
        more = self.counted(
            "{count} office surely loses more than the others",
            "{count} offices surely lose more than the others",
            len(above),
        )
        less = self.counted(
            "{count} office surely loses less than the others",
            "{count} offices surely lose less than the others",
            len(below),
        )
        found = [
            f"{said}{self.colon}{self.names(scope.labels(sites))}."
            for said, sites in ((more, above), (less, below))
            if sites
        ]
        if not found and scope.funnel.compares:
            found.append(self.text("No office differs significantly from the others."))
        return found
