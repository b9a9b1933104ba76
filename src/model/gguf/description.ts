// What a GGUF file of a model says besides its weights.
import type { GgufDialect } from './dialect.ts';
import type { GgufValue } from './writer.ts';

export interface GgufDescription {
  readonly dialect: GgufDialect;
  readonly keys: ReadonlyMap<string, GgufValue>;
  /** Vectors of F32 that belong to the configuration. */
  readonly vectors: ReadonlyMap<string, Float32Array>;
}
