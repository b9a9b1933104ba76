// What a model is asked for one of someone's own answers, where they do not say it themselves.

/**
 * The prompt for one of someone's own answers.
 * @param answers that can occur
 * @example
 * import { choicesPrompt } from 'calibration-lab/prompts';
 *
 * choicesPrompt(['heads', 'tails']); // => "Pick one of: heads, tails. Output ONLY the answer."
 */
export const choicesPrompt = (answers: readonly string[]): string =>
  `Pick one of: ${answers.join(', ')}. Output ONLY the answer.`;
