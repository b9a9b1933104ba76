// A file that is written over is whole whatever happens: what is on the disk when its name changes.
import type * as Files from 'node:fs/promises';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { writeInFolder } from '../../../cli/write-file.ts';

const calls = vi.hoisted((): string[] => []);
vi.mock('node:fs/promises', async (original) => {
  const files = await original<typeof Files>();
  return {
    ...files,
    async open(path: string, flags: string) {
      const file = await files.open(path, flags);
      const sync = file.sync.bind(file);
      file.sync = () => {
        calls.push(`sync ${basename(path)}`);
        return sync();
      };
      return file;
    },
    rename(from: string, to: string) {
      calls.push(`rename ${basename(from)} to ${basename(to)}`);
      return files.rename(from, to);
    },
  };
});

test('K8: a file is on the disk before it takes its name, and then its name is', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'written-'));
  await writeInFolder(folder, 'results.json', '{}');
  expect(await readFile(join(folder, 'results.json'), 'utf8')).toBe('{}');
  expect(calls).toEqual([
    'sync results.json.new',
    'rename results.json.new to results.json',
    `sync ${basename(folder)}`,
  ]);
});
