// K4: a loss, a score or a trained value that is no number ends an arm; the checkpoints before it are good.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { startNodeBackend } from '../../../cli/backend.ts';
import { NotANumberError } from '../../../src/core/errors.ts';
import { labErrorOf } from '../../../src/lab/lab-error.ts';
import type { Checkpoint } from '../../../src/lab/events.ts';
import type { LanguageModel } from '../../../src/model/language-model.ts';
import * as tf from '../../../src/tensor/tf.ts';
import type { TrainerState } from '../../../src/training/trainer.ts';
import { tinyExperiment, tinyStudy } from '../../support/study-runs.ts';
import { loadTinyModel, tinyModelFiles } from '../../support/tiny-model.ts';
import { reportsOf, tinyLora, tinyRun } from '../../support/training-runs.ts';
import { lab } from '../cli/run.ts';

const TINY_FILES = [
  ...['config.json', 'generation_config.json', 'model.safetensors'],
  ...['tokenizer.json', 'tokenizer_config.json'],
];

let model: LanguageModel;
beforeAll(async () => {
  await startNodeBackend('wasm');
  model = await loadTinyModel();
});

/** A rate at which the values of step `wrong` (from 0) are ruined, and with them the next loss. */
const ruinedAt = (wrong: number) => (step: number) => (step === wrong ? Infinity : 5e-3);

test.each([1, 3, 5])(
  'K4: the loss names its step, however seldom it is read (every %i)',
  async (reportEvery) => {
    const before = tf.memory().numTensors;
    const adapter = tinyLora(model);
    const run = reportsOf(tinyRun(model, adapter, { reportEvery, learningRate: ruinedAt(2) }));
    const error = await run.catch((thrown: unknown) => thrown);
    adapter.dispose();
    expect(error).toBeInstanceOf(NotANumberError);
    expect((error as NotANumberError).message).toBe('the loss is not a number at step 4');
    expect(labErrorOf(error)).toMatchObject({ kind: 'number', advice: /learning rate/ });
    expect(tf.memory().numTensors).toBe(before);
  },
);

test('K4: no state is handed out whose values are none', async () => {
  const adapter = tinyLora(model);
  const states: TrainerState[] = [];
  const ruined = async () => {
    // The loss of the last step is still a number: it is that of the values before it.
    const run = tinyRun(model, adapter, { steps: 3, learningRate: ruinedAt(2) });
    for await (const { state } of run) states.push(await state());
  };
  await expect(ruined()).rejects.toMatchObject({ name: 'NotANumberError', step: 3 });
  adapter.dispose();
  expect(states.map(({ step }) => step)).toEqual([1, 2]);
});

test('K4: a study ends naming arm and step, and every checkpoint before it is good', async () => {
  const experiment = tinyExperiment({
    training: { steps: 12, batch: 3, learning_rate: 1, lora: { rank: 4, alpha: 1e6 } },
  });
  const checkpoints: Checkpoint[] = [];
  const run = async () => {
    const training = { ...experiment.training, learning_rate: 1e38 };
    for await (const event of tinyStudy(model, { ...experiment, training })) {
      if (event.type === 'checkpoint') checkpoints.push(event.checkpoint);
    }
  };
  await expect(run()).rejects.toThrow(/^the loss of arm soft is not a number at step \d+$/);
  expect(checkpoints.at(-1)).toMatchObject({ arm: 'soft', step: 0 });
});

test('K4: commands end with status 1, one line and their checkpoint', async () => {
  const root = await mkdtemp(join(tmpdir(), 'number-'));
  const files = await tinyModelFiles();
  for (const name of TINY_FILES) {
    const bytes = Uint8Array.from((await files(name)) ?? []);
    // The last weight, in any format of 16 or 32 bits.
    if (name === 'model.safetensors') bytes.set([0xc0, 0x7f, 0xc0, 0x7f], bytes.length - 4);
    if (bytes.length > 0) await writeFile(join(root, name), bytes);
  }
  const experiment = {
    data: { distribution: { family: 'bernoulli', params: { p: 0.5 } } },
    arms: [{ method: 'soft', paths: 'trie' }],
    training: { steps: 2, batch: 1, lora: { targets: ['q_proj'] } },
    evaluation: { splits: ['train'] },
  };
  const out = join(root, 'out');
  const study = ['study', '--model', root, '--config', JSON.stringify(experiment), '--out', out];
  expect(await lab(study)).toEqual({
    status: 1,
    output: '',
    errors: expect.stringMatching(/^error: the loss of arm soft is not a number at step 1; .*\n$/),
  });
  expect((await readFile(join(out, 'resume.bin'))).length).toBeGreaterThan(0);

  const exact = ['exact', '--model', root, '--family', 'bernoulli', '--params', 'p=0.5'];
  expect(await lab(exact)).toEqual({
    status: 1,
    output: '',
    errors: expect.stringMatching(/^error: the score kl on \S+ is not a number before .*\n$/),
  });
  await rm(root, { recursive: true });
});
