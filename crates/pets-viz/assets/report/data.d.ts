// What the pages read, as `src/report` writes it, and what the scripts hand to each other.

type Pair = [number, number];

interface Fact {
  name: string;
  value: string;
}

interface Headline {
  name: string;
  meaning: string;
  value: number;
  interval: Pair | null;
  baseline: number | null;
  lower_is_better: boolean;
}

interface Epoch {
  epoch: number;
  train_loss: number;
  val_loss: number | null;
  learning_rate: number;
}

interface RocStep {
  false_accept_rate: number;
  true_accept_rate: number;
  threshold: number | null;
}

interface DistanceHistogram {
  edges: number[];
  positive: number[];
  negative: number[];
}

interface Verification {
  roc: RocStep[];
  auc: number | null;
  eer: number | null;
  eer_threshold: number | null;
  measure: string;
  histogram: DistanceHistogram | null;
}

interface ImageClass {
  name: string;
  kind: string | null;
  recall_at_1: number | null;
  map_at_r: number | null;
  true_accept_rate: number | null;
  false_accept_rate: number | null;
}

interface ConfusedPair {
  classes: Pair;
  accepted: number;
  pairs: number;
}

interface Neighbour {
  sample: number;
  similarity: number;
}

interface Sample {
  name: string;
  class: number;
  photo: string;
  neighbours: Neighbour[];
  average_precision: number | null;
}

interface Attention {
  caption: string;
  image: string;
  overlay: string;
}

interface EmbeddingMap {
  points: Pair[];
  method: string;
  notes: string[];
  trustworthiness: number;
  trust_neighbours: number;
  kl_divergence: number | null;
}

/** How the points of a class are drawn; the corners are those of a radius of 1. */
interface Look {
  light: string;
  dark: string;
  corners: Pair[];
  hollow: boolean;
}

interface Report {
  title: string;
  subtitle: string;
  class_word: string;
  classes_word: string;
  facts: Fact[];
  headlines: Headline[];
  configuration: string;
  history: Epoch[];
  best_epoch: number | null;
  verification: Verification | null;
  classes: ImageClass[];
  confused: ConfusedPair[];
  samples: Sample[];
  maps: EmbeddingMap[];
  attention: Attention[];
  looks: Look[];
}

interface Difference {
  name: string;
  interval: Pair;
}

interface ComparedRun {
  name: string;
  headlines: Headline[];
  history: Epoch[];
  roc: RocStep[];
  configuration: string;
  differences: Difference[];
  remark: string | null;
  /** On light and on dark paper. */
  colours: [string, string];
  /** Set by the script, as are the dashes. */
  colour: string;
  dashes: string | undefined;
}

/** Where along an axis a value is, from 0 to 1, and which values are written beside it. */
interface Axis {
  name: string;
  ticks: number[];
  share: (value: number) => number;
}

/** A line, or an area; colour and dashes in place of those of the style. */
interface Series {
  style: string;
  /** Where the line is spoken of in a legend. */
  name?: string;
  points: Pair[];
  area?: boolean;
  dots?: boolean;
  colour?: string;
  dashes?: string | undefined;
}

/** An upright line, or a dot where there is a `y`. */
interface Mark {
  x: number;
  y?: number;
  style?: string;
}

interface Chart {
  label: string;
  x: Axis;
  y: Axis;
  series: Series[];
  marks?: Mark[];
  /** Ends of a dashed line. */
  chance?: Pair[];
}

interface LegendEntry {
  style?: string;
  name: string | undefined;
  value?: string;
}

/** Indices of what is shown, under the pointer, and chosen; −1 for none. */
interface MapState {
  classShown: number;
  hovered: number;
  chosen: number;
}

interface MapColours {
  card: string;
  ink: string;
  muted: string;
  line: string;
}

type Choose = (sample: number) => void;

/** The elements of the pages that are more than any element. */
interface Places {
  "map-canvas": HTMLCanvasElement;
  "map-class": HTMLSelectElement;
  threshold: HTMLInputElement;
  "roc-log": HTMLInputElement;
  "query-count": HTMLInputElement;
}
