// The batches of an arm, and the tasks they are made from.
import { describe, expect, test, vi } from 'vitest';
import type { Supervision } from '../../../../src/core/targets/supervision.ts';
import { resolveExperiment, type TrainedArm } from '../../../../src/lab/experiment/experiment.ts';
import { armBatches } from '../../../../src/lab/study/study-batches.ts';
import { studyPrompts } from '../../../../src/lab/plan/study-prompts.ts';
import { TaskMaker } from '../../../../src/lab/study/study-tasks.ts';
import { loadTokenizer } from '../../../../src/model/tokenizer/tokenizer.ts';
import { tinyModelFiles } from '../../../support/tiny-model.ts';

const tokenizer = await loadTokenizer(await tinyModelFiles());
const { training: prompts } = studyPrompts(
  resolveExperiment({
    data: { families: ['gaussian', 'gamma', 'binomial'], prompts_per_family: 4 },
  }),
);
const RESOLUTION = { decimals: 1, bins: 300 };

/** These methods ask nothing of the model. */
const NO_MODEL = undefined as unknown as Parameters<typeof armBatches>[4];

function batches(
  method: 'soft' | 'hard',
  answers: number | 'trie',
  { seed = 1, batch = 3, of = prompts } = {},
) {
  const [arm] = resolveExperiment({ arms: [{ method }] }).arms;
  const tasks = new TaskMaker(tokenizer, RESOLUTION);
  return armBatches(arm as TrainedArm, { answers }, of, tasks, NO_MODEL, { batch, seed });
}

/** The tokens that lead to each node; the order of children is not part of a batch's meaning. */
function prefixesOf({ nodeCount, parent, token }: Supervision): string[] {
  const prefixes = [''];
  for (let node = 1; node < nodeCount; node++) {
    prefixes.push(`${prefixes[parent[node]!]!} ${token[node]!}`);
  }
  return prefixes.sort();
}

describe('a batch', () => {
  test('depends on the step and the seed alone', async () => {
    const [first, second] = [batches('soft', 4), batches('soft', 4)];
    const fifth = await first(5);
    await second(0);
    expect(await second(5)).toEqual(fifth);
    expect(await first(5)).toEqual(fifth);
    expect(await first(6)).not.toEqual(fifth);
    expect(await batches('soft', 4, { seed: 2 })(5)).not.toEqual(fifth);
  });

  test('has the same answers for both methods', async () => {
    const nodes = async (method: 'soft' | 'hard') => {
      const steps = await Promise.all([0, 1, 2].map(batches(method, 6)));
      return steps
        .flatMap(({ groups }) => groups.flat())
        .map(({ prompt, supervision }) => ({ prompt, prefixes: prefixesOf(supervision) }));
    };
    expect(await nodes('hard')).toEqual(await nodes('soft'));
  });

  test('is divided by its paths, its answer tokens or its prompts', async () => {
    expect((await batches('soft', 4)(0)).normalizer).toBe(3 * 4);
    expect((await batches('soft', 'trie')(0)).normalizer).toBe(3);
    const { groups, normalizer } = await batches('hard', 4)(0);
    const weights = groups.flat().flatMap(({ supervision }) => [...supervision.weight]);
    expect(normalizer).toBe(weights.reduce((a, b) => a + b, 0));
  });

  test('draws answers afresh for each of several places of one prompt', async () => {
    const { groups } = await batches('hard', 2, { batch: 8, of: prompts.slice(0, 1) })(0);
    const drawn = groups.flat().map(({ supervision }) => supervision.token.join(' '));
    expect(drawn).toHaveLength(8);
    expect(new Set(drawn).size).toBeGreaterThan(4);
  });

  test('counts the tokens that are fed', async () => {
    const { groups, promptTokens, answerTokens } = await batches('soft', 'trie')(0);
    const examples = groups.flat();
    expect(promptTokens).toBe(examples.reduce((sum, { prompt }) => sum + prompt.length, 0));
    const nodes = examples.reduce((sum, { supervision }) => sum + supervision.nodeCount - 1, 0);
    expect(answerTokens).toBe(nodes);
  });

  test('of whole tries comes in passes of bounded size, every node once', async () => {
    const { groups } = await batches('soft', 'trie', { batch: 12 })(0);
    expect(groups.length).toBeGreaterThan(1);
    for (const group of groups) {
      expect(group.length).toBeLessThanOrEqual(8);
      for (const { supervision } of group)
        expect(supervision.nodeCount - 1).toBeLessThanOrEqual(128);
    }
    const asked = groups.flat().reduce((sum, { supervision }) => {
      return sum + supervision.weight.filter((weight) => weight > 0).length;
    }, 0);
    const tasks = new TaskMaker(tokenizer, RESOLUTION);
    const nodes = prompts.reduce((sum, prompt) => sum + tasks.make(prompt).trie.nodeCount, 0);
    expect(asked).toBe(nodes);
  });
});

describe('tasks', () => {
  test('are made once while they are remembered, the oldest forgotten first', () => {
    const [a, b, c] = prompts.slice(0, 3).map((prompt) => ({ ...prompt }));
    const spaces = [a, b, c].map((prompt) => vi.spyOn(prompt!, 'space'));
    const sizes = [a, b, c].map(
      (p) => new TaskMaker(tokenizer, RESOLUTION).make(p!).space.values.length,
    );
    vi.clearAllMocks();
    const tasks = new TaskMaker(tokenizer, RESOLUTION, sizes[0]! + sizes[1]! + sizes[2]! - 1);
    expect(tasks.make(a!)).toBe(tasks.make(a!));
    tasks.make(b!);
    tasks.make(c!); // one too many: a goes
    tasks.make(b!);
    tasks.make(a!);
    expect(spaces.map((space) => space.mock.calls.length)).toEqual([2, 1, 1]);
  });

  test('tell apart distributions whose identifiers agree', () => {
    const of = (sigma: number) =>
      studyPrompts(
        resolveExperiment({
          data: { distribution: { family: 'gaussian', params: { mu: 0, sigma } } },
        }),
      ).training[0]!;
    const [near, same] = [of(1.0000001), of(1)];
    expect(near.id).toBe(same.id);
    const tasks = new TaskMaker(tokenizer, RESOLUTION);
    expect(tasks.make(near)).not.toBe(tasks.make(same));
  });
});
