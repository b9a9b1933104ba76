// What evaluations ask of a model, answered by a decoder and its tokenizer.
import { generateGreedy } from '../model/decoder/generate.ts';
import type { LanguageModel } from '../model/language-model.ts';
import type { LoraAdapter } from '../model/adapter/lora.ts';
import { sampleTokens } from '../model/decoder/sample.ts';
import { targetLogProbabilities } from '../tensor/ops/trie-loss/trie-loss.ts';
import type { EvaluatedModel } from './evaluated-model.ts';
import { hiddenStates } from './hidden-states.ts';
import { logitRows } from './logits.ts';

type Model = Pick<LanguageModel, 'decoder' | 'tokenizer'>;

/**
 * @param adapter evaluates the adapted model; without it the model is its own base and has no
 *   divergence from it
 */
export function decoderModel(model: Model, adapter?: LoraAdapter): EvaluatedModel {
  const { decoder, tokenizer } = model;
  const { endTokens } = tokenizer;
  const adapted = adapter ? { adapter } : {};
  return {
    hasChatTemplate: tokenizer.hasChatTemplate,
    longestText: decoder.spec.maxPositions,
    async sample(prompt, n, { seed, temperature, maxTokens, signal }) {
      const answers = await sampleTokens(decoder, tokenizer.promptTokens(prompt), n, {
        seed,
        maxTokens,
        endTokens,
        ...adapted,
        ...(temperature !== undefined && { temperature }),
        ...(signal && { signal }),
      });
      const counts = new Map<string, number>();
      for (const { tokens, count } of answers) {
        const text = tokenizer.decode(tokens);
        counts.set(text, (counts.get(text) ?? 0) + count);
      }
      return counts;
    },
    async greedy(prompts, maxTokens, signal) {
      const tokens = prompts.map((prompt) => tokenizer.promptTokens(prompt));
      const options = { maxTokens, endTokens, ...adapted, ...(signal && { signal }) };
      const answers = await generateGreedy(decoder, tokens, options);
      return answers.map((answer) => tokenizer.decode(answer));
    },
    async logProbability(prompt, continuations, signal) {
      const results: { logProbability: number; tokens: number }[] = [];
      const { all, from } = tokenizer.continuedTokens(prompt, continuations);
      for (const tokens of all) {
        signal?.throwIfAborted();
        const values = await tokenLogProbabilities(model, tokens, from, adapter);
        results.push({ logProbability: sum(values), tokens: values.length });
      }
      return results;
    },
    async textLogProbability(text, { window, stride, signal }) {
      const tokens = tokenizer.textTokens(text);
      let total = 0;
      // Every token but the first is scored once, with as much text before it as the window holds.
      for (let scored = 1; scored < tokens.length;) {
        signal?.throwIfAborted();
        const end = Math.min(tokens.length, scored === 1 ? window : scored + stride);
        const first = Math.max(0, end - window);
        const part = tokens.slice(first, end);
        total += sum(await tokenLogProbabilities(model, part, scored - first, adapter));
        scored = end;
      }
      return { logProbability: total, tokens: Math.max(0, tokens.length - 1) };
    },
    async firstTokenProbabilities(prompt, signal) {
      signal?.throwIfAborted();
      const tokens = tokenizer.promptTokens(prompt);
      const [logits] = await allLogits(decoder, tokens, tokens.length - 1, adapter);
      const normalizer = logSumExp(logits!);
      return logits!.map((z) => Math.exp(z - normalizer));
    },
    ...(adapter && {
      klToBase: (prompt: string, signal?: AbortSignal) =>
        divergence(model, adapter, prompt, signal),
    }),
  };
}

/**
 * Log-probabilities of tokens begin..end of a text, each given all before it: [tokens - begin]. The
 * first token of all has nothing before it, and none.
 */
async function tokenLogProbabilities(
  { decoder }: Model,
  tokens: readonly number[],
  begin: number,
  adapter?: LoraAdapter,
): Promise<Float64Array> {
  const from = Math.max(1, begin);
  if (from >= tokens.length) return new Float64Array(0);
  const count = tokens.length - from;
  const hidden = hiddenStates(decoder, tokens.slice(0, -1), from - 1, adapter);
  const softCap = decoder.spec.finalSoftCap;
  const targets = {
    start: Int32Array.from({ length: count + 1 }, (_, i) => i),
    token: Int32Array.from(tokens.slice(from)),
  };
  try {
    const options = softCap === null ? {} : { softCap };
    return await targetLogProbabilities(hidden, decoder.head, targets, options);
  } finally {
    hidden.dispose();
  }
}

/** Longest answer along which the two models are compared. */
const COMPARED_TOKENS = 32;

/** The greedy answers of untouched models: every arm of a study is compared along the same ones. */
const ownAnswers = new WeakMap<Model['decoder'], Map<string, readonly number[]>>();

async function ownAnswer({ decoder, tokenizer }: Model, prompt: string, signal?: AbortSignal) {
  const known = ownAnswers.get(decoder) ?? new Map<string, readonly number[]>();
  ownAnswers.set(decoder, known);
  const tokens = tokenizer.promptTokens(prompt);
  const key = tokens.join(' ');
  let answer = known.get(key);
  if (!answer) {
    const options = { maxTokens: COMPARED_TOKENS, endTokens: tokenizer.endTokens };
    [answer] = await generateGreedy(decoder, [tokens], { ...options, ...(signal && { signal }) });
    known.set(key, answer!);
  }
  return { tokens, answer: answer! };
}

/** KL(base || adapted) of the next token in nats: the mean over the positions of the base's answer. */
async function divergence(
  model: Model,
  adapter: LoraAdapter,
  prompt: string,
  signal?: AbortSignal,
): Promise<number> {
  const { decoder } = model;
  signal?.throwIfAborted();
  const { tokens, answer } = await ownAnswer(model, prompt, signal);
  const text = [...tokens, ...answer];
  const [base, adapted] = [
    await allLogits(decoder, text, tokens.length - 1),
    await allLogits(decoder, text, tokens.length - 1, adapter),
  ];
  const total = base.reduce((sum, logits, i) => sum + klOfLogits(logits, adapted[i]!), 0);
  return total / base.length;
}

/** [positions][vocab] */
async function allLogits(
  decoder: Model['decoder'],
  tokens: readonly number[],
  from: number,
  adapter?: LoraAdapter,
): Promise<Float32Array[]> {
  const hidden = hiddenStates(decoder, tokens, from, adapter);
  const { vocabSize, finalSoftCap } = decoder.spec;
  const rows: Float32Array[] = [];
  try {
    for await (const { values } of logitRows(hidden, decoder.head, finalSoftCap)) {
      for (let at = 0; at < values.length; at += vocabSize) {
        rows.push(values.subarray(at, at + vocabSize));
      }
    }
  } finally {
    hidden.dispose();
  }
  return rows;
}

/** KL(softmax(p) || softmax(q)) in nats. */
function klOfLogits(p: Float32Array, q: Float32Array): number {
  const [logZp, logZq] = [logSumExp(p), logSumExp(q)];
  let total = 0;
  p.forEach((z, i) => {
    total += Math.exp(z - logZp) * (z - logZp - (q[i]! - logZq));
  });
  return total;
}

function logSumExp(logits: Float32Array): number {
  const top = logits.reduce((a, b) => Math.max(a, b), -Infinity);
  return top + Math.log(logits.reduce((total, z) => total + Math.exp(z - top), 0));
}

const sum = (values: Float64Array) => values.reduce((a, b) => a + b, 0);
