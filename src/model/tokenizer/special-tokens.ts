// Which tokens end a text, and how special tokens are spelled, from the files that may say so.
import * as v from 'valibot';
import { InputError } from '../../core/errors.ts';
import { checked, shown, endTokenIds } from '../files/checked.ts';
import { optionalJson, type ModelFiles } from '../files/model-files.ts';
import type { SpecialTexts } from './chat-template.ts';

const NAMES = [
  ...(['bos_token', 'eos_token', 'unk_token', 'pad_token'] as const),
  ...(['sep_token', 'cls_token', 'mask_token'] as const),
];

const spelled = v.nullish(
  v.union([v.string(), v.object({ content: v.string() })], 'must be the text of a token'),
);

const textSchema = v.object({
  bos_token: spelled,
  eos_token: spelled,
  unk_token: spelled,
  pad_token: spelled,
  sep_token: spelled,
  cls_token: spelled,
  mask_token: spelled,
});

/** Texts from `tokenizer_config.json`, and from `special_tokens_map.json` where that has none. */
export async function specialTextsFrom(files: ModelFiles): Promise<SpecialTexts> {
  const texts: Record<string, string> = {};
  for (const source of ['tokenizer_config.json', 'special_tokens_map.json']) {
    const found = checked(textSchema, (await optionalJson(files, source)) ?? {}, source);
    for (const name of NAMES) {
      const value = found[name];
      if (value) texts[name] ??= typeof value === 'string' ? value : value.content;
    }
  }
  return texts;
}

const idSchema = v.object({ eos_token_id: v.nullish(endTokenIds) });

/**
 * The tokens that end a text, without repetition. They are those that the files name: the
 * tokenizer's `eos_token`, then `eos_token_id` of `generation_config.json` and `config.json`. First
 * comes the one that ends an answer: the one that the chat template writes after it (Gemma's
 * `<end_of_turn>`, while `<eos>` is its `eos_token`), else the first named, with a note that says so.
 * @param idOf The id of a token's text.
 * @param textOf The text of a token.
 * @param afterAnswer What the chat template writes after an answer, where there is one.
 * @throws InputError where none of the files names one, or the named text is no token.
 */
export async function endTokensFrom(
  files: ModelFiles,
  texts: SpecialTexts,
  idOf: (text: string) => number | undefined,
  textOf: (token: number) => string | undefined,
  afterAnswer: string | undefined,
): Promise<{ tokens: number[]; notes: string[] }> {
  const named = [...new Set(await namedEndTokens(files, texts, idOf))];
  const places = named.map((token) => placeIn(afterAnswer, textOf(token)));
  const first = Math.min(...places);
  if (first < Infinity) {
    return { tokens: [...new Set([named[places.indexOf(first)]!, ...named])], notes: [] };
  }
  const known = named.map((token) => shown(textOf(token) ?? token));
  const written = afterAnswer === '' ? 'nothing' : shown(afterAnswer);
  const note = `The chat template writes ${written} after an answer, and no end-of-sequence token of the model is in it (${known.join(', ')}): answers end with ${known[0]}.`;
  return { tokens: named, notes: afterAnswer === undefined ? [] : [note] };
}

function placeIn(text: string | undefined, token: string | undefined): number {
  const place = text === undefined || !token ? -1 : text.indexOf(token);
  return place < 0 ? Infinity : place;
}

async function namedEndTokens(
  files: ModelFiles,
  texts: SpecialTexts,
  idOf: (text: string) => number | undefined,
): Promise<number[]> {
  const found: number[] = [];
  const text = texts['eos_token'];
  if (text !== undefined) {
    const token = idOf(text);
    if (token === undefined) {
      throw new InputError(
        `tokenizer_config.json: eos_token ${shown(text)} is not in tokenizer.json.`,
        'Name a token that the tokenizer has.',
        'eos_token',
      );
    }
    found.push(token);
  }
  for (const source of ['generation_config.json', 'config.json']) {
    const { eos_token_id } = checked(idSchema, (await optionalJson(files, source)) ?? {}, source);
    found.push(...(eos_token_id ?? []));
  }
  if (found.length === 0) {
    throw new InputError(
      'No end-of-sequence token: none of tokenizer_config.json (eos_token), generation_config.json and config.json (eos_token_id) names one.',
      'Add eos_token to tokenizer_config.json; without it an answer has no end.',
      'eos_token',
    );
  }
  return found;
}
