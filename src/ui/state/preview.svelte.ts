// A first look at a prompt: its target at once, then what the untouched model answers.
import type { TargetPreview } from '../../lab/contract.ts';
import { type LabError, labErrorOf } from '../../lab/lab-error.ts';
import type { BaseLook, PreviewData } from './base-look.ts';

export interface PreviewSources {
  /** The target alone, computed without a model. */
  target(data: PreviewData): Promise<TargetPreview>;
  /** Null if something more important needs the worker. */
  base(data: PreviewData): Promise<BaseLook | null>;
}

/** How long typing must rest before each of the two looks. */
const REST_MS = { target: 60, base: 500 };

export class Preview {
  target = $state.raw<TargetPreview | null>(null);
  error = $state.raw<LabError | null>(null);
  base = $state.raw<BaseLook | null>(null);
  baseError = $state.raw<LabError | null>(null);
  measuring = $state(false);
  /** What the target on display was computed from: the last settings that were possible. */
  shown = $state.raw<PreviewData | null>(null);
  #data: PreviewData | null = null;
  #turn = 0;

  constructor(private readonly sources: PreviewSources) {}

  /** Looks at a prompt, unless it is the one already in view. */
  async look(data: PreviewData, again = false): Promise<void> {
    if (!again && JSON.stringify(data) === JSON.stringify(this.#data)) return;
    this.#data = data;
    const turn = ++this.#turn;
    const isCurrent = () => turn === this.#turn;
    this.measuring = false;
    await rest(this.target ? REST_MS.target : 0);
    if (!isCurrent()) return;
    try {
      const target = await this.sources.target(data);
      if (!isCurrent()) return;
      this.target = target;
      this.shown = data;
      this.base = null;
      this.error = null;
    } catch (thrown) {
      if (isCurrent()) this.error = labErrorOf(thrown);
      return;
    }
    await rest(REST_MS.base);
    if (isCurrent()) await this.#measure(data, isCurrent);
  }

  /** Looks at the same prompt once more, e.g. after the worker has become free. */
  async retry(): Promise<void> {
    if (this.#data && !this.base && !this.measuring) await this.look(this.#data, true);
  }

  /** Nobody looks any more: what is not known yet is asked for when somebody does again. */
  leave(): void {
    this.#turn++;
    this.measuring = false;
  }

  async #measure(data: PreviewData, isCurrent: () => boolean): Promise<void> {
    this.measuring = true;
    this.baseError = null;
    try {
      const base = await this.sources.base(data);
      if (isCurrent()) this.base = base;
    } catch (thrown) {
      if (isCurrent()) this.baseError = labErrorOf(thrown);
    } finally {
      if (isCurrent()) this.measuring = false;
    }
  }
}

const rest = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
