// A file that is written over is whole whatever happens: what is on the disk when its name changes.
import files, { mkdtemp, readFile } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { writeInFolder } from '../../../cli/write-file.ts';

/** What is asked of the disk, in order. */
function overheard(): string[] {
  const calls: string[] = [];
  const { open, rename } = files;
  vi.spyOn(files, 'open').mockImplementation(async (path, flags) => {
    const file = await open(path, flags);
    const sync = file.sync.bind(file);
    file.sync = () => {
      calls.push(`sync ${basename(String(path))}`);
      return sync();
    };
    return file;
  });
  vi.spyOn(files, 'rename').mockImplementation((from, to) => {
    calls.push(`rename ${basename(String(from))} to ${basename(String(to))}`);
    return rename(from, to);
  });
  // Names that are imported one by one follow.
  syncBuiltinESMExports();
  return calls;
}

afterEach(() => {
  vi.restoreAllMocks();
  syncBuiltinESMExports();
});

test('K8: a file is on the disk before it takes its name, and then its name is', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'written-'));
  const calls = overheard();
  await writeInFolder(folder, 'results.json', '{}');
  expect(await readFile(join(folder, 'results.json'), 'utf8')).toBe('{}');
  expect(calls).toEqual([
    'sync results.json.new',
    'rename results.json.new to results.json',
    `sync ${basename(folder)}`,
  ]);
});
