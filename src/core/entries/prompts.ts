// The entry `calibration-lab/prompts`.
/**
 * The prompts of the paper: the sentence for a distribution, and the splits of trained families, unseen
 * parameters and held-out families.
 * @module prompts
 */
export { InputError } from '../errors.ts';
export { choicesPrompt } from '../prompts/choices-prompt.ts';
export { distributionId, samplingPrompt } from '../prompts/sampling-prompt.ts';
export { selectPrompts } from '../prompts/selection.ts';
export { paperSplits, type SplitsConfig } from '../prompts/splits-config.ts';
export { buildSplits, type PromptRow, type Splits } from '../prompts/splits.ts';
