// The single keys: which control each presses, as the control says itself in `aria-keyshortcuts`, and in words.
import type { View } from '../state/route.svelte.ts';

interface Shortcut {
  readonly key: string;
  readonly words: string;
}

const VIEWS: Readonly<Record<Exclude<View, 'teachers'>, Shortcut>> = {
  stage: { key: '1', words: 'the stage' },
  trie: { key: '2', words: 'the tree of answers' },
  lesson: { key: '3', words: 'the lessons' },
  experiment: { key: '4', words: 'the lab' },
  models: { key: '5', words: 'the models' },
  compare: { key: '6', words: 'the comparison' },
};

export const KEYS = {
  ...VIEWS,
  run: { key: 'r', words: 'teach it, or run the experiment' },
  pause: { key: 'p', words: 'pause and go on: a run, or the replay of a race' },
  cancel: { key: 'c', words: 'cancel a run' },
  link: { key: 'l', words: 'copy the link to the experiment' },
  list: { key: '?', words: 'this list' },
} as const satisfies Readonly<Record<string, Shortcut>>;
