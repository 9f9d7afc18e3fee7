// Heading, headline figures, training curves, attention, configuration.

/** @param {Report} report */
function showHeading({ title, subtitle, facts, class_word, classes_word }) {
  byId("title").textContent = title;
  byId("subtitle").textContent = subtitle;
  byId("facts").append(...facts.map(({ name, value }) => make("div", {}, make("dt", {}, name), make("dd", {}, value))));
  for (const place of document.querySelectorAll(".class-word")) place.textContent = class_word;
  for (const place of document.querySelectorAll(".classes-word")) place.textContent = classes_word;
}

/** @param {Report} report */
function showHeadlines({ headlines }) {
  if (!headlines.length) return;
  showSection("figures");
  byId("headlines").append(...headlines.map(headlineCard));
}

/** @param {Headline} headline */
function headlineCard({ name, meaning, value, interval, baseline, lower_is_better }) {
  const bar = make("div", { class: "span", "aria-hidden": "true" });
  /** @type {(style: string, from: number, to?: number) => void} */
  const place = (style, from, to = from) => {
    const part = make("span", { class: style });
    part.style.left = `${from * 100}%`;
    if (to !== from) part.style.width = `${(to - from) * 100}%`;
    bar.append(part);
  };
  if (known(baseline)) place("before", baseline);
  if (interval) place("within", ...interval);
  place("at", value);
  const lines = [];
  if (interval) lines.push(make("p", {}, `95 % interval ${percent(interval[0])} – ${percent(interval[1])}`));
  if (known(baseline)) {
    const gain = value - baseline;
    const better = lower_is_better ? gain <= 0 : gain >= 0;
    lines.push(
      make(
        "p",
        {},
        `before training ${percent(baseline)}, `,
        make(
          "span",
          { class: better ? "better" : "worse" },
          `${gain < 0 ? "−" : "+"}${(Math.abs(gain) * 100).toFixed(1)} points`,
        ),
      ),
    );
  }
  if (meaning) lines.push(make("p", {}, meaning));
  return make(
    "article",
    { class: "headline" },
    make("h3", {}, name),
    make("div", { class: "value" }, percent(value)),
    bar,
    ...lines,
  );
}

/** @param {Report} report */
function showTraining({ history, best_epoch }) {
  if (!history.length) return;
  showSection("training");
  const dots = history.length <= 40;
  const best = best_epoch ?? history[history.length - 1].epoch;
  const epochs = axisOf(...extent(history.map((epoch) => epoch.epoch)), { name: "epoch" });
  epochs.ticks = epochs.ticks.filter(Number.isInteger);
  const losses = [
    { name: "training", style: "first", points: overEpochs(history, (epoch) => epoch.train_loss), dots },
    { name: "validation", style: "second", points: overEpochs(history, (epoch) => epoch.val_loss), dots },
  ].filter((series) => series.points.length);
  const [lowest, highest] = extent(losses.flatMap((series) => series.points.map((point) => point[1])));
  const air = (highest - lowest) * 0.06;
  epochChart(byId("loss"), {
    label: "Loss by epoch",
    x: epochs,
    series: losses,
    best,
    y: axisOf(lowest >= 0 && lowest < highest * 0.6 ? 0 : lowest - air, highest + air, { name: "loss" }),
  });
  const rates = overEpochs(history, (epoch) => epoch.learning_rate);
  const [slowest, fastest] = extent(rates.map((point) => point[1]));
  epochChart(byId("rate"), {
    label: "Learning rate by epoch",
    x: epochs,
    best,
    y: axisOf(slowest, fastest, { name: "learning rate", logarithmic: slowest > 0 }),
    series: [{ name: "learning rate", style: "first", points: rates, dots }],
  });
}

/** @param {Report} report */
function showAttention({ attention }) {
  if (!attention.length) return;
  showSection("attention");
  byId("gallery").append(
    ...attention.map(({ caption, image, overlay }) => {
      const layers = make(
        "span",
        { class: "layers" },
        make("img", { src: image, alt: "" }),
        make("img", { src: overlay, alt: "" }),
      );
      const glance = make(
        "button",
        {
          type: "button",
          class: "glance",
          "aria-pressed": "false",
          "aria-label": `${caption}: show without the map`,
          onclick: () => glance.setAttribute("aria-pressed", String(glance.getAttribute("aria-pressed") === "false")),
        },
        layers,
        make("span", { class: "name" }, caption),
      );
      return make("li", {}, glance);
    }),
  );
}

/** @param {Report} report */
function showConfiguration({ configuration }) {
  if (!configuration) return;
  showSection("configuration");
  byId("settings").textContent = configuration;
}
