// K5: one process works in a folder.
import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { FolderLock } from '../../../cli/folder-lock.ts';

const folder = () => mkdtemp(join(tmpdir(), 'lock-'));

test('K5: a second owner is refused, and let in once the first is done', async () => {
  const path = await folder();
  const first = await FolderLock.take(path);
  await expect(FolderLock.take(path)).rejects.toMatchObject({
    name: 'InputError',
    message: expect.stringContaining(`another process (${process.pid}) is at work`),
  });
  first.release();
  const second = await FolderLock.take(path);
  second.check();
  second.release();
  expect(await readdir(path)).toEqual([]);
});

test('K5: what a dead process left, also one whose number lives again, holds nobody up', async () => {
  const path = await folder();
  const child = spawn(process.execPath, ['-e', '']);
  await new Promise((resolve) => child.once('exit', resolve));
  await writeFile(join(path, `lock-${child.pid}-123-dead`), '');
  await writeFile(join(path, `lock-${process.pid}-1-anotherlife`), '');
  const lock = await FolderLock.take(path);
  expect(await readdir(path)).toHaveLength(1);
  lock.release();
});

test('K5: nothing is written into a folder that was deleted meanwhile', async () => {
  const path = await folder();
  const lock = await FolderLock.take(path);
  await rm(path, { recursive: true });
  expect(() => lock.check()).toThrow(/was deleted while it was worked on/);
  lock.release();
});

test('K5: of many that come at once at most one is let in', async () => {
  const path = await folder();
  const tries = await Promise.allSettled(Array.from({ length: 6 }, () => FolderLock.take(path)));
  const taken = tries.filter(({ status }) => status === 'fulfilled');
  expect(taken.length).toBeLessThanOrEqual(1);
});
