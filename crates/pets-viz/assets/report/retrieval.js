// Which images are found for an image.

/** How the image at `sample` may be called: its class, and its name. @type {(report: Report, sample: number) => { className: string, name: string }} */
const wordsFor = (report, sample) => ({
  className: report.classes[report.samples[sample].class].name,
  name: report.samples[sample].name,
});

/**
 * The results of a query, the nearest first; `choose` is called with the sample that is clicked.
 *
 * @param {Report} report
 * @param {number} query
 * @param {number} count
 * @param {Choose} choose
 */
function resultItems(report, query, count, choose) {
  const { class: wanted, neighbours } = report.samples[query];
  return neighbours.slice(0, count).map(({ sample, similarity }, index) => {
    const { className, name } = wordsFor(report, sample);
    const right = report.samples[sample].class === wanted;
    const label = `Rank ${index + 1}: ${className}, ${name}, ${right ? "right" : "wrong"}, similarity ${similarity.toFixed(3)}`;
    return make(
      "li",
      {},
      make(
        "button",
        {
          type: "button",
          class: right ? "result right" : "result wrong",
          "data-sample": sample,
          "aria-label": label,
          title: name,
          onclick: () => choose(sample),
        },
        make(
          "span",
          { class: "frame" },
          make("img", { src: report.samples[sample].photo, alt: "" }),
          make("span", { class: "verdict" }, right ? "✓" : "✗"),
          make("span", { class: "rank" }, String(index + 1)),
        ),
        make("span", { class: "name" }, className),
        make("span", { class: "similarity" }, similarity.toFixed(3)),
      ),
    );
  });
}

/**
 * The retrieval browser; returns a function that asks for a sample.
 *
 * @param {Report} report
 * @returns {Choose}
 */
function showRetrieval(report) {
  const { samples } = report;
  const depth = Math.max(0, ...samples.map((sample) => sample.neighbours.length));
  if (!depth) return () => {};
  showSection("retrieval");

  // Queries from the worst answered to the best; without a figure, by their right neighbours.
  /** @type {(sample: Sample) => number} */
  const score = ({ average_precision, neighbours, class: wanted }) =>
    average_precision ?? neighbours.filter(({ sample }) => samples[sample].class === wanted).length / depth;
  const scores = samples.map(score);
  const order = samples
    .map((_, index) => index)
    .filter((index) => samples[index].neighbours.length)
    .sort((a, b) => scores[a] - scores[b] || a - b);
  const places = new Map(order.map((sample, place) => [sample, place]));
  let query = order[0];

  const count = byId("query-count");
  count.max = String(depth);
  count.value = String(Math.min(10, depth));
  const show = () => {
    const { className, name } = wordsFor(report, query);
    const { neighbours, class: wanted, photo } = samples[query];
    const shown = Number(count.value);
    const right = neighbours.slice(0, shown).filter(({ sample }) => samples[sample].class === wanted).length;
    byId("query-count-shown").textContent = String(shown);
    const place = places.get(query);
    byId("query-place").textContent = known(place)
      ? `Query ${(place + 1).toLocaleString("en")} of ${order.length.toLocaleString("en")}, from the worst answered to the best; ${right} of ${Math.min(shown, neighbours.length)} results are right.`
      : "No neighbours are known of this image.";
    byId("query").replaceChildren(
      make("img", { src: photo, alt: `Query: ${className}`, "data-sample": query }),
      make("figcaption", {}, make("strong", {}, className), make("small", {}, name)),
    );
    byId("results").replaceChildren(...resultItems(report, query, shown, ask));
  };
  /** @param {number} sample */
  const ask = (sample) => {
    query = sample;
    show();
  };
  /** @param {number} by */
  const step = (by) => ask(order[((places.get(query) ?? 0) + by + order.length) % order.length]);
  byId("query-worst").addEventListener("click", () => ask(order[0]));
  byId("query-best").addEventListener("click", () => ask(order[order.length - 1]));
  byId("query-random").addEventListener("click", () => ask(order[Math.floor(Math.random() * order.length)]));
  byId("query-back").addEventListener("click", () => step(-1));
  byId("query-on").addEventListener("click", () => step(1));
  count.addEventListener("input", show);
  show();
  return ask;
}
