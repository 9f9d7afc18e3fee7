// Runs against each other.

const DASHES = [undefined, "8 4", "2 4", "10 3 2 3"];

/** @type {{ title: string, runs: ComparedRun[] }} */
const { title, runs } = JSON.parse(byId("data").textContent);
runs.forEach((run, index) => {
  run.colour = `light-dark(${run.colours[0]}, ${run.colours[1]})`;
  run.dashes = DASHES[index % DASHES.length];
});

byId("title").textContent = title;
byId("runs").append(
  ...runs.map(({ name, colour, dashes }) =>
    make(
      "li",
      {},
      makeSvg(
        "svg",
        { width: 30, height: 8, "aria-hidden": "true" },
        makeSvg("path", { d: "M0 4H30", style: `stroke: ${colour}`, "stroke-width": 3, "stroke-dasharray": dashes }),
      ),
      name,
    ),
  ),
);

/** Names in the order in which the runs bring them up. @type {(lists: string[][]) => string[]} */
const inOrder = (lists) => [...new Set(lists.flat())];

/** @type {(id: string, corner: string, rows: [heading: string, cells: Node[]][]) => void} */
function tableOf(id, corner, rows) {
  byId(id).append(
    make(
      "thead",
      {},
      make(
        "tr",
        {},
        make("th", { scope: "col" }, corner),
        ...runs.map(({ name }) => make("th", { scope: "col" }, name)),
      ),
    ),
    make(
      "tbody",
      {},
      ...rows.map(([heading, cells]) => make("tr", {}, make("th", { scope: "row" }, heading), ...cells)),
    ),
  );
}

function showFigures() {
  const names = inOrder(runs.map(({ headlines }) => headlines.map((headline) => headline.name)));
  if (!names.length) return;
  showSection("figures");
  tableOf(
    "figure-table",
    "Figure",
    names.map((name) => {
      const found = runs.map(({ headlines }) => headlines.find((headline) => headline.name === name));
      const values = found.filter(known).map((headline) => headline.value);
      const best = found.find(known)?.lower_is_better ? Math.min(...values) : Math.max(...values);
      return [
        name,
        found.map((headline, index) => {
          const difference = runs[index].differences.find((one) => one.name === name);
          return figureCell(headline, index > 0 ? found[0] : undefined, best, difference);
        }),
      ];
    }),
  );
  byId("remarks").append(
    ...runs
      .filter(({ remark }) => known(remark))
      .map(({ name, remark }) => make("p", { class: "lead" }, `${name}: ${remark}`)),
  );
}

/** @type {(share: number) => string} */
const signedPoints = (share) => `${share < 0 ? "−" : "+"}${(Math.abs(share) * 100).toFixed(1)}`;

/**
 * @param {Headline | undefined} headline
 * @param {Headline | undefined} first
 * @param {number} best
 * @param {Difference | undefined} difference
 */
function figureCell(headline, first, best, difference) {
  if (!known(headline)) return make("td", {}, "–");
  const { value, interval, lower_is_better } = headline;
  const cell = make("td", {}, make("b", {}, percent(value), value === best && runs.length > 1 ? " ★" : ""));
  if (interval) cell.append(make("small", {}, `${percent(interval[0])} – ${percent(interval[1])}`));
  if (known(first)) {
    const gain = value - first.value;
    const [low, high] = difference ? difference.interval : [0, 0];
    const certain = low > 0 || high < 0;
    const verdict = gain > 0 === lower_is_better ? "worse" : "better";
    const range = difference ? ` (${signedPoints(low)} to ${signedPoints(high)})` : "";
    cell.append(make("small", { class: certain ? verdict : undefined }, `${signedPoints(gain)} points${range}`));
  }
  return cell;
}

/** @type {(read: (epoch: Epoch) => number | null) => Series[]} */
function seriesOf(read) {
  return runs
    .map(({ history, colour, dashes }) => ({
      style: "",
      colour,
      dashes,
      points: overEpochs(history, read),
    }))
    .filter(({ points }) => points.length);
}

function showCurves() {
  if (!runs.some(({ history }) => history.length)) return;
  showSection("training");
  /** @type {(id: string, name: string, read: (epoch: Epoch) => number | null, logarithmic: boolean) => void} */
  const curve = (id, name, read, logarithmic) => {
    const series = seriesOf(read);
    byId(`${id}-figure`).hidden = !series.length;
    if (!series.length) return;
    const points = series.flatMap((one) => one.points);
    const [low, high] = extent(points.map((point) => point[1]));
    const x = axisOf(...extent(points.map((point) => point[0])), { name: "epoch" });
    x.ticks = x.ticks.filter(Number.isInteger);
    const y = axisOf(low >= 0 && low < high * 0.6 && !logarithmic ? 0 : low, high, {
      name,
      logarithmic: logarithmic && low > 0,
    });
    chart(byId(id), () => ({ label: `${name} by epoch, a line for each run`, x, y, series }));
  };
  curve("train-loss", "training loss", (epoch) => epoch.train_loss, false);
  curve("val-loss", "validation loss", (epoch) => epoch.val_loss, false);
  curve("rate", "learning rate", (epoch) => epoch.learning_rate, true);
}

function showRoc() {
  if (!runs.some(({ roc }) => roc.length)) return;
  showSection("verification");
  const logarithmic = byId("roc-log");
  const redraw = chart(byId("roc"), () => {
    const log = logarithmic.checked;
    const visible = runs.map(({ roc, colour, dashes }) => ({
      style: "",
      colour,
      dashes,
      points: roc
        .filter((step) => !log || step.false_accept_rate > 0)
        .map((step) => /** @type {Pair} */ ([step.false_accept_rate, step.true_accept_rate])),
    }));
    const least = Math.max(Math.min(0.1, ...visible.flatMap(({ points }) => points.map((point) => point[0]))), 1e-6);
    return {
      label: "ROC curves, a line for each run",
      x: axisOf(log ? least : 0, 1, { name: "false accept rate", logarithmic: log }),
      y: axisOf(0, 1, { name: "true accept rate" }),
      series: visible,
    };
  });
  logarithmic.addEventListener("change", redraw);
}

/**
 * Keys of a TOML file with the text of their values: `model.backbone` → `"resnet18"`.
 *
 * @type {(configuration: string) => Map<string, string>}
 */
function settingsOf(configuration) {
  let section = "";
  const settings = new Map();
  for (const line of configuration.split("\n")) {
    const [, heading] = line.match(/^\s*\[([^\]]+)\]\s*$/) ?? [];
    const [, key, value] = line.match(/^\s*([\w-]+)\s*=\s*(.*?)\s*$/) ?? [];
    if (heading) section = `${heading}.`;
    else if (key) settings.set(section + key, value);
  }
  return settings;
}

function showDifferences() {
  const settings = runs.map(({ configuration }) => settingsOf(configuration));
  const differing = inOrder(settings.map((one) => [...one.keys()])).filter(
    (key) => new Set(settings.map((one) => one.get(key))).size > 1,
  );
  if (!differing.length) return;
  showSection("configuration");
  tableOf(
    "setting-table",
    "Setting",
    differing.map((key) => [key, settings.map((one) => make("td", {}, one.get(key) ?? "–"))]),
  );
}

showFigures();
showCurves();
showRoc();
showDifferences();
