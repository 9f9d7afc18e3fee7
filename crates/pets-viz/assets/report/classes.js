// The classes: those that are confused, and a table of all.

/** @type {(report: Report, choose: Choose) => void} */
function showConfused(report, choose) {
  const { confused, samples, classes } = report;
  if (!confused.length) return;
  showSection("confusions");
  byId("confused").append(
    ...confused.map(({ classes: pair, accepted, pairs }) => {
      const photos = mostAlike(samples, pair).map((sample) =>
        make(
          "button",
          {
            type: "button",
            "data-sample": sample,
            "aria-label": `${wordsFor(report, sample).className}, ${samples[sample].name}: what is found for it`,
            onclick: () => choose(sample),
          },
          make("img", { src: samples[sample].photo, alt: "" }),
          wordsFor(report, sample).className,
        ),
      );
      const names = pair.map((index) => make("span", {}, classes[index].name));
      return make(
        "li",
        { class: "confusion" },
        make("div", { class: "pair" }, ...(photos.length ? photos : names)),
        make(
          "p",
          {},
          make("b", {}, percent(pairs ? accepted / pairs : 0)),
          ` of ${pairs.toLocaleString("en")} pairs taken for one`,
        ),
      );
    }),
  );
}

/**
 * The most similar images of two classes, the first of the first class; any two where none are neighbours.
 *
 * @param {Sample[]} samples
 * @param {Pair} pair
 * @returns {number[]}
 */
function mostAlike(samples, [first, second]) {
  /** @type {{ similarity: number, pair: Pair } | null} */
  let best = null;
  samples.forEach(({ class: from, neighbours }, index) => {
    if (from !== first && from !== second) return;
    const other = from === first ? second : first;
    for (const { sample, similarity } of neighbours) {
      if (samples[sample].class !== other || (best && similarity <= best.similarity)) continue;
      best = { similarity, pair: from === first ? [index, sample] : [sample, index] };
    }
  });
  /** @param {number} wanted */
  const any = (wanted) => samples.findIndex((sample) => sample.class === wanted);
  const found = /** @type {{ pair: Pair } | null} */ (best);
  return found ? found.pair : [any(first), any(second)].filter((sample) => sample >= 0);
}

/** @type {(report: Report, choose: Choose | null) => void} */
function showClasses(report, choose) {
  const { classes, samples, class_word } = report;
  if (!classes.length) return;
  showSection("classes");
  const rows = classes.map((entry, index) => ({
    ...entry,
    index,
    images: samples.filter((sample) => sample.class === index).length,
  }));
  /** @type {{ name: string, key: keyof ImageClass | "images", share?: boolean }[]} */
  const all = [
    { name: class_word[0].toUpperCase() + class_word.slice(1), key: "name" },
    { name: "Kind", key: "kind" },
    { name: "Images", key: "images" },
    { name: "Recall@1", key: "recall_at_1", share: true },
    { name: "MAP@R", key: "map_at_r", share: true },
    { name: "Same accepted", key: "true_accept_rate", share: true },
    { name: "Different accepted", key: "false_accept_rate", share: true },
  ];
  const columns = all.filter(({ key }) => rows.some((row) => known(row[key])));
  const body = make("tbody");
  const headings = columns.map(({ name }, column) =>
    make("th", { scope: "col" }, make("button", { type: "button", onclick: () => sortBy(column) }, name)),
  );
  byId("class-table").append(make("thead", {}, make("tr", {}, ...headings)), body);

  /** @type {(row: (typeof rows)[number], column: (typeof columns)[number]) => HTMLElement} */
  const cell = (row, { key, share }) => {
    const value = row[key];
    if (!known(value)) return make("td", {}, "–");
    if (!share) return make("td", {}, String(value));
    const bar = make("span", { class: "bar", "aria-hidden": "true" });
    bar.style.setProperty("--share", `${Number(value) * 100}%`);
    return make("td", {}, percent(Number(value)), bar);
  };
  /** @param {number} column */
  const sortBy = (column) => {
    const before = headings[column].getAttribute("aria-sort");
    const falling = before ? before === "ascending" : columns[column].share === true;
    headings.forEach((heading) => heading.removeAttribute("aria-sort"));
    headings[column].setAttribute("aria-sort", falling ? "descending" : "ascending");
    const { key } = columns[column];
    /** @type {(a: any, b: any) => number} */
    const compare = (a, b) => (typeof a === "string" ? a.localeCompare(b, "en") : a - b);
    rows.sort((a, b) => {
      if (!known(a[key]) || !known(b[key])) return Number(known(b[key])) - Number(known(a[key]));
      return compare(a[key], b[key]) * (falling ? -1 : 1) || a.index - b.index;
    });
    body.replaceChildren(
      ...rows.map((row) =>
        make(
          "tr",
          { "data-class": row.index },
          make(
            "th",
            { scope: "row" },
            choose ? make("button", { type: "button", onclick: () => choose(row.index) }, row.name) : row.name,
          ),
          ...columns.slice(1).map((column) => cell(row, column)),
        ),
      ),
    );
  };
  sortBy(0);
}
