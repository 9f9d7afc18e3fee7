// The map: hover, choose, filter, zoom, move; by pointer and by keyboard.

const NEIGHBOURS_SHOWN = 6;
const REACH = 16;
const CLICK_SLACK = 4;
const GLIDE_MILLISECONDS = 450;

/**
 * Shows the map; `ask` is called with each sample that is chosen. Returns what others may do with it.
 *
 * @param {Report} report
 * @param {Choose} ask
 */
function showMap(report, ask) {
  const { maps, samples, classes, classes_word } = report;
  if (!maps.length || !samples.length) return null;
  showSection("map");
  const canvas = byId("map-canvas");
  const painter = new Painter(canvas, report);
  const view = new View();
  const layouts = maps.map((map) => View.normalised(map.points));
  const state = { classShown: -1, hovered: -1, chosen: -1 };
  let layout = layouts[0];
  let positions = layout;

  let asked = false;
  const redraw = () => {
    if (asked) return;
    asked = true;
    // A finger scrolls the page over the whole map, and moves a map that is zoomed into.
    canvas.style.touchAction = view.zoom > 1 ? "none" : "pan-y";
    requestAnimationFrame(() => {
      asked = false;
      painter.paint(view, positions, state);
    });
  };
  const refit = () => {
    view.fitTo(layout);
    redraw();
  };
  new ResizeObserver(() => {
    view.size = [canvas.clientWidth, canvas.clientHeight];
    refit();
    hover(-1);
  }).observe(byId("map-stage"));
  prefersDark.addEventListener("change", redraw);

  // Which map.
  /** @param {number} index */
  const glideTo = (index) => {
    const from = positions;
    layout = layouts[index];
    showQuality(maps[index]);
    hover(-1);
    const started = performance.now();
    /** @param {number} now */
    const step = (now) => {
      if (layout !== layouts[index]) return;
      const share = prefersStillness.matches ? 1 : Math.min((now - started) / GLIDE_MILLISECONDS, 1);
      const eased = share * share * (3 - 2 * share);
      positions =
        share === 1
          ? layout
          : from.map(([x, y], sample) => [x + (layout[sample][0] - x) * eased, y + (layout[sample][1] - y) * eased]);
      refit();
      if (share < 1) requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  };
  byId("map-methods").append(
    ...maps.map(({ method }, index) =>
      make(
        "label",
        {},
        make("input", {
          type: "radio",
          name: "map-method",
          value: index,
          ...(index ? {} : { checked: "" }),
          onchange: () => glideTo(index),
        }),
        make("span", {}, method.split(" (")[0]),
      ),
    ),
  );

  // Which class.
  const choice = byId("map-class");
  choice.append(make("option", { value: -1 }, `all ${classes_word}`), ...optionsByKind(classes));
  /** @param {number} index */
  const showClass = (index) => {
    state.classShown = index;
    choice.value = String(index);
    if (state.chosen >= 0 && !visible(state.chosen)) choose(-1);
    hover(-1);
  };
  choice.addEventListener("change", () => showClass(Number(choice.value)));
  /** @param {number} sample */
  const visible = (sample) => state.classShown < 0 || samples[sample].class === state.classShown;

  // Which sample.
  /** @type {(place: Pair, reach?: number) => number} */
  const nearest = ([x, y], reach = REACH) => {
    let [found, least] = [-1, reach];
    samples.forEach((_, sample) => {
      if (!visible(sample)) return;
      const at = view.toScreen(positions[sample]);
      const distance = Math.hypot(at[0] - x, at[1] - y);
      if (distance < least) [found, least] = [sample, distance];
    });
    return found;
  };
  /** @param {number} sample */
  const hover = (sample) => {
    state.hovered = sample;
    showTip(report, sample, sample < 0 ? null : view.toScreen(positions[sample]), view.size);
    redraw();
  };
  /** @param {number} sample */
  const choose = (sample) => {
    state.chosen = sample;
    showChosen(report, sample, choose);
    if (sample >= 0) {
      if (!visible(sample)) showClass(-1);
      ask(sample);
    }
    redraw();
  };
  /** @param {number} sample */
  const announce = (sample) => {
    const { className, name } = wordsFor(report, sample);
    byId("map-live").textContent = `${className}, ${name}`;
  };

  listenToPointer(canvas, view, { hover, choose, nearest });
  listenToKeys(canvas, view, {
    state,
    choose,
    redraw,
    next: (direction) => {
      const from = state.hovered >= 0 ? state.hovered : state.chosen;
      const start =
        from >= 0 ? view.toScreen(positions[from]) : /** @type {Pair} */ (view.size.map((length) => length / 2));
      const sample = from < 0 ? nearest(start, Infinity) : inDirection(start, direction, from);
      if (sample < 0) return;
      view.bringIntoSight(positions[sample]);
      hover(sample);
      announce(sample);
    },
    clear: () => {
      hover(-1);
      choose(-1);
    },
  });
  /** @type {(start: Pair, direction: Pair, from: number) => number} */
  const inDirection = (start, direction, from) => {
    let [found, least] = [-1, Infinity];
    samples.forEach((_, sample) => {
      if (sample === from || !visible(sample)) return;
      const at = view.toScreen(positions[sample]);
      const [dx, dy] = [at[0] - start[0], at[1] - start[1]];
      const along = dx * direction[0] + dy * direction[1];
      const aside = Math.abs(dx * direction[1]) + Math.abs(dy * direction[0]);
      if (along <= 0 || aside > along * 2) return;
      if (along + 2 * aside < least) [found, least] = [sample, along + 2 * aside];
    });
    return found;
  };
  /** @param {number} factor */
  const zoom = (factor) => () => {
    view.zoomBy(factor);
    hover(-1);
  };
  byId("map-in").addEventListener("click", zoom(1.6));
  byId("map-out").addEventListener("click", zoom(1 / 1.6));
  byId("map-reset").addEventListener("click", () => {
    view.reset();
    showClass(-1);
    choose(-1);
  });

  showChosen(report, -1, choose);
  showQuality(maps[0]);
  return { showClass };
}

/** How far a map can be trusted, in a line. @param {EmbeddingMap} map */
function showQuality({ method, notes, trustworthiness, trust_neighbours, kl_divergence }) {
  const divergence = known(kl_divergence) ? `, Kullback–Leibler divergence ${kl_divergence.toFixed(3)}` : "";
  const quality = `${method}: trustworthiness ${trustworthiness.toFixed(3)} of 1 (${trust_neighbours} neighbours)${divergence}`;
  byId("map-quality").textContent = [quality, ...notes].join("; ");
}

/** @param {ImageClass[]} classes */
function optionsByKind(classes) {
  const options = classes.map(({ name }, index) => make("option", { value: index }, name));
  const kinds = [...new Set(classes.map((entry) => entry.kind))];
  if (kinds.length < 2) return options;
  return kinds.map((kind) =>
    make("optgroup", { label: kind ?? "other" }, ...options.filter((_, index) => classes[index].kind === kind)),
  );
}

/** @type {(report: Report, sample: number, at: Pair | null, size: Pair) => void} */
function showTip(report, sample, at, size) {
  const tip = byId("map-tip");
  tip.hidden = at === null;
  if (at === null) return;
  const { className, name } = wordsFor(report, sample);
  tip.replaceChildren(
    make("img", { src: report.samples[sample].photo, alt: "" }),
    make("strong", {}, className),
    make("span", {}, name),
  );
  const [width, height] = [tip.offsetWidth, tip.offsetHeight];
  const left = at[0] + 16 + width > size[0] ? at[0] - 16 - width : at[0] + 16;
  tip.style.left = `${Math.min(Math.max(left, 4), Math.max(size[0] - width - 4, 4))}px`;
  tip.style.top = `${Math.min(Math.max(at[1] - height / 2, 4), Math.max(size[1] - height - 4, 4))}px`;
}

/** @type {(report: Report, sample: number, choose: Choose) => void} */
function showChosen(report, sample, choose) {
  const panel = byId("map-chosen");
  if (sample < 0) {
    panel.replaceChildren(
      make("p", { class: "placeholder" }, "Choose a point to see the image and its nearest neighbours."),
    );
    return;
  }
  const { className, name } = wordsFor(report, sample);
  panel.replaceChildren(
    make(
      "div",
      { class: "who" },
      make("img", { src: report.samples[sample].photo, alt: "", "data-sample": sample }),
      make("p", {}, make("strong", {}, className), make("br"), name),
    ),
    make("p", {}, "Nearest neighbours:"),
    make("ol", { class: "results" }, ...resultItems(report, sample, NEIGHBOURS_SHOWN, choose)),
  );
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {View} view
 * @param {{ hover: Choose, choose: Choose, nearest: (place: Pair) => number }} does
 */
function listenToPointer(canvas, view, { hover, choose, nearest }) {
  /** @type {{ from: Pair, last: Pair, moved: boolean } | null} */
  let pressed = null;
  /** @type {(event: MouseEvent) => Pair} */
  const at = (event) => [event.offsetX, event.offsetY];
  canvas.addEventListener("pointerdown", (event) => {
    pressed = { from: at(event), last: at(event), moved: false };
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener("pointermove", (event) => {
    const [x, y] = at(event);
    if (!pressed) return hover(nearest([x, y]));
    pressed.moved ||= Math.hypot(x - pressed.from[0], y - pressed.from[1]) > CLICK_SLACK;
    if (!pressed.moved) return undefined;
    view.moveBy(x - pressed.last[0], y - pressed.last[1]);
    pressed.last = [x, y];
    return hover(-1);
  });
  canvas.addEventListener("pointerup", (event) => {
    if (pressed && !pressed.moved) choose(nearest(at(event)));
    pressed = null;
  });
  canvas.addEventListener("pointercancel", () => {
    pressed = null;
  });
  canvas.addEventListener("pointerleave", () => {
    if (!pressed) hover(-1);
  });
  // A plain turn of the wheel scrolls the page; with Ctrl, as pinching a touchpad sends it, it zooms.
  canvas.addEventListener(
    "wheel",
    (event) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      view.zoomBy(Math.exp(-event.deltaY / 300), at(event));
      hover(-1);
    },
    { passive: false },
  );
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {View} view
 * @param {{
 *   state: MapState,
 *   choose: Choose,
 *   next: (direction: Pair) => void,
 *   clear: () => void,
 *   redraw: () => void,
 * }} does
 */
function listenToKeys(canvas, view, { state, choose, next, clear, redraw }) {
  /** @type {Record<string, Pair>} */
  const directions = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (directions[event.key]) next(directions[event.key]);
    else if (event.key === "Enter" || event.key === " ") choose(state.hovered);
    else if (event.key === "Escape") clear();
    else if (event.key === "+" || event.key === "=") {
      view.zoomBy(1.6);
      redraw();
    } else if (event.key === "-") {
      view.zoomBy(1 / 1.6);
      redraw();
    } else return;
    event.preventDefault();
  });
}
