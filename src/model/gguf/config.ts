// The config.json that a GGUF file's keys amount to: the fields that all families share.
import { ROPE_FACTORS, type GgufDialect, type ToldByGguf } from './dialect.ts';
import { unusable } from './faults.ts';
import type { Metadata } from './metadata.ts';
import type { GgufFile } from './open.ts';
import { ggufTensor } from './tensor.ts';

/** A name by which the metadata is asked for what a special token is. */
export const END_KEYS = ['eos_token_id', 'eot_token_id', 'eom_token_id'].map(
  (name) => `tokenizer.ggml.${name}`,
);

/** Whether a tensor is part of the configuration rather than a weight. */
export const isConfiguration = (tensor: string): boolean =>
  Object.values(ROPE_FACTORS).includes(tensor);

/**
 * @param type `model_type` of the family
 * @throws InputError naming a key that is missing, or says what no configuration can say
 */
export async function ggufConfig(
  file: GgufFile,
  type: string,
  dialect: GgufDialect,
): Promise<Record<string, unknown>> {
  const { metadata } = file;
  const told = await toldBy(file, dialect.architecture);
  const needed = (key: string) => {
    const value = told.number(key);
    if (value !== undefined) return value;
    throw missing(metadata, `${dialect.architecture}.${key}`);
  };
  const heads = needed('attention.head_count');
  const width = needed('embedding_length');
  const embedding = file.entries.get('token_embd.weight');
  if (!embedding) throw missing(metadata, 'tensor token_embd.weight');
  const headDim = told.number('attention.key_length') ?? width / heads;
  refuseOtherValues(metadata, told, headDim);
  if ((told.number('expert_count') ?? 0) > 0 && !dialect.hasExperts) {
    throw unusable(
      metadata.source,
      `is a mixture of experts, which ${dialect.architecture} is not supported with`,
      'Use a model without experts, or of qwen3moe.',
    );
  }
  const epsilon = told.number('attention.layer_norm_rms_epsilon');
  const layerEpsilon = told.number('attention.layer_norm_epsilon');
  return {
    model_type: type,
    vocab_size: embedding.shape[0],
    hidden_size: width,
    intermediate_size: needed('feed_forward_length'),
    num_hidden_layers: needed('block_count'),
    num_attention_heads: heads,
    num_key_value_heads: told.number('attention.head_count_kv') ?? heads,
    head_dim: headDim,
    max_position_embeddings: needed('context_length'),
    ...(epsilon !== undefined && { rms_norm_eps: epsilon }),
    ...(layerEpsilon !== undefined && { layer_norm_eps: layerEpsilon, norm_epsilon: layerEpsilon }),
    attention_bias: told.has('blk.0.attn_q.bias'),
    mlp_bias: told.has('blk.0.ffn_up.bias'),
    tie_word_embeddings: !told.has('output.weight'),
    ...ropeFields(told, headDim),
    ...tokenFields(metadata),
    ...dialect.config?.(told),
  };
}

function tokenFields(metadata: Metadata): Record<string, unknown> {
  const ends = END_KEYS.flatMap((key) => metadata.number(key) ?? []);
  const begin = metadata.number('tokenizer.ggml.bos_token_id');
  return {
    ...(ends.length > 0 && { eos_token_id: ends.length === 1 ? ends[0] : [...new Set(ends)] }),
    ...(begin !== undefined && { bos_token_id: begin }),
  };
}

function ropeFields(told: ToldByGguf, headDim: number): Record<string, unknown> {
  const theta = told.number('rope.freq_base');
  const turned = told.number('rope.dimension_count') ?? headDim;
  const scaling = ropeScaling(told);
  return {
    ...(theta !== undefined && { rope_theta: theta }),
    ...(turned !== headDim && { partial_rotary_factor: turned / headDim }),
    ...(scaling && { rope_scaling: scaling }),
  };
}

function ropeScaling(told: ToldByGguf): Record<string, unknown> | undefined {
  const original = told.number('rope.scaling.original_context_length');
  const attention = told.number('rope.scaling.attn_factor');
  const all = told.vectors.get(ROPE_FACTORS.all);
  const short = told.vectors.get(ROPE_FACTORS.short) ?? all;
  const long = told.vectors.get(ROPE_FACTORS.long) ?? all;
  if (short && long) {
    return {
      rope_type: 'longrope',
      short_factor: short,
      long_factor: long,
      // The numbers of Llama 3's stretch are not in the file, only what they come to; it leaves attention alone.
      ...(all
        ? { attention_factor: 1 }
        : attention !== undefined && { attention_factor: attention }),
      original_max_position_embeddings: original ?? told.number('context_length'),
    };
  }
  const factor = told.number('rope.scaling.factor') ?? told.number('rope.scale_linear');
  if (factor === undefined || factor === 1) return undefined;
  if (original === undefined) return { rope_type: 'linear', factor };
  return { rope_type: 'yarn', factor, original_max_position_embeddings: original };
}

function refuseOtherValues(metadata: Metadata, told: ToldByGguf, headDim: number): void {
  const value = told.number('attention.value_length') ?? headDim;
  if (value === headDim) return;
  throw unusable(
    metadata.source,
    `heads of keys have ${headDim} values and those of values ${value}, which is not supported`,
    'Use a model whose heads have one size.',
  );
}

async function toldBy(file: GgufFile, architecture: string): Promise<ToldByGguf> {
  const { metadata, entries } = file;
  const vectors = new Map<string, readonly number[]>();
  for (const name of Object.values(ROPE_FACTORS)) {
    const values = await vector(file, name);
    if (values) vectors.set(name, values);
  }
  return {
    number(key) {
      const name = `${architecture}.${key}`;
      return metadata.isList(name) ? allAlike(metadata, name) : decimal(metadata.number(name));
    },
    flag: (key) => metadata.flag(`${architecture}.${key}`),
    flags: (key) =>
      metadata.isList(`${architecture}.${key}`)
        ? metadata.numbers(`${architecture}.${key}`)?.map(Boolean)
        : undefined,
    has: (tensor) => entries.has(tensor),
    vectors,
  };
}

/** As many rotary pairs as a head can have. */
const LONGEST_VECTOR = 2048;

async function vector(file: GgufFile, name: string): Promise<number[] | undefined> {
  const entry = file.entries.get(name);
  if (entry === undefined) return undefined;
  const [length = 0] = entry.shape;
  if (entry.type === 'F32' && entry.shape.length === 1 && length <= LONGEST_VECTOR) {
    return [...(await ggufTensor(entry, file.load, file.where(name)).read())];
  }
  throw unusable(
    file.source,
    `tensor ${name} must be a vector of at most ${LONGEST_VECTOR} F32 values`,
    'Use the file as its model was published.',
  );
}

/** Some keys may have a value for every layer. */
function allAlike(metadata: Metadata, key: string): number | undefined {
  const [first, ...others] = metadata.numbers(key) ?? [];
  if (others.every((value) => value === first)) return first;
  throw unusable(
    metadata.source,
    `${key} differs between layers, which is not supported`,
    'Use a model whose layers are alike.',
    key,
  );
}

/** Files hold F32: the short decimal that it was, such as 1e-5. */
function decimal(value: number | undefined): number | undefined {
  if (value === undefined || Number.isInteger(value)) return value;
  const short = Number(value.toPrecision(7));
  return Math.fround(short) === value ? short : value;
}

const missing = ({ source }: Metadata, what: string) =>
  unusable(source, `${what} is missing`, 'Use the file as its model was published.', what);
