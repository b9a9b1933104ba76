// The documentation of the configuration names every setting of its schema; its experiments are valid.
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { resolveExperiment } from '../../../../src/lab/experiment/experiment.ts';
import { experimentSchema } from '../../../../src/lab/experiment/experiment-schema.ts';

const docs = (name: string) => new URL(`../../../../docs/${name}`, import.meta.url);
const TEXT = readFileSync(docs('configuration.md'), 'utf8');

/** Names of the settings of a schema and of all within it; a user's own data are described as a whole. */
function namesIn(schema: unknown, names = new Set<string>()): Set<string> {
  if (typeof schema !== 'object' || schema === null) return names;
  const { entries, wrapped, item, pipe, options, getter } = schema as Record<string, unknown>;
  for (const [name, inner] of Object.entries((entries ?? {}) as object)) {
    names.add(name);
    if (name !== 'data' || !('open' in ((entries ?? {}) as object))) namesIn(inner, names);
  }
  if (typeof getter === 'function') namesIn(getter({}), names); // a word, or this object
  for (const inner of [wrapped, item]) namesIn(inner, names);
  for (const list of [pipe, options]) {
    if (Array.isArray(list)) for (const inner of list) namesIn(inner, names);
  }
  return names;
}

test('every setting is described', () => {
  const names = namesIn(experimentSchema);
  expect([...names]).toEqual(expect.arrayContaining(['families', 'rank', 'anchor', 'perplexity']));
  const missing = [...names].filter(
    (name) => !TEXT.includes(`\`${name}\``) && !TEXT.includes(`"${name}"`),
  );
  expect(missing).toEqual([]);
});

test('the example and the studies of the results are valid', () => {
  const example = /```json\n(.*?)```/s.exec(TEXT)![1]!;
  const studies = readdirSync(docs('results/studies')).map((name) =>
    readFileSync(docs(`results/studies/${name}`), 'utf8'),
  );
  expect(studies.length).toBeGreaterThan(2);
  for (const text of [example, ...studies]) resolveExperiment(JSON.parse(text));
});
