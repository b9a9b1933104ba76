// Verbalised sampling: the model writes a list of answers with probabilities, from which one is drawn.
import { splitLines, strip } from '../../core/parsing/python-text.ts';
import { stripThinkingTags } from '../../core/parsing/thinking.ts';
import { randomStream } from '../../core/random.ts';
import { sampleAnswers } from '../../core/targets/sample-answers.ts';
import type { EvaluatedModel } from '../../evaluation/evaluated-model.ts';

/** Tokens of a line besides its answer: number, bar, probability. */
const LINE_TOKENS = 12;

export interface ListedAnswer {
  readonly answer: string;
  /** As the model states it: above 0, not normalised. */
  readonly weight: number;
}

/**
 * The prompt with the request for a list of answers and their probabilities (the method of Zhang et
 * al., "Verbalized Sampling", arXiv 2510.01171; the wording is our own).
 */
export function verbalisedPrompt(prompt: string, responses: number): string {
  return [
    prompt,
    '',
    `Instead of one answer, write ${responses} different answers that could be given, one on each line,`,
    'in the form "ANSWER | PROBABILITY": the answer exactly as it would stand alone, a vertical bar,',
    'and the probability, from 0 to 1, with which it should be given. Write nothing else.',
  ].join('\n');
}

const ITEM = /^(?:\d{1,2}[.)]|[-*•])\s+/;

/** The lines of an output that state a probability above 0, by the last bar in them. */
export function listedAnswers(output: string): ListedAnswer[] {
  return splitLines(stripThinkingTags(output)).flatMap((line) => {
    const bar = line.lastIndexOf('|');
    if (bar < 0) return [];
    const stated = strip(line.slice(bar + 1));
    const percent = stated.endsWith('%');
    const weight = Number(percent ? strip(stated.slice(0, -1)) : stated) / (percent ? 100 : 1);
    const answer = strip(strip(line.slice(0, bar)).replace(ITEM, ''));
    return stated !== '' && weight > 0 && weight < Infinity ? [{ answer, weight }] : [];
  });
}

/**
 * The model as it answers when prompted so: every answer is drawn from a list of its own by the
 * probabilities there; empty where the list states none.
 */
export function verbalisedPrompting(
  model: Pick<EvaluatedModel, 'sample' | 'greedy'>,
  responses: number,
): Pick<EvaluatedModel, 'sample' | 'greedy'> {
  const long = (maxTokens: number) => responses * (maxTokens + LINE_TOKENS);
  return {
    async sample(prompt, n, options) {
      const asked = verbalisedPrompt(prompt, responses);
      const lists = await model.sample(asked, n, {
        ...options,
        maxTokens: long(options.maxTokens),
      });
      const random = randomStream(options.seed, 'verbalised', prompt);
      const answers = new Map<string, number>();
      for (const [output, count] of lists) {
        const listed = listedAnswers(output);
        const drawn =
          listed.length === 0
            ? Array<string>(count).fill('')
            : [...sampleAnswers(sharesOf(listed), count, random)].map((i) => listed[i]!.answer);
        for (const answer of drawn) answers.set(answer, (answers.get(answer) ?? 0) + 1);
      }
      return answers;
    },
    async greedy(prompts, maxTokens, signal) {
      const asked = prompts.map((prompt) => verbalisedPrompt(prompt, responses));
      const outputs = await model.greedy(asked, long(maxTokens), signal);
      return outputs.map((output) => {
        const [first, ...others] = listedAnswers(output);
        const likeliest = others.reduce((a, b) => (b.weight > (a?.weight ?? 0) ? b : a), first);
        return likeliest?.answer ?? '';
      });
    },
  };
}

/** [answers], sums to 1: what a model states seldom does. Weights are divided first, so that no sum overflows. */
function sharesOf(listed: readonly ListedAnswer[]): number[] {
  const top = listed.reduce((most, { weight }) => Math.max(most, weight), 0);
  const total = listed.reduce((sum, { weight }) => sum + weight / top, 0);
  return listed.map(({ weight }) => weight / top / total);
}
