// What happened in a run, in a few plain sentences.
import type { EvaluationRow } from '../../lab/events.ts';
import { exactFigure, type Metric } from '../../lab/exact-figures.ts';
import { type Split, SPLITS } from '../../lab/experiment/experiment.ts';
import { isBase } from '../../methods/names.ts';
import { groupBy } from '../../core/group-by.ts';
import { summarise } from '../../lab/results/summary.ts';
import type { ArmProgress } from '../../lab/state/run-state.ts';
import { figure, percent, points, signed } from './format.ts';

type Summaries = ReturnType<typeof summarise>;

const WHERE: Record<Split, string> = {
  train: 'on trained prompts',
  test_unseen_params: 'on unseen parameters',
  test_ood_family: 'on families never trained on',
};

/** One sentence for the base and one per trained arm that has been scored; empty before that. */
export function storyOf(
  arms: readonly Pick<ArmProgress, 'name' | 'method' | 'last'>[],
  rows: readonly EvaluationRow[],
): string[] {
  const byArm = groupBy(rows, ({ arm }) => arm);
  const summaryOf = (name: string) => summarise(byArm.get(name) ?? []);
  const base = arms.find(isBase);
  const before = base && summaryOf(base.name);
  const sentences: string[] = [];
  const first = before && SPLITS.map((split) => before[split]).find((summary) => summary);
  if (first) {
    sentences.push(
      `Before training, ${percent(first.tv)} of the model’s answers would have had to change to ` +
        `follow the distributions it was asked for.`,
    );
  }
  for (const { name, method, last } of arms) {
    if (isBase({ method })) continue;
    const after = summaryOf(name);
    const splits = SPLITS.filter((split) => known(after[split]?.tv));
    if (splits.length === 0) continue;
    const shares = splits.map((split, i) => {
      const [was, is] = [before?.[split]?.tv, after[split]!.tv!];
      const whose = i === 0 ? ` of ${name}’s answers would have to change` : '';
      const then = known(was) ? ` (${percent(was)} before)` : '';
      return `${percent(is)}${whose} ${WHERE[split]}${then}`;
    });
    const divergences = splits.flatMap((split) => {
      const [was, is] = [before?.[split]?.kl, after[split]?.kl];
      if (!known(is)) return [];
      return [known(was) ? `${figure(was)} → ${figure(is)}` : figure(is)];
    });
    const steps = last ? `After ${last.step} steps, ` : '';
    const exact = divergences.length > 0 ? ` Exact KL, in nats: ${divergences.join(', ')}.` : '';
    sentences.push(`${steps}${joined(shares)}.${exact}${priceOf(before, after)}`);
  }
  return sentences;
}

/** Where valid answers have become rarer by five points or more, the worst case; else nothing. */
function priceOf(before: Summaries | undefined, after: Summaries): string {
  const drops = SPLITS.flatMap((split) => {
    const [was, is] = [before?.[split]?.valid_mass ?? null, after[split]?.valid_mass ?? null];
    return was === null || is === null || was - is < 0.05 ? [] : [{ split, was, is }];
  });
  const worst = drops.sort((a, b) => a.is - a.was - (b.is - b.was))[0];
  if (!worst) return '';
  const { split, was, is } = worst;
  return ` The price: valid answers became rarer, ${percent(was)} → ${percent(is)} ${WHERE[split]}.`;
}

const known = (value: number | null | undefined): value is number =>
  value !== null && value !== undefined;

const joined = (parts: readonly string[]) =>
  parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;

/** How a figure moved from the base's: `28× lower`, `12 points higher`, or nothing to say. */
export function comparedToBase(
  metric: Metric,
  base: number | null | undefined,
  value: number | null | undefined,
): { text: string; better: boolean } | null {
  if (base === null || base === undefined || value === null || value === undefined) return null;
  const { unit, better } = exactFigure(metric);
  const isBetter = better === 'higher' ? value > base : value < base;
  if (unit === 'share') {
    const change = points(value - base);
    return change === '0' ? null : { text: `${change} pts`, better: isBetter };
  }
  if (better === 'higher') {
    const change = signed(Number((value - base).toFixed(2)));
    return change === '0' ? null : { text: change, better: isBetter };
  }
  if (!(base > 0 && value > 0) || !Number.isFinite(base / value)) return null;
  const factor = base / value;
  if (Math.abs(Math.log(factor)) < 0.01) return null;
  return { text: factor > 1 ? `÷ ${short(factor)}` : `× ${short(1 / factor)}`, better: isBetter };
}

const short = (factor: number) => (factor < 10 ? factor.toFixed(1) : String(Math.round(factor)));
