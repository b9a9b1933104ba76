// Where the page is: on the stage, at the experiment, at a comparison of stored runs, or at the models.
import type { StoredRun } from '../../lab/runs/run-store.ts';
import {
  decodeSelection,
  EMPTY_SELECTION,
  encodeSelection,
  type Selection,
} from '../../lab/compare/selection.ts';

import { type StagePlace, stagePlace } from '../stage/stage-link.ts';

export type View = 'stage' | 'trie' | 'teachers' | 'lesson' | 'experiment' | 'compare' | 'models';

/** The address of the lab with the usual experiment, `#` included. */
export const LAB_LINK = '#lab';
/** The address of the models, `#` included. */
export const MODELS_LINK = '#models';

export class Route {
  #fragment = $state(location.hash);
  /** What is compared; null at the experiment. */
  readonly selection: Selection | null = $derived(decodeSelection(this.#fragment));
  /** The stage, or another view of its question; undefined elsewhere. */
  readonly place: StagePlace | undefined = $derived(stagePlace(this.#fragment));
  readonly view: View = $derived(
    this.selection ? 'compare' : this.#fragment === MODELS_LINK ? 'models' : viewOf(this.place),
  );

  /** To be called when the address has changed. */
  read(): void {
    this.#fragment = location.hash;
  }

  /** Compares something else. Going back leads out of the comparison, not through its history. */
  choose(selection: Selection): void {
    history.replaceState(null, '', linkTo(selection));
    this.read();
  }
}

const viewOf = (place: StagePlace | undefined): View =>
  place === undefined
    ? 'experiment'
    : place === 'stage' || place === 'trie' || place === 'teachers'
      ? place
      : 'lesson';

/** An address, `#` included. */
export const linkTo = (selection: Selection = EMPTY_SELECTION): string =>
  `#${encodeSelection(selection)}`;

/** Compares all arms of runs. */
export const linkToRuns = (runs: readonly StoredRun[]): string =>
  linkTo({
    ...EMPTY_SELECTION,
    choices: runs.flatMap(({ id, experiment }) =>
      experiment.arms.map(({ name }) => ({ run: id, arm: name })),
    ),
  });
