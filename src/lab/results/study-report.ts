// A study's results as a report for people: report.md.
import { type Cell, markdownTable, markdownText } from '../../core/escape.ts';
import { evaluationSections } from './evaluation-report.ts';
import { isBase } from '../../methods/names.ts';
import { EXACT_FIGURES } from '../exact-figures.ts';
import type { Results } from './results.ts';
import { isTrained, SPLITS } from '../experiment/experiment.ts';
import type { Split } from '../experiment/experiment.ts';
import { splitHeading } from '../plan/split-titles.ts';
import { unusualWeights } from '../experiment/weights.ts';
import { planText } from '../plan/plan-text.ts';
import { scoringResolution } from '../plan/study-plan.ts';
import { machineText, segmentsOf } from '../state/segments.ts';
import type { Summary } from './summary.ts';

/** All but the figure of the reference, which is no distance between answers. */
const FIGURES = EXACT_FIGURES.filter(({ key }) => key !== 'reference_logit_kl');
const SCORES = [
  'arm',
  ...FIGURES.flatMap(({ key, title }) => (key === 'kl' ? [title, 'KL of base / KL'] : [title])),
  ...['families', 'prompts'],
];
const TRAINING = [
  ...['arm', 'trained on', 'steps', 'answer tokens', 'prompt tokens', 'seconds'],
  ...['first loss', 'last loss'],
];

/** Markdown. Means weight families equally; the first arm without training is what others are compared with. */
export function studyReport(results: Results): string {
  const { config, arms } = results;
  const { decimals, bins } = scoringResolution(config);
  const base = config.arms.find(isBase)?.name;
  const baseKl = (split: Split) => (base === undefined ? null : arms[base]?.summary[split]?.kl);
  const sections = SPLITS.flatMap((split) => {
    const rows = Object.entries(arms).flatMap(([name, { summary }]) => {
      const of = summary[split];
      return of === undefined ? [] : [row(name, of, baseKl(split) ?? null)];
    });
    if (rows.length === 0) return [];
    return [`## ${splitHeading(split)}`, '', ...markdownTable(SCORES, rows), ''];
  });
  return [
    '# Calibration study',
    '',
    `Model ${[markdownText(config.model), unusualWeights(config.weights)].filter(Boolean).join(' with ')}, seed ${config.seed}, ${decimals} decimals, at most ${bins} answers; ` +
      `${presetOf(config)}.`,
    markdownText(computedOn(results)),
    ...(results.incomplete ?? []).map((why) => `\n**Incomplete.** ${markdownText(why)}`),
    '',
    'Scores are exact, over the whole trie of answers. Means weight families equally. KL is',
    'KL(target || model) of whole answers; W1 is between the target and the valid answers, so read it',
    'beside the valid mass.',
    '',
    ...sections,
    ...evaluationSections({ arms }),
    '## Training',
    '',
    ...markdownTable(
      TRAINING,
      config.arms.flatMap((arm) => {
        const { name } = arm;
        const training = arms[name]?.training;
        if (training === undefined || !isTrained(arm)) return [];
        const { steps, answer_tokens, prompt_tokens, seconds, loss } = training;
        const ends = [loss[0]?.[1], loss.at(-1)?.[1]].map((value) => figure(value ?? null));
        const counts = [steps, answer_tokens, prompt_tokens, seconds.toFixed(0)];
        return [[name, planText(arm, config), ...counts, ...ends]];
      }),
    ),
    '',
  ].join('\n');
}

function computedOn(results: Results): string {
  const machine = machineText(segmentsOf(results));
  return machine === null ? '' : `Computed on ${machine}.`;
}

function presetOf({ training }: Results['config']): string {
  return training.preset === undefined
    ? `${training.steps} steps of ${training.batch} prompts, learning rate ${training.learning_rate}`
    : `preset ${training.preset}, learning rate ${training.learning_rate}`;
}

function row(name: string, summary: Summary, baseKl: number | null): Cell[] {
  const { kl, families, prompts } = summary;
  const ratio = baseKl !== null && kl ? (baseKl / kl).toFixed(1) : '–';
  const figures = FIGURES.flatMap(({ key }) =>
    key === 'kl' ? [figure(kl), ratio] : [figure(summary[key])],
  );
  return [name, ...figures, families, prompts];
}

function figure(value: number | null): string {
  return value === null ? '–' : value.toPrecision(4);
}
