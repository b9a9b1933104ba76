// Names inside the bare model: checkpoints and adapters saved without the head leave out the first part.

/** `layers.0.mlp` of `model.layers.0.mlp`, `h.0.mlp` of `transformer.h.0.mlp`; other names as they are. */
export function bareName(name: string): string {
  return name.replace(/^(model|transformer|gpt_neox)\./, '');
}
