// A model's keys as a GGUF file has them: those of its own file, or what its folder amounts to.
import { InputError } from '../core/errors.ts';
import { MODEL_FAMILIES } from './families/index.ts';
import { requiredJson, type ModelFiles } from './files/model-files.ts';
import { describedByFile } from './gguf-folder.ts';
import { lostInGguf } from './gguf-return.ts';
import { ropeStretch, turning } from './gguf-stretch.ts';
import type { GgufDialect, GgufKeys } from './gguf/dialect.ts';
import { tokenizerKey } from './gguf/vocabulary.ts';
import { scoredKeys } from './gguf/scored-keys.ts';
import { vocabularyKeys, type BytePairDefinition } from './gguf/vocabulary-keys.ts';
import type { GgufValue } from './gguf/writer.ts';
import type { GgufDescription } from './gguf/description.ts';
import type { ModelCheckpoint } from './model-folder.ts';
import type { DecoderSpec } from './spec/decoder-spec.ts';
import { templateText } from './tokenizer/chat-template.ts';
import { specialTextsFrom } from './tokenizer/special-tokens.ts';

/**
 * A GGUF file's own keys, or those that a folder in Hugging Face layout amounts to.
 * @throws InputError for a folder of a family, or with a tokenizer, that is not written here
 */
export async function ggufDescription(
  folder: ModelFiles,
  checkpoint: ModelCheckpoint,
): Promise<GgufDescription> {
  const own = await describedByFile(folder);
  if (own) return own;
  const { spec, config } = checkpoint;
  const dialect = MODEL_FAMILIES.find(({ type }) => type === spec.family)?.gguf;
  if (!dialect || (dialect.config && !dialect.keys)) throw notWritten(spec);
  const stretch = ropeStretch(spec, dialect);
  if (!stretch) throw notWritten(spec, 'positions that are stretched in a way of their own');
  const keys = new Map([
    ...architectureKeys(spec, dialect, {
      ...stretch.keys,
      ...dialect.keys?.(config as Record<string, unknown>),
    }),
  ]);
  const lost = await lostInGguf(checkpoint, { dialect, keys, vectors: stretch.vectors });
  if (lost !== undefined) throw notWritten(spec, lost);
  for (const [key, value] of await tokenizerKeys(folder, checkpoint)) keys.set(key, value);
  return { dialect, keys, vectors: stretch.vectors };
}

const canBeWritten = () =>
  MODEL_FAMILIES.flatMap(({ type, gguf }) => (gguf && (!gguf.config || gguf.keys) ? [type] : []));

function notWritten({ family }: DecoderSpec, what?: string): InputError {
  return new InputError(
    `A folder of ${family}${what ? ` with ${what}` : ''} is not written as GGUF here.`,
    `Written are ${canBeWritten().join(', ')}. Write safetensors, which llama.cpp converts; or give a GGUF file of the model, which keeps its keys.`,
    'to',
  );
}

function architectureKeys(
  spec: DecoderSpec,
  { architecture }: GgufDialect,
  more: GgufKeys,
): readonly (readonly [string, GgufValue])[] {
  const { mlp, heads, kvHeads, headDim, norm, ropes } = spec;
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
    'rope.dimension_count': 2 * turning(ropes[0]!),
  };
  const epsilon = norm.kind === 'rms' ? 'layer_norm_rms_epsilon' : 'layer_norm_epsilon';
  const all: GgufKeys = {
    ...Object.fromEntries(Object.entries(counts).map(([name, u32]) => [name, { u32 }])),
    [`attention.${epsilon}`]: { f32: norm.eps },
    'rope.freq_base': { f32: ropes[0]!.theta },
    ...(ropes[1] && { 'rope.freq_base_swa': { f32: ropes[1].theta } }),
    ...more,
  };
  return [
    ['general.architecture', architecture],
    ['general.type', 'model'],
    ...Object.entries(all).map(([name, value]) => [`${architecture}.${name}`, value] as const),
  ];
}

const SPECIAL = { bos_token: 'bos', unk_token: 'unknown', pad_token: 'padding' } as const;

async function tokenizerKeys(files: ModelFiles, checkpoint: ModelCheckpoint) {
  const { spec } = checkpoint;
  // Whatever is wrong with it is said here.
  const { endTokens } = await checkpoint.tokenizer();
  const definition = (await requiredJson(files, 'tokenizer.json')) as BytePairDefinition;
  const keys = vocabularyKeys(definition, spec.vocabSize) ?? scoredKeys(definition, spec.vocabSize);
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
