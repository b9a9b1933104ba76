// A study as a folder that PyTorch trains and scores: data, first weights, plan and figures to check by.
import { InputError } from '../../core/errors.ts';
import { freshAdapter } from '../../model/adapter/lora.ts';
import { projectionsNamed } from '../../model/adapter/lora-targets.ts';
import { writeAdapter } from '../../model/adapter/peft-writer.ts';
import type { LanguageModel } from '../../model/language-model.ts';
import type { ModelDescription } from '../../model/model-folder.ts';
import type { Tokenizer } from '../../model/tokenizer/tokenizer.ts';
import {
  BUILTIN_MODEL,
  isBuiltin,
  isTrained,
  resolveExperiment,
  SPLITS,
  type Experiment,
  type Split,
  type TrainedArm,
} from '../experiment/experiment.ts';
import { planArm, scoringResolution } from '../plan/study-plan.ts';
import { studyPrompts, taughtPrompts } from '../plan/study-prompts.ts';
import { anchorExamples } from '../study/anchor/anchor-batches.ts';
import { anchorSchedule } from '../study/anchor/anchor-schedule.ts';
import { ModelPool } from '../study/lanes/model-pool.ts';
import { TaskMaker } from '../study/study-tasks.ts';
import { anchorLines } from './anchor-lines.ts';
import { CHECKED_STEPS, expectedFigures } from './expected.ts';
import { armPlan, planFile, type ArmOfPlan } from './plan-file.ts';
import { promptLines } from './prompt-lines.ts';
import { jsonFile, writtenLines, type FilePiece } from './text-file.ts';
import { layoutOf, trainingLines } from './training-lines.ts';

export interface ExportSources {
  /** Of the experiment's model, whose weights need not be there. */
  readonly described: Pick<ModelDescription, 'spec' | 'tokenizer'>;
  /** The experiment's model with its weights; asked for once, and only if an arm has an anchor. */
  readonly model: () => Promise<LanguageModel>;
  /** The built-in model, which figures to check by come from. */
  readonly builtin: LanguageModel;
  /** Its files, by name. */
  readonly builtinFiles: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
  readonly signal?: AbortSignal;
}

/** Where the built-in model lies in a folder, and what is checked in one of another model. */
const [MODEL, CHECK] = ['model', 'check'];

/**
 * Every file of the folder but those that are the same for all studies, piece by piece.
 * @throws InputError for several seeds, and as `studyPrompts` and `Task.trie`
 */
export async function* exportStudy(
  experiment: Experiment,
  sources: ExportSources,
): AsyncGenerator<FilePiece> {
  if (experiment.seeds) {
    throw new InputError('seeds are given', 'Export it once for each of them.', 'seeds');
  }
  yield jsonFile('config.json', experiment);
  yield* dataFiles(experiment, sources);
  const checked = checkedExperiment(experiment);
  if (!isBuiltin(experiment)) {
    const { decoder, tokenizer } = sources.builtin;
    const described = { spec: decoder.spec, tokenizer: () => Promise.resolve(tokenizer) };
    const inputs = { ...sources, described, model: () => Promise.resolve(sources.builtin) };
    for await (const { name, content } of dataFiles(checked, inputs, CHECKED_STEPS)) {
      yield { name: `${CHECK}/${name}`, content };
    }
  }
  const model = isBuiltin(experiment) ? MODEL : `${CHECK}/${MODEL}`;
  for (const [name, content] of sources.builtinFiles) yield { name: `${model}/${name}`, content };
  const builtin = withTokenizer(sources.builtin, experiment);
  const figures = await expectedFigures(checked, builtin, sources.signal);
  yield jsonFile('expected.json', {
    model: BUILTIN_MODEL,
    folder: isBuiltin(experiment) ? '.' : CHECK,
    ...figures,
  });
}

/** A prompt of a split is written once, so that its answers need not be remembered. */
const NONE = 0;
/** Answers of an arm that are remembered (30 MB): those of a small study all, of a grid none would be met again in time. */
const FEW_ANSWERS = 100_000;

/** What its figures to check by are of: the built-in model as it is stored, nothing dropped. */
function checkedExperiment(experiment: Experiment): Experiment {
  const { training } = experiment;
  // Names of projections may be those of the other model alone.
  const targets = isBuiltin(experiment) ? training.lora.targets : undefined;
  return resolveExperiment({
    ...experiment,
    model: BUILTIN_MODEL,
    weights: 'stored',
    training: { ...training, lora: { ...training.lora, targets, dropout: 0 } },
  });
}

const withTokenizer = <Model extends { readonly tokenizer: Tokenizer }>(
  model: Model,
  { date }: Experiment,
): Model => ({ ...model, tokenizer: model.tokenizer.on(date) });

/** Prompts, training data, first weights, and the plan that names them. @param most steps at most */
async function* dataFiles(
  experiment: Experiment,
  { described, model, signal }: ExportSources,
  most = Infinity,
): AsyncGenerator<FilePiece> {
  const tokenizer = (await described.tokenizer()).on(experiment.date);
  const { training, evaluation } = studyPrompts(experiment);
  const measured = new Set(evaluation.map(({ prompt }) => prompt));
  const { seed } = experiment;
  const { batch, lora } = experiment.training;

  const splits: Partial<Record<Split, readonly string[]>> = {};
  const tasks = new TaskMaker(tokenizer, scoringResolution(experiment), NONE);
  for (const split of SPLITS) {
    const prompts =
      split === 'train'
        ? training
        : evaluation.filter((one) => one.split === split).map(({ prompt }) => prompt);
    const lines = promptLines(prompts, (prompt) => measured.has(prompt), tasks, seed);
    splits[split] = yield* writtenLines(`data/${split}`, lines);
  }

  const arms: ArmOfPlan[] = [];
  let untouched: LanguageModel | undefined;
  for (const arm of experiment.arms) {
    if (!isTrained(arm)) {
      arms.push(armPlan(arm));
      continue;
    }
    signal?.throwIfAborted();
    const taught = taughtPrompts(arm, training);
    const plan = planArm(arm, experiment, taught.length);
    const steps = Math.min(plan.steps, most);
    const own = new TaskMaker(tokenizer, plan, FEW_ANSWERS);
    const lines = trainingLines(arm, plan, taught, own, { batch, seed }, steps);
    const files = yield* writtenLines(`data/arms/${arm.name}`, lines);
    let anchor: readonly string[] | undefined;
    if (plan.anchor) {
      untouched ??= withTokenizer(await model(), experiment);
      anchor = yield* anchorFiles(arm, steps, seed, untouched, signal);
    }
    arms.push(armPlan(arm, { plan, layout: layoutOf(arm, plan), files, anchor }));
  }

  const config = { ...lora, targets: projectionsNamed(described.spec, lora.targets) };
  const fresh = freshAdapter(described.spec, config, seed);
  for (const [name, content] of writeAdapter(fresh, described.spec, experiment.model)) {
    yield { name: `first-adapter/${name}`, content };
  }
  const where = isBuiltin(experiment) ? MODEL : experiment.model;
  yield jsonFile('plan.json', planFile(experiment, where, splits, arms));
}

async function* anchorFiles(
  { name, anchor }: TrainedArm,
  steps: number,
  seed: number,
  model: LanguageModel,
  signal?: AbortSignal,
): AsyncGenerator<FilePiece, readonly string[]> {
  const examples = [];
  const { ask, together } = new ModelPool(model.decoder);
  const asked = { ask, together, tokenizer: model.tokenizer };
  const run = { seed, signal };
  const schedule = anchorSchedule(anchor!, seed, 0, steps);
  for await (const example of anchorExamples(asked, schedule, anchor!, run)) {
    examples.push(example);
  }
  return yield* writtenLines(`data/anchors/${name}`, anchorLines(examples, schedule, steps));
}
