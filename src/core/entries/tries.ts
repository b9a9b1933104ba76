// The entry `calibration-lab/tries`.
/**
 * From a distribution to what a model is taught: the answers to a prompt with their probabilities, the
 * trie of their tokens, and soft or hard targets at its nodes.
 * @module tries
 */
export { InputError } from '../errors.ts';
export { randomStream, type RandomState, type RandomStream } from '../random.ts';
export { buildTrie } from '../targets/build-trie.ts';
export { choiceSpace, possibleAnswers } from '../targets/choices.ts';
export { mergePaths, type WeightedPath } from '../targets/merge-paths.ts';
export { softTargets, wholeTrieTargets } from '../targets/node-targets.ts';
export { outputSpace } from '../targets/output-space.ts';
export { nodePrefix, prefixTargets, type PrefixTarget } from '../targets/prefix-targets.ts';
export { sampleAnswers } from '../targets/sample-answers.ts';
export type { OutputSpace, OutputSpaceSettings } from '../targets/space.ts';
export { targetEntropy, type Supervision } from '../targets/supervision.ts';
export type { Trie } from '../targets/trie.ts';
