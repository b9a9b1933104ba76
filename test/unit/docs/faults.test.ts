// The page of faults: every one of them has tests that carry its label, and is shown then and now.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { LOOKS as ON_PAGE } from '../../../scripts/faults-on-page.mjs';
import { LOOKS as IN_SOURCE } from '../../../scripts/faults-in-source.mjs';
import { FAULTS } from '../../../scripts/faults.mjs';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const page = readFileSync(join(ROOT, 'docs/faults.md'), 'utf8');

const rows = [...page.matchAll(/^\| ([A-Z]\d+) .*\| _(line|look|page)_ .*$/gm)].map(
  ([row, label, seen]) => ({
    ...{ label: label!, seen: seen! },
    tests: [...row.matchAll(/\]\(\.\.\/(test\/[^)]+)\)/g)].map(([, path]) => path!),
  }),
);

/** Whether a text has a test with that label, or says at its top that all of its tests are about it. */
const carries = (text: string, label: string) =>
  new RegExp(`^// (\\w+, )*${label}\\b|['"\`](\\w+, )*${label}(, \\w+)*(: |['"\`])`, 'm').test(
    text,
  );

describe.each(rows)('$label', ({ label, seen, tests }) => {
  test.each(tests)('has a test with its label in %s', (path) => {
    expect(existsSync(join(ROOT, path))).toBe(true);
    expect(carries(readFileSync(join(ROOT, path), 'utf8'), label)).toBe(true);
  });

  test('is among what is shown then and now', () => {
    const shown = { line: FAULTS, look: IN_SOURCE, page: ON_PAGE };
    const ways = Object.entries(shown).flatMap(([way, faults]) =>
      faults.some(({ entry }) => entry === label) ? [way] : [],
    );
    expect(ways).toEqual([seen]);
  });
});

test('all labels of tests are on the page', () => {
  const files = readdirSync(join(ROOT, 'test'), { recursive: true, encoding: 'utf8' });
  const labels = files
    .filter((name) => name.endsWith('.test.ts'))
    .flatMap((name) => {
      const text = readFileSync(join(ROOT, 'test', name), 'utf8');
      const labels = /(?:['"`]|^\/\/ )((?:[TEMWPKH]\d{1,2}(?:, )?)+): /gm;
      return [...text.matchAll(labels)].flatMap(([, several]) => several!.split(', '));
    });
  expect(new Set(rows.map(({ label }) => label))).toEqual(new Set(labels));
  expect(rows).toHaveLength(57);
});
