// Charts: `<div data-chart="ID">` is drawn by ECharts from the JSON script of that id (keheng.ui.charts).
// One theme, taken from the page's own colours, light or dark. A click on a mark opens the list behind it.
// ECharts is loaded only where there is a chart. Canvas and rich-text tips, so that no inline style is needed.

const YI = 1e8;
const WAN = 1e4;

let loading = null;

function library() {
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = document.body.dataset.echarts;
    script.addEventListener("load", () => resolve(window.echarts));
    script.addEventListener("error", reject);
    document.head.append(script);
  });
  return loading;
}

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function tone(name) {
  return name === "accent" ? colour("--k-fill-t3") : colour(`--k-fill-${name}`);
}

// -- figures -----------------------------------------------------------------------------------------------------------

function inWan(value, digits) {
  const size = Math.abs(value);
  const [unit, sign] = size >= YI ? [YI, "亿"] : size >= 1000 ? [WAN, "万"] : [1, ""];
  return `${(value / unit).toLocaleString("en", { maximumFractionDigits: digits })}${sign}`;
}

const FIGURES = {
  count: (value) => value.toLocaleString("en"),
  wan: (value) => inWan(value, 2),
  percent: (value) => `${(value * 100).toLocaleString("en", { maximumFractionDigits: 1 })}%`,
};

const TICKS = { ...FIGURES, wan: (value) => inWan(value, 1), percent: (value) => `${Math.round(value * 100)}%` };

// -- drawing -----------------------------------------------------------------------------------------------------------

function seriesOption(data, series) {
  const line = data.kind === "line" || data.kind === "area";
  const lying = data.kind === "bar";
  return {
    name: series.name,
    type: line ? "line" : "bar",
    stack: data.stacked ? "all" : undefined,
    barMaxWidth: lying ? 12 : 28,
    symbol: "circle",
    symbolSize: 4,
    showSymbol: data.kind === "line" && data.categories.length <= 12,
    lineStyle: { width: data.kind === "area" && data.stacked ? 0 : 2 },
    areaStyle: data.kind === "area" ? { opacity: data.stacked ? 0.75 : 0.12 } : undefined,
    itemStyle: { color: tone(series.tone), borderRadius: line ? 0 : 2 },
    cursor: series.links.length ? "pointer" : "default",
    label: {
      show: series.labels,
      position: data.stacked ? "inside" : lying ? "right" : "top",
      fontSize: 11,
      color: data.stacked ? "#fff" : colour("--k-ink"),
      formatter: ({ value }) => (value ? FIGURES[data.unit](value) : ""),
    },
    data: series.values.map((value, at) => ({
      value,
      link: series.links[at],
      itemStyle: series.tones[at] ? { color: tone(series.tones[at]) } : undefined,
    })),
  };
}

function option(data) {
  const quiet = { fontSize: 11, color: colour("--k-soft") };
  const lying = data.kind === "bar";
  const legend = data.series.length > 1;
  const categories = {
    type: "category",
    data: data.categories,
    inverse: lying,
    boundaryGap: data.kind === "bar" || data.kind === "column",
    axisTick: { show: false },
    axisLine: { show: !lying, lineStyle: { color: colour("--k-line") } },
    axisLabel: { ...quiet, color: lying ? colour("--k-quiet") : quiet.color },
  };
  const values = {
    type: "value",
    minInterval: data.unit === "count" ? 1 : 0,
    splitNumber: 4,
    splitLine: { lineStyle: { color: colour("--k-hair") } },
    axisLabel: { ...quiet, formatter: TICKS[data.unit] },
  };
  return {
    animation: false,
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
    grid: { left: 12, right: lying ? 56 : 24, top: legend ? 30 : 14, bottom: 8, containLabel: true },
    legend: legend ? { right: 12, top: 4, icon: "roundRect", itemWidth: 10, itemHeight: 8, textStyle: { ...quiet, color: colour("--k-quiet") } } : undefined,
    tooltip: {
      trigger: "axis",
      renderMode: "richText",
      axisPointer: { type: lying || data.kind === "column" ? "shadow" : "line" },
      backgroundColor: colour("--k-card"),
      borderColor: colour("--k-line"),
      textStyle: { fontSize: 12, color: colour("--k-ink") },
      valueFormatter: (value) => (value === null || value === undefined ? "—" : FIGURES[data.unit](value)),
    },
    xAxis: lying ? values : categories,
    yAxis: lying ? categories : values,
    series: data.series.map((series) => seriesOption(data, series)),
  };
}

const SMALLEST = 8;
const LARGEST = 64;

// Area, not width, tells the size; the largest bubbles are drawn first, so that none hides a smaller one.
function bubbleOption(data) {
  const quiet = { fontSize: 11, color: colour("--k-soft") };
  const largest = Math.max(...data.bubbles.map(({ value }) => value[2]), 1);
  const axis = (name, extra) => ({
    type: "value",
    min: 0,
    max: 100,
    name,
    nameLocation: "middle",
    nameTextStyle: { ...quiet, color: colour("--k-quiet") },
    splitNumber: 5,
    splitLine: { lineStyle: { color: colour("--k-hair") } },
    axisLine: { show: true, lineStyle: { color: colour("--k-line") } },
    axisLabel: quiet,
    ...extra,
  });
  const bubbles = [...data.bubbles].sort((one, other) => other.value[2] - one.value[2]);
  return {
    animation: false,
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
    grid: { left: 44, right: 24, top: 20, bottom: 40 },
    tooltip: {
      renderMode: "richText",
      backgroundColor: colour("--k-card"),
      borderColor: colour("--k-line"),
      textStyle: { fontSize: 12, color: colour("--k-ink") },
      formatter: ({ data: { name, value } }) =>
        `${name}\n${data.x} ${value[0].toFixed(1)}\n${data.y} ${value[1].toFixed(1)}\n${data.size} ${FIGURES[data.unit](value[2])}`,
    },
    xAxis: axis(data.x, { nameGap: 24 }),
    yAxis: axis(data.y, { nameGap: 28 }),
    series: [
      {
        type: "scatter",
        symbolSize: ([, , size]) => SMALLEST + (LARGEST - SMALLEST) * Math.sqrt(Math.max(size, 0) / largest),
        label: {
          show: data.bubbles.length <= 60,
          formatter: ({ name }) => name,
          position: "right",
          fontSize: 11,
          color: colour("--k-ink"),
        },
        labelLayout: { hideOverlap: true },
        markLine: {
          silent: true,
          symbol: "none",
          label: { show: false },
          lineStyle: { color: colour("--k-soft"), type: "dashed", width: 1 },
          data: data.edges.flatMap((edge) => [{ xAxis: edge }, { yAxis: edge }]),
        },
        data: bubbles.map((bubble) => ({
          ...bubble,
          label: { position: bubble.value[0] > 65 ? "left" : "right" }, // inside the frame
          itemStyle: { color: tone(bubble.tone), opacity: 0.72, borderColor: colour("--k-card"), borderWidth: 1 },
          cursor: bubble.link ? "pointer" : "default",
        })),
      },
    ],
  };
}

async function draw(box) {
  const echarts = await library();
  if (!box.isConnected) return;
  const data = JSON.parse(document.getElementById(box.dataset.chart).textContent);
  const chart = echarts.getInstanceByDom(box) ?? echarts.init(box, null, { renderer: "canvas" });
  chart.setOption(data.kind === "bubble" ? bubbleOption(data) : option(data), true);
  chart.off("click");
  chart.on("click", ({ data: datum }) => {
    if (datum?.link) location.assign(datum.link);
  });
  box.dataset.drawn = "";
}

function drawAll() {
  for (const box of document.querySelectorAll("[data-chart]:not([data-drawn])")) draw(box);
}

// -- life on the page --------------------------------------------------------------------------------------------------

drawAll();
document.addEventListener("htmx:afterSettle", drawAll);

addEventListener("resize", () => {
  for (const box of document.querySelectorAll("[data-drawn]")) window.echarts?.getInstanceByDom(box)?.resize();
});

new MutationObserver(() => {
  for (const box of document.querySelectorAll("[data-drawn]")) draw(box);
}).observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-chart-table]");
  if (!button) return;
  const table = document.getElementById(`${button.dataset.chartTable}-table`);
  const chart = document.getElementById(`${button.dataset.chartTable}-chart`);
  table.hidden = !table.hidden;
  chart.hidden = !table.hidden;
  button.setAttribute("aria-pressed", String(!table.hidden));
});
