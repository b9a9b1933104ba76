// Lanes on a page: a study's figures do not depend on how many workers share it, nor on one that is lost.
import { beforeAll, expect, test } from 'vitest';
import type { LanguageModel } from '../../src/model/language-model.ts';
import { loadLanguageModel } from '../../src/model/language-model.ts';
import { startBackend } from '../../src/tensor/backend.ts';
import { pageThreads } from '../../workers/page-threads.ts';
import { figures, studied } from '../support/lane-studies.ts';
import { tinyFolder } from '../support/tiny-folder.ts';
import { warmThreads } from '../support/warm-threads.ts';

const { start } = pageThreads();
let model: LanguageModel;
let alone: unknown[];
beforeAll(async () => {
  await startBackend(['wasm'], { wasmPath: '/wasm/' });
  const read = async (name: string) => {
    const response = await fetch(`/test/golden/models/qwen3/${name}`);
    return new Uint8Array(await response.arrayBuffer());
  };
  model = await loadLanguageModel(await tinyFolder(read));
  alone = figures(await studied(model, 'arms'));
}, 300_000);

test.each([2, 4])(
  'by %i lanes',
  async (lanes) => {
    let answers = 0;
    const threads = await warmThreads(start, lanes - 1, ({ type }) => {
      expect(type).not.toBe('failed');
      if (type === 'answer') answers++;
    });
    expect(figures(await studied(model, 'arms', threads))).toEqual(alone);
    expect(answers).toBeGreaterThan(0);
  },
  300_000,
);

test('a worker that is killed is noticed by its lock, and loses nothing', async () => {
  let [answers, kills] = [0, 0];
  const threads = await warmThreads(start, 1, ({ type }) => {
    // The first, however little of the work a busy machine leaves to it, and every tenth after that.
    if (type !== 'answer' || answers++ % 10 > 0) return;
    kills++;
    return 'kill';
  });
  expect(figures(await studied(model, 'arms', threads))).toEqual(alone);
  expect(kills).toBeGreaterThan(0);
}, 300_000);
