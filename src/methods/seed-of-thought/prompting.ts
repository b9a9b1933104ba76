// String Seed of Thought: a baseline by prompting alone, in which the model first writes a random string.
import { splitLines, strip } from '../../core/parsing/python-text.ts';
import { stripThinkingTags } from '../../core/parsing/thinking.ts';
import type { EvaluatedModel } from '../../evaluation/evaluated-model.ts';

/** Tokens that the string and the derivation may take, in addition to those of the answer. */
const SEED_TOKENS = 512;

/**
 * The prompt with the request to write a random string and to work the answer out from it (the
 * method of Misaki and Akiba, "String Seed of Thought", 2025; the wording is our own).
 */
export function seedOfThoughtPrompt(prompt: string): string {
  return [
    prompt,
    '',
    'Do not answer at once. Take these steps, and write them down:',
    '1. On a line beginning with "Seed:", write a long string of random characters without any pattern.',
    '2. Derive your answer from that string alone, for example by adding up the positions of its',
    'letters in the alphabet and taking remainders, so that another string would lead to another',
    'answer and every possible answer comes up as often as it was asked to.',
    '3. End with a line beginning with "Answer:", followed by the answer and nothing else. What was',
    'said above about the form of the output holds for what follows "Answer:".',
  ].join('\n');
}

const MARKER = /^[\s>#*_]*(?:final\s+)?answer\s*:[\s*_]*/i;

/**
 * What follows the last line that begins with "Answer:", without marks of emphasis around it; empty
 * where there is no such line.
 */
export function finalAnswer(output: string): string {
  const lines = splitLines(stripThinkingTags(output));
  const last = lines.findLastIndex((line) => MARKER.test(line));
  if (last < 0) return '';
  const answer = [lines[last]!.replace(MARKER, ''), ...lines.slice(last + 1)].join('\n');
  return strip(answer.replace(/[\s*_]+$/, ''));
}

/**
 * The model as it answers when prompted so: its outputs are final answers, empty where it gave none.
 * The probability of an answer is out of reach, since it is reached over many strings.
 */
export function seedOfThoughtPrompting(
  model: Pick<EvaluatedModel, 'sample' | 'greedy'>,
): Pick<EvaluatedModel, 'sample' | 'greedy'> {
  return {
    async sample(prompt, n, options) {
      const maxTokens = options.maxTokens + SEED_TOKENS;
      const outputs = await model.sample(seedOfThoughtPrompt(prompt), n, { ...options, maxTokens });
      const answers = new Map<string, number>();
      for (const [output, count] of outputs) {
        const answer = finalAnswer(output);
        answers.set(answer, (answers.get(answer) ?? 0) + count);
      }
      return answers;
    },
    async greedy(prompts, maxTokens, signal) {
      const asked = prompts.map(seedOfThoughtPrompt);
      return (await model.greedy(asked, maxTokens + SEED_TOKENS, signal)).map(finalAnswer);
    },
  };
}
