// A comparison as a report for people: report.md.
import { type Cell, markdownTable, markdownText } from '../../core/escape.ts';
import { chartLines, type ReportChart } from '../results/report-charts.ts';
import { evaluationNamed } from '../../evaluation/names.ts';
import { figureName, figureText, isShown } from '../../evaluation/reported-figures.ts';
import { SHOWN_FIGURES, SHOWN_METRICS } from '../exact-figures.ts';
import { splitHeading } from '../plan/split-titles.ts';
import type { Comparison } from './comparison.ts';
import { comparisonStory } from './comparison-story.ts';
import type { Estimate, Score, SplitScores } from './scores.ts';

export interface ReportOptions {
  readonly title?: string;
  /** Their places are splits, `evaluations` and `training`. */
  readonly charts?: readonly ReportChart[];
}

export function comparisonReport(
  comparison: Comparison,
  { title = 'Comparison of runs', charts = [] }: ReportOptions = {},
): string {
  const { columns, against, scores, notes } = comparison;
  const labels = columns.map(({ label }) => label);
  const reference = markdownText(labels[against] ?? '–');
  return [
    `# ${markdownText(title)}`,
    '',
    ...comparisonStory(comparison).map((line) => `- ${markdownText(line)}`),
    '',
    ...notes.map(({ run, note }) => `> ${markdownText(`${run}: ${note}`)}`),
    ...(notes.length > 0 ? [''] : []),
    '## Exact scores',
    '',
    'Over the whole trie of answers; means weight families equally. In brackets: 95 % bootstrap',
    'intervals over prompts and, where several runs are joined, over seeds. The difference is the KL',
    `less that of ${reference}, on the prompts that both were measured on. **Bold** is the best`,
    'of a column; ≈ is not clearly worse (the interval of the difference to the best holds 0).',
    '',
    ...scores.flatMap((ofSplit) => [
      ...splitSection(ofSplit, labels, against),
      ...chartLines(charts, ofSplit.split),
    ]),
    ...reportedSection(comparison),
    ...chartLines(charts, 'evaluations'),
    '## Training',
    '',
    ...effortTable(comparison),
    '',
    ...chartLines(charts, 'training'),
    ...settingsSection(comparison),
  ].join('\n');
}

function settingsSection({ columns, settings: { differing, equal } }: Comparison): string[] {
  return [
    '## Settings',
    '',
    ...table(
      ['setting that differs', ...columns.map(({ label }) => label)],
      differing.map(({ name, values }) => [name, ...values]),
    ),
    '',
    '<details><summary>Settings that are the same</summary>',
    '',
    ...equal.map(({ name, values }) => `- ${markdownText(`${name}: ${values[0]}`)}`),
    '',
    '</details>',
    '',
  ];
}

function effortTable({ columns, efforts, settings: { identity } }: Comparison): string[] {
  const header = ['steps', 'prompt tokens', 'answer tokens', 'seconds', 'final loss'];
  const rows = columns.map(({ label }, i) => {
    const { steps, promptTokens, answerTokens, seconds, finalLoss } = efforts[i]!;
    const counts = [steps, promptTokens, answerTokens, seconds].map(
      (value) => value && Math.round(value),
    );
    return [label, ...identity.map(({ values }) => values[i]), ...counts, number(finalLoss)];
  });
  return table(['arm', ...identity.map(({ name }) => name), ...header], rows);
}

function splitSection(
  { split, scores, prompts, shared }: SplitScores,
  labels: readonly string[],
  against: number,
): string[] {
  const header = SHOWN_FIGURES.flatMap(({ key, title }) =>
    key === 'kl' ? [title, 'difference'] : [title],
  );
  const rows = labels.map((label, i) => [
    label,
    prompts[i],
    ...SHOWN_METRICS.flatMap((metric) => {
      const score = scores[metric][i]!;
      const mean = { markdown: marked(score) };
      if (metric !== 'kl') return [mean];
      const difference = score.difference?.interval ? estimate(score.difference) : '';
      return [mean, { markdown: i === against ? '' : difference }];
    }),
  ]);
  const partly = shared.some((count, i) => count < Math.max(prompts[i]!, prompts[against]!));
  return [
    `### ${splitHeading(split)}`,
    '',
    ...table(['arm', 'prompts', ...header], rows),
    '',
    ...(partly
      ? [
          `Not all arms were measured on the same prompts; shared with ${markdownText(labels[against] ?? '–')}: ` +
            `${labels.map((label, i) => `${markdownText(label)} ${shared[i]}`).join(', ')}.`,
          '',
        ]
      : []),
  ];
}

function reportedSection({ columns, reported }: Comparison): string[] {
  if (reported.length === 0) return [];
  const rows = reported.flatMap((row) => {
    const { title, figures } = evaluationNamed(row.evaluation);
    if (!isShown(figures, row)) return [];
    const text = (value: number) => figureText(figures, row.name, value);
    const cells = row.figures.map((figure) => {
      if (!figure || figure.value === null) return null;
      const { value, low, high } = figure;
      return low === null || high === null
        ? text(value)
        : { markdown: `${text(value)} [${text(low)}, ${text(high)}]` };
    });
    return [[title, figureName(row), ...cells]];
  });
  return [
    '## Further evaluations',
    '',
    'In brackets: 95 % intervals, or where several runs are joined the least and the most of them.',
    '',
    ...table(['evaluation', 'figure', ...columns.map(({ label }) => label)], rows),
    '',
  ];
}

function marked({ mean, standing }: Score): string {
  if (standing === 'best') return `**${number(mean!.value)}** ${interval(mean!)}`.trim();
  return standing === 'level' ? `≈ ${estimate(mean)}` : estimate(mean);
}

function estimate(of: Estimate | null): string {
  return of === null ? '–' : `${number(of.value)} ${interval(of)}`.trim();
}

const interval = ({ interval: of }: Estimate) =>
  of ? `[${number(of.low)}, ${number(of.high)}]` : '';

const table = (header: readonly string[], rows: readonly (readonly Cell[])[]) =>
  rows.length === 0 ? ['None.'] : markdownTable(header, rows);

const number = (value: number | null) =>
  value === null || !Number.isFinite(value) ? '–' : String(Number(value.toPrecision(3)));
