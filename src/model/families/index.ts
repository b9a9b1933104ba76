// From a Hugging Face config.json to a DecoderSpec: one file per model family.
import * as v from 'valibot';
import { InputError } from '../../core/errors.ts';
import { checked, shown } from '../checked.ts';
import type { DecoderSpec } from '../decoder-spec.ts';
import { llamaSpec } from './llama.ts';
import { qwen3Spec } from './qwen3.ts';

const families = new Map([
  ['llama', llamaSpec],
  ['qwen3', qwen3Spec],
]);

const schema = v.object({ model_type: v.string('must be a string') });

/**
 * The decoder that a parsed config.json describes. Defaults and derived values are those of
 * transformers' `configuration_*.py` and `modeling_*.py`.
 * @param source What to call the configuration in errors.
 * @throws InputError for an unknown family, an unsupported option, a missing or impossible field.
 */
export function decoderSpecFrom(config: unknown, source = 'config.json'): DecoderSpec {
  const family = checked(schema, config, source).model_type;
  const spec = families.get(family);
  if (!spec) {
    throw new InputError(
      `${source}: model_type ${shown(family)} is not supported.`,
      `Supported are ${[...families.keys()].join(', ')}.`,
      'model_type',
    );
  }
  return spec(config, source);
}
