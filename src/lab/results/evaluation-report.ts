// The further evaluations of a study as Markdown: a table for each, arms side by side.
import { markdownTable, markdownText } from '../../core/escape.ts';
import { isObject } from '../../core/is-object.ts';
import { EVALUATIONS } from '../../evaluation/index.ts';
import { reportIn } from '../../evaluation/kept-report.ts';
import {
  figureMeaning,
  figureName,
  figuresOf,
  figureText,
  isShown,
  type NamedFigure,
} from '../../evaluation/reported-figures.ts';
import { REPORTING } from '../../methods/names.ts';
import type { ArmResults, Results } from './results.ts';

type Described = (typeof EVALUATIONS)[number];

/** Lines of Markdown, none where nothing was evaluated. */
export function evaluationSections({ arms }: Pick<Results, 'arms'>): string[] {
  return [
    ...foundLines(arms),
    ...EVALUATIONS.flatMap((evaluation) => {
      const columns = Object.entries(arms).flatMap(([name, arm]) => {
        const figures = figuresByName(arm, evaluation);
        return figures.size === 0 ? [] : [{ name, figures }];
      });
      if (columns.length === 0) return [];
      const keys = new Set(columns.flatMap(({ figures }) => [...figures.keys()]));
      const names = columns.map(({ name }) => name);
      return [
        `## ${evaluation.title}`,
        '',
        ...settingsLine(Object.values(arms), evaluation),
        ...meaningLine(
          evaluation,
          columns.flatMap(({ figures }) => [...figures.values()]),
        ),
        ...markdownTable(
          ['figure', ...names],
          [...keys].map((key) => [
            key,
            ...columns.map(({ figures }) => cell(evaluation, figures.get(key))),
          ]),
        ),
        '',
      ];
    }),
  ];
}

/** By name and group, in words. */
function figuresByName(arm: ArmResults, { key, figures }: Described): Map<string, NamedFigure> {
  const shown = figuresOf(reportIn(arm, key) ?? {}).filter((figure) => isShown(figures, figure));
  return new Map(shown.map((figure) => [figureName(figure), figure]));
}

/** What was asked, said once: arms share their settings. */
function settingsLine(arms: readonly ArmResults[], { key }: Described): string[] {
  const settings = arms.map((arm) => reportIn(arm, key)?.settings).find(isObject);
  if (settings === undefined) return [];
  const words = Object.entries(settings).flatMap(([name, value]) =>
    value === null || typeof value === 'object'
      ? []
      : [markdownText(`${name.replaceAll('_', ' ')} ${value}`)],
  );
  return [`${words.join(', ')}.`, ''];
}

/** What the figures are counted in and which way is better, said once for every name. */
function meaningLine({ figures }: Described, shown: readonly NamedFigure[]): string[] {
  const names = [...new Set(shown.map(({ name }) => name))];
  const meanings = names.flatMap((name) => {
    const meaning = figureMeaning(figures, name);
    return meaning === '' ? [] : [`${figureName({ name, group: null })}: ${meaning}`];
  });
  return meanings.length === 0 ? [] : [`${markdownText(meanings.join('; '))}.`, ''];
}

/** What methods found out for their arms. */
function foundLines(arms: Results['arms']): string[] {
  const found = Object.entries(arms).flatMap(([name, arm]) =>
    REPORTING.flatMap(({ key, answering }) => {
      const report = arm[key];
      const words = isObject(report) ? answering!.found!(report) : null;
      return words === null ? [] : [`The arm ${markdownText(name)} ${words}.`];
    }),
  );
  return found.length === 0 ? [] : [...found, ''];
}

function cell({ figures }: Described, figure: NamedFigure | undefined): string {
  if (figure === undefined) return '–';
  const { name, value, low, high, note } = figure;
  if (value === null) return note ?? '–';
  const text = (number: number) => figureText(figures, name, number);
  return low === null || high === null
    ? text(value)
    : `${text(value)} (${text(low)} … ${text(high)})`;
}
