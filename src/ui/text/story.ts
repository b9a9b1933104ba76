// What happened in a run, in a few plain sentences.
import type { EvaluationRow } from '../../lab/events.ts';
import { exactFigure, type Metric } from '../../lab/exact-figures.ts';
import { type Split, SPLITS } from '../../lab/experiment/experiment.ts';
import { isBase } from '../../methods/names.ts';
import { groupBy } from '../../core/group-by.ts';
import { summarise } from '../../lab/results/summary.ts';
import type { ArmProgress } from '../../lab/state/run-state.ts';
import { percent, points, signed } from './format.ts';

type Summaries = ReturnType<typeof summarise>;

const WHERE: Record<Split, string> = {
  train: 'on trained prompts',
  test_unseen_params: 'on unseen parameters',
  test_ood_family: 'on families never trained on',
};

type StoryArm = Pick<ArmProgress, 'name' | 'method' | 'last'>;

/** Which arm ended closest, then a sentence for each; before one is scored, how far away the base is. */
export function storyOf(arms: readonly StoryArm[], rows: readonly EvaluationRow[]): string[] {
  const byArm = groupBy(rows, ({ arm }) => arm);
  const scored = arms.map((arm) => ({ arm, summaries: summarise(byArm.get(arm.name) ?? []) }));
  const most = (split: Split) =>
    Math.max(...scored.map(({ summaries }) => summaries[split]?.prompts ?? 0));
  const base = scored.find(({ arm }) => isBase(arm))?.summaries;
  const before = base && Object.keys(base).length > 0 ? base : undefined;
  const told = scored
    .filter(({ arm }) => !isBase(arm))
    .map(({ arm, summaries: after }) => ({
      arm,
      after,
      // A mean over the first prompts of a split says nothing of the others.
      splits: SPLITS.filter(
        (split) => known(after[split]?.tv) && after[split]?.prompts === most(split),
      ),
    }))
    .filter(({ splits }) => splits.length > 0);
  if (told.length > 0)
    return [...closestOf(told, before), ...told.map((one) => armOf(one, before))];
  const first = before && SPLITS.map((split) => before[split]).find((summary) => summary);
  return first
    ? [
        `Before training, ${percent(first.tv)} of the model’s answers would have had to change to ` +
          `follow the distributions it was asked for.`,
      ]
    : [];
}

interface Told {
  readonly arm: StoryArm;
  readonly after: Summaries;
  /** Those that it was scored on from the first prompt to the last. */
  readonly splits: readonly Split[];
}

/**
 * The answer to what a run asks: whether its arms came closer on the first split that they were scored on, and
 * which of them came closest where.
 */
function closestOf(told: readonly Told[], before: Summaries | undefined): string[] {
  const closer = told.filter(
    ({ after, splits: [first] }) => first && after[first]!.tv! < (before?.[first]?.tv ?? -1),
  ).length;
  const of = 'closer to what was asked than the untouched model';
  if (told.length === 1)
    return before ? [`The answers came ${closer === 1 ? '' : 'no '}${of}’s.`] : [];
  const places = SPLITS.flatMap((split) => {
    const shares = told.flatMap(({ arm, after, splits }) =>
      splits.includes(split) ? [{ name: arm.name, tv: after[split]!.tv! }] : [],
    );
    if (shares.length < told.length) return [];
    const least = percent(Math.min(...shares.map(({ tv }) => tv)));
    // As the sentences below round them.
    const names = shares.filter(({ tv }) => percent(tv) === least).map(({ name }) => name);
    return [{ who: `${joined(names)} ${names.length > 1 ? 'equally close' : 'closest'}`, split }];
  });
  const won = [...groupBy(places, ({ who }) => who)].map(
    ([who, where]) => `${who} ${joined(where.map(({ split }) => WHERE[split]))}`,
  );
  const count =
    closer === told.length
      ? 'Every arm'
      : closer === 0
        ? 'No arm'
        : `${closer} of ${told.length} arms`;
  const lead = before ? `${count} came ${of}` : 'Side by side';
  return won.length > 0 ? [`${lead}: ${won.join(', ')}.`] : [];
}

function armOf(
  { arm: { name, last }, after, splits }: Told,
  before: Summaries | undefined,
): string {
  const shares = splits.map((split, i) => {
    const [was, is] = [before?.[split]?.tv, after[split]!.tv!];
    const whose = i === 0 ? ` of ${name}’s answers would have to change` : '';
    const then = known(was) ? ` (${percent(was)} before)` : '';
    return `${percent(is)}${whose} ${WHERE[split]}${then}`;
  });
  const steps = last ? `After ${last.step} steps, ` : '';
  return `${steps}${joined(shares)}.${priceOf(splits, before, after)}`;
}

/** Where valid answers have become rarer by five points or more, the worst case; else nothing. */
function priceOf(
  splits: readonly Split[],
  before: Summaries | undefined,
  after: Summaries,
): string {
  const drops = splits.flatMap((split) => {
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
