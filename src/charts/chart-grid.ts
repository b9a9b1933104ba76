// Small charts side by side in one, each under its title.

export interface Panel {
  readonly title: string;
  readonly chart: Element;
}

const TITLE = 16;
const GAP = 12;
const SVG = 'http://www.w3.org/2000/svg';

/** @param panels not empty, their charts all of one width. @param columns how many in a row */
export function chartGrid(panels: readonly Panel[], columns: number): Element {
  const { ownerDocument: document } = panels[0]!.chart;
  const side = (chart: Element, name: string) => Number(chart.getAttribute(name));
  const step = side(panels[0]!.chart, 'width') + GAP;
  const grid = document.createElementNS(SVG, 'svg');
  let top = 0;
  for (let first = 0; first < panels.length; first += columns) {
    const row = panels.slice(first, first + columns);
    row.forEach(({ title, chart }, i) => {
      const heading = document.createElementNS(SVG, 'text');
      heading.textContent = title;
      set(heading, { x: i * step, y: top + TITLE - 4, 'font-size': 11, 'font-weight': 650 });
      set(chart, { x: i * step, y: top + TITLE });
      grid.append(heading, chart);
    });
    top += TITLE + Math.max(...row.map(({ chart }) => side(chart, 'height'))) + GAP;
  }
  const width = Math.min(columns, panels.length) * step - GAP;
  const height = top - GAP;
  set(grid, { width, height, viewBox: `0 0 ${width} ${height}`, fill: 'currentColor' });
  return grid;
}

function set(element: Element, attributes: Readonly<Record<string, string | number>>): void {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
}
