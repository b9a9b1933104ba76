// What evaluations ask of a model, answered by a decoder and its tokenizer.
import type { LoraAdapter } from '../model/adapter/lora.ts';
import type { LanguageModel } from '../model/language-model.ts';
import type { DecoderSpec } from '../model/spec/decoder-spec.ts';
import type { Tokenizer } from '../model/tokenizer/tokenizer.ts';
import { askHere, type AskDecoder } from './decoder-calls.ts';
import type { EvaluatedModel } from './evaluated-model.ts';

/** A decoder, wherever it is, and how it reads and writes. */
export interface AskedModel {
  readonly ask: AskDecoder;
  readonly spec: Pick<DecoderSpec, 'maxPositions'>;
  readonly tokenizer: Tokenizer;
}

/** A model that is here. */
export const askedHere = ({
  decoder,
  tokenizer,
}: Pick<LanguageModel, 'decoder' | 'tokenizer'>): AskedModel => ({
  ask: askHere(decoder),
  spec: decoder.spec,
  tokenizer,
});

/** Longest answer along which a model is compared with its base. */
const COMPARED_TOKENS = 32;

/**
 * @param adapter evaluates the adapted model; without it the model is its own base and has no
 *   divergence from it
 */
export function decoderModel(
  { ask, spec, tokenizer }: AskedModel,
  adapter?: LoraAdapter,
): EvaluatedModel {
  const { endTokens } = tokenizer;
  /** Log-probabilities of tokens from.. of texts, and how many they are. */
  const scored = async (
    texts: readonly (readonly number[])[],
    from: number,
    signal?: AbortSignal,
  ) => {
    const each = await ask('tokenLogProbabilities', { texts, from }, { adapter, signal });
    return each.map((values) => ({ logProbability: sum(values), tokens: values.length }));
  };
  return {
    hasChatTemplate: tokenizer.hasChatTemplate,
    longestText: spec.maxPositions,
    async sample(prompt, n, { seed, temperature, maxTokens, signal }) {
      const tokens = tokenizer.promptTokens(prompt);
      const drawing = {
        seed,
        maxTokens,
        endTokens,
        ...(temperature !== undefined && { temperature }),
      };
      const answers = await ask('sample', { prompt: tokens, n, ...drawing }, { adapter, signal });
      const counts = new Map<string, number>();
      for (const { tokens, count } of answers) {
        const text = tokenizer.decode(tokens);
        counts.set(text, (counts.get(text) ?? 0) + count);
      }
      return counts;
    },
    async greedy(prompts, maxTokens, signal) {
      const tokens = prompts.map((prompt) => tokenizer.promptTokens(prompt));
      const input = { prompts: tokens, maxTokens, endTokens };
      const answers = await ask('greedy', input, { adapter, signal });
      return answers.map((answer) => tokenizer.decode(answer));
    },
    async logProbability(prompt, continuations, signal) {
      const { all, from } = tokenizer.continuedTokens(prompt, continuations);
      return scored(all, from, signal);
    },
    async textLogProbability(text, { window, stride, signal }) {
      const tokens = tokenizer.textTokens(text);
      const parts: Promise<{ logProbability: number }[]>[] = [];
      // Every token but the first is scored once, with as much text before it as the window holds.
      for (let done = 1; done < tokens.length;) {
        const end = Math.min(tokens.length, done === 1 ? window : done + stride);
        const first = Math.max(0, end - window);
        parts.push(scored([tokens.slice(first, end)], done - first, signal));
        done = end;
      }
      const logProbability = sum(
        (await Promise.all(parts)).flat().map((part) => part.logProbability),
      );
      return { logProbability, tokens: Math.max(0, tokens.length - 1) };
    },
    firstTokenProbabilities: (prompt, signal) =>
      ask('nextToken', { tokens: tokenizer.promptTokens(prompt) }, { adapter, signal }),
    ...(adapter && {
      async klToBase(prompt: string, signal?: AbortSignal) {
        const given = tokenizer.promptTokens(prompt);
        const answer = await ownAnswer(ask, given, endTokens, signal);
        const input = { tokens: [...given, ...answer], from: given.length - 1 };
        const each = await ask('divergence', input, { adapter, signal });
        return sum(each) / each.length;
      },
    }),
  };
}

/** The greedy answers of untouched models: every arm of a study is compared along the same ones. */
const ownAnswers = new WeakMap<AskDecoder, Map<string, readonly number[]>>();

async function ownAnswer(
  ask: AskDecoder,
  prompt: readonly number[],
  endTokens: readonly number[],
  signal: AbortSignal | undefined,
): Promise<readonly number[]> {
  const known = ownAnswers.get(ask) ?? new Map<string, readonly number[]>();
  ownAnswers.set(ask, known);
  const key = prompt.join(' ');
  let answer = known.get(key);
  if (!answer) {
    const input = { prompts: [[...prompt]], maxTokens: COMPARED_TOKENS, endTokens };
    [answer] = await ask('greedy', input, { signal });
    known.set(key, answer!);
  }
  return answer!;
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
