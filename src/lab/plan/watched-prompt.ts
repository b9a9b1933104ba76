// Which of the measured prompts is watched while the arms train.

export interface WatchablePrompt {
  readonly text: string;
  /** How many the distribution has that it asks for; 0 where answers are words. */
  readonly parameters: number;
}

/**
 * The one with the fewest digits to read: parameters such as 1 and 0.5 are read at a glance, those of the
 * grids' geometric steps have sixteen digits. Where there are prompts of two parameters or more, one of
 * them: with a single one are the families that decay and those of heavy tails, whose charts show little.
 * The first among equals.
 * @param prompts not empty @returns its place
 */
export function watchedPrompt(prompts: readonly WatchablePrompt[]): number {
  const hasShape = ({ parameters }: WatchablePrompt) => parameters > 1;
  const among = prompts.some(hasShape) ? hasShape : () => true;
  const digits = prompts.map((prompt) =>
    among(prompt) ? prompt.text.replace(/\D/g, '').length : Infinity,
  );
  return digits.indexOf(Math.min(...digits));
}
