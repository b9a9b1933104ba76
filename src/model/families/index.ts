// From a Hugging Face config.json to a DecoderSpec: one file per model family.
import * as v from 'valibot';
import { InputError } from '../../core/errors.ts';
import { checked, shown } from '../files/checked.ts';
import type { DecoderSpec } from '../spec/decoder-spec.ts';
import type { ModelFamily } from './family.ts';
import { cohere2 } from './cohere2.ts';
import { gemma2 } from './gemma2.ts';
import { gemma3 } from './gemma3.ts';
import { gpt2 } from './gpt2.ts';
import { gptNeox } from './gpt-neox.ts';
import { gptOss } from './gpt-oss.ts';
import { granite } from './granite.ts';
import { llama } from './llama.ts';
import { mistral } from './mistral.ts';
import { olmo2 } from './olmo2.ts';
import { phi } from './phi.ts';
import { phi3 } from './phi3.ts';
import { refuseQuantised } from './quantised.ts';
import { qwen2, qwen3 } from './qwen.ts';
import { qwen3Moe } from './qwen3-moe.ts';
import { smollm3 } from './smollm3.ts';
import { starcoder2 } from './starcoder2.ts';
import { REFUSED } from './refused.ts';

/** A family is one file and its place in this list. */
export const MODEL_FAMILIES: readonly ModelFamily[] = [
  llama,
  mistral,
  qwen2,
  qwen3,
  qwen3Moe,
  gemma2,
  gemma3,
  gptOss,
  gpt2,
  phi,
  phi3,
  olmo2,
  granite,
  smollm3,
  gptNeox,
  starcoder2,
  cohere2,
];

const schema = v.looseObject({ model_type: v.string('must be a string') });

/**
 * The decoder that a parsed config.json describes. Defaults and derived values are those of
 * transformers' `configuration_*.py` and `modeling_*.py`.
 * @param source What to call the configuration in errors.
 * @throws InputError for an unknown family, an unsupported option, a missing or impossible field.
 */
export function decoderSpecFrom(config: unknown, source = 'config.json'): DecoderSpec {
  const found = checked(schema, config, source);
  const type = found.model_type;
  const family = MODEL_FAMILIES.find((each) => each.type === type);
  if (!family) {
    const need = Object.hasOwn(REFUSED, type) ? `: it needs ${REFUSED[type]}` : '';
    throw new InputError(
      `${source}: model_type ${shown(type)} is not supported${need}.`,
      `Supported are ${MODEL_FAMILIES.map((each) => each.type).join(', ')}.`,
      'model_type',
    );
  }
  refuseQuantised(found, source, family.quantised);
  return family.spec(config, source);
}
