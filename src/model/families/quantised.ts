// Checkpoints whose weights are quantised: which tool made them, in words.
import { shown } from '../files/checked.ts';
import { refusal } from './common.ts';

type Fields = Readonly<Record<string, unknown>>;

/** As `quant_method` names them, and as people do. */
const TOOLS: Readonly<Record<string, string>> = {
  ...{ awq: 'AWQ', gptq: 'GPTQ', bitsandbytes: 'bitsandbytes', fp8: 'FP8', mxfp4: 'MXFP4' },
  ...{ 'compressed-tensors': 'compressed-tensors', hqq: 'HQQ', aqlm: 'AQLM', eetq: 'EETQ' },
  ...{ quanto: 'Quanto', torchao: 'torchao', modelopt: 'ModelOpt', vptq: 'VPTQ', spqr: 'SpQR' },
};

/**
 * @param allowed a `quant_method` that the family can read
 * @throws InputError where the configuration says that the weights are quantised
 */
export function refuseQuantised(raw: object, source: string, allowed?: string): void {
  const config = raw as Fields;
  const field = ['quantization_config', 'quantization', 'compression_config'].find(
    (name) => (config[name] ?? null) !== null,
  );
  if (field === undefined) return;
  const details = fieldsOf(config[field]);
  const method =
    details['quant_method'] ?? (field === 'compression_config' ? 'compressed-tensors' : null);
  if (method !== null && method === allowed) return;
  const { bits, group_size: group } = details;
  // MLX writes no method, and the same settings under one name or under both.
  const mlx = method === null && typeof bits === 'number' && typeof group === 'number';
  const tool = mlx
    ? 'MLX'
    : typeof method === 'string'
      ? (TOOLS[method] ?? shown(method))
      : undefined;
  const size = typeof bits === 'number' ? ` to ${bits} bits` : '';
  throw refusal(
    source,
    field,
    `the weights are quantised${tool ? ` by ${tool}` : ''}${size}, which is not supported`,
    'Use the model that this one was made from, with float weights (F32, F16 or BF16); the lab can round them to 8 bits itself.',
  );
}

const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null ? (value as Fields) : {};
