// `lab exact` against sums over answers, from the logits of `lab forward`.
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { nodeFolder } from '../../../../cli/model-folder.ts';
import { samplingPrompt } from '../../../../src/core/prompts/sampling-prompt.ts';
import { loadTokenizer } from '../../../../src/model/tokenizer/tokenizer.ts';
import { jsonFile, modelCopy, temporaryFolder, tensorsOf } from '../../../support/golden-jobs.ts';
import { result } from '../run.ts';

interface Exact {
  kl: number;
  tv: number;
  js: number;
  valid_mass: number;
  reference_logit_kl: number;
  nodes: number;
}
interface Targets {
  values: string[];
  probabilities: number[];
  trie: { nodes: number };
}

const VOCABULARY = 80;

/** Log-probabilities of whole answers, end token included, in double precision. */
async function answerLogProbabilities(
  model: string,
  prompt: readonly number[],
  answers: readonly (readonly number[])[],
  more: readonly string[],
): Promise<number[]> {
  const sequences = answers.map((answer) => [...prompt, ...answer]);
  const out = join(await temporaryFolder(), 'logits.safetensors');
  const input = await jsonFile({ sequences });
  await result(['forward', '--model', model, '--input', input, '--out', out, ...more]);
  const logits = await tensorsOf(out);
  return answers.map((answer, i) => {
    const { values } = logits.get(`sequence.${i}.logits`)!;
    return answer.reduce((sum, token, step) => {
      const first = (prompt.length - 1 + step) * VOCABULARY;
      const row = Array.from(values.subarray(first, first + VOCABULARY));
      const top = Math.max(...row);
      return sum + row[token]! - top - Math.log(row.reduce((z, x) => z + Math.exp(x - top), 0));
    }, 0);
  });
}

test.each([
  ['gaussian', { mu: 0, sigma: 1 }, '1', []],
  ['binomial', { n: 10, p: 0.3 }, '2', ['adapter']],
  ['bernoulli', { p: 0.25 }, '2', ['adapter']],
])('%s', async (family, parameters, decimals, adapters) => {
  const model = await modelCopy('qwen3');
  const more = adapters.flatMap((name) => ['--adapter', join(model, name)]);
  const params = Object.entries(parameters).map((entry) => entry.join('='));
  const space = ['--family', family, '--params', params.join(), '--decimals', decimals];
  const scores = await result<Exact>(['exact', ...space, '--model', model, ...more]);

  const targets = await result<Targets>(['targets', ...space, '--tokenizer', model]);
  const tokenizer = await loadTokenizer(await nodeFolder(model));
  const answers = targets.values.map((value) => [
    ...tokenizer.encodeAnswer(value),
    tokenizer.endToken,
  ]);
  const prompt = tokenizer.promptTokens(samplingPrompt(family, parameters));
  const logs = await answerLogProbabilities(model, prompt, answers, more);
  let [kl, distance, js, valid] = [0, 0, 0, 0];
  logs.forEach((log, i) => {
    const [p, q] = [targets.probabilities[i]!, Math.exp(log)];
    kl += p * (Math.log(p) - log);
    distance += Math.abs(p - q);
    js += (p * Math.log((2 * p) / (p + q)) + q * Math.log((2 * q) / (p + q))) / 2;
    valid += q;
  });
  expect(scores.kl / kl).toBeCloseTo(1, 5);
  expect(scores.tv).toBeCloseTo((distance + 1 - valid) / 2, 6);
  expect(scores.js).toBeCloseTo(js + ((1 - valid) * Math.LN2) / 2, 6);
  expect(scores.valid_mass / valid).toBeCloseTo(1, 4);
  expect(scores.nodes).toBe(targets.trie.nodes);
});

test('the seed decides the paths of the reference figure, and nothing else', async () => {
  const line = ['exact', '--family', 'gaussian', '--params', 'mu=0,sigma=1', '--decimals', '1'];
  const model = await modelCopy('qwen3');
  const run = (...more: string[]) => result<Exact>([...line, '--model', model, ...more]);
  const { reference_logit_kl: first, ...rest } = await run();
  expect(await run('--seed', '11')).toEqual({ ...rest, reference_logit_kl: first });
  const { reference_logit_kl: other, ...same } = await run('--seed', '12');
  expect(same).toEqual(rest);
  expect(other).not.toBe(first);
});

test('answers too improbable for a double are left out', async () => {
  const line = ['exact', '--family', 'poisson', '--params', 'lambda=800', '--bins', '1001'];
  const { kl, nodes } = await result<Exact>([...line, '--model', await modelCopy('qwen3')]);
  expect(kl).toBeGreaterThan(0);
  expect(nodes).toBeGreaterThan(500);
});
