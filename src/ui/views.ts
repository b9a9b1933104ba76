// The page's views besides the stage, each loaded when it is first asked for.
import { loadPlot } from './charts/load-plot.ts';

export const VIEWS = {
  lab: () => import('./LabView.svelte'),
  models: () => import('./models/ModelsView.svelte'),
  compare: () => import('./compare/CompareView.svelte'),
  trie: () => import('./trie/TrieView.svelte'),
  teachers: () => import('./lessons/TeachersView.svelte'),
  lesson: () => import('./lessons/LessonView.svelte'),
};

/** Loads all of them, and what they and the stage load later, so that they are there without a connection. */
export async function loadAllViews(): Promise<void> {
  const later = [
    () => import('./state/lab-desk.ts'),
    () => import('../lab/runs/open-run-store.ts'),
    () => import('./stage/AskPanel.svelte'),
    () => import('./stage/KeepRace.svelte'),
    () => import('./stage/ModelOffer.svelte'),
    () => import('./stage/OwnModel.svelte'),
  ];
  await Promise.all([...Object.values(VIEWS), loadPlot, ...later].map((load) => load()));
}
