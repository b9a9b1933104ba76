// Verbalised rejection sampling: the model judges proposed answers, and one that it accepts is given.
import { type RandomStream, randomStream } from '../../core/random.ts';
import type { EvaluatedModel } from '../../evaluation/evaluated-model.ts';

/** Proposals to an answer before it is given up: a model may reject everything. */
export const MOST_PROPOSALS = 100;

const VERDICTS = ['Yes', 'No'] as const;

/**
 * What the model is asked of a proposal (the method of Xiao et al., "Verbalized Rejection Sampling",
 * arXiv 2506.09998; the wording is our own).
 * @param uniform whether proposals are drawn evenly from all possible answers
 */
export function judgementPrompt(prompt: string, proposal: string, uniform: boolean): string {
  return [
    'This is a request for a random answer:',
    '',
    prompt,
    '',
    'The answer is found by rejection sampling.',
    uniform
      ? 'Answers are proposed evenly: every possible answer is proposed equally often.'
      : 'Answers are proposed by somebody who gives some of them too often.',
    `The proposed answer is: ${proposal}`,
    'Accept it as often as it takes for the accepted answers to follow the request.',
    'Do you accept it this time? Write "Yes" or "No" and nothing else.',
  ].join('\n');
}

/**
 * The model as it answers so: proposals are drawn evenly from the possible answers where those are
 * known, and are the model's own answers elsewhere. A proposal is accepted with the model's own
 * probability of "Yes" against "No", which is computed and not sampled. Empty where none of
 * `MOST_PROPOSALS` is accepted.
 */
export function verbalisedRejectionPrompting(
  model: Pick<EvaluatedModel, 'sample' | 'logProbability'>,
  answersTo: (prompt: string) => readonly string[] | undefined,
): Pick<EvaluatedModel, 'sample'> {
  return {
    async sample(prompt, n, options) {
      const { seed, signal } = options;
      const random = randomStream(seed, 'verbalised rejection', prompt);
      const possible = answersTo(prompt);
      const accepts = new Map<string, number>();
      const acceptance = async (proposal: string) => {
        const known = accepts.get(proposal);
        if (known !== undefined) return known;
        const asked = judgementPrompt(prompt, proposal, possible !== undefined);
        const [yes, no] = await model.logProbability(asked, VERDICTS, signal);
        const share = 1 / (1 + Math.exp(no!.logProbability - yes!.logProbability));
        accepts.set(proposal, share);
        return share;
      };
      const answers = new Map<string, number>();
      let left = n;
      for (let round = 0; round < MOST_PROPOSALS && left > 0; round++) {
        const proposals = possible
          ? evenly(possible, left, random)
          : await model.sample(prompt, left, { ...options, seed: seed + round });
        for (const [proposal, count] of proposals) {
          const share = await acceptance(proposal);
          let accepted = 0;
          for (let i = 0; i < count; i++) if (random.uniform() < share) accepted++;
          if (accepted > 0) answers.set(proposal, (answers.get(proposal) ?? 0) + accepted);
          left -= accepted;
        }
      }
      if (left > 0) answers.set('', (answers.get('') ?? 0) + left);
      return answers;
    },
  };
}

function evenly(possible: readonly string[], count: number, random: RandomStream) {
  const drawn = new Map<string, number>();
  for (let i = 0; i < count; i++) {
    const answer = possible[Math.floor(random.uniform() * possible.length)]!;
    drawn.set(answer, (drawn.get(answer) ?? 0) + 1);
  }
  return drawn;
}
