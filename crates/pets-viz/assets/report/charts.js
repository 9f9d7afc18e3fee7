// Line charts as SVG, drawn at the width they have.

const CHART_HEIGHT = 300;
const EDGE = { left: 52, right: 14, top: 12, bottom: 42 };

/**
 * Values along an axis: linear, or logarithmic over whole decades.
 *
 * @param {number} low
 * @param {number} high
 * @param {{ logarithmic?: boolean, name?: string }} options
 * @returns {Axis}
 */
function axisOf(low, high, { logarithmic = false, name = "" } = {}) {
  if (logarithmic) {
    const first = Math.floor(Math.log10(low) + 1e-9);
    const last = Math.max(Math.ceil(Math.log10(high) - 1e-9), first + 1);
    const ticks = Array.from({ length: last - first + 1 }, (_, step) => 10 ** (first + step));
    return { name, ticks, share: (value) => (Math.log10(Math.max(value, 10 ** first)) - first) / (last - first) };
  }
  if (high <= low) [low, high] = [low - 0.5, high + 0.5];
  return { name, ticks: roundTicks(low, high), share: (value) => (value - low) / (high - low) };
}

/** About six round numbers from `low` to `high`. @type {(low: number, high: number) => number[]} */
function roundTicks(low, high) {
  const rough = (high - low) / 6;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((digit) => digit * power).find((candidate) => candidate >= rough) ?? 10 * power;
  const ticks = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + step * 1e-9; k++) ticks.push(k * step);
  return ticks;
}

/**
 * A chart in `container`. Returns a function that draws it anew, for instance after the marks have moved.
 *
 * @param {HTMLElement} container
 * @param {() => Chart} describe
 */
function chart(container, describe) {
  let width = 0;
  const redraw = () => {
    if (width > 0) container.replaceChildren(drawn(describe(), width));
  };
  onWidth(container, (now) => {
    width = now;
    redraw();
  });
  return redraw;
}

/** @type {(chart: Chart, width: number) => SVGSVGElement} */
function drawn({ label, x, y, series, marks = [], chance }, width) {
  const [left, right, top, bottom] = [EDGE.left, width - EDGE.right, EDGE.top, CHART_HEIGHT - EDGE.bottom];
  /** @type {(value: number) => number} */
  const across = (value) => left + x.share(value) * (right - left);
  /** @type {(value: number) => number} */
  const up = (value) => bottom - y.share(value) * (bottom - top);
  const svg = makeSvg("svg", {
    viewBox: `0 0 ${width} ${CHART_HEIGHT}`,
    height: CHART_HEIGHT,
    role: "img",
    "aria-label": label,
  });

  // No two numbers side by side where there is room for one.
  const every = Math.ceil((x.ticks.length * 52) / Math.max(right - left, 1));
  x.ticks.forEach((tick, index) => {
    const at = across(tick);
    svg.append(makeSvg("line", { class: "grid", x1: at, x2: at, y1: top, y2: bottom }));
    if (index % every === 0)
      svg.append(makeSvg("text", { x: at, y: bottom + 17, "text-anchor": "middle" }, short(tick)));
  });
  for (const tick of y.ticks) {
    const at = up(tick);
    svg.append(makeSvg("line", { class: "grid", x1: left, x2: right, y1: at, y2: at }));
    svg.append(makeSvg("text", { x: left - 8, y: at + 4, "text-anchor": "end" }, short(tick)));
  }
  svg.append(makeSvg("text", { x: (left + right) / 2, y: CHART_HEIGHT - 6, "text-anchor": "middle" }, x.name));
  const middle = (top + bottom) / 2;
  svg.append(
    makeSvg("text", { x: 11, y: middle, "text-anchor": "middle", transform: `rotate(-90 11 ${middle})` }, y.name),
  );

  /** @type {(points: Pair[]) => string} */
  const path = (points) =>
    points.map(([a, b], index) => `${index ? "L" : "M"}${across(a).toFixed(1)} ${up(b).toFixed(1)}`).join("");
  if (chance) svg.append(makeSvg("path", { class: "line chance", d: path(chance) }));
  for (const { style, colour, dashes, points, area, dots } of series) {
    svg.append(
      makeSvg("path", {
        class: area ? `area ${style}` : `line ${style}`,
        style: colour && `stroke: ${colour}`,
        "stroke-dasharray": dashes,
        d: path(points),
      }),
    );
    if (dots)
      svg.append(
        ...points.map(([a, b]) => makeSvg("circle", { class: `dot ${style}`, cx: across(a), cy: up(b), r: 3.4 })),
      );
  }
  for (const mark of marks) {
    svg.append(
      mark.y !== undefined
        ? makeSvg("circle", { class: `dot ${mark.style}`, cx: across(mark.x), cy: up(mark.y), r: 6 })
        : makeSvg("line", { class: "mark", x1: across(mark.x), x2: across(mark.x), y1: top, y2: bottom }),
    );
  }
  return svg;
}

/**
 * A value over the epochs that have one.
 *
 * @param {Epoch[]} history
 * @param {(epoch: Epoch) => number | null} read
 * @returns {Pair[]}
 */
function overEpochs(history, read) {
  return history.flatMap((epoch) => {
    const value = read(epoch);
    return known(value) ? [/** @type {Pair} */ ([epoch.epoch, value])] : [];
  });
}

/** A line of keys and values under or over a chart. @param {LegendEntry[]} entries */
function legend(entries) {
  return make(
    "div",
    { class: "legend" },
    ...entries.map(({ style, name, value }) =>
      make(
        "span",
        {},
        ...(style ? [make("span", { class: `key ${style}` })] : []),
        value === undefined ? (name ?? "") : `${name} `,
        ...(value === undefined ? [] : [make("b", {}, value)]),
      ),
    ),
  );
}

/**
 * A chart over epochs that can be read: point at it, or focus it and press the arrows, and the legend shows the values
 * of one epoch.
 *
 * @param {HTMLElement} container
 * @param {Omit<Chart, "marks" | "chance"> & { best: number }} chart
 */
function epochChart(container, { label, x, y, series, best }) {
  const positions = series[0].points.map((point) => point[0]);
  let at = Math.max(positions.indexOf(best), 0);
  const keys = make("div", { role: "status" });
  container.before(keys);
  const redraw = chart(container, () => ({ label, x, y, series, marks: [{ x: positions[at] }] }));
  /** @param {number} index */
  const show = (index) => {
    at = Math.min(Math.max(index, 0), positions.length - 1);
    const kept = positions[at] === best ? " (kept)" : "";
    keys.replaceChildren(
      legend([
        { style: "mark", name: "epoch", value: `${positions[at]}${kept}` },
        ...series.map(({ style, name, points }) => {
          const point = points.find((candidate) => candidate[0] === positions[at]);
          return { style, name, value: point ? short(point[1]) : "–" };
        }),
      ]),
    );
    redraw();
  };
  container.tabIndex = 0;
  container.setAttribute("role", "group");
  container.setAttribute("aria-label", `${label}; arrow keys go from epoch to epoch`);
  container.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    show(at + step);
  });
  container.addEventListener("pointermove", (event) => {
    const box = container.getBoundingClientRect();
    const share = (event.clientX - box.left - EDGE.left) / (box.width - EDGE.left - EDGE.right);
    /** @param {number} position */
    const distance = (position) => Math.abs(x.share(position) - share);
    show(
      positions.reduce(
        (nearest, position, index) => (distance(position) < distance(positions[nearest]) ? index : nearest),
        0,
      ),
    );
  });
  show(at);
}
