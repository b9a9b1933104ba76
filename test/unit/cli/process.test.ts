// The command line as a process of its own: exit status, and what becomes of pipes and places.
import { spawn, type StdioOptions } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, open, readFile, stat, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

/** As small as studies get. */
const STUDY = {
  data: { families: ['bernoulli'], include_held_out: true, prompts_per_family: 1 },
  arms: [{ method: 'none' }, { method: 'soft', paths: 2 }],
  training: { steps: 20, batch: 1 },
  evaluation: { splits: ['train'] },
};

function start(line: readonly string[], stdio: StdioOptions = 'pipe') {
  const child = spawn(process.execPath, ['scripts/lab.mjs', ...line], { stdio });
  let errors = '';
  child.stderr?.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const done = once(child, 'close').then(([status]) => ({ status: status as number, errors }));
  return { child, done };
}

test('H6: bad input ends with status 2 and one line', async () => {
  expect(await start(['splits', '--bogus']).done).toEqual({
    status: 2,
    errors: "error: Unknown option '--bogus'; see lab help splits\n",
  });
});

test('H6: --debug says where an error came from', async () => {
  const { status, errors } = await start(['splits', '--seed', 'x', '--debug']).done;
  expect(status).toBe(2);
  expect(errors).toMatch(/^error: --seed is "x"; .+\nInputError: [^\n]+\n {4}at /);
});

test('K8: quiet when the reader of a result leaves', async () => {
  const { child, done } = start(['splits']);
  child.stdout!.once('data', () => child.stdout!.destroy());
  expect(await done).toEqual({ status: 0, errors: '' });
});

test('K8: a study goes on when the reader of its progress leaves', async () => {
  const out = join(await mkdtemp(join(tmpdir(), 'piped-')), 'out');
  const config = JSON.stringify(STUDY);
  const { child, done } = start(['study', '--config', config, '--out', out, '--progress']);
  child.stderr!.once('data', () => child.stderr!.destroy());
  child.stdout!.destroy();
  expect((await done).status).toBe(0);
  const results = JSON.parse(await readFile(join(out, 'results.json'), 'utf8'));
  expect(Object.keys(results.arms)).toEqual(['base', 'soft']);
});

test.skipIf(!existsSync('/dev/full'))('H6: a full disk is a failure in one line', async () => {
  const full = await open('/dev/full', 'w');
  const { status, errors } = await start(['splits'], ['ignore', full.fd, 'pipe']).done;
  await full.close();
  expect({ status, errors }).toEqual({
    status: 1,
    errors: expect.stringMatching(/^error: [^\n]*no space[^\n]*\n$/i),
  });
  const named = await start(['splits', '--out', '/dev/full']).done;
  expect(named).toEqual({
    status: 1,
    errors: 'error: /dev/full cannot be written (no space left on device)\n',
  });
});

test.skipIf(!existsSync('/dev/null'))('H6: /dev/null may be written, and stays', async () => {
  const model = 'test/golden/models/llama';
  const input = join(await mkdtemp(join(tmpdir(), 'null-')), 'input.json');
  await writeFile(input, '{"sequences":[[1,2]]}');
  const line = ['forward', '--model', model, '--input', input, '--out', '/dev/null'];
  expect(await start(line).done).toEqual({ status: 0, errors: '' });
  expect((await stat('/dev/null')).isCharacterDevice()).toBe(true);
});

test('H6: a folder as standard input', async () => {
  const folder = await open(tmpdir());
  const { status, errors } = await start(['parse', 'open'], [folder.fd, 'pipe', 'pipe']).done;
  await folder.close();
  expect(status).toBe(2);
  expect(errors).toMatch(/^error: standard input is a folder; [^\n]+\n$/);
});
