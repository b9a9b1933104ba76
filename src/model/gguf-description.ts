// A model's keys as a GGUF file has them: those of its own file, or what its folder amounts to.
import { InputError } from '../core/errors.ts';
import { FAMILIES } from './families/index.ts';
import { plainFrequencies } from './families/rope-frequencies.ts';
import { requiredJson, type ModelFiles } from './files/model-files.ts';
import { describedByFile } from './gguf-folder.ts';
import { ROPE_FACTORS } from './gguf/config.ts';
import type { GgufDialect } from './gguf/dialect.ts';
import { tokenizerKey } from './gguf/vocabulary.ts';
import { vocabularyKeys, type BytePairDefinition } from './gguf/vocabulary-keys.ts';
import type { GgufValue } from './gguf/writer.ts';
import type { GgufDescription } from './gguf/description.ts';
import type { Checkpoint } from './model-folder.ts';
import type { DecoderSpec } from './spec/decoder-spec.ts';
import { templateText } from './tokenizer/chat-template.ts';
import { specialTextsFrom } from './tokenizer/special-tokens.ts';

/**
 * A GGUF file's own keys, or those that a folder in Hugging Face layout amounts to.
 * @throws InputError for a folder of a family, or with a tokenizer, that is not written here
 */
export async function ggufDescription(
  folder: ModelFiles,
  checkpoint: Checkpoint,
): Promise<GgufDescription> {
  const own = await describedByFile(folder);
  if (own) return own;
  const { spec, config } = checkpoint;
  const dialect = plainDialect(spec);
  const theta = thetaIn(config);
  const factors = ropeFactors(spec, theta);
  if (factors && dialect.architecture !== 'llama') throw notWritten(spec, 'stretched positions');
  return {
    dialect,
    keys: new Map([
      ...architectureKeys(checkpoint, dialect, theta),
      ...(await tokenizerKeys(folder, checkpoint)),
    ]),
    vectors: new Map(factors && [[ROPE_FACTORS.all, factors]]),
  };
}

/** That of a family which can be written. */
function plainDialect(spec: DecoderSpec): GgufDialect {
  const dialect = FAMILIES.find(({ type }) => type === spec.family)?.gguf;
  if (!dialect || (dialect.config && !dialect.keys)) throw notWritten(spec);
  const isPlain = spec.attention.every(({ window, rope }, layer) => {
    return window === null && rope === (dialect.unrotated?.(layer) ? null : 0);
  });
  if (!isPlain) throw notWritten(spec, 'layers that attend in ways of their own');
  return dialect;
}

const canBeWritten = () =>
  FAMILIES.flatMap(({ type, gguf }) => (gguf && (!gguf.config || gguf.keys) ? [type] : []));

function notWritten({ family }: DecoderSpec, what?: string): InputError {
  return new InputError(
    `A folder of ${family}${what ? ` with ${what}` : ''} is not written as GGUF here.`,
    `Written are ${canBeWritten().join(', ')}. Write safetensors, which llama.cpp converts; or give a GGUF file of the model, which keeps its keys.`,
    'to',
  );
}

function thetaIn(config: unknown): number {
  const told = config as { rope_theta?: number; rope_parameters?: { rope_theta?: number } | null };
  return told.rope_theta ?? told.rope_parameters?.rope_theta ?? 1e4;
}

/** What plain frequencies are divided by; undefined where that is 1. */
function ropeFactors(spec: DecoderSpec, theta: number): Float32Array | undefined {
  const { inverseFrequencies, long, cosSinFactor } = spec.ropes[0]!;
  const changes = long?.inverseFrequencies.some((each, i) => each !== inverseFrequencies[i]);
  if (changes || cosSinFactor !== 1)
    throw notWritten(spec, 'positions that change with the length');
  const plain = plainFrequencies(theta, spec.headDim);
  const factors = plain.map((each, i) => each / inverseFrequencies[i]!);
  return factors.every((factor) => factor === 1) ? undefined : factors;
}

function architectureKeys(
  { spec, config }: Checkpoint,
  { architecture, keys }: GgufDialect,
  theta: number,
): readonly (readonly [string, GgufValue])[] {
  const { mlp, heads, kvHeads, headDim, norm } = spec;
  const counts = {
    vocab_size: spec.vocabSize,
    context_length: spec.maxPositions,
    embedding_length: spec.width,
    block_count: spec.layers,
    feed_forward_length: mlp.width,
    'attention.head_count': heads,
    'attention.head_count_kv': kvHeads,
    'attention.key_length': headDim,
    'attention.value_length': headDim,
    'rope.dimension_count': headDim,
  };
  const epsilon = norm.kind === 'rms' ? 'layer_norm_rms_epsilon' : 'layer_norm_epsilon';
  const key = (name: string) => `${architecture}.${name}`;
  return [
    ['general.architecture', architecture],
    ['general.type', 'model'],
    ...Object.entries(counts).map(([name, u32]) => [key(name), { u32 }] as const),
    [key(`attention.${epsilon}`), { f32: norm.eps }],
    [key('rope.freq_base'), { f32: theta }],
    ...Object.entries(keys?.(config as Record<string, unknown>) ?? {}).map(
      ([name, f32]) => [key(name), { f32 }] as const,
    ),
  ];
}

const SPECIAL = { bos_token: 'bos', unk_token: 'unknown', pad_token: 'padding' } as const;

async function tokenizerKeys(files: ModelFiles, checkpoint: Checkpoint) {
  const { spec } = checkpoint;
  // Whatever is wrong with it is said here.
  const { endTokens } = await checkpoint.tokenizer();
  const definition = (await requiredJson(files, 'tokenizer.json')) as BytePairDefinition;
  const keys = vocabularyKeys(definition, spec.vocabSize);
  if (!keys) throw notWritten(spec, 'a tokenizer that GGUF has no name for');
  const idOf = (text: string) =>
    definition.added_tokens?.find(({ content }) => content === text)?.id ??
    definition.model.vocab[text];
  const specials = await specialTextsFrom(files);
  for (const [name, key] of Object.entries(SPECIAL)) {
    const id = specials[name] === undefined ? undefined : idOf(specials[name]);
    if (id !== undefined) keys.set(tokenizerKey(`${key}_token_id`), { u32: id });
  }
  const [end, turn] = endTokens;
  keys.set(tokenizerKey('eos_token_id'), { u32: end! });
  if (turn !== undefined) keys.set(tokenizerKey('eot_token_id'), { u32: turn });
  const template = await templateText(files);
  if (template !== undefined) keys.set('tokenizer.chat_template', template);
  return keys;
}
