// Elements, numbers and words. Text enters the page as text only, never as markup.

const byId = (id) => document.getElementById(id);

/** An element with attributes, listeners (`onclick`) and children (elements or text). */
function make(tag, attributes = {}, ...children) {
  return dress(document.createElement(tag), attributes, children);
}

function makeSvg(tag, attributes = {}, ...children) {
  return dress(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

function dress(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

const percent = (share, digits = 1) => `${(share * 100).toFixed(digits)} %`;
const known = (value) => value !== null && value !== undefined;
const extent = (values) => values.reduce(
  ([low, high], value) => [Math.min(low, value), Math.max(high, value)],
  [Infinity, -Infinity],
);

/** A number in at most six characters: `0.125`, `12`, `1e-4`. */
function short(value) {
  if (value === 0) return "0";
  const size = Math.abs(value);
  return size < 1e-3 || size >= 1e6
    ? Number(value.toPrecision(3)).toExponential().replace("e+", "e")
    : String(Number(value.toPrecision(4)));
}

const prefersDark = matchMedia("(prefers-color-scheme: dark)");
const prefersStillness = matchMedia("(prefers-reduced-motion: reduce)");
const styleValue = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** Calls `draw` with the width of `container`, now and whenever it changes. */
function onWidth(container, draw) {
  let width = 0;
  new ResizeObserver(() => {
    const now = Math.floor(container.clientWidth);
    if (now === 0 || now === width) return;
    width = now;
    draw(width);
  }).observe(container);
}

/** Shows a section and lists it in the navigation. */
function showSection(id) {
  const section = byId(id);
  section.hidden = false;
  return section;
}
