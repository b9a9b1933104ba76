// Which of the measured prompts is watched while the arms train.

/**
 * The one with the fewest digits: parameters such as 1 and 0.5 are read at a glance, those of the
 * grids' geometric steps have sixteen digits. The first among equals.
 * @param prompts not empty @returns its place
 */
export function watchedPrompt(prompts: readonly string[]): number {
  const digits = prompts.map((text) => text.replace(/\D/g, '').length);
  return digits.indexOf(Math.min(...digits));
}
