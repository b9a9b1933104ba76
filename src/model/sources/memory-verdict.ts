// Whether a model fits into this machine's memory, and what would make it fit.
import type { DecoderSpec } from '../spec/decoder-spec.ts';
import { weightShapes } from '../spec/decoder-spec.ts';
import type { WeightFormat } from '../decoder/decoder-weights.ts';
import { weightBytes } from '../memory-estimate.ts';

export interface MemoryOptions {
  /** How matrices are kept. */
  readonly weights: WeightFormat;
  /** Prompts per optimizer step. */
  readonly batch: number;
}

/** Predicted peaks in bytes, weights included. */
export interface MemoryEstimate {
  readonly training: number;
  readonly scoring: number;
}

export type MemoryEstimator = (spec: DecoderSpec, options: MemoryOptions) => MemoryEstimate;

export type Verdict =
  | { readonly kind: 'fits' }
  /** It does not as asked for, but it would with 8-bit weights, with a smaller batch, or both. */
  | {
      readonly kind: 'fits with';
      readonly format: 'stored' | 'int8';
      readonly batch: number;
      readonly reason: string;
    }
  | { readonly kind: 'refused'; readonly reason: string; readonly advice: string };

/** What the machine can do. */
export interface MemoryPlan {
  readonly batch: number;
  /** Bytes that the lab may use here. */
  readonly limit: number;
  /** Whether the backend keeps 16-bit and 8-bit weights as they are; others widen them. */
  readonly packs: boolean;
  readonly estimate: MemoryEstimator;
}

export function parameterCount(spec: DecoderSpec): number {
  return [...weightShapes(spec).values()].reduce(
    (sum, shape) => sum + shape.reduce((product, extent) => product * extent, 1),
    0,
  );
}

/** Why not even the weights fit in their smallest form; undefined where they do. */
export function hopeless(spec: DecoderSpec, { limit, packs }: MemoryPlan): Verdict | undefined {
  const parameters = parameterCount(spec);
  const bytes = weightBytes(spec, packs ? 'int8' : 'f32');
  if (bytes <= limit) return undefined;
  const form = packs ? 'even in 8 bits' : 'in the 32 bits that this backend needs';
  return {
    kind: 'refused',
    reason: `Its ${count(parameters)} parameters take ${gigabytes(bytes)} ${form}, more than the ${gigabytes(limit)} that the lab may use here.`,
    advice: packs
      ? 'Choose a smaller model.'
      : 'Choose a smaller model, or a browser and machine with WebGPU, which keeps weights smaller.',
  };
}

/** @param stored how the weights are kept if nothing else is asked for */
export function verdictFor(spec: DecoderSpec, stored: WeightFormat, plan: MemoryPlan): Verdict {
  const { batch, limit, packs } = plan;
  const asked = peak(spec, { weights: stored, batch }, plan);
  if (asked <= limit) return { kind: 'fits' };
  const reason = `Training needs about ${gigabytes(asked)}, and the lab may use ${gigabytes(limit)} here.`;
  for (const format of packs && stored !== 'int8'
    ? (['stored', 'int8'] as const)
    : (['stored'] as const)) {
    const weights = format === 'int8' ? 'int8' : stored;
    for (let smaller = batch; smaller >= 1; smaller = Math.floor(smaller / 2)) {
      if (peak(spec, { weights, batch: smaller }, plan) > limit) continue;
      return { kind: 'fits with', format, batch: smaller, reason };
    }
  }
  return {
    kind: 'refused',
    reason,
    advice: `Not even one prompt at a time${packs ? ' with 8-bit weights' : ''} would fit: choose a smaller model.`,
  };
}

const peak = (spec: DecoderSpec, options: MemoryOptions, { estimate }: MemoryPlan) =>
  Math.max(...Object.values(estimate(spec, options)));

const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(bytes < 1e9 ? 2 : 1)} GB`;

const count = (n: number) =>
  n >= 1e9 ? `${(n / 1e9).toFixed(1)} billion` : `${(n / 1e6).toFixed(1)} million`;
