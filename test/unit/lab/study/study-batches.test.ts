// The batches of an arm, and the tasks they are made from.
import { describe, expect, test, vi } from 'vitest';
import type { Supervision } from '../../../../src/core/targets/supervision.ts';
import { entropyOf } from '../../../../src/core/targets/space.ts';
import { resolveExperiment } from '../../../../src/lab/experiment/experiment.ts';
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
const OPTIONS = { batch: 3, seed: 1 };

function batches(method: 'soft' | 'hard', answers: number | 'trie', seed = 1, batch = 3) {
  const plan = { ...RESOLUTION, answers, steps: 10 };
  const tasks = new TaskMaker(tokenizer, RESOLUTION);
  return armBatches(method, plan, prompts, tasks, { batch, seed });
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
  test('depends on the step and the seed alone', () => {
    const [first, second] = [batches('soft', 4), batches('soft', 4)];
    second(0);
    expect(second(5)).toEqual(first(5));
    expect(first(5)).toEqual(first(5));
    expect(first(6)).not.toEqual(first(5));
    expect(batches('soft', 4, 2)(5)).not.toEqual(first(5));
  });

  test('has the same answers for both methods', () => {
    const nodes = (method: 'soft' | 'hard') =>
      [0, 1, 2].flatMap((step) =>
        batches(
          method,
          6,
        )(step)
          .groups.flat()
          .map(({ prompt, supervision }) => ({ prompt, prefixes: prefixesOf(supervision) })),
      );
    expect(nodes('hard')).toEqual(nodes('soft'));
  });

  test('is divided by its paths, its answer tokens or its prompts', () => {
    expect(batches('soft', 4)(0).normalizer).toBe(3 * 4);
    expect(batches('soft', 'trie')(0).normalizer).toBe(3);
    const { groups, normalizer } = batches('hard', 4)(0);
    const weights = groups.flat().flatMap(({ supervision }) => [...supervision.weight]);
    expect(normalizer).toBe(weights.reduce((a, b) => a + b, 0));
  });

  test('draws answers afresh for each of several places of one prompt', () => {
    const plan = { ...RESOLUTION, answers: 2, steps: 1 };
    const tasks = new TaskMaker(tokenizer, RESOLUTION);
    const { groups } = armBatches('hard', plan, prompts.slice(0, 1), tasks, {
      batch: 8,
      seed: 1,
    })(0);
    const drawn = groups.flat().map(({ supervision }) => supervision.token.join(' '));
    expect(drawn).toHaveLength(8);
    expect(new Set(drawn).size).toBeGreaterThan(4);
  });

  test('counts the tokens that are fed', () => {
    const { groups, promptTokens, answerTokens } = batches('soft', 'trie')(0);
    const examples = groups.flat();
    expect(promptTokens).toBe(examples.reduce((sum, { prompt }) => sum + prompt.length, 0));
    const nodes = examples.reduce((sum, { supervision }) => sum + supervision.nodeCount - 1, 0);
    expect(answerTokens).toBe(nodes);
  });

  test('of whole tries comes in passes of bounded size, every node once', () => {
    const { groups } = batches('soft', 'trie', 1, 12)(0);
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

describe('an arm’s own targets', () => {
  const rowsOf = (changes: Partial<Parameters<typeof armBatches>[1]>) => {
    const plan = { ...RESOLUTION, steps: 10, answers: 4, ...changes };
    return armBatches(
      'soft',
      plan,
      prompts,
      new TaskMaker(tokenizer, plan),
      OPTIONS,
    )(0).groups.flat();
  };
  const targets = (rows: ReturnType<typeof rowsOf>) =>
    rows.map(({ supervision }) => [...supervision.targetProbability]);

  test('are smoothed, mixed and weighted', () => {
    const plain = rowsOf({});
    expect(targets(rowsOf({ soft: { smoothing: 0.2 } }))).not.toEqual(targets(plain));
    expect(targets(rowsOf({ soft: { mix: 0.2 } }))).not.toEqual(targets(plain));
    const weights = rowsOf({ soft: { weighting: 'tokens' } }).map(
      (row) => row.supervision.weight[0],
    );
    expect(weights).toEqual([4, 4, 4]);
    expect(targets(rowsOf({ answers: 'trie', soft: { smoothing: 0.2 } }))).not.toEqual(
      targets(rowsOf({ answers: 'trie' })),
    );
    expect(rowsOf({ draws: 'stratified' }).map((row) => row.supervision.token)).not.toEqual(
      plain.map((row) => row.supervision.token),
    );
  });

  test('may begin with the prompts of least entropy', () => {
    const plan = { ...RESOLUTION, steps: 10, answers: 1, curriculum: 'entropy' } as const;
    const tasks = new TaskMaker(tokenizer, plan);
    const entropies = prompts.map((prompt) => entropyOf(tasks.make(prompt).space.probabilities));
    const easiest = [...entropies.keys()].sort((a, b) => entropies[a]! - entropies[b]!).slice(0, 3);
    const batch = armBatches('soft', plan, prompts, tasks, OPTIONS);
    const asked = batch(0)
      .groups.flat()
      .map(({ prompt }) => Array.from(prompt).join(' '));
    const expected = easiest.map((row) => tasks.make(prompts[row]!).tokens.join(' '));
    expect(asked.sort()).toEqual(expected.sort());
  });

  test('may drop the tails, which the answers are scored with', () => {
    const prompt = prompts.find(({ family }) => family === 'gaussian')!;
    const [with_, without] = (['clip_to_edge_bin', 'none'] as const).map(
      (tailPolicy) =>
        new TaskMaker(tokenizer, { ...RESOLUTION, tailPolicy }).make(prompt).space.probabilities,
    );
    const tail = 0.001; // beyond either quantile
    expect(without![0]).toBeCloseTo((with_![0]! - tail) / (1 - 2 * tail), 12);
    expect(without!.at(-1)).toBeCloseTo((with_!.at(-1)! - tail) / (1 - 2 * tail), 12);
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
