// The results of a study: what its events add up to, in the shape of results.json.
import type { Environment, EvaluationRow, ReportEvent, StudyEvent } from '../events.ts';
import type { SamplingEvaluation } from '../../evaluation/structured-sampling.ts';
import type { Experiment, Split } from '../experiment/experiment.ts';
import { type Summary, summarise } from './summary.ts';

export interface ArmResults {
  training?: {
    steps: number;
    seconds: number;
    answer_tokens: number;
    prompt_tokens: number;
    /** [step, loss in nats] wherever the loss was read back. */
    loss: [step: number, loss: number][];
  };
  exact: Omit<EvaluationRow, 'arm'>[];
  summary: Partial<Record<Split, Summary>>;
  /** One row for each prompt; `sampling` has the settings and the figures over them. */
  samples?: readonly unknown[];
  sampling?: unknown;
  open?: unknown;
  mcq?: unknown;
  novelty?: unknown;
  retention?: unknown;
  perplexity?: unknown;
  temperature?: unknown;
}

/** `results.json`. */
export interface Results {
  config: Experiment;
  environment: Environment | null;
  arms: Record<string, ArmResults>;
}

/** Adds up the events of a study, complete or not. Arms appear in the experiment's order. */
export function collectResults(config: Experiment, events: Iterable<StudyEvent>): Results {
  // Without a prototype, an arm may go by any name, such as that of the prototype.
  const arms = Object.create(null) as Results['arms'];
  const results: Results = { config, environment: null, arms };
  for (const { name } of config.arms) arms[name] = { exact: [], summary: {} };
  for (const event of events) addEvent(results, event);
  for (const arm of Object.values(arms)) arm.summary = summarise(arm.exact);
  return results;
}

function addEvent(results: Results, event: StudyEvent): void {
  const armOf = (name: string) => (results.arms[name] ??= { exact: [], summary: {} });
  switch (event.type) {
    case 'environment':
      results.environment = event.environment;
      break;
    case 'step': {
      const arm = armOf(event.arm);
      const loss = arm.training?.loss ?? [];
      if (event.loss !== null) loss.push([event.step, event.loss]);
      arm.training = {
        steps: event.step,
        seconds: event.seconds,
        answer_tokens: event.answerTokens,
        prompt_tokens: event.promptTokens,
        loss,
      };
      break;
    }
    case 'row': {
      const { arm, ...row } = event.row;
      armOf(arm).exact.push(row);
      break;
    }
    case 'report':
      addReport(armOf(event.arm), event);
      break;
  }
}

function addReport(arm: ArmResults, { name, report }: ReportEvent): void {
  if (name !== 'samples') {
    arm[name] = report;
    return;
  }
  // A stored report may be anything.
  const { rows, ...summary } = (report ?? {}) as Partial<SamplingEvaluation>;
  arm.samples = Array.isArray(rows) ? rows : [];
  arm.sampling = summary;
}
