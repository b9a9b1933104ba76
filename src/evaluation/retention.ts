// Retention: what a model could do before fine-tuning and should still do after it.
import * as v from 'valibot';
import { counted } from './counted.ts';
import { defineEvaluation } from './evaluation.ts';
import {
  arithmeticBatches,
  evaluateArithmetic,
  type ArithmeticOptions,
  type ArithmeticReport,
  type Operation,
} from './arithmetic.ts';
import type { EvaluatedModel } from './evaluated-model.ts';
import type { Prompt } from './prompts.ts';
import type { QuestionSet } from './retention/question.ts';
import { evaluateQuestions, type QuestionReport } from './retention/question-accuracy.ts';
import { CHOICE_QUESTIONS } from './retention/choice-questions.ts';
import { CLOZE_QUESTIONS } from './retention/cloze-questions.ts';
import { ownQuestions } from './retention/tiny-benchmarks.ts';
import { UNRELATED_PROMPTS } from './retention/unrelated-prompts.ts';
import { figure, finite, promptMean, type EvaluationReport, type Figure } from './report.ts';
import { inOrder, partOf, type RunOptions } from './run.ts';

export interface RetentionOptions extends RunOptions {
  readonly arithmetic: Omit<ArithmeticOptions, keyof RunOptions>;
  readonly questionSets: readonly QuestionSet[];
  /** Prompts on which the model is compared with its base. */
  readonly unrelatedPrompts: readonly Prompt[];
}

export interface DivergenceRow {
  readonly id: string;
  /** KL(base || model) in nats, mean over the tokens of an answer. */
  readonly kl_to_base: number | null;
}

export interface RetentionReport {
  readonly evaluation: 'retention';
  readonly figures: readonly Figure[];
  readonly arithmetic: ArithmeticReport;
  readonly questions: QuestionReport;
  readonly divergence: EvaluationReport<{ readonly seed: number }, DivergenceRow>;
}

type RetainingModel = Pick<
  EvaluatedModel,
  'greedy' | 'logProbability' | 'klToBase' | 'hasChatTemplate'
>;

/** All three parts under one progress; `figures` are those of the parts, one after the other. */
export async function evaluateRetention(
  model: RetainingModel,
  options: RetentionOptions,
): Promise<RetentionReport> {
  const { arithmetic: problems, questionSets, unrelatedPrompts } = options;
  const batches = arithmeticBatches(problems);
  const asked = questionSets.reduce((sum, { questions }) => sum + questions.length, 0);
  const compared = model.klToBase ? unrelatedPrompts.length : 0;
  const total = batches + asked + compared;
  const arithmetic = await evaluateArithmetic(model, { ...partOf(options, 0, total), ...problems });
  const questions = await evaluateQuestions(model, questionSets, partOf(options, batches, total));
  const divergence = await evaluateDivergence(
    model,
    unrelatedPrompts,
    partOf(options, batches + asked, total),
  );
  return {
    evaluation: 'retention',
    figures: [...arithmetic.figures, ...questions.figures, ...divergence.figures],
    arithmetic,
    questions,
    divergence,
  };
}

async function evaluateDivergence(
  model: Pick<EvaluatedModel, 'klToBase'>,
  prompts: readonly Prompt[],
  run: RunOptions,
): Promise<RetentionReport['divergence']> {
  const compared = model.klToBase ? prompts : [];
  const rows = await inOrder(compared, run, async ({ id, prompt }) => ({
    id,
    kl_to_base: finite(await model.klToBase!([prompt], run.signal)),
  }));
  const values = rows.map((row) => row.kl_to_base);
  return {
    evaluation: 'divergence',
    settings: { seed: run.seed },
    figures: [
      model.klToBase
        ? promptMean('kl_to_base', values, run.seed)
        : figure('kl_to_base', null, 0, { note: 'there is no base model to compare with' }),
    ],
    rows,
  };
}

/** Problems for each operation and number of digits. */
const SIZES = { quick: 100, full: 300 } as const;

/** The built-in model was taught plain sums only. */
const TAUGHT: readonly Operation[] = ['+'];
const ALL: readonly Operation[] = ['+', '-', '*'];

const share = { unit: 'share', better: 'higher' } as const;

export const retention = defineEvaluation({
  key: 'retention',
  title: 'Retention',
  note: 'Whether it still does sums, answers questions and speaks as before.',
  measures: 'abilities',
  settings: { retention: v.optional(v.boolean('true or false'), false) },
  data: { questions: ownQuestions },
  figures: {
    arithmetic_accuracy: share,
    accuracy: share,
    accuracy_per_byte: share,
    right_option_probability: share,
    chance_accuracy: { unit: 'share', better: null },
    kl_to_base: { unit: 'nats', better: 'lower' },
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
    unrelatedPrompts: UNRELATED_PROMPTS,
  }),
  cost({ arithmetic, questionSets, unrelatedPrompts }) {
    const questions = questionSets.reduce((sum, set) => sum + set.questions.length, 0);
    return {
      words:
        `${counted(arithmetic.problems, 'sum')}, ${counted(questions, 'question')}, ` +
        counted(unrelatedPrompts.length, 'unrelated prompt'),
      calls: arithmeticBatches(arithmetic) + questions + unrelatedPrompts.length,
    };
  },
  run: (model, plan, run) => evaluateRetention(model, { ...run, ...plan }),
});
