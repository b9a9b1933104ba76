// Commands and jobs on WebGPU, in the headless Chromium that `--backend webgpu` starts.
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runInChromium } from '../../cli/chromium/run-in-chromium.ts';
import { nodeFolder } from '../../cli/model-folder.ts';
import type { StudyEvent } from '../../src/lab/events.ts';
import type { ExperimentInput } from '../../src/lab/experiment/experiment.ts';
import { expectClose } from '../support/compare.ts';
import {
  forwardInput,
  goldenFolder,
  goldenOf,
  jsonFile,
  modelCopy,
  temporaryFolder,
  tensorsOf,
  trainingInput,
  triePrefixes,
} from '../support/golden-jobs.ts';
import { lab, result } from '../unit/cli/run.ts';

const QWEN3 = goldenFolder('qwen3');
const ADAPTED = ['--model', QWEN3, '--adapter', join(QWEN3, 'adapter'), '--backend', 'webgpu'];

test('forward gives the golden logits', async () => {
  const out = join(await temporaryFolder(), 'logits.safetensors');
  const input = await jsonFile(forwardInput('qwen3'));
  const printed = await result(['forward', ...ADAPTED, '--input', input, '--out', out]);
  expect(printed).toEqual({ tries: [{ prefixes: triePrefixes('qwen3') }] });
  const golden = await tensorsOf(join(QWEN3, 'logits.safetensors'));
  const trie = (await tensorsOf(join(QWEN3, 'trie_logits.safetensors'))).get('adapter')!;
  const expected = goldenOf('qwen3').sequences.map((_, i) => golden.get(`adapter.${i}`)!);
  const tensors = await tensorsOf(out);
  for (const [i, { shape, values }] of [...expected, trie].entries()) {
    const name = i < expected.length ? `sequence.${i}.logits` : 'trie.0.logits';
    const actual = tensors.get(name)!;
    expect(actual.shape).toEqual(shape);
    const worst = values.reduce((max, x, k) => Math.max(max, Math.abs(x - actual.values[k]!)), 0);
    expect(worst, name).toBeLessThanOrEqual(1e-3);
  }
});

test('gradients gives the golden loss and gradients', async () => {
  const out = join(await temporaryFolder(), 'gradients.safetensors');
  const input = await jsonFile(trainingInput('qwen3', 'soft'));
  const line = ['gradients', ...ADAPTED, '--input', input, '--out', out];
  const { loss } = await result<{ loss: number }>(line);
  expect(Math.abs(loss / goldenOf('qwen3').training.soft_loss - 1)).toBeLessThan(2e-5);
  const tensors = await tensorsOf(out);
  for (const [name, { values }] of await tensorsOf(join(QWEN3, 'grads_soft.safetensors'))) {
    expectClose(tensors.get(name)!.values, values, 1e-4, name);
  }
});

test('bad input is refused as on any backend', async () => {
  const out = join(await temporaryFolder(), 'x.safetensors');
  const input = await jsonFile({ sequences: [[80]] });
  const run = await lab(['forward', ...ADAPTED, '--input', input, '--out', out]);
  expect(run).toMatchObject({ status: 2, output: '' });
  expect(run.errors).toMatch(/^error: sequences\.0\.0 is 80; .+\n$/);
});

const EXPERIMENT: ExperimentInput = {
  data: { distribution: { family: 'bernoulli', params: { p: 0.25 } } },
  arms: [{ name: 'soft', method: 'soft', paths: 2 }],
  training: { steps: 2, batch: 2 },
  evaluation: { splits: ['train'] },
};

test('a study reports everything, and goes on from its checkpoint', async () => {
  const model = await modelCopy('qwen3');
  const place = { model: await nodeFolder(model), modelName: model };
  const run = async (resume?: Extract<StudyEvent, { type: 'checkpoint' }>) => {
    const events: StudyEvent[] = [];
    const more = resume && { resume: resume.checkpoint };
    const job = { kind: 'study', experiment: EXPERIMENT, ...more } as const;
    await runInChromium(place, job, (event) => void events.push(event));
    return events;
  };
  const events = await run();
  const of = <T extends StudyEvent['type']>(type: T, from = events) =>
    from.filter((event) => event.type === type) as Extract<StudyEvent, { type: T }>[];
  expect(of('environment')).toMatchObject([
    { environment: { backend: 'webgpu', model, selfTest: 'passed' } },
  ]);
  expect(of('done')).toHaveLength(1);
  const [adapter] = of('adapter');
  expect(Object.keys(adapter!.files)).toContain('adapter_model.safetensors');

  const trained = of('checkpoint').find(({ checkpoint }) => checkpoint.step === 2)!;
  const again = await run(trained);
  expect(of('row')).toHaveLength(1);
  expect(of('row', again)).toEqual(of('row'));
  expect(of('adapter', again)).toEqual(of('adapter'));
});

test('an abort ends the browser and rejects with its reason', async () => {
  const model = await modelCopy('qwen3');
  const place = { model: await nodeFolder(model), modelName: model };
  const controller = new AbortController();
  onTestFinished(() => controller.abort());
  const endless = { ...EXPERIMENT, training: { steps: 100_000, batch: 1 } };
  const job = { kind: 'study', experiment: endless } as const;
  const run = runInChromium(
    place,
    job,
    (event) => {
      if (event.type === 'step') controller.abort(new Error('enough'));
    },
    controller.signal,
  );
  await expect(run).rejects.toThrow('enough');
});
