// The presets of training: what each is called, says to a reader, and decides in the place of single settings.
import { methodNamed } from '../../methods/names.ts';
import type { Anchor } from './arm-schema.ts';

interface Preset {
  readonly label: string;
  /** For whoever chooses it. */
  readonly note: string;
  /** Answers per prompt and step, of methods that sample them. */
  readonly answers: number;
  /** Settings that it decides, whatever they say. */
  readonly decides: readonly string[];
}

const definePresets = <const Key extends string>(presets: Readonly<Record<Key, Preset>>) => presets;

export const PRESETS = definePresets({
  matched: {
    label: 'Matched',
    note:
      'A fair comparison: both methods see the same prompts, the same bins and the same 16 sampled ' +
      'answers per prompt, so they spend the same answer tokens.',
    answers: 16,
    decides: [],
  },
  paper: {
    label: 'Paper',
    note:
      'The paper’s own setting, which is not matched: 5 decimals, all prompts of the grid; soft with ' +
      '1001 bins and 1 path per prompt in 3 epochs, hard with 16,384 bins and 16 answers per prompt in ' +
      '2 epochs. Hard spends about ten times the answer tokens, and both take far longer.',
    answers: 1,
    decides: ['training.steps', 'data.decimals', 'data.bins', 'data.prompts_per_family'],
  },
  best: {
    label: 'Best',
    note:
      'The best balance found for real models: 4 answers of one prompt a step, words among the prompts, and ' +
      'every fourth step an anchor that keeps the model near what it was. For numbers alone, soft targets ' +
      'with one prompt a step go further. Give it many steps.',
    answers: 4,
    decides: ['training.batch'],
  },
});

export type PresetName = keyof typeof PRESETS;

export const PRESET_NAMES = Object.keys(PRESETS) as PresetName[];

/** Whether a preset decides a setting, by its dotted path. */
export const isDecided = (preset: PresetName | undefined, setting: string): boolean =>
  preset !== undefined && PRESETS[preset].decides.includes(setting);

/** Seldom and short: a sixth more tokens on SmolLM2 (docs/recipe-search.md); heavy instead. */
const SELDOM: Anchor = {
  weight: 4,
  batch: 1,
  every: 4,
  answers: 1,
  max_tokens: 8,
  top: 128,
  prompts: 'all',
};

interface Chosen {
  readonly data: {
    readonly categories?: unknown;
    readonly distribution?: unknown;
    readonly choices?: unknown;
  };
  readonly arms: readonly { readonly method: string; readonly anchor?: unknown }[];
  readonly training: { readonly preset?: PresetName | undefined; readonly batch: number };
}

/** The experiment with what `best` stands for written out; what was written of words and anchors stays. */
export function withBest<E extends Chosen>(experiment: E): E {
  const { data, arms, training } = experiment;
  if (training.preset !== 'best') return experiment;
  const single = data.distribution ?? data.choices;
  return {
    ...experiment,
    data: single ? data : { ...data, categories: data.categories ?? 'all' },
    arms: arms.map((arm) =>
      methodNamed(arm.method)?.training ? { ...arm, anchor: arm.anchor ?? SELDOM } : arm,
    ),
    training: { ...training, batch: 1 },
  };
}
