import React, { useEffect, useLayoutEffect, useState } from "react";
import { createRoot } from "react-dom/client";
import {
  ThemeContext, createTheme, dateTime, dateTimeFormat, formattedValueToString, getDisplayValueAlignmentFactors, getFieldDisplayName,
  getFieldDisplayValues, getValueFormat,
} from "@grafana/data";
import {
  BarGauge, BigValue, GlobalStyles, PanelChrome, PanelContextProvider, Table, TimeSeries, VizLegend, VizRepeater,
} from "@grafana/ui";
import { Source, ask, choose, filled, graphable, laid, marks, optioned, rangeOf, transformed } from "./grafana.js";

const asked = new URLSearchParams(location.search);
const [mode, now, kiosk] = [asked.get("theme") || "light", Number(asked.get("now")), asked.get("kiosk") === "1"];
const theme = createTheme({ colors: { mode } });
const zone = "browser";
const GAP = 8, CELL = 30;
const bus = { getStream: () => ({ pipe: () => ({ subscribe: () => ({ unsubscribe() {} }) }), subscribe: () => ({ unsubscribe() {} }) }), publish() {}, subscribe: () => ({ unsubscribe() {} }), removeAllListeners() {}, newScopedBus: () => bus };
const CONTEXT = { eventBus: bus, eventsScope: "look", sync: () => 0, app: "dashboard" };

function Empty({ text }) {
  return <div style={{ display: "flex", height: "100%", alignItems: "center", justifyContent: "center", color: theme.colors.text.secondary, fontSize: theme.typography.h4.fontSize }} data-empty>{text}</div>;
}

// ---- the kinds of panel that @grafana/ui draws ---------------------------------------------------------------------
const kinds = {
  stat({ panel, series, fieldConfig, width, height, replace }) {
    const { options } = panel;
    const values = () => getFieldDisplayValues({ fieldConfig, reduceOptions: options.reduceOptions, replaceVariables: replace, theme, data: series, sparkline: options.graphMode !== "none", timeZone: zone });
    return (
      <VizRepeater getValues={values} getAlignmentFactors={getDisplayValueAlignmentFactors} width={width} height={height} source={series} itemSpacing={3} renderCounter={0} autoGrid
        orientation={options.orientation}
        renderValue={({ value, alignmentFactors, width: w, height: h, count }) => (
          <BigValue className="figure" value={value.display} count={count} sparkline={value.sparkline} colorMode={options.colorMode} graphMode={options.graphMode} justifyMode={options.justifyMode}
            textMode={options.textMode} alignmentFactors={alignmentFactors} text={options.text} width={w} height={h} theme={theme} disableWideLayout={!(options.wideLayout ?? true)} />
        )} />
    );
  },
  bargauge({ panel, series, fieldConfig, width, height, replace }) {
    const { options } = panel;
    const values = () => getFieldDisplayValues({ fieldConfig, reduceOptions: options.reduceOptions, replaceVariables: replace, theme, data: series, timeZone: zone });
    return (
      <VizRepeater getValues={values} getAlignmentFactors={getDisplayValueAlignmentFactors} width={width} height={height} source={series} renderCounter={0} orientation={options.orientation}
        itemSpacing={options.displayMode === "lcd" ? 2 : 10} minVizWidth={options.minVizWidth ?? 8} minVizHeight={options.minVizHeight ?? 16} maxVizHeight={options.maxVizHeight ?? 300}
        renderValue={({ value, alignmentFactors, width: w, height: h, orientation, count }) => {
          const { field, display, view, colIndex } = value;
          return <BarGauge value={display} width={w} height={h} orientation={orientation} field={field} text={options.text} display={view?.getFieldDisplayProcessor(colIndex)} theme={theme} itemSpacing={10}
            displayMode={options.displayMode} alignmentFactors={count > 1 ? alignmentFactors : undefined} showUnfilled={options.showUnfilled} valueDisplayMode={options.valueMode} namePlacement={options.namePlacement} lcdCellWidth={12} isOverflow={false} />;
        }} />
    );
  },
  table({ panel, series, fieldConfig, width, height }) {
    if (!series.length || !series[0].length) return <Empty text={fieldConfig.defaults.noValue ?? "No data"} />;
    return <Table data={series[0]} width={width} height={height} noHeader={panel.options.showHeader === false} initialSortBy={panel.options.sortBy} cellHeight={panel.options.cellHeight} fieldConfig={fieldConfig} timeRange={undefined} />;
  },
  timeseries({ panel, series, fieldConfig, width, height, range, marked }) {
    if (!series.length) return <Empty text={fieldConfig.defaults.noValue ?? "No data"} />;
    const times = { from: dateTime(range.from), to: dateTime(range.to), raw: { from: dateTime(range.from), to: dateTime(range.to) } };
    return (
      <PanelContextProvider value={CONTEXT}>
        <TimeSeries frames={series} structureRev={1} timeRange={times} timeZone={zone} width={width} height={height} legend={panel.options.legend} options={panel.options}>
          {(builder) => <Marks builder={builder} marked={marked} />}
        </TimeSeries>
      </PanelContextProvider>
    );
  },
  heatmap: Heatmap,
  "state-timeline": StateTimeline,
};

function Marks({ builder, marked }) {
  useLayoutEffect(() => {
    builder.addHook("draw", (u) => {
      const { ctx, bbox } = u;
      ctx.save();
      for (const { from, to, colour } of marked ?? []) {
        const [a, b] = [from, to].map((at) => Math.max(bbox.left, Math.min(bbox.left + bbox.width, u.valToPos(at, "x", true))));
        ctx.globalAlpha = 0.1; ctx.fillStyle = colour; ctx.fillRect(a, bbox.top, b - a, bbox.height);
        ctx.globalAlpha = 1; ctx.strokeStyle = colour; ctx.lineWidth = 2; ctx.setLineDash([5, 5]);
        for (const x of [a, b]) { ctx.beginPath(); ctx.moveTo(x, bbox.top); ctx.lineTo(x, bbox.top + bbox.height); ctx.stroke(); }
        ctx.setLineDash([]); ctx.fillStyle = colour; ctx.fillRect(a, bbox.top + bbox.height, Math.max(b - a, 4), 5 * devicePixelRatio);
      }
      ctx.restore();
    });
  }, [builder, marked]);
  return null;
}

// ---- two kinds that live in Grafana's server alone: drawn alike, not the same ----------------------------------------
function ticks(range, width) {
  const steps = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880].map((each) => each * 60_000);
  const step = steps.find((each) => (range.to - range.from) / each <= width / (range.to - range.from > 86_400_000 && each < 1440 * 60_000 ? 130 : 90)) ?? 86_400_000;
  const offset = new Date(range.from).getTimezoneOffset() * 60_000;
  const found = [];
  for (let at = Math.ceil((range.from - offset) / step) * step + offset; at <= range.to; at += step) found.push(at);
  return found.map((at) => [at, dateTimeFormat(at, { format: step >= 86_400_000 ? "MM/DD" : range.to - range.from > 86_400_000 ? "MM/DD HH:mm" : "HH:mm" })]);
}

function Canvas({ width, height, draw }) {
  const [node, setNode] = useState(null);
  useLayoutEffect(() => {
    if (!node) return;
    node.width = width * devicePixelRatio; node.height = height * devicePixelRatio;
    const ctx = node.getContext("2d");
    ctx.scale(devicePixelRatio, devicePixelRatio);
    ctx.font = "12px Inter, Helvetica, Arial, sans-serif";
    draw(ctx);
  }, [node, width, height]);
  return <canvas ref={setNode} style={{ width, height, display: "block" }} />;
}

function axis(ctx, range, left, right, bottom, top) {
  ctx.strokeStyle = mode === "dark" ? "rgba(204,204,220,0.12)" : "rgba(36,41,46,0.12)";
  ctx.textAlign = "center"; ctx.textBaseline = "top";
  for (const [at, text] of ticks(range, right - left)) {
    const x = left + ((at - range.from) / (range.to - range.from)) * (right - left);
    ctx.beginPath(); ctx.moveTo(x, top); ctx.lineTo(x, bottom); ctx.stroke();
    ctx.fillStyle = theme.colors.text.primary; ctx.fillText(text, x, bottom + 5);
  }
}

function Heatmap({ panel, series, fieldConfig, width, height, range, ms }) {
  const order = series.map((frame) => ({ le: Number(frame.fields[1].labels.le.replace("+Inf", "Infinity")), frame })).sort((a, b) => a.le - b.le);
  if (!order.length) return <Empty text={fieldConfig.defaults.noValue ?? "No data"} />;
  const cells = new Map();
  order.forEach(({ frame }, row) => frame.fields[0].values.forEach((at, index) => {
    const below = row ? (cells.get(`${at} ${row - 1} sum`) ?? 0) : 0, sum = frame.fields[1].values[index];
    cells.set(`${at} ${row} sum`, sum); cells.set(`${at} ${row}`, Math.max(0, sum - below));
  }));
  const drawn = [...cells].filter(([key, value]) => !key.endsWith("sum") && value > 1e-9).map(([key, value]) => [...key.split(" ").map(Number), value]);
  const most = Math.max(...drawn.map(([, , value]) => value), 0);
  const format = getValueFormat(panel.options.yAxis?.unit ?? "short");
  return <Canvas width={width} height={height} draw={(ctx) => {
    const names = order.map(({ le }) => (le === Infinity ? "+Inf" : formattedValueToString(format(le, fieldConfig.defaults.decimals))));
    const left = Math.max(...names.map((each) => ctx.measureText(each).width)) + 12, right = width - 8, bottom = height - 24;
    axis(ctx, range, left, right, bottom, 4);
    const tall = (bottom - 4) / order.length, wide = (ms / (range.to - range.from)) * (right - left);
    ctx.textAlign = "right"; ctx.textBaseline = "middle"; ctx.fillStyle = theme.colors.text.primary;
    names.forEach((each, row) => { if (tall > 13 || row % Math.ceil(13 / tall) === 0) ctx.fillText(each, left - 6, bottom - row * tall - tall / 2); });
    for (const [at, row, value] of drawn) {
      ctx.globalAlpha = Math.pow(value / most, panel.options.color?.exponent ?? 0.5);
      ctx.fillStyle = theme.visualization.getColorByName(panel.options.color?.fill ?? "dark-orange");
      const x = left + ((at - range.from) / (range.to - range.from)) * (right - left);
      ctx.fillRect(x, bottom - (row + 1) * tall, Math.max(1, wide - 1), tall - 1);
    }
    ctx.globalAlpha = 1;
  }} />;
}

function StateTimeline({ panel, series, fieldConfig, width, height, range, ms }) {
  if (!series.length) return <Empty text={fieldConfig.defaults.noValue ?? "No data"} />;
  const present = new Map(series.flatMap((frame) => [...frame.fields[1].values].map((value) => frame.fields[1].display(value))).map((each) => [formattedValueToString(each), each.color]));
  const chart = <Canvas width={width} height={height - 28} draw={(ctx) => {
    const names = series.map((frame) => getFieldDisplayName(frame.fields[1], frame, series));
    const left = Math.max(...names.map((each) => ctx.measureText(each).width)) + 12, right = width - 8, bottom = height - 28 - 24, tall = (bottom - 4) / series.length;
    axis(ctx, range, left, right, bottom, 4);
    const at = (time) => left + ((Math.max(range.from, Math.min(range.to, time)) - range.from) / (range.to - range.from)) * (right - left);
    series.forEach((frame, row) => {
      const [times, values] = [frame.fields[0].values, frame.fields[1].values];
      ctx.fillStyle = theme.colors.text.primary; ctx.textAlign = "right"; ctx.textBaseline = "middle";
      ctx.fillText(names[row], left - 6, 4 + row * tall + tall / 2);
      for (let begin = 0; begin < times.length;) {
        let end = begin;
        while (end + 1 < times.length && values[end + 1] === values[begin] && times[end + 1] - times[end] <= ms * 1.5) end++;
        const to = end + 1 < times.length && times[end + 1] - times[end] <= ms * 1.5 ? times[end + 1] : times[end] + ms;
        const display = frame.fields[1].display(values[begin]);
        const [x, w] = [at(times[begin]), at(to) - at(times[begin])], y = 4 + row * tall + tall * 0.1, h = tall * 0.8;
        ctx.fillStyle = display.color === "transparent" ? "rgba(0,0,0,0)" : display.color; ctx.globalAlpha = (panel.fieldConfig.defaults.custom?.fillOpacity ?? 70) / 100; ctx.fillRect(x, y, w, h); ctx.globalAlpha = 1;
        const text = formattedValueToString(display);
        if (ctx.measureText(text).width < w - 8) { ctx.fillStyle = theme.colors.getContrastText(display.color === "transparent" ? theme.colors.background.primary : display.color); ctx.textAlign = "left"; ctx.fillText(text, x + 4, y + h / 2); }
        begin = end + 1;
      }
    });
  }} />;
  return <div>{chart}<VizLegend displayMode="list" placement="bottom" items={[...present].map(([label, color]) => ({ label, color, yAxis: 1 }))} /></div>;
}

// ---- a board -------------------------------------------------------------------------------------------------------
function Panel({ placed, width, height, source, range, marked }) {
  const { panel, scope } = placed;
  const [found, setFound] = useState(null);
  useEffect(() => {
    (async () => {
      const { frames, errors, empty, ms } = await ask(panel, source, range, scope, width - 16);
      const replace = (text, more = {}) => filled(text, { ...scope, ...Object.fromEntries(Object.entries(more ?? {}).map(([key, each]) => [key, each?.text ?? each?.value])) });
      const { series, fieldConfig } = optioned(panel, panel.type === "timeseries" ? graphable(frames, range) : await transformed(panel, frames), theme, replace, zone);
      setFound({ series, fieldConfig, errors, empty, ms, replace });
      window.looked.push({ id: panel.id, title: filled(panel.title, scope), type: panel.type, queries: panel.targets.length, series: frames.length, errors, empty, ms });
    })().catch((error) => { setFound({ failed: String(error) }); window.looked.push({ id: panel.id, title: panel.title, type: panel.type, failed: String(error.stack) }); });
  }, []);
  const Kind = kinds[panel.type];
  return (
    <PanelChrome width={width} height={height} title={filled(panel.title, scope)} description={panel.description} loadingState="Done" statusMessage={found?.errors?.join("\n") || undefined} displayMode={panel.transparent ? "transparent" : "default"} hoverHeader={!panel.title}>
      {(w, h) => !found ? null : found.failed ? <Empty text={found.failed} /> : Kind ? <Kind {...found} panel={panel} width={w} height={h} range={range} marked={marked} /> : <Empty text={`no drawing of ${panel.type}`} />}
    </PanelChrome>
  );
}

function Board({ board, source, scope, range, marked, width }) {
  const cells = laid(board, scope);
  const column = (width - 23 * GAP) / 24;
  const px = (cellsWide) => cellsWide * (column + GAP) - GAP;
  const bottom = Math.max(...cells.map((each) => each.y + each.h)) * (CELL + GAP);
  return (
    <div style={{ position: "relative", width, height: bottom }}>
      {cells.map((each, index) => {
        const box = { position: "absolute", left: each.x * (column + GAP), top: each.y * (CELL + GAP), width: px(each.w), height: each.h * (CELL + GAP) - GAP };
        return (
          <div key={index} style={box} data-panel={each.panel.id} data-kind={each.panel.type}>
            {each.panel.type === "row"
              ? <div style={{ padding: "4px 8px", fontWeight: 500, fontSize: theme.typography.h5.fontSize, color: theme.colors.text.primary }}>⌄ {filled(each.panel.title, each.scope)}</div>
              : <Panel placed={each} width={box.width} height={box.height} source={source} range={range} marked={marked} />}
          </div>
        );
      })}
    </div>
  );
}

function Controls({ board, scope, range }) {
  const boxed = { border: `1px solid ${theme.components.input.borderColor}`, background: theme.components.input.background, borderRadius: 2, padding: "5px 8px", height: 32, lineHeight: "20px" };
  const at = (moment) => dateTimeFormat(moment, { format: "YYYY-MM-DD HH:mm:ss" });
  return (
    <div style={{ display: "flex", gap: 8, flexWrap: "wrap", padding: "0 0 8px", fontSize: 14, alignItems: "center", color: theme.colors.text.primary }}>
      {board.templating.list.filter((each) => each.type !== "constant" && each.hide !== 2).map((each) => (
        <span key={each.name} style={{ display: "flex" }}>
          <span style={{ ...boxed, background: theme.colors.background.primary, fontWeight: 500 }}>{each.label}</span>
          <span style={boxed}>{scope[each.name].isAll ? "All" : scope[each.name].text.join(" + ")}</span>
        </span>
      ))}
      {(board.annotations?.list ?? []).filter((each) => !each.builtIn && !each.hide).map((each) => <span key={each.name} style={{ ...boxed, color: each.iconColor }}>◉ {each.name}</span>)}
      <span style={{ flex: 1 }} />
      {board.links.map((each) => <span key={each.title} style={boxed}>{each.title}{each.asDropdown ? " ▾" : " ↗"}</span>)}
      <span style={boxed}>🕓 {asked.get("from") || board.time.from} → {board.time.to} ({at(range.from)} to {at(range.to)})</span>
      <span style={boxed}>↻ {board.refresh}</span>
    </div>
  );
}

async function main() {
  window.looked = [];
  const board = await (await fetch(asked.get("board"))).json();
  const source = new Source(asked.get("prometheus"));
  const range = rangeOf(board, now, asked.get("from"));
  const scope = {};
  for (const variable of board.templating?.list ?? []) scope[variable.name] = await choose(variable, source, range, scope, asked.get(`var-${variable.name}`));
  window.scope = scope;
  const marked = (await Promise.all((board.annotations?.list ?? []).filter((each) => each.expr).map((each) => marks(each, source, range, scope)))).flat();
  window.marked = marked;
  const width = document.documentElement.clientWidth - 32;
  document.body.style.background = theme.colors.background.canvas;
  window.expected = laid(board, scope).filter((each) => each.panel.type !== "row").length;
  createRoot(document.getElementById("root")).render(
    <ThemeContext.Provider value={theme}>
      <GlobalStyles />
      <div style={{ padding: kiosk ? "8px 16px" : 16 }}>
        {!kiosk && <div style={{ height: 40, fontSize: 14, color: theme.colors.text.secondary }}>Home › Dashboards › Tocsin › <b style={{ color: theme.colors.text.primary }}>{board.title}</b></div>}
        <Controls board={board} scope={scope} range={range} />
        <Board board={board} source={source} scope={scope} range={range} marked={marked} width={width} />
      </div>
    </ThemeContext.Provider>,
  );
}
main().catch((error) => { window.failed = String(error.stack || error); document.getElementById("root").textContent = window.failed; });
