// What a model family is: how its configurations describe a decoder.
import type { GgufDialect } from '../gguf/dialect.ts';
import type { DecoderSpec } from '../spec/decoder-spec.ts';

export interface ModelFamily {
  /** `model_type` of its config.json. */
  readonly type: string;
  /**
   * The decoder of a configuration. Defaults and derived values are those of transformers.
   * @param source What to call the configuration in errors.
   * @throws InputError naming the field that is wrong or not supported.
   */
  spec(config: unknown, source: string): DecoderSpec;
  /** The `quant_method` that its weights may have; float ones they always may. */
  readonly quantised?: string;
  /** How GGUF files have it, where they do. */
  readonly gguf?: GgufDialect;
}
