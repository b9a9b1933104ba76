// The columns of a comparison: one for each chosen arm, runs that differ in their seed alone joined.
import { groupBy } from '../../core/group-by.ts';
import { isObject } from '../../core/is-object.ts';
import type { ComparedArm, ComparedRun } from './compared-run.ts';

/** One arm of one run. */
export interface ColumnPart {
  readonly run: ComparedRun;
  readonly arm: ComparedArm;
}

export interface Column {
  /** Unlike those of the other columns, and as short as that allows. */
  readonly label: string;
  readonly method: string;
  /** Several where runs that differ in their seed are joined; ascending seeds, no seed twice. */
  readonly parts: readonly ColumnPart[];
}

/** @param joined whether finished runs that differ in nothing but their seed make one column */
export function columnsOf(chosen: readonly ColumnPart[], joined: boolean): Column[] {
  const groups: ColumnPart[][] = [];
  for (const part of chosen) {
    const group = joined ? groups.find((known) => areReplicates(known, part)) : undefined;
    if (group) group.push(part);
    else groups.push([part]);
  }
  for (const group of groups) group.sort((a, b) => (a.run.seed ?? 0) - (b.run.seed ?? 0));
  const labels = labelsOf(groups);
  return groups.map((parts, i) => ({
    label: labels[i]!,
    method: parts[0]!.arm.method,
    parts,
  }));
}

/** A seed that is there already would be the same run twice, not another draw. */
function areReplicates(group: readonly ColumnPart[], part: ColumnPart): boolean {
  return (
    group.every(({ run }) => run.seed !== part.run.seed) &&
    [...group, part].every(({ run }) => run.status === 'done' && run.seed !== null) &&
    settingsKey(group[0]!) === settingsKey(part)
  );
}

/** Everything that could make two parts differ, but for the seed and the name of the run. */
function settingsKey({ run, arm }: ColumnPart): string {
  // The other arms of a run have no influence on this one.
  const settings: Record<string, unknown> = { ...run.settings, arm: arm.settings };
  delete settings.seed;
  return JSON.stringify(settings, (_, value: unknown) =>
    isObject(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}

/** Each adds what tells columns apart that still share a label. */
const DETAILS: readonly ((parts: readonly ColumnPart[]) => string)[] = [
  ([first]) => first!.run.name,
  (parts) => seedWords(parts),
  ([first]) => new Date(first!.run.createdAt).toISOString().slice(0, 16).replace('T', ' '),
];

function labelsOf(groups: readonly (readonly ColumnPart[])[]): string[] {
  let labels = groups.map(([first]) => first!.arm.name);
  for (const detail of DETAILS) {
    const sharing = groupBy([...labels.keys()], (i) => labels[i]!);
    labels = labels.map((label, i) => {
      const rivals = sharing.get(label)!;
      const tells = new Set(rivals.map((rival) => detail(groups[rival]!))).size > 1;
      return tells ? `${label} · ${detail(groups[i]!)}` : label;
    });
  }
  return labels.map((label, i) => {
    const before = labels.slice(0, i).filter((other) => other === label).length;
    return before === 0 ? label : `${label} (${before + 1})`;
  });
}

/** e.g. `seed 11` or `seeds 11, 12, 13`. */
export const seedWords = (parts: readonly ColumnPart[]): string =>
  `${parts.length === 1 ? 'seed' : 'seeds'} ${seedList(parts)}`;

/** e.g. `11, 12, 13`. */
export const seedList = (parts: readonly ColumnPart[]): string =>
  parts.map(({ run }) => run.seed ?? '?').join(', ');
