// Where models are chosen: described, fetched, put to use and deleted; one is in use at a time.
import { InputError } from '../../core/errors.ts';
import { openAdapter } from '../../model/adapter-folder.ts';
import { ggufDescription } from '../../model/gguf-description.ts';
import { modelFolder } from '../../model/gguf-folder.ts';
import { mergedGguf } from '../../model/merged-gguf.ts';
import { readCheckpoint } from '../../model/model-folder.ts';
import type { ModelFiles } from '../../model/files/model-files.ts';
import type { MemoryPlan } from '../../model/sources/memory-verdict.ts';
import type { ModelCache } from '../../model/sources/model-cache.ts';
import { modelSummary } from '../../model/sources/model-summary.ts';
import type { LoadOptions } from '../../model/language-model.ts';
import { loadTokenizer, type Tokenizer } from '../../model/tokenizer/tokenizer.ts';
import { tokenizerReport } from '../../model/tokenizer/tokenizer-report.ts';
import type {
  HubAccess,
  LoadEvent,
  LocalFile,
  ModelCalls,
  ModelWish,
  Notice,
} from '../contract.ts';
import type { WeightChoice } from '../../model/weight-forms.ts';
import type { StudyEvent } from '../events.ts';
import { type LoadedModel, loadModel, type LoadParts } from './model-loading.ts';
import type { ModelSources } from './model-sources.ts';
import { answerTokens } from '../study/answer-tokens.ts';
import { phaseEvent } from '../study/study-events.ts';

/** Prompts per optimizer step where nobody says how many. */
const BATCH = 8;

/** What an experiment says of its model. */
interface StudiedModel {
  readonly model: string;
  readonly weights?: ModelWish['format'] | undefined;
}

export interface ModelDeskParts<M> {
  readonly sources: ModelSources;
  readonly cache: () => Promise<ModelCache>;
  /** What the cache has to say, emptied as it is passed on. */
  readonly notices: Notice[];
  /** Reads the files, but for a tokenizer that was read before, and puts the weights where they are used. */
  place(files: ModelFiles, options: LoadOptions): Promise<M>;
  release(model: M): void;
  /** What this machine can hold; settles once its backend is known. */
  memory(): Promise<Omit<MemoryPlan, 'batch'>>;
}

export class ModelDesk<M> implements ModelCalls {
  /** The model in use, and the wish that it fulfils. */
  #current: (LoadedModel<M> & { readonly wished: string }) | undefined;
  #loading: { readonly stop: AbortController; readonly settled: Promise<unknown> } | undefined;
  #describing = new AbortController();
  /** The tokenizer that was read last: a look at a model is followed by more looks, and by its use. */
  #tokenizer: { readonly name: string; readonly read: Promise<Tokenizer> } | undefined;
  #studying = false;

  constructor(private readonly parts: ModelDeskParts<M>) {}

  async setAccess(access: HubAccess) {
    return this.parts.sources.setAccess(access);
  }

  async openFolder(name: string, files: readonly LocalFile[]) {
    return this.#renewed(this.parts.sources.addFolder(name, files));
  }

  async openAdapter(model: string, name: string, files: readonly LocalFile[]) {
    return this.#renewed(await this.parts.sources.addAdapter(model, name, files));
  }

  /** Other files of the same name are another model. */
  #renewed(model: string): string {
    const current = this.#current;
    if (current?.wished.startsWith(`${model} `)) this.#current = { ...current, wished: '' };
    this.#tokenizer = undefined;
    return model;
  }

  /** A new question takes the place of one that is not answered yet. */
  async summarise(model: string, { batch = BATCH }: ModelWish = {}) {
    this.#describing.abort();
    const { signal } = (this.#describing = new AbortController());
    const notes: string[] = [];
    const onNotice = ({ message }: { message: string }) => notes.push(message);
    const opened = await this.parts.sources.open(model, { signal, onNotice });
    const plan = { ...(await this.parts.memory()), batch };
    const summary = await modelSummary(opened.summarised, plan);
    return { ...summary, notes: [...notes, ...(opened.notes ?? []), ...summary.notes] };
  }

  async describeTokenizer(model: string) {
    this.#tokenizer = undefined;
    return tokenizerReport(await this.#tokenizerOf(model));
  }

  async cutAnswers(model: string, answers: readonly string[]) {
    return answerTokens(await this.#tokenizerOf(model), answers);
  }

  async #tokenizerOf(model: string): Promise<Tokenizer> {
    const { name, summarised } = await this.parts.sources.open(model);
    if (this.#tokenizer?.name !== name) {
      const read = modelFolder(summarised.files).then(loadTokenizer);
      const mine = (this.#tokenizer = { name, read });
      read.catch(() => {
        if (this.#tokenizer === mine) this.#tokenizer = undefined;
      });
    }
    return this.#tokenizer.read;
  }

  async saveAsGguf(
    model: string,
    onPiece: (piece: Uint8Array<ArrayBuffer>) => void | Promise<void>,
  ) {
    const { files, adapter } = await this.parts.sources.open(model);
    const checkpoint = await readCheckpoint(files);
    const description = await ggufDescription(files, checkpoint);
    const lora = adapter && (await openAdapter(adapter, checkpoint.spec));
    const file = mergedGguf(checkpoint, description, 'Q8_0', lora);
    // A piece may be a view of something larger, all of which a message would carry.
    for await (const piece of file.chunks()) await onPiece(piece.slice());
    return file.name;
  }

  async load(
    model: string,
    { format = 'stored' }: ModelWish,
    onEvent: (event: LoadEvent) => void | Promise<void>,
  ) {
    if (this.#studying) {
      throw new InputError(
        'A study is running on another model.',
        'Wait for its end, or cancel it.',
        'model',
      );
    }
    // Of several that wait for one load to end, each that begins is given up for the next.
    while (this.#loading) await this.cancelLoad();
    const stop = new AbortController();
    const work = this.#follow(model, format, stop.signal, onEvent);
    const mine = (this.#loading = { stop, settled: work.catch(() => {}) });
    try {
      return await work;
    } finally {
      if (this.#loading === mine) this.#loading = undefined;
    }
  }

  async #follow(
    model: string,
    format: WeightChoice,
    signal: AbortSignal,
    onEvent: (event: LoadEvent) => void | Promise<void>,
  ): Promise<'done' | 'cancelled'> {
    try {
      const loading = this.#ready(model, format, signal);
      for (;;) {
        const next = await loading.next();
        if (next.done) return 'done';
        await onEvent(next.value);
      }
    } catch (thrown) {
      if (signal.aborted) return 'cancelled';
      throw thrown;
    }
  }

  async cancelLoad(): Promise<void> {
    this.#loading?.stop.abort();
    await this.#loading?.settled;
  }

  async cachedModels() {
    return (await this.parts.cache()).list();
  }

  async deleteCached(key?: string) {
    return (await this.parts.cache()).delete(key);
  }

  /** Runs a study on an experiment's model, which is loaded first if it is not the one in use. */
  async *study(
    { model, weights = 'stored' }: StudiedModel,
    signal: AbortSignal,
    work: (loaded: LoadedModel<M>) => AsyncIterable<StudyEvent>,
  ): AsyncGenerator<StudyEvent> {
    this.#studying = true;
    try {
      while (this.#loading) await this.cancelLoad();
      const loading = this.#ready(model, weights, signal);
      try {
        let next = await loading.next();
        for (; !next.done; next = await loading.next()) yield studyEventOf(next.value);
        yield* work(next.value);
      } finally {
        await loading.return(undefined as never);
      }
    } finally {
      this.#studying = false;
    }
  }

  /**
   * Loads a model beside the one in use; the caller lets go of it.
   * @throws InputError, SourceError or the signal's reason
   */
  async *beside(model: string, signal: AbortSignal): AsyncGenerator<StudyEvent, LoadedModel<M>> {
    const { sources, release, notices } = this.parts;
    const place = (files: ModelFiles) => this.parts.place(files, {});
    const loading = loadModel(model, { sources, notices, place, release }, signal);
    try {
      let next = await loading.next();
      for (; !next.done; next = await loading.next()) yield studyEventOf(next.value);
      return next.value;
    } finally {
      await loading.return(undefined as never);
    }
  }

  async *#ready(
    model: string,
    format: WeightChoice,
    signal: AbortSignal,
  ): AsyncGenerator<LoadEvent, LoadedModel<M>> {
    const wished = `${model} ${format}`;
    if (this.#current?.wished !== wished) {
      // Two models at once may be more than the machine holds.
      if (this.#current) this.parts.release(this.#current.model);
      this.#current = undefined;
      const { sources, release, notices } = this.parts;
      const place: LoadParts<M>['place'] = async (files, { name, adapter }) => {
        // Others have to come by way of the cache, which keeps what is read.
        if (!name.startsWith('local:') || this.#tokenizer?.name !== name)
          this.#tokenizer = undefined;
        // What is wrong with it is found again.
        const tokenizer = await this.#tokenizer?.read.catch(() => undefined);
        return this.parts.place(files, { format, adapter, tokenizer });
      };
      const loading = loadModel(model, { sources, notices, place, release }, signal);
      this.#current = { ...(yield* loading), wished };
    }
    return this.#current;
  }
}

function studyEventOf(event: LoadEvent): StudyEvent {
  if (event.type === 'progress') return phaseEvent('loading', event.done, event.total, 'bytes');
  return { ...event, type: 'warning' };
}
