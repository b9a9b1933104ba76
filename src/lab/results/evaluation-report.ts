// The further evaluations of a study as Markdown: a table for each, arms side by side.
import { EVALUATIONS, type EvaluationName } from '../events.ts';
import {
  figureName,
  figuresOf,
  finite,
  isObject,
  isShown,
  reportOf,
  type ReportedFigure,
} from './reported-figures.ts';
import type { ArmResults, Results } from './results.ts';

export const EVALUATION_TITLES: Readonly<Record<EvaluationName, string>> = {
  samples: 'Sampled answers',
  open: 'Open-ended answers',
  mcq: 'Position of the right answer',
  novelty: 'Novelty',
  retention: 'Retention',
  perplexity: 'Perplexity',
};

/** Lines of Markdown, none where nothing was evaluated. */
export function evaluationSections({ arms }: Pick<Results, 'arms'>): string[] {
  return [
    ...temperatureLines(arms),
    ...EVALUATIONS.flatMap((evaluation) => {
      const columns = Object.entries(arms).flatMap(([name, arm]) => {
        const figures = figuresByName(arm, evaluation);
        return figures.size === 0 ? [] : [{ name, figures }];
      });
      if (columns.length === 0) return [];
      const keys = new Set(columns.flatMap(({ figures }) => [...figures.keys()]));
      const names = columns.map(({ name }) => name);
      return [
        `## ${EVALUATION_TITLES[evaluation]}`,
        '',
        ...settingsLine(Object.values(arms), evaluation),
        `| figure | ${names.join(' | ')} |`,
        `| --- |${' --- |'.repeat(names.length)}`,
        ...[...keys].map((key) => {
          const cells = columns.map(({ figures }) => cell(figures.get(key)));
          return `| ${key} | ${cells.join(' | ')} |`;
        }),
        '',
      ];
    }),
  ];
}

/** By name and group, in words. */
function figuresByName(arm: ArmResults, evaluation: EvaluationName): Map<string, ReportedFigure> {
  const figures = new Map<string, ReportedFigure>();
  for (const { name, group, ...figure } of figuresOf(reportOf(arm, evaluation) ?? {})) {
    if (isShown({ name, group })) figures.set(figureName({ name, group }), figure);
  }
  return figures;
}

/** What was asked, said once: arms share their settings. */
function settingsLine(arms: readonly ArmResults[], evaluation: EvaluationName): string[] {
  const settings = arms.map((arm) => reportOf(arm, evaluation)?.settings).find(isObject);
  if (settings === undefined) return [];
  const words = Object.entries(settings).flatMap(([name, value]) =>
    value === null || typeof value === 'object' ? [] : [`${name.replaceAll('_', ' ')} ${value}`],
  );
  return [`${words.join(', ')}.`, ''];
}

function temperatureLines(arms: Results['arms']): string[] {
  const found = Object.entries(arms).flatMap(([name, { temperature }]) => {
    const value = isObject(temperature) ? finite(temperature.temperature) : null;
    return value === null ? [] : [`The arm ${name} is sampled at temperature ${show(value)}.`];
  });
  return found.length === 0 ? [] : [...found, ''];
}

function cell(figure: ReportedFigure | undefined): string {
  if (figure === undefined) return '–';
  const { value, low, high, note } = figure;
  if (value === null) return note ?? '–';
  return low === null || high === null
    ? show(value)
    : `${show(value)} (${show(low)} … ${show(high)})`;
}

const show = (value: number) => String(Number(value.toPrecision(3)));
