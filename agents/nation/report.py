"""The report on a nation, a region or a department."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from agents.language import Language
from agents.nation.observed import Observed, observed, of_all_desks, of_all_lines
from agents.nation.scope import Scope
from agents.nation.telling import KINDS, SUMS, NationTelling
from agents.report.blocks import Block, Figure, Figures, Items, Paragraph, Report, Section, Table
from agents.report.funnel import funnel_picture
from config.office import Signatory
from streams.rollup.unit import Unit

WORST: Final = 20  # offices of the first table


def nation_report(scope: Scope, language: Language) -> Report:
    """Return the report on a unit, in one language; empty sections are left out."""
    told = _Sections(scope, NationTelling(language, scope.zone))
    telling, nation = told.telling, scope.figures.offices.nation
    period = telling.period(scope.rolled.period)
    name = scope.name or telling.text(KINDS[scope.unit.kind])
    title = telling.text("Quality indicators {period}", period=period)
    as_of = telling.text("figures as of {day}", day=telling.day(scope.rolled.today))
    signed = Signatory() if nation is None else nation.office
    departments, many = told.departments(), len(scope.departments()) > WORST
    body = (
        *(told.essential(), told.funnel(), told.worst(), told.regions()),
        *(None if many else departments, told.missing()),
    )
    annex = (told.indicators(), departments if many else None, told.every_office(), told.computed())
    return Report(
        title=title if scope.unit.kind == "nation" else f"{title}, {name}",
        period=period,
        language=language,
        office=signed,
        site=name,
        edition=telling.edition(as_of, scope.rolled.period, scope.rolled.today),
        day=scope.rolled.today,
        sections=tuple(each for each in body if each is not None),
        annex=tuple(each for each in annex if each is not None),
    )


def unit_figure(each: Observed, telling: NationTelling) -> Figure:
    """Return a unit's figure as a large one, beside its raw value if the two differ."""
    of = each.indicator
    raw, best = (telling.value(of, value) for value in (of.raw.value, of.corrected.value))
    return Figure(
        label=telling.called(each),
        value=best,
        raw=raw if of.unit == "share" and raw != best else "",
        notes=tuple(telling.notes(of, telling.withheld(of))),
        met=of.corrected.met,
    )


class _Sections:
    """The sections of a report."""

    def __init__(self, scope: Scope, telling: NationTelling) -> None:
        self.scope, self.telling, self.text = scope, telling, telling.text
        self.whole = of_all_lines(scope, scope.unit)

    def essential(self) -> Section:
        telling, scope = self.telling, self.scope
        title = self.text("The essential")
        if not self.whole.counted and not scope.unit.counters.issued:
            return Section("essential", title, (Paragraph(self.text("Nothing was counted in this period.")),))
        blocks: list[Block] = [Paragraph(telling.essential(scope, self.whole))]
        blocks += [Paragraph(each) for each in telling.apart(scope)]
        blocks += [Paragraph(each, "warning") for each in telling.trouble(scope, self.whole)]
        heads = [each for each in of_all_desks(scope, scope.unit) if each.counted or each.indicator.of == "line"]
        blocks.append(Figures(tuple(unit_figure(each, telling) for each in heads)))
        blocks += [Paragraph(each) for each in telling.demand(scope)]
        return Section("essential", title, tuple(blocks))

    def funnel(self) -> Section | None:
        """Return the section of the funnel; None if offices are too few to be compared."""
        labels = {site: unit.label for site, unit in self.scope.rolled.offices.items()}
        drawn = funnel_picture(self.scope.funnel, labels, self.telling)
        if drawn is None:
            return None
        blocks: list[Block] = [
            Paragraph(
                self.text(
                    "Each point is an office: the higher, the larger its share of lost calls; the further right, the "
                    "more calls it received. With few calls the share varies by chance, so the limits widen to the "
                    "left. A point within the limits does not differ from the others, whatever its rank."
                )
            ),
            drawn,
            Paragraph(
                self.text(
                    "Of offices that are alike, 95% lie within the dashed limits and 99.8% within the others; beyond "
                    "those an office is called different. The limits allow for offices differing by {between} in "
                    "truth (standard deviation). Rates are as if every office had the same lines.",
                    between=self.telling.difference(self.whole.indicator, self.scope.funnel.between),
                ),
                "note",
            ),
        ]
        if self.scope.judging is not self.scope.unit:
            blocks.append(
                Paragraph(self.text("There are few offices here, so they are compared with the whole nation."), "note")
            )
        return Section("funnel", self.text("A different office, or a small one?"), tuple(blocks))

    def worst(self) -> Section | None:
        """Return the section of the offices most surely worse than the others."""
        offices = self.scope.offices()
        if not offices:
            return None
        told = Paragraph(
            self.text(
                "Ordered by how certainly an office loses more calls than the others, in standard deviations. The "
                "plain rate would put small offices first and last by chance."
            ),
            "note",
        )
        title = self.text("Offices, the most certainly worse first")
        return Section("offices", title, (told, self._offices(title, offices[:WORST])))

    def every_office(self) -> Section | None:
        """Return the section of all offices, unless the first table has them all."""
        offices = self.scope.offices()
        if len(offices) <= WORST:
            return None
        title = self.text("All offices")
        return Section("every-office", title, (self._offices(title, offices),))

    def _offices(self, title: str, offices: Sequence[Unit]) -> Table:
        text, rows = self.text, [self.telling.row(self.scope, unit) for unit in offices]
        head = (text("Office"), text("Beside the others"), text("Deviations"), text("Calls"), text("Raw value"))
        return Table(
            title,
            (*head, text("Corrected value"), text("Published")),
            tuple((row.label, row.beside, row.score, row.calls, row.raw, row.corrected, row.edition) for row in rows),
            (False, False, True, True, True, True, False),
        )

    def regions(self) -> Section | None:
        return self._units("regions", self.text("Regions"), self.scope.regions())

    def departments(self) -> Section | None:
        return self._units("departments", self.text("Departments"), self.scope.departments())

    def _units(self, name: str, title: str, units: Sequence[Unit]) -> Section | None:
        if not units:
            return None
        text, telling = self.text, self.telling
        rows = [telling.row(self.scope, unit) for unit in units]
        head = (text("Name"), text("Offices"), text("Calls"), text("Raw value"), text("Corrected value"))
        table = Table(
            title,
            (*head, text("Margin"), text("Coverage"), text("Remark")),
            tuple(
                (
                    row.label,
                    telling.number(row.offices),
                    row.calls,
                    row.raw,
                    row.corrected,
                    row.margin,
                    row.coverage,
                    row.remark,
                )
                for row in rows
            ),
            (False, True, True, True, True, True, True, False),
        )
        return Section(name, title, (table,))

    def missing(self) -> Section | None:
        """Return the section of withheld desks and silent offices; None if there are none."""
        text, telling, unit = self.text, self.telling, self.scope.unit
        blocks: list[Block] = []
        if withheld := telling.withheld_rows(self.scope):
            rows = tuple((unit.label, *cells) for unit, *cells in withheld)
            head = (
                text("Office"),
                text("Line, service or channel"),
                text("Reason"),
                text("Calls"),
                text("The rate would be"),
            )
            title = text("Withheld, and what it could change")
            blocks += [
                Table(title, head, rows, (False, False, False, True, True)),
                Paragraph(
                    text(
                        "The total rate if none, or all, of these calls had been lost, without any other assumption. "
                        "A mean has no such limits."
                    ),
                    "note",
                ),
            ]
        if unit.silent:
            blocks += [
                Paragraph(text("In service, but without any count:")),
                Items(tuple(self.scope.labels(unit.silent))),
            ]
        return Section("missing", text("What is missing"), tuple(blocks)) if blocks else None

    def indicators(self) -> Section | None:
        """Return the section of every figure of the unit."""
        text, telling, rows = self.text, self.telling, []
        for each in observed(self.scope, self.scope.unit):
            if not each.counted:
                continue
            of = each.indicator
            rows.append(
                (
                    telling.called(each),
                    telling.value(of, of.raw.value),
                    telling.value(of, of.corrected.value),
                    telling.bounds(of.corrected.low, of.corrected.high),
                    telling.target(of),
                    telling.number(len(each.sites)),
                    telling.number(len(each.silent)),
                    telling.number(len(each.withheld)),
                )
            )
        if not rows:
            return None
        title = text("All figures")
        head = (text("Indicator"), text("Raw value"), text("Corrected value"), text("Margin"), text("Target"))
        return Section(
            "indicators",
            title,
            (
                Table(
                    title,
                    (*head, text("Offices"), text("Silent"), text("Withheld")),
                    tuple(rows),
                    (False, *(True,) * 7),
                ),
            ),
        )

    def computed(self) -> Section:
        text = self.text
        return Section(
            "computed",
            text("How it is counted"),
            (
                Items(
                    (
                        *map(text, SUMS),
                        text(
                            "A status in brackets applies to parts with at least 5% of the calls: U suspect, "
                            "E estimated, P provisional, B break in the series."
                        ),
                        text(
                            "Each office's own report says more: ask for it by its site. Figures that no edition has "
                            "are provisional."
                        ),
                    )
                ),
            ),
        )
