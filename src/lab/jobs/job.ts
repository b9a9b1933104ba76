// What can be run without a page: one door for every job, in Node and in a browser's worker.
import { loadLanguageModel } from '../../model/language-model.ts';
import type { ModelFiles } from '../../model/files/model-files.ts';
import { stackingRefused } from '../../model/adapter/stacking.ts';
import type { Checkpoint, Environment, StudyEvent } from '../events.ts';
import { type ExperimentInput, resolveExperiment } from '../experiment/experiment.ts';
import type { LaneThreads } from '../study/lanes/lane-messages.ts';
import { runStudy } from '../study/study.ts';
import type { OpenedModel } from '../study/study-context.ts';
import { phaseEvent } from '../study/study-events.ts';
import { withModel, type JobFolders, type NoteEvent } from './adapted-model.ts';
import { exactOfModel, type ExactEvent, type ExactInput } from './exact.ts';
import { forward, type ForwardEvent } from './forward.ts';
import { gradients, type GradientsEvent } from './gradients.ts';
import { sample, type SampleEvent } from './sample.ts';

/** Plain data. `input` is untrusted; the schema of its job says what it must be. */
export type Job =
  | { readonly kind: 'forward'; readonly input: unknown }
  | { readonly kind: 'gradients'; readonly input: unknown }
  | { readonly kind: 'exact'; readonly input: ExactInput }
  | { readonly kind: 'sample'; readonly input: unknown }
  | {
      readonly kind: 'study';
      readonly experiment: ExperimentInput;
      readonly resume?: Checkpoint;
    };

/** What each kind of job reports: plain data, too. */
interface Events {
  readonly forward: ForwardEvent;
  readonly gradients: GradientsEvent;
  readonly exact: ExactEvent | NoteEvent;
  readonly sample: SampleEvent | NoteEvent;
  readonly study: StudyEvent;
}
export type EventOf<J extends Job> = Events[J['kind']];

export interface JobContext extends JobFolders {
  /** Of the backend that is set. */
  readonly environment: Environment;
  /** Beside this one, that copies of the model may work on. */
  readonly threads?: LaneThreads;
  /** Heard between passes. */
  readonly signal?: AbortSignal;
}

/** Runs a job on the present backend. @throws InputError naming what is wrong with model or input */
export function runJob<J extends Job>(job: J, context: JobContext): AsyncGenerator<EventOf<J>> {
  return eventsOf(job, context) as AsyncGenerator<EventOf<J>>;
}

function eventsOf(job: Job, context: JobContext): AsyncGenerator<Events[keyof Events]> {
  const { signal } = context;
  switch (job.kind) {
    case 'forward':
      return withModel(context, (model) => forward(model, job.input, signal));
    case 'gradients':
      return withModel(context, (model) => gradients(model, job.input, context));
    case 'exact':
      return withModel(context, (model) => exactOfModel(model, job.input, signal));
    case 'sample':
      return withModel(context, (model) => sample(model, job.input, signal));
    case 'study':
      return study(job, context);
  }
}

async function* study(
  { experiment, resume }: Extract<Job, { kind: 'study' }>,
  { model, adapter, embedder, environment, threads, signal }: JobContext,
): AsyncGenerator<StudyEvent> {
  if (adapter !== undefined) throw stackingRefused();
  const resolved = resolveExperiment(experiment);
  yield* runStudy(resolved, {
    model: await loadLanguageModel(model, { format: resolved.weights ?? 'stored' }),
    environment,
    openModel: (name) => openEmbedder(name, embedder),
    threads,
    ...(signal && { signal }),
    ...(resume && { resume }),
  });
}

async function* openEmbedder(
  name: string,
  files: ModelFiles | undefined,
): AsyncGenerator<StudyEvent, OpenedModel> {
  yield phaseEvent('loading', 0, 0, 'bytes');
  if (!files) throw new Error(`the folder of ${name} was not handed over`);
  const model = await loadLanguageModel(files);
  return { name, model, dispose: () => model.decoder.dispose() };
}
