// Targets and what the columns answer instead: a small chart for each family, on one of its prompts.
import { displayName } from '../core/distributions/families.ts';
import { type ComparedPrompt, comparedPrompts } from '../lab/compare/compared-prompts.ts';
import type { Split } from '../lab/experiment/experiment.ts';
import { SPLIT_TITLES } from '../lab/plan/split-titles.ts';
import { type Chart, sayings } from './chart.ts';
import { binAnswers, type Shown } from './bins.ts';
import { chartGrid } from './chart-grid.ts';
import type { Compared } from './comparison-chart.ts';
import { drawAnswers } from './answers-chart.ts';
import { percent } from './numbers.ts';
import type { Series } from './series.ts';
import { totalVariation } from '../core/scoring/total-variation.ts';
import { mean } from '../core/mean.ts';

/** Bars that a small chart has room for. */
const BINS = 32;
const PANEL_WIDTH = 210;
const HEIGHT = 160;

/** Null where no answers were kept. */
export function familyAnswersChart({ columns, series }: Compared, split: Split): Chart | null {
  const prompts = onePerFamily(
    comparedPrompts(columns).filter(({ target }) => target.split === split),
  );
  if (prompts.length === 0) return null;
  const panels = prompts.map((prompt) => ({ prompt, shown: shownOf(prompt, series) }));
  const distances = series.map(({ name }) => {
    const own = panels.flatMap(({ shown }) =>
      shown.arms
        .filter((arm) => arm.name === name)
        .map((arm) => totalVariation(shown.target, arm.probabilities, arm.invalidMass)),
    );
    return own.length === 0 ? '' : `${name} ${percent(mean(own))} away on average`;
  });
  return {
    file: 'answers',
    title: 'Targets and answers',
    label: sayings([
      `Shares of the answers to one prompt per family, ${SPLIT_TITLES[split]}, over their targets`,
      ...distances,
    ]),
    legend: [
      { name: 'target', color: 'var(--target-edge)', dash: 'none' },
      // Bars and lines, without the symbols of other charts.
      ...series.map(({ name, color, dash }) => ({ name, color, dash })),
    ],
    height: () => HEIGHT * panels.length,
    table: () => ({
      columns: ['prompt', 'answer', 'target', ...series.map(({ name }) => name)],
      rows: panels.flatMap(({ prompt, shown }) =>
        shown.values.map((value, i) => [
          prompt.target.id,
          value,
          shown.target[i]!,
          ...series.map(
            ({ name }) => shown.arms.find((arm) => arm.name === name)?.probabilities[i] ?? null,
          ),
        ]),
      ),
    }),
    draw: (Plot, width) => {
      const columns = Math.max(1, Math.floor(width / PANEL_WIDTH));
      const each = Math.floor(width / Math.min(columns, panels.length)) - 12;
      return chartGrid(
        panels.map(({ prompt, shown }) => ({
          title: titleOf(prompt),
          chart: drawAnswers(Plot, {
            ...{ shown, bins: binAnswers(shown, BINS), mode: 'overlaid' },
            ...{ width: Math.min(each, 2 * PANEL_WIDTH), small: true },
          }),
        })),
        columns,
      );
    },
  };
}

/** The first of each, in the order of the study. */
function onePerFamily(prompts: readonly ComparedPrompt[]): ComparedPrompt[] {
  const families = new Map<string, ComparedPrompt>();
  for (const prompt of prompts) {
    if (!families.has(prompt.target.family)) families.set(prompt.target.family, prompt);
  }
  return [...families.values()];
}

function shownOf({ target, answers }: ComparedPrompt, series: readonly Series[]): Shown {
  const arms = series.flatMap(({ name, color, dash }, i) => {
    const own = answers[i];
    return own ? [{ name, color, dash, step: 0, ...own }] : [];
  });
  return { kind: target.kind, values: target.values, target: target.probabilities, arms };
}

/** Letters that fit above a small chart. */
const LONGEST_TITLE = 34;

/** e.g. `Gaussian, mu=0, sigma=1`; the name alone where that is too long. */
function titleOf({ target: { family, prompt } }: ComparedPrompt): string {
  const name = displayName(family);
  const [, parameters] = / with parameters (.*?)\. Output ONLY/.exec(prompt) ?? [];
  const short = parameters?.replace(/-?\d+(\.\d+)?(e[+-]?\d+)?/g, (number) =>
    String(Number(Number(number).toPrecision(3))),
  );
  const title = short === undefined ? name : `${name}, ${short}`;
  return title.length <= LONGEST_TITLE ? title : name;
}
