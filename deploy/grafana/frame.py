"""The common parts of all boards: variables, links to each other, incidents, order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from grafana_foundation_sdk.builders.dashboard import ConstantVariable, Dashboard, DashboardLink, QueryVariable, Row
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models import dashboard as models

from deploy.grafana.colours import DOUBT, MISSED
from deploy.grafana.panels import PROMETHEUS
from deploy.grafana.queries import KEPT, LINE, named, now
from deploy.grafana.words import VERDICTS

TAG: Final = "tocsin"
VERSION: Final = "11.6.0"  # the version of Grafana for which the panels are written; it migrates boards of earlier ones
Panels = Sequence[Builder[models.Panel]]
Variable = Builder[models.VariableModel]


class TextAnnotation(models.AnnotationQuery):
    """An annotation with its title, text and resolution, which the library omits."""

    def to_json(self) -> dict[str, object]:
        return super().to_json() | {"titleFormat": self.name, "textFormat": "{{label}}", "step": "1m"}


def site() -> Variable:
    # The board takes its offices from the ledger, so that the years are shown even without a worker.
    known = f"count by (site) (last_over_time(tocsin_site_open[{KEPT}]) or tocsin_indicator)"
    return _choice("site", "Office", f"query_result({known})").regex('/site="(.*?)"/')


def lines(*, several: bool) -> Variable:
    """Return the variable to choose lines, by the office's names."""
    return _named("line", "Line", several=several)


def services() -> Variable:
    """Return the variable to choose counter services, by the office's names."""
    return _named("service", "Counter", several=True)


def year() -> Variable:
    """Return the variable to choose a counted year, latest first."""
    found = _choice("year", "Year", 'label_values(tocsin_indicator{site="$site"}, year)')
    return found.sort(models.VariableSort.NUMERICAL_DESC)


def board(
    uid: str,
    title: str,
    description: str,
    parts: Mapping[str, Panels],
    *,
    variables: Iterable[Variable],
    pages: str,
    since: str,
    refresh: str,
    incidents: bool = False,
) -> models.Dashboard:
    """Return a board of parts under their headings; none if it is empty. `$service` repeats a part for each service.

    The board shows the time `since`, and marks the `incidents` of its only line in all graphs over time. With several
    lines, each line's incidents would be marked in the panels of all lines. `pages` is the address of `tocsin board`
    for browsers.
    """
    made = Dashboard(title).uid(uid).description(description).tags([TAG]).readonly().timezone("browser")
    made.week_start("monday").time(since, "now").refresh(refresh).tooltip(models.DashboardCursorSync.CROSSHAIR)
    for variable in (*variables, ConstantVariable("pages").value(pages)):
        made.with_variable(variable)
    made.link(
        DashboardLink("Boards")
        .type(models.DashboardLinkType.DASHBOARDS)
        .tags([TAG])
        .as_dropdown(True)
        .include_vars(True)
        .keep_time(True)
    )
    made.link(
        DashboardLink("Tocsin").type(models.DashboardLinkType.LINK).icon("external link").url(pages).target_blank(True)
    )
    if incidents:
        suspected = now("tocsin_miscount_suspected", *LINE)
        made.annotation(_Marks("miscount", f"{suspected} == 1", DOUBT))
        made.annotation(_Marks("overload", f"{now('tocsin_overload', *LINE)} == 1", MISSED))
    for heading, panels in parts.items():
        if heading:
            row = Row(heading)
            made.with_row(row.repeat(heading.removeprefix("$")) if heading.startswith("$") else row)
        for panel in panels:
            made.with_panel(panel)
    dashboard = made.build()
    for number, placed in enumerate(dashboard.panels or [], start=1):
        placed.id_val = number
        if isinstance(placed, models.Panel):
            placed.plugin_version = VERSION
    return dashboard


class _Marks(Builder[models.AnnotationQuery]):
    """Marks for the stretches of time in which an expression about lines has a value."""

    def __init__(self, verdict: str, expr: str, colour: str) -> None:
        name = VERDICTS[verdict].capitalize()
        self._annotation = TextAnnotation(name=name, datasource=PROMETHEUS, icon_color=colour, expr=named(expr))

    def build(self) -> models.AnnotationQuery:
        return self._annotation


def _choice(name: str, label: str, query: str) -> QueryVariable:
    asked: dict[str, object] = {"query": query, "refId": "PrometheusVariableQueryEditor-VariableQuery"}
    variable = QueryVariable(name).label(label).datasource(PROMETHEUS).query(asked)
    return variable.refresh(models.VariableRefresh.ON_TIME_RANGE_CHANGED).sort(models.VariableSort.ALPHABETICAL_ASC)


def _named(name: str, label: str, *, several: bool) -> QueryVariable:
    info = f'tocsin_{name}_info{{site="$site"}}'
    earlier = f"last_over_time({info}[{KEPT}]) unless on ({name}) {info}"
    known = f"max by (label, {name}) ({info} or {earlier})"
    variable = _choice(name, label, f"query_result({known})").regex(f'/label="(?<text>.*)",{name}="(?<value>.*)"/')
    if not several:
        return variable
    # A series without the label is excluded.
    everything = models.VariableOption(selected=True, text=["All"], value=["$__all"])
    return variable.multi(True).include_all(True).all_value(".+").current(everything)
