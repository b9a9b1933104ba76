// Scores from an API's log-probabilities, beside a model whose every probability is known.
import { expect, test } from 'vitest';
import { createDistribution } from '../../../../src/core/distributions/create.ts';
import { InputError } from '../../../../src/core/errors.ts';
import { randomStream } from '../../../../src/core/random.ts';
import { exactScores } from '../../../../src/core/scoring/exact.ts';
import { readLogprobs } from '../../../../src/core/scoring/logged-answers.ts';
import { loggedScores } from '../../../../src/core/scoring/logged-scores.ts';
import { buildTrie } from '../../../../src/core/targets/build-trie.ts';
import { choiceSpace } from '../../../../src/core/targets/choices.ts';
import { outputSpace } from '../../../../src/core/targets/output-space.ts';

const SYMBOLS = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '.', '<end>'];
const END = SYMBOLS.length - 1;

/** The made-up model's next-token probabilities [symbols] after some text: near to what is asked. */
function next(text: string): number[] {
  const random = randomStream(5, 'model', text);
  const wanted =
    text.length === 0 ? [0, 1] : text.length === 1 ? [10] : text.length < 4 ? [] : [END];
  const weights = SYMBOLS.map((_, symbol) => {
    const isWanted = wanted.length > 0 ? wanted.includes(symbol) : symbol < 10;
    return (isWanted ? 1 : 0.002) * (0.2 + random.uniform());
  });
  const total = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / total);
}

/** A response of an API to `n` answers, which lists the `most` likeliest tokens in each place. */
function response(n: number, most: number, listsEnd: boolean) {
  const random = randomStream(3, 'answers');
  const choices = Array.from({ length: n }, () => {
    const content: object[] = [];
    let text = '';
    for (let symbol = -1; symbol !== END && content.length < 8;) {
      const p = next(text);
      symbol = random.categorical(p);
      const entry = (of: number) => ({
        token: SYMBOLS[of]!,
        logprob: Math.log(p[of]!),
        bytes: null,
      });
      const order = p.map((_, of) => of).filter((of) => listsEnd || of !== END);
      const top = order.sort((a, b) => p[b]! - p[a]!).slice(0, most);
      if (symbol !== END || listsEnd)
        content.push({ ...entry(symbol), top_logprobs: top.map(entry) });
      if (symbol !== END) text += SYMBOLS[symbol]!;
    }
    return { message: { content: text }, finish_reason: 'stop', logprobs: { content } };
  });
  return { choices };
}

const space = outputSpace(createDistribution('beta', { alpha: 2, beta: 5 }));
const trie = buildTrie(space, (text) => [...text].map((symbol) => SYMBOLS.indexOf(symbol)), END);
const prefix = (node: number): string =>
  node === 0 ? '' : prefix(trie.parent[node]!) + SYMBOLS[trie.token[node]!]!;
const exact = exactScores(
  trie,
  space,
  Float64Array.from(trie.edgeToken, (token, edge) => {
    const node = trie.edgeStart.findLastIndex((start) => start <= edge);
    return Math.log(next(prefix(node))[token]!);
  }),
);

test.each([20, 300])('%i answers bound what the whole trie says exactly', (n) => {
  const answers = readLogprobs(response(n, 12, true));
  const found = loggedScores(space, answers, { endTokens: ['<end>'] });
  for (const name of ['tv', 'kl', 'validMass'] as const) {
    expect(found[name].low).toBeLessThanOrEqual(exact[name] + 1e-12);
    expect(found[name].high).toBeGreaterThanOrEqual(exact[name] - 1e-12);
  }
  expect(found.unseen).toBeLessThan(n === 300 ? 0.25 : 1);
});

test('once every beginning was seen, the figures are the exact ones', () => {
  // Every answer of the space, so that every node of its trie is visited, whatever is likely.
  const choices = space.values.map((text) => {
    const content = [...text, '<end>'].map((token, i) => {
      const p = next(text.slice(0, i));
      const top = SYMBOLS.map((symbol, of) => ({ token: symbol, logprob: Math.log(p[of]!) }));
      return { token, logprob: Math.log(p[SYMBOLS.indexOf(token)]!), top_logprobs: top };
    });
    return { message: { content: text }, finish_reason: 'stop', logprobs: { content } };
  });
  const found = loggedScores(space, readLogprobs({ choices }), { endTokens: ['<end>'] });
  expect(found.unseen).toBeLessThan(1e-9);
  found.answerProbabilities.forEach((q, i) =>
    expect(q).toBeCloseTo(exact.answerProbabilities[i]!, 12),
  );
  for (const name of ['tv', 'kl', 'validMass'] as const) {
    expect(found[name].low).toBeCloseTo(exact[name], 9);
    expect(found[name].high).toBeCloseTo(exact[name], 9);
  }
});

test('without end tokens, complete answers end, and one that goes on has what is left', () => {
  const space = choiceSpace([
    { value: '1', weight: 1 },
    { value: '12', weight: 1 },
  ]);
  const log = (token: string, p: number) => ({ token, logprob: Math.log(p) });
  const first = { ...log('1', 0.9), top_logprobs: [log('1', 0.9), log('x', 0.1)] };
  const second = { ...log('2', 0.6), top_logprobs: [log('2', 0.6), log('3', 0.1)] };
  const answers = readLogprobs({
    choices: [
      { finish_reason: 'stop', logprobs: { content: [first] } },
      { finish_reason: 'stop', logprobs: { content: [first, second] } },
    ],
  });
  const { answerProbabilities, unseen, tv } = loggedScores(space, answers);
  expect([...answerProbabilities]).toEqual([
    expect.closeTo(0.9 * 0.3, 12),
    expect.closeTo(0.9 * 0.6, 12),
  ]);
  expect(unseen).toBeCloseTo(0, 12);
  expect(tv.low).toBeCloseTo(0.5 - 0.27, 12);
});

test('the least KL is that of no other way to give away what was not seen', () => {
  const space = choiceSpace([
    { value: 'a', weight: 3 },
    { value: 'b', weight: 2 },
    { value: 'c', weight: 5 },
  ]);
  const log = (token: string, p: number) => ({ token, logprob: Math.log(p) });
  const content = [{ ...log('a', 0.5), top_logprobs: [log('b', 0.1)] }];
  const answers = readLogprobs({ choices: [{ finish_reason: 'stop', logprobs: { content } }] });
  const { kl } = loggedScores(space, answers);
  let least = Infinity;
  for (let b = 0; b <= 0.4; b += 0.0005) {
    const q = [0.5, 0.1 + b, 0.4 - b];
    least = Math.min(
      least,
      [0.3, 0.2, 0.5].reduce((sum, p, i) => sum + p * Math.log(p / q[i]!), 0),
    );
  }
  expect(kl.low).toBeCloseTo(least, 6);
  expect(kl.high).toBe(Infinity);
});

test('a character may be split between tokens; white space around an answer does not count', () => {
  const space = choiceSpace([
    { value: 'é', weight: 1 },
    { value: 'b', weight: 1 },
  ]);
  const [one, two] = new TextEncoder().encode('é');
  const content = [
    { token: ' ', logprob: 0 },
    { token: '\\xc3', logprob: Math.log(0.4), bytes: [one] },
    { token: '\\xa9', logprob: 0, bytes: [two] },
    { token: '\n', logprob: 0 },
  ];
  const answers = readLogprobs({ choices: [{ finish_reason: 'stop', logprobs: { content } }] });
  expect([...loggedScores(space, answers).answerProbabilities]).toEqual([
    expect.closeTo(0.4, 12),
    0,
  ]);
});

test('the legacy shape says the same', () => {
  const logprobs = {
    tokens: ['7'],
    token_logprobs: [-0.5],
    top_logprobs: [{ '7': -0.5, '3': -1 }],
  };
  const [answer] = readLogprobs({ choices: [{ text: '7', finish_reason: 'length', logprobs }] });
  expect(answer).toMatchObject({ text: '7', ended: false });
  expect(answer!.tokens[0]!.top.map(({ token }) => token).sort()).toEqual(['3', '7']);
});

test.each([
  [null, 'choices'],
  [{ choices: [{}] }, 'choices.0.logprobs'],
  [{ choices: [{ logprobs: { content: [{ token: 'a' }] } }] }, 'choices.0.logprobs.content.0'],
  [
    { choices: [{ logprobs: { content: [{ token: 'a', logprob: 3 }] } }] },
    'choices.0.logprobs.content.0',
  ],
  [
    { choices: [{ logprobs: { tokens: ['a'], token_logprobs: [null] } }] },
    'choices.0.logprobs.token_logprobs.0',
  ],
])('%j is refused, naming %s', (response, field) => {
  const refused = expect.objectContaining({ name: 'InputError', field });
  expect(() => readLogprobs(response)).toThrow(refused);
});

test('no answers are refused', () => {
  expect(() => loggedScores(space, [])).toThrow(InputError);
});
