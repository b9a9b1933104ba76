// The experiment being written: what the form shows, whether it is valid, and its link.
import { FAMILIES } from '../../core/distributions/families.ts';
import { choicesPrompt } from '../../core/prompts/choices-prompt.ts';
import { choiceSpace, possibleAnswers } from '../../core/targets/choices.ts';
import { InputError } from '../../core/errors.ts';
import { decodeExperiment, encodeExperiment } from '../../lab/experiment/experiment-url.ts';
import { type Experiment, resolveExperiment } from '../../lab/experiment/experiment.ts';
import type { ModelWish } from '../../lab/contract.ts';
import { type LabError, labErrorOf } from '../../lab/lab-error.ts';
import type { UserData } from '../../lab/experiment/user-data.ts';

/** What the model is asked to be random about. */
export type Source = 'families' | 'distribution' | 'choices';

export type Checked =
  { experiment: Experiment; error: null } | { experiment: null; error: LabError };

export const defaultParameters = (family: string): Record<string, number> =>
  Object.fromEntries(
    (FAMILIES.find(({ id }) => id === family)?.parameters ?? []).map((p) => [p.name, p.default]),
  );

export class Draft {
  source = $state<Source>('families');
  /** The three sources are kept side by side, so that looking at another one loses nothing. */
  distribution = $state({ family: 'gaussian', params: defaultParameters('gaussian') });
  choices = $state([
    { value: 'heads', weight: 1 },
    { value: 'tails', weight: 1 },
  ]);
  prompt = $state('Flip a coin. Output ONLY heads or tails.');
  /** Everything else. While someone types, its numbers may be anything. */
  settings = $state(resolveExperiment({}));
  /** Files of a user's own. Large, read-only, and no part of the link. */
  userData = $state.raw<UserData>({});
  /** In the mode of many families, the one to look at. */
  watched = $state('gaussian');
  /** Why a link or a stored run could not be shown in the form. */
  loadError = $state.raw<{ readonly what: string; readonly error: LabError } | null>(null);

  readonly checked: Checked = $derived.by(() => check(this.input(), this.userData));

  /** Those that are written here, or else that the preset stands for. */
  get categories(): Experiment['data']['categories'] {
    return this.settings.data.categories ?? this.checked.experiment?.data.categories;
  }

  input(): unknown {
    const input = $state.snapshot(this.settings);
    delete input.data.distribution;
    delete input.data.choices;
    delete input.data.prompt;
    if (this.source !== 'families') {
      delete input.data.categories;
      // Of a single prompt there is no choice of kinds.
      for (const arm of input.arms) if ('prompts' in arm) delete arm.prompts;
    }
    if (this.source === 'distribution') {
      input.data.distribution = $state.snapshot(this.distribution);
    } else if (this.source === 'choices') {
      input.data.choices = $state.snapshot(this.choices);
      input.data.prompt = this.prompt;
    }
    return input;
  }

  #load(experiment: Experiment): void {
    const { distribution, choices, prompt } = experiment.data;
    const { data, ...evaluation } = experiment.evaluation;
    this.settings = structuredClone({ ...experiment, evaluation: { ...evaluation, data: {} } });
    this.userData = data;
    if (distribution) this.distribution = structuredClone(distribution);
    if (choices) {
      this.choices = structuredClone(choices);
      // What a run of it asks, and not what happened to be written here before.
      this.prompt = prompt ?? choicesPrompt(possibleAnswers(choiceSpace(choices)).values);
    }
    this.source = choices ? 'choices' : distribution ? 'distribution' : 'families';
  }

  /** Takes another model, with the learning rate and steps that are usual for it. */
  chooseModel(model: string, { format, batch }: Required<ModelWish>): void {
    const { steps, learning_rate } = resolveExperiment({ model }).training;
    if (model !== this.settings.model)
      Object.assign(this.settings.training, { steps, learning_rate });
    this.settings.model = model;
    this.chooseWeights(format);
    this.settings.training.batch = batch;
  }

  /** What is usual is left out: links stay short. */
  chooseWeights(weights: NonNullable<Experiment['weights']>): void {
    if (weights === 'stored') delete this.settings.weights;
    else this.settings.weights = weights;
  }

  /** One seed is a run, several a run each; while someone types they may be none, or no numbers. */
  chooseSeeds(seeds: readonly number[]): void {
    if (seeds.length === 1) {
      this.settings.seed = seeds[0]!;
      delete this.settings.seeds;
    } else this.settings.seeds = [...seeds];
  }

  chooseFamily(family: string): void {
    this.distribution = { family, params: defaultParameters(family) };
  }

  /** Reads the experiment in the page's address, if there is one. */
  readLink(fragment: string): void {
    this.loadError = null;
    if (!fragment.includes('=')) return;
    this.#try(
      () => this.#load(decodeExperiment(fragment)),
      'The link you followed cannot be read, so the experiment is left as it was:',
    );
  }

  /** Shows a run's experiment, if this version of the lab understands it. */
  reuse(experiment: Experiment): void {
    this.loadError = null;
    this.#try(
      () => this.#load(resolveExperiment(experiment)),
      'This run was made by another version of the lab and cannot be set up again:',
    );
  }

  #try(load: () => void, what: string): void {
    try {
      load();
    } catch (thrown) {
      this.loadError = { what, error: labErrorOf(thrown) };
    }
  }

  /** The part of the address that says what differs from the defaults, `#` included. */
  link(): string | null {
    const { experiment } = this.checked;
    if (!experiment) return null;
    const fragment = encodeExperiment(experiment);
    return fragment === '' ? '' : `#${fragment}`;
  }
}

/** @param data was checked when it was read, and is too long to be checked at every letter typed */
function check(input: unknown, data: UserData): Checked {
  try {
    const experiment = resolveExperiment(input);
    const evaluation = { ...experiment.evaluation, data };
    return { experiment: { ...experiment, evaluation }, error: null };
  } catch (thrown) {
    if (!(thrown instanceof InputError)) throw thrown;
    return { experiment: null, error: labErrorOf(thrown) };
  }
}
