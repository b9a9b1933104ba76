// The page's views besides the stage, each loaded when it is first asked for.
import { loadPlot } from './charts/load-plot.ts';

export const VIEWS = {
  lab: () => import('./LabView.svelte'),
  models: () => import('./models/ModelsView.svelte'),
  compare: () => import('./compare/CompareView.svelte'),
  trie: () => import('./trie/TrieView.svelte'),
  lesson: () => import('./lessons/LessonView.svelte'),
};

/** Loads all of them, and what they and the stage load later, so that they are there without a connection. */
export async function loadAllViews(): Promise<void> {
  const later = [...Object.values(VIEWS), loadPlot, () => import('./stage/AskPanel.svelte')];
  await Promise.all(later.map((load) => load()));
}
