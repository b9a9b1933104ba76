// The figures of evaluations, read from reports that may come from anywhere, and pooled over seeds.
import { isObject } from '../core/is-object.ts';
import { mean } from '../core/mean.ts';
import type { FigureDescription } from './figure-description.ts';

type Descriptions = Readonly<Record<string, FigureDescription>>;

export interface ReportedFigure {
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
  /** Why there is no value, or what to know of it. */
  readonly note: string | null;
}

export interface NamedFigure extends ReportedFigure {
  readonly name: string;
  /** The part of the data that it is about, such as a split; null for all of it. */
  readonly group: string | null;
}

/** In the order in which the report lists them. A report without a list may have numbers of its own. */
export function figuresOf(report: Readonly<Record<string, unknown>>): NamedFigure[] {
  const listed = Array.isArray(report.figures)
    ? report.figures.filter(isObject)
    : Object.entries(report)
        .filter(([, value]) => typeof value === 'number')
        .map(([name, value]) => ({ name, value }));
  return listed.flatMap(({ name, group, value, low, high, note }: Record<string, unknown>) =>
    typeof name !== 'string'
      ? []
      : [
          {
            name,
            group: textOf(group),
            value: finite(value),
            low: finite(low),
            high: finite(high),
            note: textOf(note),
          },
        ],
  );
}

/**
 * Every figure of any of the reports. Of several seeds: their mean, and from the least to the most of
 * them.
 */
export function pooledFigures(
  reports: readonly Readonly<Record<string, unknown>>[],
  descriptions: Descriptions,
): NamedFigure[] {
  const known = new Map<string, NamedFigure[]>();
  for (const figure of reports.flatMap(figuresOf)) {
    const key = JSON.stringify([figure.name, figure.group]);
    known.set(key, [...(known.get(key) ?? []), figure]);
  }
  return [...known.values()].map((entries) => pooled(entries, descriptions));
}

function pooled(entries: readonly NamedFigure[], descriptions: Descriptions): NamedFigure {
  const [first] = entries;
  if (entries.length === 1) return first!;
  const { name, group } = first!;
  const values = entries.flatMap(({ value }) => (value === null ? [] : [value]));
  const note = entries.find((entry) => entry.note !== null)?.note ?? null;
  if (values.length === 0) return { name, group, value: null, low: null, high: null, note };
  const pool = describe(descriptions, name).pool ?? mean;
  return {
    name,
    group,
    value: pool(values),
    low: Math.min(...values),
    high: Math.max(...values),
    note,
  };
}

/** A figure that nobody described, of another version of the lab, is a plain number. */
export const describe = (descriptions: Descriptions, name: string): FigureDescription =>
  Object.hasOwn(descriptions, name) ? descriptions[name]! : { unit: null, better: null };

type FigureKey = Pick<NamedFigure, 'name' | 'group'>;

/** Whether a report for people lists the figure. */
export function isShown(descriptions: Descriptions, { name, group }: FigureKey): boolean {
  const { shown } = describe(descriptions, name);
  return shown === undefined || (group !== null && shown.includes(group));
}

/** A value as tables write it. */
export const figureText = (descriptions: Descriptions, name: string, value: number): string =>
  String(Number(value.toPrecision(describe(descriptions, name).digits ?? 3)));

/** `unique_fraction` of `train` as `unique fraction (train)`; KL is written as everywhere. */
export const figureName = ({ name, group }: FigureKey): string =>
  name.replaceAll('_', ' ').replace(/\bkl\b/, 'KL') +
  (group === null ? '' : ` (${group.replaceAll('_', ' ')})`);

/** E.g. `nats, lower is better`; empty for a plain number that is neither good nor bad. */
export function figureMeaning(descriptions: Descriptions, name: string): string {
  const { unit, better } = describe(descriptions, name);
  const counted = unit === 'target' ? 'in the unit of the target' : unit;
  return [counted, better && `${better} is better`].filter((word) => word !== null).join(', ');
}

const textOf = (value: unknown) => (typeof value === 'string' ? value : null);

/** The number, or null for everything that is none. */
export const finite = (value: unknown): number | null =>
  typeof value === 'number' && Number.isFinite(value) ? value : null;
