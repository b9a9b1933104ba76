// Something that turns texts into vectors.

/** A model that the user may load. */
export interface Embedder {
  readonly name: string;
  /** [texts][dimensions] */
  embed(texts: readonly string[], signal?: AbortSignal): Promise<readonly ArrayLike<number>[]>;
}
