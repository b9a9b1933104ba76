// The events of a stored run that this version can read; a store may hold those of any version.
import * as v from 'valibot';
import type { StudyEvent } from '../events.ts';
import { ofEachMetric } from '../exact-figures.ts';
import { SPLITS } from '../experiment/experiment.ts';

/** NaN and infinities are figures that do not exist; so is one that is not there at all. */
const figure = v.optional(
  v.pipe(
    v.unknown(),
    v.transform((x) => (typeof x === 'number' && Number.isFinite(x) ? x : null)),
  ),
  null,
);
const count = v.fallback(v.number(), NaN);
const numbers = v.custom<readonly number[]>(
  (value) => Array.isArray(value) && value.every((x) => typeof x === 'number'),
);
const texts = v.custom<readonly string[]>(
  (value) => Array.isArray(value) && value.every((x) => typeof x === 'string'),
);

/** Fields that nobody knows yet are kept: they may be those of a newer version. */
const SCHEMAS = {
  environment: v.looseObject({
    type: v.literal('environment'),
    environment: v.looseObject({ backend: v.string(), adapter: v.optional(v.string(), '?') }),
  }),
  step: v.looseObject({
    type: v.literal('step'),
    arm: v.string(),
    step: v.number(),
    // Of how many: some versions do not say.
    steps: v.fallback(v.optional(v.number()), undefined),
    loss: figure,
    seconds: count,
    answerTokens: count,
    promptTokens: count,
  }),
  row: v.looseObject({
    type: v.literal('row'),
    row: v.looseObject({
      arm: v.string(),
      split: v.picklist(SPLITS),
      family: v.string(),
      id: v.string(),
      ...ofEachMetric(() => figure),
    }),
  }),
  target: v.looseObject({
    type: v.literal('target'),
    id: v.string(),
    family: v.optional(v.string(), ''),
    prompt: v.optional(v.string(), ''),
    kind: v.optional(v.picklist(['continuous', 'discrete', 'choices']), 'discrete'),
    split: v.picklist(SPLITS),
    values: texts,
    probabilities: numbers,
  }),
  snapshot: v.looseObject({
    type: v.literal('snapshot'),
    arm: v.string(),
    id: v.string(),
    probabilities: numbers,
    invalidMass: v.optional(v.number(), 0),
  }),
  report: v.looseObject({
    type: v.literal('report'),
    arm: v.string(),
    name: v.string(),
    report: v.unknown(),
  }),
  warning: v.looseObject({ type: v.literal('warning'), message: v.string() }),
  done: v.looseObject({ type: v.literal('done'), seconds: v.number() }),
} as const;

/** The events that results are made from, and how many of those could not be read. */
export function readableEvents(stored: readonly unknown[]): {
  events: StudyEvent[];
  unreadable: number;
} {
  const events: StudyEvent[] = [];
  let unreadable = 0;
  for (const event of stored) {
    const type = (event as { type?: unknown } | null)?.type;
    if (typeof type !== 'string' || !Object.hasOwn(SCHEMAS, type)) continue;
    const read = v.safeParse(SCHEMAS[type as keyof typeof SCHEMAS], event);
    if (read.success) events.push(read.output as unknown as StudyEvent);
    else unreadable++;
  }
  return { events, unreadable };
}
