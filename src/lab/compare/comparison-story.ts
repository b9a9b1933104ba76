// What a comparison says, in a few plain sentences that claim no more than its intervals allow.
import { SPLIT_TITLES } from '../plan/split-titles.ts';
import type { Comparison } from './comparison.ts';
import type { Score, SplitScores } from './scores.ts';

/** One sentence per split, on KL and, where it costs valid answers, on those. */
export function comparisonStory({ columns, scores }: Comparison): string[] {
  const labels = columns.map(({ label }) => label);
  return scores.flatMap((ofSplit) => {
    const ranking = rankingOf(ofSplit.scores.kl, labels);
    return ranking === null
      ? []
      : [`On ${SPLIT_TITLES[ofSplit.split]}, ${ranking}.${priceOf(ofSplit, labels)}`];
  });
}

function rankingOf(kl: readonly Score[], labels: readonly string[]): string | null {
  const best = kl.findIndex(({ standing }) => standing === 'best');
  if (best < 0) return null;
  const named = (i: number) => `${labels[i]} (${short(kl[i]!.mean!.value)})`;
  const of = (standing: Score['standing']) =>
    kl.flatMap((score, i) => (score.mean && score.standing === standing && i !== best ? [i] : []));
  const [level, behind, unknown] = [of('level'), of('behind'), of(null)];
  const parts = [
    ...(behind.length > 0 ? [`clearly lower than ${list(behind.map(named), 'and')}`] : []),
    ...(level.length > 0 ? [`not clearly lower than ${list(level.map(named), 'or')}`] : []),
    // Without shared prompts, or with one alone, there is no interval of the difference.
    ...(unknown.length > 0 ? [`${list(unknown.map(named), 'and')} cannot be set against it`] : []),
  ];
  return `${named(best)} has the lowest KL: ${parts.join('; ')}`;
}

/** Whether the column with the lowest KL gives clearly fewer valid answers than the most. */
function priceOf({ scores }: SplitScores, labels: readonly string[]): string {
  const best = scores.kl.findIndex(({ standing }) => standing === 'best');
  const valid = scores.valid_mass;
  const most = valid.findIndex(({ standing }) => standing === 'best');
  if (most < 0 || valid[best]?.standing !== 'behind') return '';
  const [own, theirs] = [valid[best].mean!.value, valid[most]!.mean!.value];
  if (theirs - own < 0.01) return '';
  return ` Its answers are valid less often: ${percent(own)} against ${percent(theirs)} for ${labels[most]}.`;
}

const list = (names: readonly string[], word: 'and' | 'or') =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} ${word} ${names.at(-1)}`;

const short = (value: number) => String(Number(value.toPrecision(3)));
const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
