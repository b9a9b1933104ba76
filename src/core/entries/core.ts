// The entry `calibration-lab/core`.
/**
 * Everything that is true without a model: all of families, tries, scoring and prompts.
 * @module core
 */
export * from './families.ts';
export * from './prompts.ts';
export * from './scoring.ts';
export * from './tries.ts';
