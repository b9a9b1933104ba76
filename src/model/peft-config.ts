// The adapter_config.json of a PEFT LoRA adapter: what we can honour of it, the rest refused.
import * as v from 'valibot';
import { InputError } from '../core/errors.ts';
import { checked, count, flag, positive, shown } from './checked.ts';

const schema = v.object({
  peft_type: v.literal('LORA', 'must be "LORA"'),
  r: count(1 << 16),
  lora_alpha: positive,
  lora_dropout: v.nullish(
    v.pipe(
      v.number('must be a number'),
      v.minValue(0, 'must be at least 0'),
      v.ltValue(1, 'must be below 1'),
    ),
    0,
  ),
  use_rslora: v.nullish(flag, false),
  target_modules: v.union(
    [v.string(), v.pipe(v.array(v.string()), v.nonEmpty())],
    'must be a list of module names, a pattern, or "all-linear"',
  ),
  bias: v.nullish(v.literal('none', 'must be "none": trained biases are not supported'), 'none'),
  init_lora_weights: v.nullish(
    v.union([v.boolean(), v.literal('gaussian')], 'must not be one that changes the base weights'),
    true,
  ),
});

/** Options that change what the adapter computes, in ways that we do not. */
const MUST_BE_OFF = [
  'use_dora',
  'use_qalora',
  'use_bdlora',
  'lora_bias',
  'fan_in_fan_out',
  'modules_to_save',
  'exclude_modules',
  'layers_to_transform',
  'layer_replication',
  'target_parameters',
  'trainable_token_indices',
  'rank_pattern',
  'alpha_pattern',
  'alora_invocation_tokens',
  'arrow_config',
  'kasa_config',
  'velora_config',
  'monteclora_config',
] as const;

export type PeftConfig = v.InferOutput<typeof schema>;

/**
 * @throws InputError for a field that is missing or impossible, or an option that is not supported.
 */
export function peftConfigFrom(raw: unknown, source = 'adapter_config.json'): PeftConfig {
  const config = checked(schema, raw, source);
  const options = raw as Record<string, unknown>;
  const on = MUST_BE_OFF.find((name) => !isOff(options[name]));
  if (on !== undefined) {
    throw new InputError(
      `${source}: ${on} ${shown(options[on])} is not supported.`,
      'Supported are plain LoRA adapters with one rank and one alpha for all modules.',
      on,
    );
  }
  return config;
}

function isOff(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.keys(value).length === 0;
  return value === undefined || value === null || value === false;
}
