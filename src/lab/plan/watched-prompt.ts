// Which of the measured prompts is watched while the arms train.

/**
 * The one with the fewest digits: parameters such as 1 and 0.5 are read at a glance, those of the
 * grids' geometric steps have sixteen digits. Where there are prompts of two parameters or more, one of
 * them: with a single one are the families that decay and those of heavy tails, whose charts show little.
 * The first among equals.
 * @param prompts not empty @returns its place
 */
export function watchedPrompt(prompts: readonly string[]): number {
  const hasShape = (text: string) => text.split('=').length > 2;
  const among = prompts.some(hasShape) ? hasShape : () => true;
  const digits = prompts.map((text) => (among(text) ? text.replace(/\D/g, '').length : Infinity));
  return digits.indexOf(Math.min(...digits));
}
