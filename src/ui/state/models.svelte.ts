// Choosing a model: what is looked at, what it would take, what is being fetched, what is kept.
import type {
  CachedModel,
  FileProgress,
  HubAccess,
  ModelSummary,
  ModelWish,
  Notice,
  TokenizerReport,
} from '../../lab/contract.ts';
import { BUILTIN_MODEL } from '../../lab/experiment/experiment.ts';
import { type LabError, labErrorOf } from '../../lab/lab-error.ts';
import type { PickedFolder } from '../../lab/models/local-files.ts';
import {
  chooseFolder,
  filesOf,
  mayRead,
  rememberedFolder,
  rememberFolder,
} from '../../lab/models/remembered-folders.ts';
import { save } from '../text/save.ts';
import type { ModelClient } from '../../lab/models/model-client.ts';

/** A model that someone looks at. */
export interface ModelLook {
  readonly model: string;
  /** Null until it is known, or if it cannot be. */
  readonly summary: ModelSummary | null;
  readonly tokenizer: TokenizerReport | null;
  readonly error: LabError | null;
}

/** A model on its way. */
export interface Fetch {
  readonly model: string;
  readonly files: readonly FileProgress[];
  /** Bytes over the files begun so far. */
  readonly done: number;
  readonly total: number;
  readonly cancelling: boolean;
}

export class Models {
  looked = $state.raw<ModelLook | null>(null);
  fetching = $state.raw<Fetch | null>(null);
  /** Why the last fetch ended without a model. */
  fetchError = $state.raw<{ readonly model: string; readonly error: LabError } | null>(null);
  notices = $state.raw<readonly Notice[]>([]);
  cached = $state.raw<readonly CachedModel[]>([]);
  /** What went wrong with the hub's access, a folder or the cache. */
  error = $state.raw<LabError | null>(null);
  /** The model that the worker holds. */
  held = $state.raw<Required<Pick<ModelWish, 'format'>> & { readonly model: string }>({
    model: BUILTIN_MODEL,
    format: 'stored',
  });
  /** Models with an adapter of this computer merged into them. */
  #adapted = $state.raw<readonly string[]>([]);
  /** The one that is being written as a file. */
  saving = $state<string | null>(null);
  /** Models from folders of this computer that this page can see. */
  #opened = $state.raw<readonly string[]>([]);
  #loading: Promise<unknown> = Promise.resolve();

  /** @param makeRoom takes the worker back from whatever it was lent for, which would end a load */
  constructor(
    private readonly client: ModelClient,
    private readonly makeRoom: () => Promise<void>,
  ) {}

  /** Describes a model from its headers, then how it cuts numbers; the latest look counts. */
  async look(name: string, wish: ModelWish = {}): Promise<void> {
    let looked: ModelLook = { model: name, summary: null, tokenizer: null, error: null };
    this.looked = looked;
    this.fetchError = null;
    const isCurrent = () => this.looked?.model === looked.model;
    try {
      const model = this.client.canonicalName(name);
      this.looked = looked = { ...looked, model };
      const summary = await this.client.summarise(model, wish);
      if (!isCurrent()) return;
      this.looked = { ...looked, summary };
      if (summary.verdict.kind === 'refused') return;
      const tokenizer = await this.client.describeTokenizer(model);
      if (isCurrent()) this.looked = { ...looked, summary, tokenizer };
    } catch (thrown) {
      const error = labErrorOf(thrown);
      // A look that another one replaced is not an error.
      if (isCurrent() && error.kind !== 'stopped') this.looked = { ...this.looked!, error };
    }
  }

  /** Fetches what is missing; true once the worker holds the model. */
  async fetch(model: string, wish: ModelWish): Promise<boolean> {
    this.fetchError = null;
    this.notices = [];
    this.fetching = { model, files: [], done: 0, total: 0, cancelling: false };
    await this.makeRoom();
    const loading = this.client.load(
      model,
      (event) => {
        if (event.type === 'notice') this.notices = [...this.notices, event];
        else if (this.fetching) this.fetching = { ...this.fetching, ...event };
      },
      wish,
    );
    this.#loading = loading;
    try {
      const end = await loading;
      if (end === 'done') this.held = { model, format: wish.format ?? 'stored' };
      return end === 'done';
    } catch (thrown) {
      this.fetchError = { model, error: labErrorOf(thrown) };
      return false;
    } finally {
      this.fetching = null;
      await this.refresh();
    }
  }

  /** What has come so far is kept. */
  async cancel(): Promise<void> {
    if (!this.fetching) return;
    this.fetching = { ...this.fetching, cancelling: true };
    await this.client.cancelLoad(this.#loading);
  }

  async refresh(): Promise<void> {
    await this.#try(async () => (this.cached = await this.client.cachedModels()));
  }

  /** One of the kept models by its key, or all. */
  async remove(key?: string): Promise<void> {
    await this.#try(() => this.client.deleteCached(key));
    await this.refresh();
  }

  /** Returns whether the hub can be reached so. */
  async setAccess(access: HubAccess): Promise<boolean> {
    return this.#try(() => this.client.setAccess(access));
  }

  /** Looks at a folder of this computer, which lasts as long as the page. */
  async openFolder(folder: Promise<PickedFolder> | PickedFolder): Promise<void> {
    const model = await this.#open(folder);
    if (model !== undefined) await this.look(model);
  }

  /** Asks for a folder, looks at it, and finds it again after a reload. */
  async chooseFolder(): Promise<void> {
    const handle = await chooseFolder().catch(() => undefined);
    if (!handle) return;
    const model = await this.#open(filesOf(handle));
    if (model === undefined) return;
    // Where it cannot be kept it is asked for after a reload.
    await rememberFolder(model, handle).catch(() => {});
    await this.look(model);
  }

  /** Whether a model lies in a folder that this page cannot see, or not any more. */
  isClosed(model: string): boolean {
    return model.startsWith('local:') && !this.#opened.includes(model);
  }

  /** Opens the folder of a model again; false where it is not remembered, or may not be read. */
  async reopen(model: string): Promise<boolean> {
    const handle = await rememberedFolder(model);
    if (!handle || !(await mayRead(handle).catch(() => false))) return false;
    return (await this.#open(filesOf(handle))) === model;
  }

  async #open(folder: Promise<PickedFolder> | PickedFolder): Promise<string | undefined> {
    let model: string | undefined;
    await this.#try(async () => {
      const { name, files } = await folder;
      model = await this.client.openFolder(name, files);
      this.#opened = [...this.#opened, model];
    });
    return model;
  }

  /** Looks at the model with an adapter of this computer merged into it, as long as the page lasts. */
  async openAdapter(model: string, chosen: Promise<PickedFolder> | PickedFolder): Promise<void> {
    let adapted: string | undefined;
    await this.#try(async () => {
      const { name, files } = await chosen;
      adapted = await this.client.openAdapter(model, name, files);
      this.#opened = [...this.#opened, adapted];
      this.#adapted = [...this.#adapted, adapted];
    });
    if (adapted !== undefined) await this.look(adapted);
  }

  /** Whether an adapter is merged into it. */
  isAdapted(model: string): boolean {
    return this.#adapted.includes(model);
  }

  /** Hands the model to the person as one GGUF file. */
  async saveAsGguf(model: string): Promise<void> {
    this.saving = model;
    await this.#try(async () => {
      const { name, content } = await this.client.saveAsGguf(model);
      save(name, 'application/octet-stream', content);
    });
    this.saving = null;
  }

  async #try(action: () => Promise<unknown>): Promise<boolean> {
    this.error = null;
    try {
      await action();
      return true;
    } catch (thrown) {
      this.error = labErrorOf(thrown);
      return false;
    }
  }
}
