// The peers on a small model, each in a thread of its own: they must take the very same steps.
import { expect, test } from 'vitest';
import type { ModelConfig } from '../../../bench/model/sizes.ts';
import { configOfSize } from '../../../bench/model/sizes.ts';
import type { PeerName } from '../../../bench/peers/peer.ts';
import { selectedPrompts } from '../../../bench/tasks/selected-prompts.ts';
import type { ScoringTask, BenchTask, TrainingTask } from '../../../bench/tasks/task.ts';
import { nodePlace } from '../../../bench/places/node-place.ts';

/** Figures of `runs` runs of a task. */
async function figures(task: BenchTask, runs: number): Promise<number[]> {
  const place = nodePlace();
  const thread = await place.open(task);
  try {
    const results: number[] = [];
    for (let i = 0; i < runs; i++) results.push((await thread.run()).figure);
    return results;
  } finally {
    await thread.close();
    await place.close();
  }
}

const training = (peer: PeerName, config: ModelConfig): TrainingTask => ({
  ...{ kind: 'training', peer, config, layout: 'merged', format: 'f32', seed: 11 },
  batch: { prompts: 2, promptTokens: 12, paths: 6 },
});

const llama = configOfSize('tiny', {});
const qwen = { ...llama, model_type: 'qwen3', head_dim: 10, num_attention_heads: 3 };

test.each([
  ['llama', llama],
  ['qwen3', { ...qwen, num_key_value_heads: 1 }],
])('the losses of a %s model fall alike with all three', async (_, config) => {
  const [lab, tfjs, jax] = await Promise.all([
    figures(training('lab', config), 4),
    figures(training('tfjs', config), 4),
    figures(training('jax', config), 4),
  ]);
  // The steps change the loss by far more than the tolerance, so a wrong gradient would show.
  for (let i = 1; i < lab.length; i++) expect(lab[i]! / lab[i - 1]!).toBeLessThan(0.99);
  for (const [i, expected] of lab.entries()) {
    expect(Math.abs(tfjs[i]! / expected - 1)).toBeLessThan(2e-5);
    expect(Math.abs(jax[i]! / expected - 1)).toBeLessThan(2e-5);
  }
});

test('merged paths train as a row per path does', async () => {
  const merged = training('lab', llama);
  const [expected, losses] = await Promise.all([
    figures(merged, 3),
    figures({ ...merged, layout: 'paths' }, 3),
  ]);
  for (const [i, loss] of losses.entries()) {
    expect(Math.abs(loss / expected[i]! - 1)).toBeLessThan(2e-5);
  }
});

test.each(['int4', 'int8'] as const)(
  'weights in %s and what they stand for train alike',
  async (format) => {
    const [coded, widened, full] = await Promise.all([
      figures({ ...training('lab', llama), format }, 3),
      figures({ ...training('widened', llama), format }, 3),
      figures(training('lab', llama), 3),
    ]);
    for (const [i, expected] of coded.entries()) {
      expect(Math.abs(widened[i]! / expected - 1)).toBeLessThan(2e-5);
      // They are other weights than those that were given.
      expect(Math.abs(full[i]! / expected - 1)).toBeGreaterThan(1e-4);
    }
  },
);

test('all peers compute the same product', async () => {
  const task = (peer: PeerName): BenchTask => ({ kind: 'product', peer, size: 24, repeats: 3 });
  const [lab, tfjs, jax] = await Promise.all(
    (['lab', 'tfjs', 'jax'] as const).map((peer) => figures(task(peer), 1)),
  );
  // Entries stay near variance 1/3 … 3, so the figure is of the order of the size.
  expect(lab![0]).toBeGreaterThan(1e-3);
  expect(Math.abs(tfjs![0]! / lab![0]! - 1)).toBeLessThan(1e-5);
  expect(Math.abs(jax![0]! / lab![0]! - 1)).toBeLessThan(1e-5);
});

test('a row per answer scores as the trie does', async () => {
  const place = selectedPrompts().findIndex(({ family }) => family === 'beta');
  const task = { kind: 'scoring', prompts: [place], answers: 10, rows: 4, seed: 3 } as const;
  const scoredBy = async (method: ScoringTask['method']) => {
    const thread = await nodePlace().open({ ...task, method });
    const run = await thread.run();
    await thread.close();
    return run;
  };
  const [trie, rows] = [await scoredBy('trie'), await scoredBy('row per answer')];
  expect(Math.abs(rows.figure / trie.figure - 1)).toBeLessThan(1e-4);
  expect([trie.scored!.answers, rows.scored!.answers, rows.scored!.drawn]).toEqual([71, 71, 10]);
  expect(rows.scored!.tokens).toBeGreaterThan(10 * trie.scored!.tokens);
  // The time of ten rows stands for 71.
  expect(rows.scored!.seconds / rows.seconds).toBeGreaterThan(5);
});

test('sampling gives as many answers as were asked for, and says which', async () => {
  const place = nodePlace();
  const thread = await place.open({ kind: 'sampling', method: 'together', answers: 40, seed: 3 });
  const { figure, counts } = await thread.run();
  await thread.close();
  expect(figure).toBe(40);
  expect(Object.values(counts!).reduce((a, b) => a + b, 0)).toBe(40);
});

test('what a thread throws arrives here', async () => {
  const task = { ...training('lab', llama), config: { ...llama, model_type: 'unheard of' } };
  await expect(nodePlace().open(task)).rejects.toThrow('unheard of');
});
