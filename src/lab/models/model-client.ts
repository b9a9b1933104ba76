// The page's side of choosing a model; it survives the worker that it talks to.
import * as Comlink from 'comlink';
import type {
  CachedModel,
  HubAccess,
  LabWorker,
  LoadEvent,
  LocalFile,
  ModelSummary,
  ModelWish,
  TokenizerReport,
} from '../contract.ts';
import type { AnswerTokens, Environment } from '../events.ts';
import { modelNameFrom, modelNameText } from '../../model/sources/model-name.ts';
import { LabFailure } from '../lab-error.ts';
import type { RemoteParts, WorkerClient } from '../worker-client.ts';

export interface ModelClientOptions {
  /** The one backend to use; without it the worker picks. */
  readonly backend?: Environment['backend'] | undefined;
  /** How long a worker may take to give up a load before it is terminated. */
  readonly cancelMs?: number;
}

/** Every function throws LabFailure; where a source failed, its error says how in `source`. */
export class ModelClient {
  /** In this page's memory and the worker's, nowhere else. */
  #access: HubAccess = {};
  readonly #folders = new Map<string, readonly LocalFile[]>();
  readonly #adapters = new Map<string, readonly [string, string, readonly LocalFile[]]>();
  /** Workers that know the above. */
  readonly #briefed = new WeakSet<object>();

  constructor(
    private readonly client: WorkerClient<LabWorker>,
    private readonly options: ModelClientOptions = {},
  ) {}

  /** A token for gated models, a mirror of the hub, or both; what is left out is forgotten. */
  async setAccess(access: HubAccess): Promise<void> {
    await this.#call((lab) => lab.models.setAccess(access));
    this.#access = access;
  }

  /**
   * Makes a folder a model until the page is left; `local-files.ts` reads it from a picker or a drop.
   * @returns the name to use in an experiment
   */
  async openFolder(name: string, files: readonly LocalFile[]): Promise<string> {
    const model = await this.#call((lab) => lab.models.openFolder(name, files));
    this.#folders.set(name, files);
    return model;
  }

  /**
   * Makes a model with a PEFT adapter merged into it a model until the page is left.
   * @param model as experiments write it @returns the name to use in an experiment
   */
  async openAdapter(model: string, name: string, files: readonly LocalFile[]): Promise<string> {
    const adapted = await this.#call((lab) => lab.models.openAdapter(model, name, files));
    this.#adapters.set(adapted, [model, name, files]);
    return adapted;
  }

  /** The name as experiments and the cache write it. @throws InputError for what names no model */
  canonicalName(model: string): string {
    return modelNameText(modelNameFrom(model));
  }

  /** A question asked while another is open takes its place; the older one fails as `stopped`. */
  summarise(model: string, wish?: ModelWish): Promise<ModelSummary> {
    return this.#prepared((lab) => lab.models.summarise(model, wish));
  }

  describeTokenizer(model: string): Promise<TokenizerReport> {
    return this.#call((lab) => lab.models.describeTokenizer(model));
  }

  cutAnswers(model: string, answers: readonly string[]): Promise<AnswerTokens> {
    return this.#call((lab) => lab.models.cutAnswers(model, answers));
  }

  /** @returns the file's name and its bytes, which the browser may keep on the disk */
  async saveAsGguf(model: string): Promise<{ name: string; content: Blob }> {
    const pieces: Blob[] = [];
    const listener = Comlink.proxy((piece: Uint8Array<ArrayBuffer>) => {
      pieces.push(new Blob([piece]));
    });
    const name = await this.#call((lab) => lab.models.saveAsGguf(model, listener));
    return { name, content: new Blob(pieces) };
  }

  /** Settles as `cancelled` after `cancelLoad`, by force if needed. */
  async load(
    model: string,
    onEvent: (event: LoadEvent) => void,
    wish: ModelWish = {},
  ): Promise<'done' | 'cancelled'> {
    const listener = Comlink.proxy(onEvent);
    try {
      return await this.#prepared((lab) => lab.models.load(model, wish, listener));
    } catch (thrown) {
      if (!(thrown instanceof LabFailure)) throw thrown;
      if (thrown.error.kind === 'stopped') return 'cancelled';
      // A device that failed once, or memory that ran out, is not to be trusted again.
      if (thrown.error.kind === 'device' || thrown.error.kind === 'memory') this.client.replace();
      throw thrown;
    }
  }

  /** What has come so far is kept. @param load what `load` returned */
  cancelLoad(load: Promise<unknown>): Promise<void> {
    const { cancelMs = 5_000 } = this.options;
    return this.client.end(load, (lab) => lab.models.cancelLoad(), cancelMs);
  }

  /** Last used first. */
  cachedModels(): Promise<readonly CachedModel[]> {
    return this.#call((lab) => lab.models.cachedModels());
  }

  /** @param key of one of them; without it, all go */
  deleteCached(key?: string): Promise<void> {
    return this.#call((lab) => lab.models.deleteCached(key));
  }

  /** Tells a worker, once, what a person told an earlier one. */
  async brief(lab: RemoteParts<LabWorker>): Promise<void> {
    if (this.#briefed.has(lab)) return;
    const { token, endpoint } = this.#access;
    const { models } = lab;
    if (token !== undefined || endpoint !== undefined) await models.setAccess(this.#access);
    await Promise.all([...this.#folders].map(([name, files]) => models.openFolder(name, files)));
    await Promise.all([...this.#adapters.values()].map((each) => models.openAdapter(...each)));
    this.#briefed.add(lab);
  }

  /** What fits, and where a model goes, depends on the backend. */
  #prepared<T>(action: (lab: RemoteParts<LabWorker>) => Promise<T>): Promise<T> {
    return this.#call(async (lab) => {
      await lab.study.prepare({ only: this.options.backend });
      return action(lab);
    });
  }

  #call<T>(action: (lab: RemoteParts<LabWorker>) => Promise<T>): Promise<T> {
    return this.client.call(async (lab) => {
      await this.brief(lab);
      return action(lab);
    });
  }
}
