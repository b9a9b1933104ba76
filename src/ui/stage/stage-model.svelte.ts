// The model that the stage asks: what it is, what it would take here, and whether it may be fetched.
import { InputError } from '../../core/errors.ts';
import type { ModelSummary, ModelWish } from '../../lab/contract.ts';
import { BUILTIN_MODEL } from '../../lab/experiment/experiment.ts';
import type { PickedFolder } from '../../lab/models/local-files.ts';
import type { ModelClient } from '../../lab/models/model-client.ts';

export class StageModel {
  /** Of the model that was looked at last; null for the one that comes with the page. */
  summary = $state.raw<ModelSummary | null>(null);
  #looked = BUILTIN_MODEL;
  /** A person agreed to its being fetched. */
  #agreed = '';

  constructor(private readonly client: Pick<ModelClient, 'summarise' | 'openFolder'>) {}

  /**
   * Whether a model can be asked without fetching anything that nobody agreed to.
   * @throws InputError for one that cannot be used here; LabFailure where it cannot be reached
   */
  async isAtHand(model: string): Promise<boolean> {
    if (model === BUILTIN_MODEL) {
      this.summary = null;
      this.#looked = model;
      return true;
    }
    if (this.#looked !== model) {
      this.summary = null;
      this.summary = await this.client.summarise(model, { batch: 1 });
      this.#looked = model;
    }
    const { verdict, bytesToDownload } = this.summary!;
    if (verdict.kind === 'refused') throw new InputError(verdict.reason, verdict.advice, 'model');
    return this.#agreed === model || bytesToDownload === 0;
  }

  agree(model: string): void {
    this.#agreed = model;
  }

  /** How its matrices have to be kept to fit here. */
  get weights(): NonNullable<ModelWish['format']> {
    const verdict = this.summary?.verdict;
    return verdict?.kind === 'fits with' ? verdict.format : 'stored';
  }

  /** @returns the name of a model from a folder or a file of this computer */
  async open(picked: PickedFolder): Promise<string> {
    this.#looked = '';
    return this.client.openFolder(picked.name, picked.files);
  }
}
