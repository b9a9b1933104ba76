// The adapter_config.json of a PEFT LoRA adapter: what we can honour of it, the rest refused.
import * as v from 'valibot';
import { InputError } from '../../core/errors.ts';
import { checked, wholeNumber, flag, positiveNumber, shown } from '../files/checked.ts';

const rank = wholeNumber(1 << 16);

const NO_TARGETS = 'must name at least one module';

const layerIndices = v.nullish(
  v.union([v.number(), v.array(v.number())], 'must be the index of a layer, or a list of them'),
);

const schema = v.object({
  peft_type: v.literal('LORA', 'must be "LORA"'),
  base_model_name_or_path: v.nullish(v.string('must be a string'), null),
  r: rank,
  lora_alpha: positiveNumber,
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
    [v.string(), v.pipe(v.array(v.string()), v.nonEmpty(NO_TARGETS))],
    'must be a list of module names, a pattern, or "all-linear"',
  ),
  exclude_modules: v.nullish(v.union([v.string(), v.array(v.string())], 'must name modules')),
  layers_to_transform: layerIndices,
  rank_pattern: v.nullish(v.record(v.string(), rank, 'must map modules to ranks'), {}),
  alpha_pattern: v.nullish(v.record(v.string(), positiveNumber, 'must map modules to alphas'), {}),
  bias: v.nullish(v.literal('none', 'must be "none": trained biases are not supported'), 'none'),
  init_lora_weights: v.nullish(
    v.union([v.boolean(), v.string()], 'must be true, false or the name of an initialiser'),
    true,
  ),
});

/**
 * Options that change what the adapter computes, in ways that we do not. `fan_in_fan_out` is not
 * among them: it tells how the base weights lie, which PEFT itself corrects by the module's type.
 */
const MUST_BE_OFF = [
  'use_dora',
  'use_qalora',
  'use_bdlora',
  'lora_bias',
  'modules_to_save',
  'layer_replication',
  'trainable_token_indices',
  'alora_invocation_tokens',
  'arrow_config',
  'kasa_config',
  'velora_config',
  'monteclora_config',
] as const;

const MERGE = 'merge it into its model with PEFT (merge_and_unload) and use the result';

/**
 * Ways to begin that change the base weights, which PEFT does again at every load: what is stored adds
 * to a base that is in no file. All others count no more once the weights are stored.
 */
const CHANGES_BASE: readonly { begun: RegExp; how: string; advice: string }[] = [
  {
    // By decomposing them, for CorDA together with activations on data of its own.
    begun: /^(pissa|corda|olora$)/i,
    how: 'takes its first values out of the base weights',
    advice: `Save the adapter again with PEFT as a plain one (save_pretrained with path_initial_model_for_weight_conversion, the adapter from before training), or ${MERGE}.`,
  },
  {
    // PEFT converts no such adapter to a plain one.
    begun: /^loftq$/i,
    how: 'puts quantised weights in the place of the base weights',
    advice: `Instead, ${MERGE}.`,
  },
];

export type PeftConfig = v.InferOutput<typeof schema>;

/** `.*\.gate_up_proj` means what `gate_up_proj` does. */
const plainKeys = <T>(pattern: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(
    Object.entries(pattern).map(([key, value]) => [key.replace(/^\.\*\\\./, ''), value]),
  );

/**
 * @param adaptsParameters whether the model has parameters that adapters may name (`target_parameters`)
 * @throws InputError for a field that is missing or impossible, or an option that is not supported.
 */
export function peftConfigFrom(
  raw: unknown,
  source: string,
  { adaptsParameters = false } = {},
): PeftConfig {
  const read = checked(schema, raw, source);
  const config = {
    ...read,
    rank_pattern: plainKeys(read.rank_pattern),
    alpha_pattern: plainKeys(read.alpha_pattern),
  };
  const options = raw as Record<string, unknown>;
  const mustBeOff = adaptsParameters ? MUST_BE_OFF : [...MUST_BE_OFF, 'target_parameters'];
  const on = mustBeOff.find((name) => !isOff(options[name]));
  if (on !== undefined) {
    throw new InputError(
      `${source}: ${on} ${shown(options[on])} is not supported.`,
      'Supported are plain LoRA adapters: a pair of matrices for each adapted module, nothing else.',
      on,
    );
  }
  const { init_lora_weights: begun } = config;
  const change = CHANGES_BASE.find((way) => typeof begun === 'string' && way.begun.test(begun));
  if (change) {
    throw new InputError(
      `${source}: init_lora_weights ${shown(begun)} ${change.how}, and the file does not hold what is left of them.`,
      change.advice,
      'init_lora_weights',
    );
  }
  for (const field of ['rank_pattern', 'alpha_pattern'] as const) {
    const key = Object.keys(config[field]).find((name) => !/^\^?[\w.]+$/.test(name));
    if (key === undefined) continue;
    throw new InputError(
      `${source}: ${field} has the pattern ${shown(key)}; only names of modules are supported.`,
      'Name the modules in full or by their dotted ends, e.g. layers.0.self_attn.q_proj.',
      field,
    );
  }
  return config;
}

function isOff(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.keys(value).length === 0;
  return value === undefined || value === null || value === false;
}
