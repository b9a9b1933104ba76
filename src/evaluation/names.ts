// Evaluations by their names, and what all of them bring together.
import type { Evaluation } from './evaluation.ts';
import { EVALUATIONS } from './index.ts';

/** As configurations, events and results.json name them. */
export type EvaluationName = (typeof EVALUATIONS)[number]['key'];

/** @throws for a name that none has */
export function evaluationNamed(name: EvaluationName): Evaluation {
  const found = EVALUATIONS.find(({ key }) => key === name);
  if (!found) throw new Error(`there is no evaluation ${name}`);
  return found as Evaluation;
}

export const isEvaluation = (name: string): name is EvaluationName =>
  EVALUATIONS.some(({ key }) => key === name);

type Together<T> = (T extends unknown ? (one: T) => void : never) extends (all: infer All) => void
  ? { [K in keyof All]: All[K] }
  : never;
type Described = (typeof EVALUATIONS)[number];

const together = <K extends 'settings' | 'data'>(part: K) =>
  Object.assign({}, ...EVALUATIONS.map((evaluation) => evaluation[part])) as Together<Described[K]>;

/** The settings of all evaluations. */
export const EVALUATION_SETTINGS = together('settings');
/** What users may bring, by the name of it in `evaluation.data`. */
export const OWN_DATA = together('data');
