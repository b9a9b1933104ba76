// Answers given as data, with what an objective over all of them teaches at each node of their trie.
import { InputError } from '../../core/errors.ts';
import { objectiveNamed, type ObjectiveName } from '../../core/scoring/objectives.ts';
import {
  answerPaths,
  pathLogProbabilities,
  signedTargets,
  type AnswerPaths,
} from '../../core/targets/answer-paths.ts';
import { edgeLogProbabilities } from '../../evaluation/edge-log-probabilities.ts';
import type { LoraAdapter } from '../../model/adapter/lora.ts';
import type { Decoder } from '../../model/decoder/decoder.ts';
import type { Example } from '../../model/decoder/pack.ts';

export interface ObjectiveInput {
  readonly objective: ObjectiveName;
  readonly tau: number;
  readonly examples: readonly {
    readonly prompt: number[];
    readonly answers: readonly {
      readonly tokens: number[];
      readonly probability: number;
      readonly value?: number | undefined;
    }[];
  }[];
}

/** Probabilities are used as given; their sum may be off 1 by rounding only. */
const ROUNDING = 1e-6;

/** @throws InputError naming the field */
export async function objectiveExamples(
  { objective, tau, examples }: ObjectiveInput,
  { decoder, adapter }: { readonly decoder: Decoder; readonly adapter: LoraAdapter },
  signal?: AbortSignal,
): Promise<{ examples: Example[]; loss: number }> {
  const { needsNumbers, value } = objectiveNamed(objective);
  const all: Example[] = [];
  let loss = 0;
  for (const [i, { prompt, answers }] of examples.entries()) {
    const path = `examples.${i}.answers`;
    const sum = answers.reduce((total, { probability }) => total + probability, 0);
    if (!(Math.abs(sum - 1) <= ROUNDING)) {
      throw new InputError(
        `${path} have probabilities that sum to ${sum}`,
        'Give ones that sum to 1.',
        path,
      );
    }
    const numbers = answers.map((answer) => answer.value ?? null);
    const missing = numbers.indexOf(null);
    if (needsNumbers && missing >= 0) {
      const field = `${path}.${missing}.value`;
      throw new InputError(
        `${field} is missing`,
        `The objective ${objective} needs one for every answer.`,
        field,
      );
    }
    const paths = distinctPaths(
      answers.map(({ tokens }) => tokens),
      path,
    );
    const edges = await edgeLogProbabilities(decoder, prompt, paths, {
      ...{ adapter, temperature: tau },
      ...(signal && { signal }),
    });
    const logGiven = pathLogProbabilities(paths, edges);
    const result = value({
      target: answers.map(({ probability }) => probability),
      given: logGiven.map(Math.exp),
      logGiven,
      numbers: missing < 0 ? (numbers as number[]) : null,
    });
    loss += result.loss / examples.length;
    all.push({ prompt, supervision: signedTargets(paths, result.c) });
  }
  return { examples: all, loss };
}

/** @throws InputError where two answers are one path, or one goes on after the end of another */
function distinctPaths(tokens: readonly (readonly number[])[], path: string): AnswerPaths {
  const paths = answerPaths(tokens);
  const { starts, stepEdge, edgeChild } = paths;
  const ends = new Map<number, number>();
  for (let answer = 0; answer < tokens.length; answer++) {
    const field = `${path}.${answer}.tokens`;
    const last = stepEdge[starts[answer + 1]! - 1]!;
    const same = ends.get(last);
    ends.set(last, answer);
    if (same !== undefined) {
      throw new InputError(
        `${field} are those of answer ${same}`,
        'Give every answer once.',
        field,
      );
    }
    if (edgeChild[last]! >= 0) {
      throw new InputError(
        `${field} are the beginning of another answer`,
        'End every answer with the token that ends answers.',
        field,
      );
    }
  }
  return paths;
}
