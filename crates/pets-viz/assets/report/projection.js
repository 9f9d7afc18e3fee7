// Where the points of a map are on the screen: fitted into the stage, zoomed and moved.

const STAGE_MARGIN = 30;
const MAX_ZOOM = 40;

class View {
  constructor() {
    /** @type {Pair} */
    this.size = [1, 1];
    this.scale = 1;
    this.zoom = 1;
    /** @type {Pair} */
    this.offset = [0, 0];
  }

  reset() {
    this.zoom = 1;
    this.offset = [0, 0];
  }

  /** Takes the points of a map, unstretched into a square from −1 to 1. @type {(points: Pair[]) => Pair[]} */
  static normalised(points) {
    const [left, right] = extent(points.map((point) => point[0]));
    const [bottom, top] = extent(points.map((point) => point[1]));
    const half = Math.max(right - left, top - bottom) / 2 || 1;
    const middle = [(left + right) / 2, (bottom + top) / 2];
    return points.map(([x, y]) => [(x - middle[0]) / half, (middle[1] - y) / half]);
  }

  /**
   * Pixels per unit, in both directions: the points fill the stage as far as their shape allows.
   *
   * @param {Pair[]} points
   */
  fitTo(points) {
    /** @param {number} axis */
    const reach = (axis) => Math.max(...points.map((point) => Math.abs(point[axis])), 1e-9);
    this.scale = Math.min(...[0, 1].map((axis) => (this.size[axis] / 2 - STAGE_MARGIN) / reach(axis)));
  }

  /** @type {(point: Pair) => Pair} */
  toScreen([x, y]) {
    const scale = this.scale * this.zoom;
    return [this.size[0] / 2 + x * scale + this.offset[0], this.size[1] / 2 + y * scale + this.offset[1]];
  }

  /** @type {(dx: number, dy: number) => void} */
  moveBy(dx, dy) {
    /** @param {number} axis */
    const most = (axis) => ((this.zoom - 1) * this.size[axis]) / 2;
    /** @type {(at: number, axis: number) => number} */
    const within = (at, axis) => Math.min(Math.max(at, -most(axis)), most(axis));
    this.offset = [within(this.offset[0] + dx, 0), within(this.offset[1] + dy, 1)];
  }

  /** Moves no farther than it takes to see a point. @param {Pair} point */
  bringIntoSight(point) {
    const at = this.toScreen(point);
    /** @param {number} axis */
    const shift = (axis) => Math.min(Math.max(at[axis], STAGE_MARGIN), this.size[axis] - STAGE_MARGIN) - at[axis];
    this.moveBy(shift(0), shift(1));
  }

  /**
   * Zooms by `factor` about the screen point `about`, which stays where it is.
   *
   * @param {number} factor
   * @param {Pair} about
   */
  zoomBy(factor, about = [this.size[0] / 2, this.size[1] / 2]) {
    const zoom = Math.min(Math.max(this.zoom * factor, 1), MAX_ZOOM);
    const ratio = zoom / this.zoom;
    /** @param {number} axis */
    const shift = (axis) => (about[axis] - this.size[axis] / 2 - this.offset[axis]) * (1 - ratio);
    const [dx, dy] = [shift(0), shift(1)];
    this.zoom = zoom;
    this.moveBy(dx, dy);
  }
}

/** Paints the points of a map, each class with its colour and marker. */
class Painter {
  /**
   * @param {HTMLCanvasElement} canvas
   * @param {Report} report
   */
  constructor(canvas, report) {
    this.canvas = canvas;
    this.report = report;
    this.radius = 0;
    /** @type {MapColours} */
    this.colours = { card: "", ink: "", muted: "", line: "" };
    this.context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    this.shapes = report.looks.map(({ corners }) => {
      const shape = new Path2D();
      corners.forEach(([x, y], index) => (index ? shape.lineTo(x, y) : shape.moveTo(x, y)));
      shape.closePath();
      return shape;
    });
  }

  /** @type {(view: View, positions: Pair[], state: MapState) => void} */
  paint(view, positions, { classShown, hovered, chosen }) {
    const {
      context,
      report: { samples },
    } = this;
    const [width, height] = view.size;
    const density = devicePixelRatio || 1;
    this.canvas.width = Math.round(width * density);
    this.canvas.height = Math.round(height * density);
    this.colours = {
      card: styleValue("--card"),
      ink: styleValue("--ink"),
      muted: styleValue("--muted"),
      line: styleValue("--line"),
    };
    this.radius = Math.min(Math.max(120 / Math.sqrt(samples.length), 3.4), 7) * Math.min(view.zoom ** 0.35, 2);
    context.setTransform(density, 0, 0, density, 0, 0);
    const places = positions.map((position) => view.toScreen(position));

    /** @param {number} sample */
    const shown = (sample) => classShown < 0 || samples[sample].class === classShown;
    samples.forEach((_, sample) => {
      if (!shown(sample)) this.dot(places[sample]);
    });
    samples.forEach((_, sample) => {
      if (shown(sample)) this.marker(sample, places[sample]);
    });
    if (classShown < 0) this.names(places);
    if (chosen >= 0) this.neighbourhood(chosen, places);
    for (const sample of [chosen, hovered]) {
      if (sample < 0) continue;
      this.marker(sample, places[sample], 1.5);
      this.ring(places[sample], this.radius * 2.1, this.colours.ink, 2);
    }
  }

  /** @param {Pair} place */
  dot([x, y]) {
    this.context.fillStyle = this.colours.line;
    this.context.fillRect(x - 1.5, y - 1.5, 3, 3);
  }

  /** @type {(sample: number, place: Pair, enlarged?: number) => void} */
  marker(sample, [x, y], enlarged = 1) {
    const { context, colours } = this;
    const { class: index } = this.report.samples[sample];
    const { light, dark, hollow } = this.report.looks[index];
    const colour = prefersDark.matches ? dark : light;
    const radius = this.radius * enlarged;
    context.save();
    context.translate(x, y);
    context.scale(radius, radius);
    context.lineWidth = (hollow ? 1.5 : 1) / radius;
    context.fillStyle = hollow ? colours.card : colour;
    context.strokeStyle = hollow ? colour : colours.card;
    context.fill(this.shapes[index]);
    context.stroke(this.shapes[index]);
    context.restore();
  }

  /** @type {(place: Pair, radius: number, colour: string, width: number) => void} */
  ring([x, y], radius, colour, width) {
    const { context } = this;
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.stroke();
  }

  /**
   * Lines to the nearest neighbours, whole where the class is the same and dashed where it is not.
   *
   * @param {number} chosen
   * @param {Pair[]} places
   */
  neighbourhood(chosen, places) {
    const {
      context,
      report: { samples },
    } = this;
    for (const { sample } of samples[chosen].neighbours.slice(0, NEIGHBOURS_SHOWN)) {
      const right = samples[sample].class === samples[chosen].class;
      context.strokeStyle = styleValue(right ? "--right" : "--wrong");
      context.lineWidth = 1.6;
      context.setLineDash(right ? [] : [5, 4]);
      context.beginPath();
      context.moveTo(...places[chosen]);
      context.lineTo(...places[sample]);
      context.stroke();
      context.setLineDash([]);
      this.marker(sample, places[sample], 1.2);
      this.ring(places[sample], this.radius * 1.9, context.strokeStyle, 1.6);
    }
  }

  /** The names of the classes at the middle of their points, as many as find room. @param {Pair[]} places */
  names(places) {
    const {
      context,
      report: { classes, samples },
      colours,
    } = this;
    /** @type {Pair[][]} */
    const members = classes.map(() => []);
    samples.forEach((sample, index) => members[sample.class].push(places[index]));
    /** @param {number[]} values */
    const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];
    const [width, height] = [this.canvas.clientWidth, this.canvas.clientHeight];
    /** @typedef {[left: number, top: number, right: number, bottom: number]} Box */
    /** @type {Box[]} */
    const taken = [];
    context.font = "600 12px system-ui, sans-serif";
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.lineJoin = "round";
    members
      .map((points, index) => ({ points, index }))
      .filter(({ points }) => points.length)
      .sort((a, b) => b.points.length - a.points.length || a.index - b.index)
      .forEach(({ points, index }) => {
        const { name } = classes[index];
        const half = context.measureText(name).width / 2 + 4;
        const across = median(points.map((point) => point[0]));
        if (across < 0 || across > width) return;
        const x = Math.min(Math.max(across, half), width - half);
        const middle = median(points.map((point) => point[1]));
        /** @type {(y: number) => Box | null} */
        const room = (y) => {
          /** @type {Box} */
          const box = [x - half, y - 9, x + half, y + 9];
          const free = taken.every(
            (other) => box[0] >= other[2] || other[0] >= box[2] || box[1] >= other[3] || other[1] >= box[3],
          );
          return free && y >= 10 && y <= height - 10 ? box : null;
        };
        const y = [middle, middle - 18, middle + 18, middle - 36, middle + 36].find(room);
        const box = y === undefined ? null : room(y);
        if (y === undefined || !box) return;
        taken.push(box);
        context.strokeStyle = colours.card;
        context.lineWidth = 4;
        context.strokeText(name, x, y);
        context.fillStyle = colours.ink;
        context.fillText(name, x, y);
      });
  }
}
