// The entry `calibration-lab/scoring`.
/**
 * How far a model is from a distribution: exactly, from the log-probabilities of a trie or of whole
 * answers; from those that an API lists; or from logged outputs.
 * @module scoring
 */
export { InputError } from '../errors.ts';
export { parseNumberOutput, validateValue } from '../parsing/number.ts';
export type { ParsedNumber, ValidationError } from '../parsing/number.ts';
export { countUnique, normalizeOpenAnswer, type UniqueAnswers } from '../parsing/open-answer.ts';
export type { AndersonResult } from '../scoring/anderson-darling.ts';
export { answerScores, type AnswerScores } from '../scoring/answer-scores.ts';
export {
  familyBalancedInterval,
  familyBalancedMean,
  percentileInterval,
} from '../scoring/bootstrap.ts';
export type { BootstrapOptions, Interval, MeasuredPrompt } from '../scoring/bootstrap.ts';
export type { TestResult } from '../scoring/chi-square.ts';
export { choiceReport } from '../scoring/choice-report.ts';
export { exactScores, referenceLogitKl, type ExactScores } from '../scoring/exact.ts';
export { readLogprobs, type LoggedAnswer, type LoggedToken } from '../scoring/logged-answers.ts';
export { loggedScores, type LoggedScores } from '../scoring/logged-scores.ts';
export type { MomentErrors } from '../scoring/moments.ts';
export { sampleReport, type SampleReport } from '../scoring/sample-report.ts';
export {
  countByBin,
  expectedTotalVariation,
  sampledTotalVariation,
} from '../scoring/sampled-variation.ts';
export { topPSupportSizes } from '../scoring/top-p.ts';
export { wilsonInterval } from '../scoring/wilson.ts';
