// The training loop: repeatable, resumable, cancellable, and no heavier at step 50 than at step 1.
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { startNodeBackend } from '../../../cli/backend.ts';
import { InputError } from '../../../src/core/errors.ts';
import type { LanguageModel } from '../../../src/model/language-model.ts';
import * as tf from '../../../src/tensor/tf.ts';
import type { TrainerOptions, TrainerState } from '../../../src/training/trainer.ts';
import { loadTinyModel } from '../../support/tiny-model.ts';
import {
  reportsOf,
  tinyBatches,
  tinyLora,
  tinyRun,
  valuesOf,
} from '../../support/training-runs.ts';

let model: LanguageModel;

/** A run from its start to its end: what it reported and what it learned. */
async function whole(changes: Partial<TrainerOptions> = {}, loraSeed?: number) {
  const adapter = tinyLora(model, loraSeed);
  const reports = await reportsOf(tinyRun(model, adapter, changes));
  const values = await valuesOf(adapter);
  adapter.dispose();
  return { reports, values, losses: reports.map(({ loss }) => loss) };
}

/** The cpu backend is slow: there, short runs must do. */
describe.each([
  ['wasm', 7],
  ['cpu', 4],
] as const)('on %s', (backend, steps) => {
  beforeAll(async () => {
    await startNodeBackend(backend);
    model = await loadTinyModel();
  }, 60_000);

  test('one seed gives one result, bit for bit', async () => {
    const first = await whole({ steps });
    expect(await whole({ steps })).toEqual(first);
    expect(first.losses.every(Number.isFinite)).toBe(true);
  });

  test('a run goes on from a stored state as if it had not stopped', async () => {
    const changes = { steps, reportEvery: 2 };
    const straight = await whole(changes);
    let stored: TrainerState | undefined;
    const adapter = tinyLora(model);
    for await (const { step, state } of tinyRun(model, adapter, changes)) {
      if (step === 2) stored = structuredClone(await state());
    }
    adapter.dispose();
    const resumed = await whole({ ...changes, resume: stored! }, 99);
    expect(resumed.values).toEqual(straight.values);
    expect(resumed.reports).toEqual(straight.reports.slice(1));
  });
});

describe('the training loop', () => {
  beforeAll(async () => {
    await startNodeBackend('wasm');
    model = await loadTinyModel();
  }, 60_000);

  test('another seed drops other inputs and gives another result', async () => {
    const [eleven, twelve] = [await whole(), await whole({ seed: 12 })];
    expect(twelve.values).not.toEqual(eleven.values);
    const undropped = [await whole({ dropout: 0 }), await whole({ dropout: 0, seed: 12 })];
    expect(undropped[0]).toEqual(undropped[1]);
    expect((await whole({}, 12)).values).not.toEqual(eleven.values);
  });

  test.each([
    ['soft', 'kl'],
    ['hard', 'cross-entropy'],
  ] as const)('%s targets are learned', async (method, loss) => {
    const { losses } = await whole({
      steps: 30,
      batch: tinyBatches(model, method),
      loss,
      learningRate: () => 2e-2,
    });
    const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
    expect(mean(losses.slice(-5))).toBeLessThan(0.6 * mean(losses.slice(0, 2)));
  });

  test('tensors and bytes are the same after every step', async () => {
    const before = tf.memory();
    const adapter = tinyLora(model);
    const run = tinyRun(model, adapter, { steps: 50 });
    const seen: (readonly number[])[] = [];
    for await (const report of run) {
      const { numTensors, numDataBuffers, numBytes } = tf.memory();
      seen.push([numTensors, numDataBuffers, numBytes]);
      if (report.step === 20) await report.state();
    }
    expect(seen).toHaveLength(50);
    expect(new Set(seen.map(String)).size).toBe(1);
    adapter.dispose();
    expect(tf.memory()).toMatchObject({
      numTensors: before.numTensors,
      numDataBuffers: before.numDataBuffers,
      numBytes: before.numBytes,
    });
  });

  test('the loss is read back once in so many steps, and at the end', async () => {
    const adapter = tinyLora(model);
    const every = await whole({ steps: 12 });
    const data = vi.spyOn(tf.Tensor.prototype, 'data');
    const dataSync = vi.spyOn(tf.Tensor.prototype, 'dataSync');
    const reports = await reportsOf(tinyRun(model, adapter, { steps: 12, reportEvery: 5 }));
    expect(data).toHaveBeenCalledTimes(3);
    expect(dataSync).not.toHaveBeenCalled();
    vi.restoreAllMocks();
    adapter.dispose();
    expect(reports.map(({ step }) => step)).toEqual([5, 10, 12]);
    const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
    expect(reports[0]!.loss).toBeCloseTo(mean(every.losses.slice(0, 5)), 5);
    expect(reports[2]!.loss).toBeCloseTo(mean(every.losses.slice(10)), 5);
    expect(reports[2]!.promptTokens).toBe(every.reports.at(-1)!.promptTokens);
    expect(reports[2]!.answerTokens).toBe(every.reports.at(-1)!.answerTokens);
  });

  describe('ends early without leaving tensors', () => {
    /** Runs until `during` ends it; says how many batches were asked for. */
    async function interrupted(
      during: (step: number, controller: AbortController) => void,
      consume: (run: ReturnType<typeof tinyRun>) => Promise<unknown>,
    ) {
      const before = tf.memory().numTensors;
      const adapter = tinyLora(model);
      const controller = new AbortController();
      const batches = tinyBatches(model, 'soft');
      let asked = 0;
      const run = tinyRun(model, adapter, {
        steps: 50,
        reportEvery: 10,
        signal: controller.signal,
        batch: (step) => {
          asked++;
          during(step, controller);
          return batches(step);
        },
      });
      await consume(run);
      const values = await valuesOf(adapter);
      adapter.dispose();
      expect(tf.memory().numTensors).toBe(before);
      return { asked, values };
    }

    test('by a signal, within one step', async () => {
      const reason = new Error('enough');
      const { asked } = await interrupted(
        (step, controller) => step === 13 && controller.abort(reason),
        (run) => expect(reportsOf(run)).rejects.toBe(reason),
      );
      expect(asked).toBe(14);
    });

    test('by a timer, which is heard between any two steps', async () => {
      const { asked } = await interrupted(
        (step, controller) => step === 3 && setTimeout(() => controller.abort(), 0),
        (run) => expect(reportsOf(run)).rejects.toThrow(/abort/),
      );
      expect(asked).toBeLessThanOrEqual(6);
    });

    test('by a signal that came before', async () => {
      const { asked } = await interrupted(
        () => {},
        async () => {
          const adapter = tinyLora(model);
          const run = tinyRun(model, adapter, { signal: AbortSignal.abort() });
          await expect(reportsOf(run)).rejects.toThrow(/abort/);
          adapter.dispose();
        },
      );
      expect(asked).toBe(0);
    });

    test('by whoever follows it', async () => {
      const { asked, values } = await interrupted(
        () => {},
        async (run) => {
          for await (const { step } of run) if (step === 10) break;
        },
      );
      expect(asked).toBe(10);
      expect([...values.values()].flatMap((v) => [...v]).every(Number.isFinite)).toBe(true);
    });

    test('by a batch that cannot be made', async () => {
      await interrupted(
        (step) => {
          if (step === 4) throw new InputError('no such answer', 'Use another.');
        },
        (run) => expect(reportsOf(run)).rejects.toThrow('no such answer'),
      );
    });
  });

  test('a state of another adapter is refused', async () => {
    const adapter = tinyLora(model);
    let stored: TrainerState | undefined;
    for await (const report of tinyRun(model, adapter, { steps: 1 })) stored = await report.state();
    const [name, { shape, values }] = [...stored!.parameters][0]!;
    const wider = {
      shape: [shape[0]!, shape[1]! + 1],
      values: new Float32Array(values.length + 4),
    };
    const changed = [
      new Map([...stored!.parameters].slice(1)),
      new Map([...stored!.parameters, [name, wider] as const]),
      new Map([...stored!.parameters, ['another', { shape, values }] as const]),
    ];
    for (const parameters of changed) {
      const run = tinyRun(model, adapter, { resume: { ...stored!, parameters } });
      await expect(reportsOf(run)).rejects.toThrow(InputError);
    }
    adapter.dispose();
  });
});
