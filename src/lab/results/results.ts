// The results of a study, in the shape of results.json.
import { keptReport } from '../../evaluation/kept-report.ts';
import { isEvaluation } from '../../evaluation/names.ts';
import { REPORTING } from '../../methods/names.ts';
import type { Environment, EvaluationRow } from '../events.ts';
import type { Experiment, Split } from '../experiment/experiment.ts';
import type { ArmProgress, RunState } from '../state/run-state.ts';
import type { Segment } from '../state/segments.ts';
import { type Summary, summarise } from './summary.ts';

export interface ArmResults {
  training?: {
    steps: number;
    seconds: number;
    answer_tokens: number;
    prompt_tokens: number;
    /** Steps until the model was ready for the arm's own targets, where it had to be made so. */
    warm_up_steps?: number;
    /** [step, loss in nats] wherever the loss was read back. */
    loss: [step: number, loss: number][];
  };
  exact: Omit<EvaluationRow, 'arm'>[];
  summary: Partial<Record<Split, Summary>>;
  /** What the evaluations report, each where its description says, and methods under their keys. */
  [evaluation: string]: unknown;
}

/** `results.json`. */
export interface Results {
  config: Experiment;
  /** Where it was begun. */
  environment: Environment | null;
  /** Everywhere it was computed, where that is more than one place. */
  segments?: readonly Segment[];
  /** Why figures may be missing, in whole sentences; left out where none are. */
  incomplete?: readonly string[];
  arms: Record<string, ArmResults>;
}

/**
 * What a run has come to, complete or not. Arms appear in the experiment's order.
 * @param incomplete why some of it may be missing
 */
export function resultsOf(
  { experiment, segments, arms }: RunState,
  incomplete: readonly string[] = [],
): Results {
  // Without a prototype, an arm may go by any name, such as that of the prototype.
  const results = Object.create(null) as Results['arms'];
  for (const arm of arms) results[arm.name] = armResults(arm);
  return {
    config: experiment,
    environment: segments[0]?.environment ?? null,
    ...(segments.length > 1 && { segments }),
    ...(incomplete.length > 0 && { incomplete }),
    arms: results,
  };
}

function armResults({ last, losses, warmUp, rows, reports }: ArmProgress): ArmResults {
  const exact = rows.map(({ arm: _, ...row }) => row);
  const training = last && {
    steps: last.step,
    seconds: last.seconds,
    answer_tokens: last.answerTokens,
    prompt_tokens: last.promptTokens,
    ...(warmUp !== undefined && { warm_up_steps: warmUp }),
    loss: losses.map(({ step, loss }): [number, number] => [step, loss]),
  };
  const results: ArmResults = { exact, summary: summarise(exact), ...(training && { training }) };
  for (const [name, report] of reports) {
    if (isEvaluation(name)) Object.assign(results, keptReport(name, report));
    else if (REPORTING.some(({ key }) => key === name)) Object.assign(results, { [name]: report });
  }
  return results;
}
