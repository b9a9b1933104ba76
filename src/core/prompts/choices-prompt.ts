// What a model is asked for one of someone's own answers, where they do not say it themselves.

/** @param answers that can occur */
export const choicesPrompt = (answers: readonly string[]): string =>
  `Pick one of: ${answers.join(', ')}. Output ONLY the answer.`;
