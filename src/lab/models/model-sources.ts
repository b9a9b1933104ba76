// The models that the lab can name: built in, on the hub, at an address, or in an opened folder.
import { InputError } from '../../core/errors.ts';
import { hubModel } from '../../model/adapter/hub-model.ts';
import { ADAPTER_CONFIG, ADAPTER_WEIGHTS } from '../../model/adapter/peft.ts';
import { openAdapter } from '../../model/adapter-folder.ts';
import { modelFolder } from '../../model/gguf-folder.ts';
import { decoderSpecFrom } from '../../model/families/index.ts';
import {
  type ModelFiles,
  requiredJson,
  wholeFiles,
  type SeekableFiles,
} from '../../model/files/model-files.ts';
import { addressSource } from '../../model/sources/address-source.ts';
import { bytesKept, type CacheRecord } from '../../model/sources/cache-record.ts';
import { cachedFiles } from '../../model/sources/cached-files.ts';
import { directFiles } from '../../model/sources/direct-files.ts';
import { checkedAccess, endpointOf, type HubAccess } from '../../model/sources/hub-access.ts';
import { commitSource, type HubSource, hubSource } from '../../model/sources/hub-source.ts';
import { type LocalFile, localFolder, type Sought } from '../../model/sources/local-folder.ts';
import type { ModelCache } from '../../model/sources/model-cache.ts';
import {
  hubId,
  modelNameFrom,
  modelNameText,
  type ModelName,
} from '../../model/sources/model-name.ts';
import type { SummarisedModel } from '../../model/sources/model-summary.ts';
import type { Network } from '../../model/sources/network.ts';
import type { Notice } from '../../model/sources/open-store.ts';
import { oneFile, type RemoteSource, type Transfer } from '../../model/sources/remote-source.ts';
import { failedAs } from '../../model/sources/source-error.ts';

export interface OpenedSource {
  /** The name with the version that it stands for now, e.g. `hf:owner/name@COMMIT`. */
  readonly name: string;
  /** Reading these fetches and keeps whole files. */
  readonly files: ModelFiles;
  /** To be merged into the weights. */
  readonly adapter?: ModelFiles;
  /** For the person to read before they use it. */
  readonly notes?: readonly string[];
  /** To be called when a load has read all that it needs. */
  readonly complete?: () => Promise<void>;
  /** Reading these fetches what is read, and keeps nothing. */
  readonly summarised: SummarisedModel;
}

export interface OpenOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: NonNullable<Transfer['onProgress']>;
  readonly onNotice?: (notice: Notice) => void;
}

const ADAPTER: Sought = {
  config: ADAPTER_CONFIG,
  advice: `Choose a folder as PEFT saves it, its two files (${ADAPTER_CONFIG} and ${ADAPTER_WEIGHTS}), or a GGUF file as llama.cpp has it.`,
  field: 'adapter',
};

interface AdaptedModel extends Required<Pick<OpenedSource, 'adapter' | 'notes'>> {
  readonly model: string;
}

/** How long a hub may take to say whether a model that is here has changed. */
const NEWS_MS = 3000;

const MERGED =
  'The adapter is merged into the weights: scores begin with it, and new adapters are trained on top.';

export class ModelSources {
  #access: HubAccess = {};
  readonly #folders = new Map<string, SeekableFiles>();
  readonly #adapted = new Map<string, AdaptedModel>();

  /** @param builtin address of the built-in model's folder */
  constructor(
    private readonly builtin: string,
    private readonly cache: () => Promise<ModelCache>,
    private readonly network: Network,
  ) {}

  /** How the hub is reached from now on. @throws InputError naming `token` or `endpoint` */
  setAccess(access: HubAccess): void {
    this.#access = checkedAccess(access);
  }

  /** @returns the name that opens the folder, until the page is left @throws InputError */
  addFolder(name: string, files: readonly LocalFile[]): string {
    const text = modelNameText(modelNameFrom(`local:${name}`));
    this.#folders.set(text, localFolder(name, files));
    return text;
  }

  /**
   * Makes a model with an adapter a model of its own.
   * @param model the name of another @returns the name that opens it, until the page is left
   * @throws InputError where the adapter does not fit the model, or the model has one already;
   * SourceError
   */
  async addAdapter(model: string, name: string, files: readonly LocalFile[]): Promise<string> {
    const adapter = localFolder(name, files, ADAPTER);
    const base = await this.open(model);
    if (base.adapter) {
      throw new InputError(
        `${model} has an adapter merged into it already.`,
        'Choose the adapter for its base model, or merge both first (lab merge).',
        'adapter',
      );
    }
    const config = await requiredJson(await modelFolder(base.summarised.files), 'config.json');
    const { baseModel } = await openAdapter(adapter, decoderSpecFrom(config));
    const title = `${name} on ${model.replace(/^(hf|local):/, '')}`;
    const text = modelNameText(modelNameFrom(`local:${title}`));
    this.#adapted.set(text, { model, adapter, notes: [MERGED, ...strangeBase(baseModel, model)] });
    return text;
  }

  /** @throws InputError for a name that means nothing; SourceError; the signal's reason */
  async open(text: string, options: OpenOptions = {}): Promise<OpenedSource> {
    const name = modelNameFrom(text);
    const transfer = { network: this.network, ...options };
    switch (name.source) {
      case 'builtin': {
        // Small: one request brings the weights sooner than one for each tensor, and no host or cache on
        // the way can answer with other parts than were asked for.
        const files = wholeFiles(directFiles(addressSource(this.builtin), transfer));
        return { name: 'builtin', files, summarised: { files, kept: () => 0, gated: false } };
      }
      case 'local': {
        const adapted = this.#adapted.get(modelNameText(name));
        if (adapted) {
          const opened = await this.open(adapted.model, options);
          const { adapter, notes } = adapted;
          return { ...opened, name: `${opened.name} with ${name.name}`, adapter, notes };
        }
        const files = this.#folder(modelNameText(name));
        return { name: text, files, summarised: { files, kept: () => Infinity, gated: false } };
      }
      case 'address':
        return this.#remote(addressOf(name), transfer, {});
      case 'hub': {
        const source = await this.#hub(name, transfer, options.onNotice);
        const named = (file: string) => modelNameText({ ...name, file });
        return this.#remote(source, transfer, source, named);
      }
    }
  }

  #folder(name: string): SeekableFiles {
    const folder = this.#folders.get(name);
    if (folder) return folder;
    throw new InputError(
      `model is ${JSON.stringify(name)}, which is not open`,
      'Open the model or adapter again: a page sees files of the computer only until it is left.',
      'model',
    );
  }

  async #remote(
    source: RemoteSource,
    transfer: Transfer,
    { licence, gated = false }: Partial<Pick<HubSource, 'licence' | 'gated'>>,
    named?: (file: string) => string,
  ): Promise<OpenedSource> {
    const cache = await this.cache();
    const files = cachedFiles(source, cache, transfer);
    const record = await cache.record(cache.key(source.id, source.revision));
    const direct = directFiles(source, { ...transfer, onProgress: () => {} });
    return {
      name: source.revision ? `${source.id}@${source.revision}` : source.id,
      files,
      complete: () => files.complete(),
      summarised: {
        files: wholeFrom(record, files, direct),
        kept: (file) => keptBytes(record, file),
        licence,
        gated,
        ...(named && { named }),
      },
    };
  }

  /** The commit that the revision is now; without a connection, the one that it was last. */
  async #hub(
    name: HubName,
    transfer: Transfer,
    onNotice: (notice: Notice) => void = () => {},
  ): Promise<RemoteSource & Partial<HubSource>> {
    const { repo, revision, file } = name;
    const access = () => this.#access;
    const known = await (await this.cache()).latest(hubId(name), revision);
    // Whoever has the model already need not wait long for the news.
    const silenceMs = Math.min(this.network.silenceMs, NEWS_MS);
    const network = known ? { ...this.network, attempts: 1, silenceMs } : this.network;
    try {
      const source = await hubSource(repo, revision, access, { ...transfer, network });
      return file === undefined ? source : oneFile(source, file, hubId(name));
    } catch (thrown) {
      if (!known || !failedAs(thrown, 'offline', 'busy', 'server')) throw thrown;
      onNotice({
        message: `${endpointOf(this.#access)} cannot be asked for the latest version of ${repo}, so the cached one is used.`,
        advice: 'Load the model again with a connection to be sure of the version.',
      });
      const files = new Map(
        Object.entries(known.files)
          .filter(([, file]) => file.whole)
          .map(([name, file]) => [name, { size: bytesKept(file) }]),
      );
      const source = commitSource(
        { repo, requested: revision, commit: known.revision, files },
        access,
      );
      return file === undefined ? source : oneFile(source, file, hubId(name));
    }
  }
}

type HubName = Extract<ModelName, { source: 'hub' }>;

function addressOf({ url, file }: Extract<ModelName, { source: 'address' }>): RemoteSource {
  const source = addressSource(url);
  return file === undefined ? source : oneFile(source, file, url + file);
}

/** Adapters fit any model of the same shapes, but mean something for their own base alone. */
function strangeBase(baseModel: string | undefined, model: string): string[] {
  if (baseModel === undefined || bareModel(baseModel) === bareModel(model)) return [];
  return [
    `The adapter says that it was trained on ${baseModel}, not on ${model}: it fits in shape, but answers may be nonsense.`,
  ];
}

/** `hf:Owner/Name@revision` and `/home/me/models/Name` are both taken for `name`. */
function bareModel(name: string): string {
  const path = hubModel(name)?.repo ?? name.replace(/^local:/, '');
  return path.split(/[\\/]/).findLast(Boolean)?.toLowerCase() ?? '';
}

function keptBytes(record: CacheRecord | undefined, name: string): number {
  const file = record?.files[name];
  return file ? bytesKept(file) : 0;
}

/** Files that the cache has whole are read from there, the others from the network. */
function wholeFrom(
  record: CacheRecord | undefined,
  cached: SeekableFiles,
  direct: SeekableFiles,
): SeekableFiles {
  const of = (name: string) => (record?.files[name]?.whole ? cached : direct);
  return Object.assign((name: string) => of(name)(name), {
    range: (name: string, from: number, to: number) => of(name).range(name, from, to),
    size: (name: string) => of(name).size(name),
    ...(cached.names && { names: cached.names }),
  });
}
