// Accuracy on questions with a known right option: multiple choice by letter, cloze by likelihood.
import type { EvaluatedModel } from '../evaluated-model.ts';
import {
  OPTION_LETTERS,
  type ChoiceQuestion,
  type ClozeQuestion,
  type Question,
  type QuestionSet,
} from './question.ts';
import {
  reportFigure,
  promptMean,
  proportion,
  type EvaluationReport,
  type Figure,
} from '../report.ts';
import { evaluatedInOrder, type RunOptions } from '../run.ts';

export interface QuestionRow {
  readonly set: string;
  readonly id: string;
  readonly kind: Question['kind'];
  readonly answer: number;
  /** Index of the option that the model finds likeliest. */
  readonly chosen: number;
  readonly correct: boolean;
  /** Of the option that is likeliest per byte of its text (lm-evaluation-harness's acc_norm); null for letters. */
  readonly correct_per_byte: boolean | null;
  /** Of the right option, among the options. */
  readonly probability: number;
}

export type QuestionReport = EvaluationReport<{ readonly seed: number }, QuestionRow>;

type ScoringModel = Pick<EvaluatedModel, 'logProbability' | 'hasChatTemplate'>;

/** Equally likely options count as the first of them. */
export async function evaluateQuestions(
  model: ScoringModel,
  sets: readonly QuestionSet[],
  run: RunOptions,
): Promise<QuestionReport> {
  const all = sets.flatMap(({ name, questions }) =>
    questions.map((question) => ({ set: name, question })),
  );
  const rows = await evaluatedInOrder(all, run, async ({ set, question }): Promise<QuestionRow> => {
    const { id, kind, answer } = question;
    const scores =
      kind === 'multiple_choice'
        ? await letterScores(model, question, run.signal)
        : await endingScores(model, question, run.signal);
    const chosen = likeliest(scores);
    return {
      set,
      id,
      kind,
      answer,
      chosen,
      correct: chosen === answer,
      correct_per_byte: kind === 'cloze' ? perByte(question, scores) === answer : null,
      probability: shareOf(scores, answer),
    };
  });
  return {
    evaluation: 'questions',
    settings: { seed: run.seed },
    figures: sets.flatMap(({ name, questions }) =>
      setFigures(
        name,
        rows.filter((row) => row.set === name),
        questions,
        run.seed,
      ),
    ),
    rows,
  };
}

/** [options] log-probability of each letter as the answer. */
async function letterScores(
  model: ScoringModel,
  { question, options }: ChoiceQuestion,
  signal?: AbortSignal,
): Promise<number[]> {
  const bare = model.hasChatTemplate === false;
  const lines = options.map((option, i) => `${OPTION_LETTERS[i]}. ${option}`);
  const request = bare ? 'Answer:' : 'Answer with the letter of the right option and nothing else.';
  const prompt = [`Question: ${question}`, ...lines, request].join('\n');
  const letters = options.map((_, i) => (bare ? ' ' : '') + OPTION_LETTERS[i]!);
  const scores = await model.logProbability(prompt, letters, signal);
  return scores.map(({ logProbability }) => logProbability);
}

/** [endings] log-probability of each continuation of its context; one call for each context. */
async function endingScores(
  model: ScoringModel,
  { endings }: ClozeQuestion,
  signal?: AbortSignal,
): Promise<number[]> {
  const scores = new Float64Array(endings.length);
  for (const context of new Set(endings.map((ending) => ending.context))) {
    const at = endings.flatMap((ending, i) => (ending.context === context ? [i] : []));
    const lead = model.hasChatTemplate === false && /\S$/u.test(context) ? ' ' : '';
    const continuations = at.map((i) => lead + endings[i]!.continuation);
    const results = await model.logProbability(context, continuations, signal);
    results.forEach(({ logProbability }, k) => (scores[at[k]!] = logProbability));
  }
  return [...scores];
}

function perByte({ endings }: ClozeQuestion, scores: readonly number[]): number {
  const encoder = new TextEncoder();
  const bytes = endings.map(({ continuation }) => encoder.encode(continuation).length);
  return likeliest(scores.map((score, i) => score / bytes[i]!));
}

const likeliest = (scores: readonly number[]) => scores.indexOf(Math.max(...scores));

/** softmax(scores)[at] */
function shareOf(scores: readonly number[], at: number): number {
  const top = Math.max(...scores);
  const weights = scores.map((score) => Math.exp(score - top));
  return weights[at]! / weights.reduce((a, b) => a + b, 0);
}

function setFigures(
  name: string,
  rows: readonly QuestionRow[],
  questions: readonly Question[],
  seed: number,
): Figure[] {
  const right = rows.filter((row) => row.correct).length;
  const cloze = rows.filter((row) => row.kind === 'cloze');
  const rightPerByte = cloze.filter((row) => row.correct_per_byte).length;
  const probabilities = rows.map((row) => row.probability);
  const chance = questions.reduce((sum, question) => sum + 1 / optionCount(question), 0);
  return [
    proportion('accuracy', right, rows.length, name),
    ...(cloze.length > 0
      ? [proportion('accuracy_per_byte', rightPerByte, cloze.length, name)]
      : []),
    promptMean('right_option_probability', probabilities, seed, name),
    reportFigure(
      'chance_accuracy',
      questions.length === 0 ? null : chance / questions.length,
      rows.length,
      {
        group: name,
      },
    ),
  ];
}

const optionCount = (question: Question) =>
  question.kind === 'cloze' ? question.endings.length : question.options.length;
