// ROC curve and distances of pairs, joined by a threshold.

const SLIDER_STEPS = 500;

/** @param {Report} report */
function showVerification({ verification }) {
  if (!verification) return;
  showSection("verification");
  const { roc, histogram, measure, auc, eer, eer_threshold } = verification;
  if (known(auc))
    byId("auc").textContent = `(area ${auc.toFixed(4)}${known(eer) ? `, equal error rate ${percent(eer, 2)}` : ""})`;

  const [lowest, highest] = thresholds(roc, histogram);
  const slider = byId("threshold");
  dress(slider, { min: lowest, max: highest, step: (highest - lowest) / SLIDER_STEPS || "any" }, []);
  let threshold = eer_threshold ?? (lowest + highest) / 2;

  const logarithmic = byId("roc-log");
  const positive = roc.map((step) => step.false_accept_rate).filter((rate) => rate > 0);
  const least = Math.max(Math.min(...positive, 1) || 1, 1e-6);
  const redrawRoc = chart(byId("roc"), () => {
    const log = logarithmic.checked;
    const step = stepAt(roc, threshold);
    const visible = log ? roc.filter((point) => point.false_accept_rate > 0) : roc;
    const chance = Array.from({ length: 60 }, (_, k) => {
      const rate = log ? least ** (1 - k / 59) : k / 59;
      return /** @type {Pair} */ ([rate, rate]);
    });
    return {
      label: "ROC curve: true accept rate over false accept rate",
      x: axisOf(log ? least : 0, 1, { name: "false accept rate", logarithmic: log }),
      y: axisOf(0, 1, { name: "true accept rate" }),
      series: [{ style: "first", points: visible.map((point) => [point.false_accept_rate, point.true_accept_rate]) }],
      marks: [{ x: step.false_accept_rate, y: step.true_accept_rate, style: "second" }],
      chance,
    };
  });
  byId("roc").before(
    legend([
      { style: "first", name: "every threshold" },
      { style: "second", name: "this one" },
      { style: "chance", name: "chance" },
    ]),
  );
  const redrawDistances = histogram ? distancesChart(histogram, measure, () => threshold) : () => {};
  const figure = byId("distances").closest("figure");
  if (!histogram && figure) figure.hidden = true;

  const show = () => {
    const step = stepAt(roc, threshold);
    byId("threshold-shown").textContent = threshold.toFixed(3);
    byId("true-accept").textContent = percent(step.true_accept_rate, 2);
    byId("false-reject").textContent = percent(1 - step.true_accept_rate, 2);
    byId("false-accept").textContent = percent(step.false_accept_rate, 2);
    byId("true-reject").textContent = percent(1 - step.false_accept_rate, 2);
    redrawRoc();
    redrawDistances();
  };
  slider.setAttribute("aria-label", measure);
  slider.addEventListener("input", () => {
    threshold = Number(slider.value);
    show();
  });
  logarithmic.addEventListener("change", redrawRoc);
  const toEqual = byId("threshold-equal");
  toEqual.hidden = !known(eer_threshold);
  toEqual.addEventListener("click", () => {
    threshold = eer_threshold ?? threshold;
    slider.value = String(threshold);
    show();
  });
  slider.value = String(threshold);
  show();
}

/**
 * The least and the greatest threshold that can be chosen.
 *
 * @param {RocStep[]} roc
 * @param {DistanceHistogram | null} histogram
 * @returns {Pair}
 */
function thresholds(roc, histogram) {
  const [nearest, farthest] = extent(roc.map((step) => step.threshold).filter(known));
  if (nearest > farthest) return [0, 1];
  return histogram
    ? [Math.min(histogram.edges[0], nearest), Math.max(histogram.edges[histogram.edges.length - 1], farthest)]
    : [nearest, farthest];
}

/**
 * The last point of the curve whose threshold does not exceed `threshold`.
 *
 * @param {RocStep[]} roc
 * @param {number} threshold
 */
function stepAt(roc, threshold) {
  let found = { true_accept_rate: 0, false_accept_rate: 0 };
  for (const step of roc) {
    if (known(step.threshold) && step.threshold > threshold) break;
    found = step;
  }
  return found;
}

/** @type {(histogram: DistanceHistogram, measure: string, threshold: () => number) => () => void} */
function distancesChart({ edges, positive, negative }, measure, threshold) {
  const end = edges[edges.length - 1];
  /** @type {(densities: number[]) => Pair[]} */
  const outline = (densities) => [
    [edges[0], 0],
    ...densities.flatMap(
      (density, bin) =>
        /** @type {Pair[]} */ ([
          [edges[bin], density],
          [edges[bin + 1], density],
        ]),
    ),
    [end, 0],
  ];
  const top = Math.max(...positive, ...negative) * 1.08 || 1;
  const container = byId("distances");
  container.before(
    legend([
      { style: "first", name: "same" },
      { style: "second", name: "different" },
      { style: "mark", name: "threshold" },
    ]),
  );
  return chart(container, () => ({
    label: "Densities of the distances of pairs of one and of two classes",
    x: axisOf(edges[0], end, { name: measure }),
    y: axisOf(0, top, { name: "density" }),
    series: [
      { style: "second", points: outline(negative), area: true },
      { style: "first", points: outline(positive), area: true },
    ],
    marks: [{ x: threshold() }],
  }));
}
