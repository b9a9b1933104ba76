// The commands of the lab; each is loaded only when it is run.
import type { Command } from './command.ts';
import { PACKAGED } from './packaged.ts';

interface Entry {
  /** For the list of `lab help`. */
  readonly summary: string;
  load(): Promise<{ readonly command: Command }>;
  /** What it works with is not part of the package. */
  readonly repositoryOnly?: true;
}

const ALL: Readonly<Record<string, Entry>> = {
  splits: {
    summary: 'the prompts of the paper: trained, unseen parameters, held-out families',
    load: () => import('./commands/splits.ts'),
  },
  distribution: {
    summary: 'density, cdf and quantiles of a distribution',
    load: () => import('./commands/distribution.ts'),
  },
  targets: {
    summary: 'the answers to a prompt, their probabilities and their trie',
    load: () => import('./commands/targets.ts'),
  },
  score: {
    summary: 'how well outputs on standard input follow a distribution',
    load: () => import('./commands/score.ts'),
  },
  parse: {
    summary: 'read numbers, multiple-choice questions or open answers from outputs',
    load: () => import('./commands/parse.ts'),
  },
  forward: {
    summary: 'logits of a model on sequences and tries',
    load: () => import('./commands/forward.ts'),
  },
  gradients: {
    summary: 'loss and gradients of an adapter on soft or hard targets',
    load: () => import('./commands/gradients.ts'),
  },
  exact: {
    summary: 'how far a model is from a distribution, exactly',
    load: () => import('./commands/exact.ts'),
  },
  sample: {
    summary: 'many independent answers of a model to one prompt',
    load: () => import('./commands/sample.ts'),
  },
  study: {
    summary: 'train and score every arm of an experiment',
    load: () => import('./commands/study.ts'),
  },
  compare: {
    summary: 'the results of several studies side by side, seeds joined',
    load: () => import('./commands/compare.ts'),
  },
  export: {
    summary: 'a folder that trains and scores an experiment with PyTorch',
    load: () => import('./commands/export.ts'),
  },
  bench: {
    summary: 'how fast the lab is on this machine, beside stock tfjs and jax-js',
    load: () => import('./commands/bench.ts'),
    repositoryOnly: true,
  },
  adapter: {
    summary: 'an adapter in the layout of PEFT or of llama.cpp',
    load: () => import('./commands/adapter.ts'),
  },
  merge: {
    summary: 'a model folder with an adapter merged into its weights',
    load: () => import('./commands/merge.ts'),
  },
  pretrain: {
    summary: 'make the built-in model again, from nothing',
    load: () => import('./commands/pretrain.ts'),
    repositoryOnly: true,
  },
};

export const COMMANDS: typeof ALL = Object.fromEntries(
  Object.entries(ALL).filter(([, { repositoryOnly }]) => !(PACKAGED && repositoryOnly)),
);
