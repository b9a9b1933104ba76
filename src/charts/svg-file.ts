// A chart as an SVG file that stands on its own: colours resolved, with its title and its legend.
import { xmlText } from '../core/escape.ts';

export interface LegendEntry {
  readonly name: string;
  readonly color: string;
  /** As SVG writes it; `none` is a solid line. */
  readonly dash: string;
  /** Drawn on the line, where the chart has symbols. */
  readonly glyph?: string;
}

const ROW = 20;
const MARGIN = 12;
const LINE = 24;
/** Text cannot be measured in a file; this is the usual width of a character at 12 pixels. */
const CHARACTER = 6.8;

/** What the place where a chart was drawn knows of it. */
export interface SvgSurroundings {
  readonly serialize: (element: Element) => string;
  /** Value of a CSS variable such as `--ink`; empty where there is none. */
  readonly variable: (name: string) => string;
}

/** @param chart an SVG element, whose colours may be variables */
export function svgFile(
  chart: Element,
  { label, legend }: { readonly label: string; readonly legend: readonly LegendEntry[] },
  { serialize, variable }: SvgSurroundings,
): string {
  const { width, height } = sizeOf(chart);
  const places = layOut(legend, width);
  const top = MARGIN + (places.length === 0 ? 0 : (places.at(-1)!.row + 1) * ROW);
  const inner = tidied(chart);
  inner.setAttribute('y', String(top));
  inner.setAttribute('x', String(MARGIN));
  const keys = places.map(({ entry: { name, color, dash, glyph }, x, row }) => {
    const y = MARGIN + row * ROW;
    return (
      `<g transform="translate(${x} ${y})" style="color: ${color}">` +
      `<line x2="${LINE}" y1="5" y2="5" stroke="currentColor" stroke-width="2.5" stroke-dasharray="${dash}"/>` +
      (glyph === undefined
        ? ''
        : `<text x="${LINE / 2}" y="9" text-anchor="middle">${xmlText(glyph)}</text>`) +
      `<text x="${LINE + 6}" y="9" font-weight="650">${xmlText(name)}</text></g>`
    );
  });
  const outer = { width: width + 2 * MARGIN, height: top + height + MARGIN };
  const text =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${outer.width}" height="${outer.height}" ` +
    `viewBox="0 0 ${outer.width} ${outer.height}" font-family="system-ui, sans-serif" font-size="12" ` +
    `style="color: var(--ink-2); white-space: pre" fill="currentColor"><title>${xmlText(label)}</title>` +
    `<rect width="100%" height="100%" fill="var(--card)"/>${keys.join('')}` +
    `${serialize(inner)}</svg>\n`;
  return resolved(text, variable);
}

/** As it is drawn, without what is meant for a page: its styles, and more digits than can be seen. */
function tidied(chart: Element): Element {
  const copy = chart.cloneNode(true) as Element;
  copy.removeAttribute('aria-hidden');
  for (const style of copy.querySelectorAll('style')) style.remove();
  for (const element of [copy, ...copy.querySelectorAll('*')]) {
    for (const name of PLACES) {
      const value = element.getAttribute(name);
      if (value !== null) element.setAttribute(name, value.replace(LONG_NUMBER, hundredths));
    }
  }
  return copy;
}

const PLACES = [
  ...['d', 'x', 'y', 'x1', 'x2', 'y1', 'y2', 'cx', 'cy', 'r', 'dx', 'dy'],
  ...['width', 'height', 'transform'],
];
const LONG_NUMBER = /-?\d+\.\d{3,}(e-?\d+)?/g;
const hundredths = (number: string) => String(Number(Number(number).toFixed(2)));

function sizeOf(chart: Element) {
  const side = (name: string) => Number(chart.getAttribute(name)) || 0;
  return { width: side('width'), height: side('height') };
}

/** Entries side by side, in as many rows as the width asks for. */
function layOut(legend: readonly LegendEntry[], width: number) {
  let x = MARGIN;
  let row = 0;
  return legend.map((entry) => {
    const needed = LINE + 6 + entry.name.length * CHARACTER + 18;
    if (x > MARGIN && x + needed > width) [x, row] = [MARGIN, row + 1];
    const place = { entry, x, row };
    x += needed;
    return place;
  });
}

/** Files know nothing of variables, which may refer to one another. */
function resolved(text: string, variable: SvgSurroundings['variable']): string {
  const plain = text.replace(/var\((--[\w-]+)\)/g, (whole, name: string) => {
    const value = variable(name).trim();
    return value === '' ? whole : value;
  });
  return plain === text ? plain : resolved(plain, variable);
}
