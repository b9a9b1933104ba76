// From a Hugging Face config.json to a DecoderSpec: one file per model family.
import * as v from 'valibot';
import { InputError } from '../../core/errors.ts';
import { checked, shown } from '../files/checked.ts';
import type { DecoderSpec } from '../spec/decoder-spec.ts';
import { gemma3Spec, gemma3TextSpec } from './gemma3.ts';
import { gpt2Spec } from './gpt2.ts';
import { gptOssSpec } from './gpt-oss.ts';
import { llamaSpec } from './llama.ts';
import { mistralSpec } from './mistral.ts';
import { qwen2Spec, qwen3Spec } from './qwen.ts';

const families = new Map<string, (config: unknown, source: string) => DecoderSpec>([
  ['llama', llamaSpec],
  ['mistral', mistralSpec],
  ['qwen2', qwen2Spec],
  ['qwen3', qwen3Spec],
  ['gemma3_text', gemma3TextSpec],
  ['gpt_oss', gptOssSpec],
  ['gpt2', gpt2Spec],
]);

/** Families that are known and refused, each with its reason. */
const refused = new Map([['gemma3', gemma3Spec]]);

const schema = v.object({ model_type: v.string('must be a string') });

/**
 * The decoder that a parsed config.json describes. Defaults and derived values are those of
 * transformers' `configuration_*.py` and `modeling_*.py`.
 * @param source What to call the configuration in errors.
 * @throws InputError for an unknown family, an unsupported option, a missing or impossible field.
 */
export function decoderSpecFrom(config: unknown, source = 'config.json'): DecoderSpec {
  const family = checked(schema, config, source).model_type;
  const spec = families.get(family) ?? refused.get(family);
  if (!spec) {
    throw new InputError(
      `${source}: model_type ${shown(family)} is not supported.`,
      `Supported are ${[...families.keys()].join(', ')}.`,
      'model_type',
    );
  }
  return spec(config, source);
}
