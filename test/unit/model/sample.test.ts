// Sampled answers against the exact distribution of a small model: together, and one by one.
import { beforeAll, expect, test } from 'vitest';
import { startNodeBackend } from '../../../cli/backend.ts';
import { chiSquareTail } from '../../../src/core/scoring/chi-square.ts';
import { kolmogorovTail } from '../../../src/core/scoring/kolmogorov.ts';
import { edgeLogProbabilities } from '../../../src/evaluation/edge-log-probabilities.ts';
import type { LanguageModel } from '../../../src/model/language-model.ts';
import { sampleEach, sampleTokens } from '../../../src/model/decoder/sample.ts';
import { loadTinyModel } from '../../support/tiny-model.ts';

const PROMPT = [7, 30, 11, 52];
/** Sharp enough for common answers, flat enough for many. */
const TEMPERATURE = 0.5;
/** Answers have none, one or two tokens: there are few enough to know the probability of each. */
const MOST_TOKENS = 2;
/** Rarer outcomes share a cell: below, the chi-square test is rough. */
const LEAST_EXPECTED = 5;

let model: LanguageModel;
/** Of every answer, by its tokens. */
let exact: Map<string, number>;

beforeAll(async () => {
  await startNodeBackend('wasm');
  model = await loadTinyModel();
  exact = await exactProbabilities();
}, 60_000);

test('every answer is known', () => {
  const total = [...exact.values()].reduce((a, b) => a + b, 0);
  expect(Math.abs(total - 1)).toBeLessThan(1e-5);
});

test('counts of answers sampled together follow the exact distribution, seed after seed', async () => {
  const [seeds, answers] = [60, 3000];
  const all = new Map<string, number>();
  const pValues: number[] = [];
  for (let seed = 1; seed <= seeds; seed++) {
    const counts = await sampled(answers, seed);
    pValues.push(fit(counts, answers));
    for (const [answer, count] of counts) all.set(answer, (all.get(answer) ?? 0) + count);
  }
  // The p-values are uniform, and what all seeds have in common is no lean to either side.
  const sorted = pValues.sort((a, b) => a - b);
  const distance = sorted.reduce(
    (most, p, i) => Math.max(most, (i + 1) / seeds - p, p - i / seeds),
    0,
  );
  expect(kolmogorovTail(seeds, distance)).toBeGreaterThan(0.01);
  expect(fit(all, seeds * answers)).toBeGreaterThan(0.01);
});

test('so do generations one by one, from neighbouring seeds', async () => {
  const generations = 1500;
  const counts = new Map<string, number>();
  for (let seed = 1; seed <= generations; seed++) {
    for (const [answer] of await sampled(1, seed))
      counts.set(answer, (counts.get(answer) ?? 0) + 1);
  }
  expect(fit(counts, generations)).toBeGreaterThan(0.01);
});

test('what is asked beside a prompt changes none of its answers', async () => {
  const prompts = [PROMPT, [7, 30, 2], [7, 30], [5]];
  const options = { seed: 3, maxTokens: 6, endTokens: [model.tokenizer.endToken] };
  const together = await sampleEach(model.decoder, prompts, 40, options);
  for (const [i, prompt] of prompts.entries()) {
    expect(together[i]).toEqual(await sampleTokens(model.decoder, prompt, 40, options));
  }
});

async function sampled(n: number, seed: number): Promise<Map<string, number>> {
  const answers = await sampleTokens(model.decoder, PROMPT, n, {
    ...{ seed, temperature: TEMPERATURE, maxTokens: MOST_TOKENS },
    endTokens: [model.tokenizer.endToken],
  });
  return new Map(answers.map(({ tokens, count }) => [tokens.join(' '), count]));
}

/** p-value of the chi-square test of counts against the exact probabilities. */
function fit(counts: ReadonlyMap<string, number>, n: number): number {
  const rest = { expected: 0, count: 0 };
  const cells = [rest];
  for (const [answer, probability] of exact) {
    const cell = { expected: n * probability, count: counts.get(answer) ?? 0 };
    if (cell.expected >= LEAST_EXPECTED) cells.push(cell);
    else {
      rest.expected += cell.expected;
      rest.count += cell.count;
    }
  }
  expect(cells.length).toBeGreaterThan(15);
  const statistic = cells.reduce(
    (sum, { expected, count }) => sum + (count - expected) ** 2 / expected,
    0,
  );
  return chiSquareTail(statistic, cells.length - 1);
}

/** From the log-probabilities of all tokens after the prompt and after every first token. */
async function exactProbabilities(): Promise<Map<string, number>> {
  const { vocabSize } = model.decoder.spec;
  const end = model.tokenizer.endToken;
  const tokens = Array.from({ length: vocabSize }, (_, token) => token);
  const firsts = tokens.filter((token) => token !== end);
  const nodeCount = 1 + firsts.length;
  const edges = nodeCount * vocabSize;
  const none = new Float64Array(0);
  const edgeChild = new Int32Array(edges).fill(-1);
  firsts.forEach((token, i) => (edgeChild[token] = i + 1));
  const trie = {
    nodeCount,
    parent: Int32Array.of(-1, ...firsts.map(() => 0)),
    token: Int32Array.of(-1, ...firsts),
    depth: Int32Array.of(0, ...firsts.map(() => 1)),
    edgeStart: Int32Array.from({ length: nodeCount + 1 }, (_, node) => node * vocabSize),
    edgeToken: Int32Array.from({ length: edges }, (_, edge) => edge % vocabSize),
    edgeChild,
    ...{ mass: none, edgeProbability: none },
    ...{ edgeAnswer: new Int32Array(0), answerEdge: new Int32Array(0) },
    answerNode: new Int32Array(0),
  };
  const options = { temperature: TEMPERATURE };
  const values = await edgeLogProbabilities(model.decoder, PROMPT, trie, options);
  const probabilities = new Map([['', Math.exp(values[end]!)]]);
  firsts.forEach((first, i) => {
    for (const second of tokens) {
      const logProbability = values[first]! + values[(i + 1) * vocabSize + second]!;
      const answer = second === end ? `${first}` : `${first} ${second}`;
      probabilities.set(answer, Math.exp(logProbability));
    }
  });
  return probabilities;
}
