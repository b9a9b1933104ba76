// A model that follows a script: its answers' distribution is known, so figures can be computed beforehand.
import { randomStream } from '../../../src/core/random.ts';
import { sampleAnswers } from '../../../src/core/targets/sample-answers.ts';
import type { EvaluatedModel } from '../../../src/evaluation/evaluated-model.ts';

/** Answers and their probabilities, which sum to 1. */
export type Answers = Readonly<Record<string, number>>;

export interface Script {
  /** What is answered to a prompt. */
  readonly answers?: (prompt: string) => Answers;
  /** Natural log-probability of each UTF-16 unit of a text: one token each. */
  readonly character?: (character: string) => number;
  readonly firstToken?: (prompt: string) => Float32Array;
  readonly kl?: (prompt: string) => number;
  readonly hasChatTemplate?: boolean;
}

export interface Call {
  readonly prompt: string;
  readonly n?: number;
  readonly seed?: number;
  readonly temperature?: number | undefined;
  readonly maxTokens?: number;
}

/** Remembers what it was asked, in `calls`. */
export type ScriptedModel = EvaluatedModel & { readonly calls: Call[] };

export function scriptedModel(script: Script): ScriptedModel {
  const { character = () => -1, firstToken, kl } = script;
  const answers = script.answers ?? ((): Answers => ({ '': 1 }));
  const calls: Call[] = [];
  const sum = (text: string) => [...text.split('')].reduce((total, c) => total + character(c), 0);
  return {
    calls,
    ...(script.hasChatTemplate !== undefined && { hasChatTemplate: script.hasChatTemplate }),
    async sample(prompt, n, { seed, temperature, maxTokens, signal }) {
      signal?.throwIfAborted();
      calls.push({ prompt, n, seed, temperature, maxTokens });
      const texts = Object.keys(answers(prompt));
      const weights = Object.values(answers(prompt)).map((p) => p ** (1 / (temperature ?? 1)));
      const total = weights.reduce((a, b) => a + b, 0);
      const random = randomStream(seed, 'script', prompt);
      const counts = new Map<string, number>();
      for (const index of sampleAnswers(
        weights.map((weight) => weight / total),
        n,
        random,
      )) {
        counts.set(texts[index]!, (counts.get(texts[index]!) ?? 0) + 1);
      }
      return counts;
    },
    greedy: (prompts, maxTokens) => {
      calls.push(...prompts.map((prompt) => ({ prompt, maxTokens })));
      return Promise.resolve(
        prompts.map(
          (prompt) =>
            Object.entries(answers(prompt)).reduce((best, answer) =>
              answer[1] > best[1] ? answer : best,
            )[0],
        ),
      );
    },
    logProbability: (prompt, continuations) => {
      calls.push({ prompt });
      const known = answers(prompt);
      return Promise.resolve(
        continuations.map((text) => ({
          logProbability: text in known ? Math.log(known[text]!) : sum(text),
          tokens: text.length,
        })),
      );
    },
    textLogProbability: (text) =>
      Promise.resolve({ logProbability: sum(text), tokens: text.length }),
    ...(firstToken && {
      firstTokenProbabilities: (prompt: string) => Promise.resolve(firstToken(prompt)),
    }),
    ...(kl && { klToBase: (prompt: string) => Promise.resolve(kl(prompt)) }),
  };
}

/** The figure of a name and group, which must be there. */
export function figureOf<F extends { name: string; group: string | null }>(
  figures: readonly F[],
  name: string,
  group: string | null = null,
): F {
  const found = figures.filter((figure) => figure.name === name && figure.group === group);
  if (found.length !== 1) throw new Error(`${found.length} figures ${name} of ${group}`);
  return found[0]!;
}

/** Five standard errors of a proportion: exceeded once in 1.7 million. */
export const fiveErrors = (p: number, n: number) => 5 * Math.sqrt((p * (1 - p)) / n);
