// Elements, numbers and words. Text enters the page as text only, never as markup.

/** @type {<K extends string>(id: K) => K extends keyof Places ? Places[K] : HTMLElement} */
const byId = (id) => /** @type {any} */ (document.getElementById(id));

/**
 * An element with attributes, listeners (`onclick`) and children (elements or text).
 *
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, any>} attributes
 * @param {(Node | string)[]} children
 * @returns {HTMLElementTagNameMap[K]}
 */
function make(tag, attributes = {}, ...children) {
  return dress(document.createElement(tag), attributes, children);
}

/**
 * As `make`, inside a picture.
 *
 * @template {keyof SVGElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, any>} attributes
 * @param {(Node | string)[]} children
 * @returns {SVGElementTagNameMap[K]}
 */
function makeSvg(tag, attributes = {}, ...children) {
  return dress(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

/**
 * Gives an element attributes, listeners and children.
 *
 * @template {Element} E
 * @param {E} element
 * @param {Record<string, any>} attributes
 * @param {(Node | string)[]} children
 * @returns {E}
 */
function dress(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

/** @type {(share: number, digits?: number) => string} */
const percent = (share, digits = 1) => `${(share * 100).toFixed(digits)} %`;
/** @type {<T>(value: T) => value is NonNullable<T>} */
const known = (value) => value !== null && value !== undefined;
/** The least and the greatest. @type {(values: number[]) => Pair} */
const extent = (values) =>
  values.reduce(([low, high], value) => [Math.min(low, value), Math.max(high, value)], [Infinity, -Infinity]);

/** A number in at most six characters: `0.125`, `12`, `1e-4`. @param {number} value */
function short(value) {
  if (value === 0) return "0";
  const size = Math.abs(value);
  return size < 1e-3 || size >= 1e6
    ? Number(value.toPrecision(3)).toExponential().replace("e+", "e")
    : String(Number(value.toPrecision(4)));
}

const prefersDark = matchMedia("(prefers-color-scheme: dark)");
const prefersStillness = matchMedia("(prefers-reduced-motion: reduce)");
/** @type {(name: string) => string} */
const styleValue = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/**
 * Calls `draw` with the width of `container`, now and whenever it changes.
 *
 * @param {Element} container
 * @param {(width: number) => void} draw
 */
function onWidth(container, draw) {
  let width = 0;
  new ResizeObserver(() => {
    const now = Math.floor(container.clientWidth);
    if (now === 0 || now === width) return;
    width = now;
    draw(width);
  }).observe(container);
}

/** Shows a section and lists it in the navigation. @param {string} id */
function showSection(id) {
  const section = byId(id);
  section.hidden = false;
  return section;
}
