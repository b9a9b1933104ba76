// The page about lessons says of each what the lesson says of itself.
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { LESSONS } from '../../../src/lab/lessons/index.ts';

test('the table for teachers is that of the lessons', async () => {
  const page = await readFile(new URL('../../../docs/teaching.md', import.meta.url), 'utf8');
  const rows = page.match(/^\| \d .*$/gm)!.map((row) => row.split('|').slice(1, -1));
  const told = rows.map((cells) => cells.map((cell) => cell.trim()));
  expect(told).toEqual(
    LESSONS.map(({ title, shows, runs, needs }, i) => [
      `${i + 1} ${title}`,
      shows,
      needs ? `${runs}; needs ${needs}` : runs,
    ]),
  );
});
