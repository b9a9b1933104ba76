// Retention: what a model could do before fine-tuning and should still do after it.
import { arithmeticBatches, evaluateArithmetic, type ArithmeticOptions } from './arithmetic.ts';
import type { ArithmeticReport } from './arithmetic.ts';
import type { EvaluatedModel } from './evaluated-model.ts';
import type { Prompt } from './prompts.ts';
import { evaluateQuestions, type QuestionReport, type QuestionSet } from './question-accuracy.ts';
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
