// Retention: what a model could do before fine-tuning and should still do after it.
import * as v from 'valibot';
import { counted } from './counted.ts';
import { defineEvaluation } from './evaluation.ts';
import {
  arithmeticSize,
  evaluateArithmetic,
  type ArithmeticOptions,
  type ArithmeticReport,
  type Operation,
} from './arithmetic.ts';
import type { EvaluatedModel } from './evaluated-model.ts';
import type { QuestionSet } from './retention/question.ts';
import { evaluateQuestions, type QuestionReport } from './retention/question-accuracy.ts';
import { CHOICE_QUESTIONS } from './retention/choice-questions.ts';
import { CLOZE_QUESTIONS } from './retention/cloze-questions.ts';
import { ownQuestions } from './retention/tiny-benchmarks.ts';
import type { Figure } from './report.ts';
import { partOf, type RunOptions } from './run.ts';

export interface RetentionOptions extends RunOptions {
  readonly arithmetic: Omit<ArithmeticOptions, keyof RunOptions>;
  readonly questionSets: readonly QuestionSet[];
}

export interface RetentionReport {
  readonly evaluation: 'retention';
  readonly figures: readonly Figure[];
  readonly arithmetic: ArithmeticReport;
  readonly questions: QuestionReport;
}

type RetainingModel = Pick<EvaluatedModel, 'greedy' | 'logProbability' | 'hasChatTemplate'>;

/** Both parts under one progress; `figures` are those of the parts, one after the other. */
export async function evaluateRetention(
  model: RetainingModel,
  options: RetentionOptions,
): Promise<RetentionReport> {
  const { arithmetic: problems, questionSets } = options;
  const { calls: batches } = arithmeticSize(problems);
  const asked = questionSets.reduce((sum, { questions }) => sum + questions.length, 0);
  const total = batches + asked;
  const arithmetic = await evaluateArithmetic(model, { ...partOf(options, 0, total), ...problems });
  const questions = await evaluateQuestions(model, questionSets, partOf(options, batches, total));
  return {
    evaluation: 'retention',
    figures: [...arithmetic.figures, ...questions.figures],
    arithmetic,
    questions,
  };
}

/** Problems for each operation and number of digits. */
const SIZES = { small: 12, quick: 100, full: 300 } as const;

/** The built-in model was taught plain sums only. */
const TAUGHT: readonly Operation[] = ['+'];
const ALL: readonly Operation[] = ['+', '-', '*'];

const share = { unit: 'share', better: 'higher' } as const;

export const retention = defineEvaluation({
  key: 'retention',
  title: 'Retention',
  note: 'Whether it still does sums and answers questions.',
  measures: 'abilities',
  settings: { retention: v.optional(v.boolean('true or false'), false) },
  data: { questions: ownQuestions },
  figures: {
    arithmetic_accuracy: share,
    accuracy: share,
    accuracy_per_byte: share,
    right_option_probability: share,
    chance_accuracy: { unit: 'share', better: null },
  },
  plan: ({ size, data }, { isBuiltin }) => ({
    arithmetic: {
      problems: SIZES[size],
      operations: isBuiltin ? TAUGHT : ALL,
      instructed: !isBuiltin,
    },
    questionSets: data.questions ?? [
      { name: 'multiple choice', questions: CHOICE_QUESTIONS },
      { name: 'cloze', questions: CLOZE_QUESTIONS },
    ],
  }),
  cost({ arithmetic, questionSets }) {
    const { asked, calls } = arithmeticSize(arithmetic);
    const questions = questionSets.reduce((sum, set) => sum + set.questions.length, 0);
    return {
      words: `${counted(asked, 'sum')}, ${counted(questions, 'question')}`,
      calls: calls + questions,
    };
  },
  run: (model, plan, run) => evaluateRetention(model, { ...run, ...plan }),
});
