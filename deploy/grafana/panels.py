"""The kinds of panels, legible from afar and on paper, with a text for missing values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from string import ascii_uppercase
from types import MappingProxyType
from typing import Final, TypeAlias, TypedDict, TypeVar, Unpack

from grafana_foundation_sdk.builders import (
    bargauge,
    common,
    heatmap,
    prometheus,
    stat,
    statetimeline,
    table,
    timeseries,
)
from grafana_foundation_sdk.builders.dashboard import FieldColor, ThresholdsConfig
from grafana_foundation_sdk.models import common as style
from grafana_foundation_sdk.models.dashboard import (
    DashboardLink,
    DataSourceRef,
    DataTransformerConfig,
    DynamicConfigValue,
    FieldColorModeId,
    Threshold,
    ValueMapping,
)
from grafana_foundation_sdk.models.heatmap import HeatmapColorMode, HeatmapColorScale
from grafana_foundation_sdk.models.prometheus import PromQueryFormat

from deploy.grafana.colours import BLUE, GREY, PLAIN
from deploy.grafana.queries import by_period
from deploy.grafana.shown import Shown, painted
from deploy.grafana.words import COUNT, DATE, MOMENT, NO_CELL, NOTHING, SECONDS, SHARE

PROMETHEUS: Final = DataSourceRef(type_val="prometheus", uid="prometheus")
LOW: Final = 2  # height of a panel that has no room for a name above its figure
GRAIN: Final = "5m"  # the shortest period of a bar
# px, the least widths of columns: where these do not fit, a table scrolls sideways without a visible scroll bar.
OF_FIGURES: Final = 90
OF_NAMES: Final = 150
OF_UNIT: Final = {DATE: 120, MOMENT: 150}
OF_LABEL: Final = {"label": 200, "region": 175, "verdict": 225, "kind": 295}
HIDDEN: Final = [  # by the names of Grafana 11 and of Grafana 12 and later
    DynamicConfigValue("custom.hidden", value=True),
    DynamicConfigValue("custom.hideFrom", {"viz": True, "legend": False, "tooltip": False}),
]
GROUND: Final = DynamicConfigValue("custom.cellOptions", {"type": "color-background", "mode": "basic"})

Kind = TypeVar("Kind", bargauge.Panel, heatmap.Panel, stat.Panel, statetimeline.Panel, table.Panel, timeseries.Panel)
Size: TypeAlias = tuple[int, int]  # width, of 24, and height
Names: TypeAlias = Mapping[str, tuple[str, str]]  # a name and a colour, by the end of a label


class Layout(TypedDict):
    size: Size
    text: Size  # px, heights of names and figures: Grafana by default makes names too small for a wall


def _framed(panel: Kind, title: str, description: str, size: Size, unit: str, empty: str = NOTHING) -> Kind:
    """Set the common properties of a panel."""
    panel.title(title).description(description).datasource(PROMETHEUS)
    if unit in {COUNT, SECONDS}:
        # The growth of a counter is an estimate, and not an integer. Grafana 11 writes NaN for fractions of a second.
        panel.decimals(0)
    return panel.span(size[0]).height(size[1]).unit(unit).no_value(empty)


def _asked(panel: Kind, shown: Sequence[Shown], *, instant: bool) -> Kind:
    """Add queries and overrides to a panel."""
    for ref, each in zip(ascii_uppercase, shown, strict=False):
        query = prometheus.Dataquery().ref_id(ref).expr(each.expr).legend_format(each.name)
        panel.with_target(query.instant() if instant else query.range())
        if properties := list(each.properties()):
            panel.override_by_query(ref, properties)
    return panel


def figures(
    title: str, description: str, shown: Sequence[Shown], *, upright: bool = False, **layout: Unpack[Layout]
) -> stat.Panel:
    """Return current figures with names, one under another if `upright`; then, or in a low panel, beside their names.

    The colour of a figure, or of the words for its values, becomes its background.
    """
    panel = _asked(_framed(stat.Panel(), title, description, layout["size"], COUNT), shown, instant=True)
    panel.color_mode(style.BigValueColorMode.BACKGROUND_SOLID).color_scheme(_fixed(PLAIN))
    panel.graph_mode(style.BigValueGraphMode.NONE).reduce_options(_last("lastNotNull"))
    return _worded(panel, layout["text"], upright=upright, wide=upright or layout["size"][1] <= LOW)


def trends(description: str, shown: Sequence[Shown], **layout: Unpack[Layout]) -> stat.Panel:
    """Return current figures side by side, each over its curve in the time shown.

    The figure is the newest value: a query gives NaN once it has no value any more.
    """
    panel = _asked(_framed(stat.Panel(), "", description, layout["size"], COUNT), shown, instant=False)
    panel.color_mode(style.BigValueColorMode.NONE).color_scheme(_fixed(GREY))
    panel.graph_mode(style.BigValueGraphMode.AREA).reduce_options(_last("last"))
    return _worded(panel, layout["text"], upright=False, wide=False)


def _worded(panel: stat.Panel, text: Size, *, upright: bool, wide: bool) -> stat.Panel:
    return (
        panel.text_mode(style.BigValueTextMode.VALUE_AND_NAME)
        .justify_mode(style.BigValueJustifyMode.CENTER)
        .orientation(style.VizOrientation.HORIZONTAL if upright else style.VizOrientation.VERTICAL)
        .wide_layout(wide)
        .text(common.VizTextDisplayOptions().title_size(text[0]).value_size(text[1]))
    )


def _last(value: str) -> common.ReduceDataOptions:
    return common.ReduceDataOptions().calcs([value])


def curves(
    title: str,
    description: str,
    shown: Sequence[Shown],
    *,
    size: Size,
    unit: str = COUNT,
    most: float | None = None,
    names: Names = MappingProxyType({}),
) -> timeseries.Panel:
    """Return graphs over time, from zero; the axis ends at `most` or higher.

    If one query has several series, `names` maps the end of a series' label to a name and a colour.
    """
    panel = _asked(_framed(timeseries.Panel(), title, description, size, unit), shown, instant=False)
    for end, (name, colour) in names.items():
        panel.override_by_regexp(f"/{end}$/", [DynamicConfigValue("displayName", name), painted(colour)])
    if most is not None:
        panel.axis_soft_max(most)
    return (
        panel.color_scheme(FieldColor().mode(FieldColorModeId.PALETTE_CLASSIC))
        .min(0)
        .line_width(2)
        .fill_opacity(0)
        .show_points(style.VisibilityMode.NEVER)
        .legend(_legend())
        .tooltip(_tooltip())
    )


def bars(
    title: str,
    description: str,
    shown: Sequence[Shown],
    *,
    size: Size,
    unit: str = COUNT,
    names: Names = MappingProxyType({}),
) -> timeseries.Panel:
    """Return stacked growth by period; `names` as for `curves`."""
    grown = [replace(each, expr=by_period(each.expr)) for each in shown]
    panel = curves(title, description, grown, size=size, unit=unit, names=names)
    return (
        panel.draw_style(style.GraphDrawStyle.BARS)
        .line_width(0)
        .fill_opacity(90)
        .stacking(common.StackingConfig().mode(style.StackingMode.NORMAL).group("A"))
        .interval(GRAIN)
    )


def spread(title: str, description: str, expr: str, *, size: Size, unit: str = COUNT) -> heatmap.Panel:
    """Return the growth of a histogram by period: darker means more."""
    panel = _framed(heatmap.Panel(), title, description, size, unit)
    query = (
        prometheus.Dataquery().ref_id("A").expr(by_period(expr)).legend_format("{{le}}").format(PromQueryFormat.HEATMAP)
    )
    shades = heatmap.HeatmapColorOptions().mode(HeatmapColorMode.OPACITY).fill(BLUE)
    shades.scale(HeatmapColorScale.EXPONENTIAL).exponent(0.5).steps(32)
    return (
        panel.with_target(query.range())
        .calculate(False)
        .color(shades)
        .y_axis(heatmap.YAxisConfig().unit(unit))
        .cell_gap(1)
        .filter_values(heatmap.FilterValueRange().le(1e-9))
        .interval(GRAIN)
    )


def states(
    title: str, description: str, shown: Sequence[Shown], *, size: Size, mappings: list[ValueMapping]
) -> statetimeline.Panel:
    """Return a sequence of states, in words."""
    panel = _asked(_framed(statetimeline.Panel(), title, description, size, COUNT), shown, instant=False)
    return (
        panel.mappings(mappings)
        .color_scheme(_fixed(PLAIN))
        .show_value(style.VisibilityMode.AUTO)
        .row_height(0.8)
        .legend(_legend())
    )


def levels(
    title: str, description: str, shown: Sequence[Shown], *, size: Size, unit: str = COUNT, most: float | None = None
) -> bargauge.Panel:
    """Return current figures as bars side by side, full at `most`."""
    panel = _asked(_framed(bargauge.Panel(), title, description, size, unit), shown, instant=True)
    if unit == SHARE:
        panel.decimals(1)
    if most is not None:
        panel.max(most)
    return (
        panel.min(0)
        .display_mode(style.BarGaugeDisplayMode.BASIC)
        .value_mode(style.BarGaugeValueMode.TEXT)
        .name_placement(style.BarGaugeNamePlacement.LEFT)
        .show_unfilled(True)
        .orientation(style.VizOrientation.HORIZONTAL)
        .thresholds(ThresholdsConfig().steps([Threshold(color=BLUE)]))
        .reduce_options(_last("lastNotNull"))
    )


def rows(
    title: str,
    description: str,
    keys: Mapping[str, str],
    columns: Sequence[Shown],
    *,
    size: Size,
    unit: str = COUNT,
    empty: str = NOTHING,
    words: Mapping[str, list[ValueMapping]] | None = None,
    links: Mapping[str, DashboardLink] | None = None,
) -> table.Panel:
    """Return a table: a row for each value of the labels in `keys`, which have headings, and a column for each query.

    A column with an empty heading is hidden, but links can use it; `words` replace a label's values, and
    `links` are the targets of a click on them.
    """
    panel = _framed(table.Panel(), title, description, size, unit, empty)
    names = [f"Value #{ref}" for ref in ascii_uppercase] if len(columns) > 1 else ["Value"]
    for ref, name, column in zip(ascii_uppercase, names, columns, strict=False):
        query = prometheus.Dataquery().ref_id(ref).expr(column.expr).format(PromQueryFormat.TABLE)
        panel.with_target(query.instant())
        properties = [
            *([DynamicConfigValue("displayName", column.name)] if column.name else HIDDEN),
            DynamicConfigValue("noValue", NO_CELL),
            DynamicConfigValue("custom.minWidth", OF_UNIT.get(column.unit or unit, OF_FIGURES)),
            *column.properties(),
        ]
        if column.mappings:
            properties.append(GROUND)
        panel.override_by_name(name, properties)
    for label, heading in keys.items():
        if heading:
            properties = [
                DynamicConfigValue("displayName", heading),
                DynamicConfigValue("noValue", NO_CELL),
                DynamicConfigValue("custom.minWidth", OF_LABEL.get(label, OF_NAMES)),
            ]
        else:
            properties = HIDDEN
        if words and label in words:
            properties = [*properties, DynamicConfigValue("mappings", words[label]), GROUND]
        if links and label in links:
            properties = [*properties, DynamicConfigValue("links", [links[label]])]
        panel.override_by_name(label, properties)
    order = {name: index for index, name in enumerate([*keys, *names])}
    arranged = {"excludeByName": {"Time": True}, "indexByName": order}
    return (
        panel.with_transformation(DataTransformerConfig("merge", options={}))
        .with_transformation(DataTransformerConfig("organize", options=arranged))
        .color_scheme(_fixed(PLAIN))
        .show_header(True)
        .sort_by([common.TableSortByFieldState().display_name(next(filter(None, keys.values())))])
    )


def _fixed(colour: str) -> FieldColor:
    return FieldColor().mode(FieldColorModeId.FIXED).fixed_color(colour)


def _legend() -> common.VizLegendOptions:
    legend = common.VizLegendOptions().show_legend(True)
    return legend.display_mode(style.LegendDisplayMode.LIST).placement(style.LegendPlacement.BOTTOM).calcs([])


def _tooltip() -> common.VizTooltipOptions:
    return common.VizTooltipOptions().mode(style.TooltipDisplayMode.MULTI).sort(style.SortOrder.DESCENDING)
