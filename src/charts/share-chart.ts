// Shares of a few answers, as an evaluation describes them: a group of bars per answer, a bar per series.
import type { SharePanel } from '../evaluation/chart.ts';
import type { Evaluation } from '../evaluation/evaluation.ts';
import type { EvaluationName } from '../evaluation/names.ts';
import { reportsOf } from '../lab/compare/reports.ts';
import { type Chart, sayings } from './chart.ts';
import { chartGrid } from './chart-grid.ts';
import type { Compared, ComparisonChart } from './comparison-chart.ts';
import { percent } from './numbers.ts';
import type { PlotModule } from './plot.ts';
import type { Series } from './series.ts';

/** Panels that a report draws at once, answers in each, and panels beside one another. */
const IN_REPORTS = { panels: 6, answers: 6, columns: 2 };

/** What an evaluation draws, if it draws something. */
export function evaluationCharts({ key, title, chart }: Evaluation): ComparisonChart[] {
  if (!chart) return [];
  const { choosing } = chart;
  const panelsOf = ({ columns }: Compared) =>
    chart.panels(columns.map((column) => reportsOf(column, key as EvaluationName)));
  const draw = (panel: SharePanel, { series }: Compared) =>
    shareChart({ ...chart, ...panel }, series);
  return [
    {
      key: chart.file,
      place: 'evaluations',
      heading: title,
      ...(choosing !== undefined && {
        choosing,
        inReports: (compared) => grid(title, panelsOf(compared), compared, draw),
      }),
      choices: (compared) =>
        panelsOf(compared).map((panel) => ({ name: panel.title, chart: draw(panel, compared) })),
    },
  ];
}

const BAR = 11;
const GAP = 8;

const heightOf = (groups: SharePanel['groups'], series: readonly Series[]) =>
  groups.length * (series.length * BAR + GAP) + 40;

function shareChart(
  { file, title, label, note, groups, expected }: SharePanel & Pick<Chart, 'file' | 'note'>,
  series: readonly Series[],
): Chart {
  const favourites = series.map(({ name }, i) => {
    const known = groups.flatMap(({ answer, bars }) =>
      bars[i] ? [{ answer, share: bars[i].share }] : [],
    );
    if (known.length === 0) return '';
    const top = known.reduce((a, b) => (b.share > a.share ? b : a));
    return `${name}: ${top.answer} most often, ${percent(top.share)}`;
  });
  return {
    file,
    title,
    ...(note !== undefined && { note }),
    label: sayings([label, ...favourites]),
    legend: series,
    height: () => heightOf(groups, series),
    table: () => ({
      columns: ['answer', ...series.map(({ name }) => name)],
      rows: groups.map(({ answer, bars }) => [answer, ...bars.map((bar) => bar?.share ?? null)]),
      words: percent,
    }),
    draw: (Plot, width) => drawShares(Plot, groups, series, width, expected),
  };
}

/** The first panels in one chart. */
function grid(
  title: string,
  panels: readonly SharePanel[],
  compared: Compared,
  draw: (panel: SharePanel, compared: Compared) => Chart,
): Chart | null {
  if (panels.length === 0) return null;
  const { series } = compared;
  const charts = panels
    .slice(0, IN_REPORTS.panels)
    .map((panel) => ({ ...panel, groups: panel.groups.slice(0, IN_REPORTS.answers) }))
    .map((panel) => draw(panel, compared));
  const across = Math.min(IN_REPORTS.columns, charts.length);
  return {
    file: charts[0]!.file,
    title,
    label: sayings(charts.map(({ label }) => label)),
    legend: series,
    height: (width) =>
      Math.max(...charts.map(({ height }) => height(width / across))) *
      Math.ceil(charts.length / across),
    table: () => ({
      columns: ['prompt', 'answer', ...series.map(({ name }) => name)],
      rows: charts.flatMap(({ title, table }) => table().rows.map((row) => [title, ...row])),
    }),
    draw: (Plot, width) =>
      chartGrid(
        charts.map(({ title, draw }) => ({
          title,
          chart: draw(Plot, Math.floor(width / across) - 12),
        })),
        IN_REPORTS.columns,
      ),
  };
}

/** @param expected a share to be marked, such as that of an even choice */
function drawShares(
  Plot: PlotModule,
  groups: SharePanel['groups'],
  series: readonly Series[],
  width: number,
  expected: number | null,
): Element {
  const longest = Math.max(...groups.map(({ answer }) => answer.length));
  const bars = groups.flatMap(({ answer, bars }) =>
    bars.flatMap((bar, i) => (bar && series[i] ? [{ answer, series: series[i], ...bar }] : [])),
  );
  const most = Math.max(expected ?? 0, ...bars.map(({ share, high }) => high ?? share));
  type Bar = (typeof bars)[number];
  const place = { fy: 'answer', y: ({ series }: Bar) => series.name } as const;
  return Plot.plot({
    width,
    height: heightOf(groups, series),
    marginLeft: Math.min(width * 0.4, 20 + longest * 7),
    marginRight: 16,
    marginTop: 4,
    marginBottom: 32,
    x: {
      label: null,
      grid: true,
      tickSize: 0,
      ticks: 5,
      tickFormat: percent,
      domain: [0, most === 0 ? 1 : Math.min(1, most * 1.08)],
    },
    y: { axis: null, domain: series.map(({ name }) => name), padding: 0.12 },
    fy: { label: null, domain: groups.map(({ answer }) => answer), padding: 0.18 },
    marks: [
      Plot.axisFy({ anchor: 'left', label: null, textAnchor: 'end', dx: -4, fontSize: 12 }),
      Plot.barX(bars, {
        ...place,
        x: 'share',
        fill: ({ series }: Bar) => series.color,
        title: ({ series, answer, share }: Bar) => `${series.name}: ${answer} ${percent(share)}`,
      }),
      Plot.ruleY(
        bars.filter(({ low, high }) => low !== null && high !== null),
        { ...place, x1: 'low', x2: 'high', stroke: 'var(--ink)', strokeWidth: 1.25 },
      ),
      Plot.ruleX([0], { stroke: 'var(--ink-3)' }),
      ...(expected === null
        ? []
        : [Plot.ruleX([expected], { stroke: 'var(--ink)', strokeDasharray: '3 3' })]),
    ],
  });
}
