// How many answers of a prompt a step learns from: the bounds and the form that methods share.
import * as v from 'valibot';
import { integer } from '../core/schema.ts';
import type { MethodField } from './method.ts';

/** Per prompt and step, unless an arm says otherwise; as many as the paper's completions. */
export const ANSWERS = 16;
/** More draws than any set of answers has members; a step would take hours. */
export const MOST_ANSWERS = 1_000_000;

/** So many sampled paths, or the whole trie. */
export const paths = () =>
  v.union([v.literal('trie'), integer(1, MOST_ANSWERS)], "a whole number from 1, or 'trie'");

export const pathsField: MethodField = {
  kind: 'number',
  key: 'paths',
  label: 'Answer paths per prompt',
  step: 1,
  or: { value: 'trie', label: 'all answers at once (the whole trie)', otherwise: ANSWERS },
};
