// Text to tokens and back: a Hugging Face tokenizer, its end tokens and its way of being prompted.
import { InputError } from '../../core/errors.ts';
import { shown } from '../files/checked.ts';
import { loadChatTemplate, type ChatTemplate } from './chat-template.ts';
import { optionalJson, requiredJson, type ModelFiles } from '../files/model-files.ts';
import { numberEncoder, type NumberEncoder } from './number-encoder.ts';
import { endTokensFrom, specialTextsFrom } from './special-tokens.ts';
import { engineOf, type Engine } from './engine.ts';
import { checkTokenIds } from './token-ids.ts';

/** Answers whose tokens are remembered; they recur from one distribution to the next. */
const REMEMBERED = 1 << 16;

export interface TokenizerWays {
  readonly template?: ChatTemplate | undefined;
  readonly encodeNumber?: NumberEncoder | undefined;
  readonly notes?: readonly string[];
  /** What the template is told that asks for the day, as YYYY-MM-DD. */
  readonly date?: string;
}

export class Tokenizer {
  readonly #engine: Engine;
  readonly #template: ChatTemplate | undefined;
  readonly #remembered = new Map<string, readonly number[]>();
  readonly #encodeNumber: NumberEncoder | undefined;
  readonly #ways: TokenizerWays;
  /** One more than the largest token id; a model may have room for more. */
  readonly vocabSize: number;
  /** Every token that ends a text, the one that ends an answer first. */
  readonly endTokens: readonly number[];
  /** For the user to read. */
  readonly notes: readonly string[];

  constructor(engine: Engine, endTokens: readonly number[], ways: TokenizerWays) {
    this.#engine = engine;
    this.#ways = ways;
    this.notes = ways.notes ?? [];
    this.#template = ways.template;
    this.#encodeNumber = ways.encodeNumber;
    this.vocabSize = engine.model?.vocab.length ?? 0;
    this.endTokens = endTokens;
  }

  /** The token that ends an answer, in training and in the trie. */
  get endToken(): number {
    return this.endTokens[0]!;
  }

  /** Whether prompts pass through a chat template. */
  get hasChatTemplate(): boolean {
    return this.#template !== undefined;
  }

  /**
   * The tokens of a text; none is added around it. Special tokens spelled out in it are recognised.
   * @throws InputError where the vocabulary cannot express the text.
   */
  encode(text: string): number[] {
    return this.#encode(text, false);
  }

  /**
   * The tokens of an answer, remembered for the next time.
   * @throws InputError for a text that its tokens do not spell: a character dropped or replaced by
   * the unknown token, or a special token spelled out, would make another answer of it.
   */
  encodeAnswer(text: string): readonly number[] {
    const known = this.#encodeNumber?.(text) ?? this.#remembered.get(text);
    if (known) return known;
    const tokens = this.encode(text);
    if (plain(this.decode(tokens)) !== plain(text)) throw inexpressible(text);
    if (this.#remembered.size === REMEMBERED) this.#remembered.clear();
    this.#remembered.set(text, tokens);
    return tokens;
  }

  /** The same tokenizer, whose prompts are written on another day (YYYY-MM-DD). */
  on(date: string): Tokenizer {
    return new Tokenizer(this.#engine, this.endTokens, { ...this.#ways, date });
  }

  /** The prompt as the model reads it: through the chat template where it has one. */
  promptText(prompt: string): string {
    return this.#template ? this.#template.prompt(prompt, this.#ways.date) : prompt;
  }

  /** The tokens of a prompt. A template writes its own special tokens. */
  promptTokens(prompt: string): number[] {
    return this.#read(this.promptText(prompt));
  }

  /**
   * The tokens of a bare text, with those that the tokenizer's post-processor puts in front (often a
   * beginning of sequence), not an end.
   */
  textTokens(text: string): number[] {
    const tokens = this.#encode(text, true);
    const appended = tokens.at(-1) === this.endToken && this.encode(text).at(-1) !== this.endToken;
    return appended ? tokens.slice(0, -1) : tokens;
  }

  /**
   * A prompt with each of its continuations, read as one text: how a continuation is cut depends on
   * what stands before it. `from` is the first token that is not the prompt's in all of them.
   */
  continuedTokens(
    prompt: string,
    continuations: readonly string[],
  ): { all: number[][]; from: number } {
    const text = this.promptText(prompt);
    const given = this.#read(text);
    const all = continuations.map((continuation) => this.#read(text + continuation));
    const shared = (tokens: readonly number[]) => {
      const end = given.findIndex((token, i) => token !== tokens[i]);
      return end < 0 ? given.length : end;
    };
    return { all, from: Math.min(given.length, ...all.map(shared)) };
  }

  /**
   * The tokens of a text that is embedded, with the special ones that the tokenizer's post-processor
   * puts around it; never none.
   */
  embeddedTokens(text: string): number[] {
    const tokens = this.#encode(text, true);
    return tokens.length > 0 ? tokens : [this.endToken];
  }

  /** The text of tokens, without special ones; ids that no token has are left out. */
  decode(tokens: readonly number[]): string {
    return this.#decode(tokens, true);
  }

  /** The text of each token by itself, special ones included; empty for ids that no token has. */
  pieces(tokens: readonly number[]): string[] {
    return tokens.map((token) => this.#decode([token], false));
  }

  /** What a template wrote, or a bare text. */
  #read(text: string): number[] {
    return this.#template ? this.encode(text) : this.textTokens(text);
  }

  #encode(text: string, around: boolean): number[] {
    const { ids } = usable(() => this.#engine.encode(text, { add_special_tokens: around }));
    if (ids.includes(undefined as never)) throw inexpressible(text);
    return ids;
  }

  #decode(tokens: readonly number[], skipSpecial: boolean): string {
    const known = tokens.filter((token) => this.#engine.id_to_token(token) !== undefined);
    if (known.length === 0) return '';
    return usable(() =>
      this.#engine.decode(known, {
        skip_special_tokens: skipSpecial,
        clean_up_tokenization_spaces: false,
      }),
    );
  }
}

/**
 * The tokenizer of a model folder: `tokenizer.json`, with end tokens and chat template from
 * `tokenizer_config.json`, `special_tokens_map.json`, `generation_config.json`, `config.json`.
 * @throws InputError where a file is damaged or nothing names an end-of-sequence token.
 */
export async function loadTokenizer(files: ModelFiles): Promise<Tokenizer> {
  const definition = await requiredJson(files, 'tokenizer.json');
  const config = (await optionalJson(files, 'tokenizer_config.json')) ?? {};
  const specials = await specialTextsFrom(files);
  checkTokenIds(definition);
  const engine = usable(() => engineOf(definition, config));
  const template = await loadChatTemplate(files, specials);
  const { tokens: endTokens, notes } = await endTokensFrom(
    files,
    specials,
    (text) => engine.token_to_id(text),
    (token) => engine.id_to_token(token),
    template?.afterAnswer(),
  );
  const unknown = endTokens.find((token) => engine.id_to_token(token) === undefined);
  if (unknown !== undefined) {
    throw new InputError(
      `The end-of-sequence token ${unknown} is not in tokenizer.json.`,
      'Use the tokenizer that belongs to the model.',
      'eos_token_id',
    );
  }
  const encodeNumber = usable(() => numberEncoder(engine, definition));
  return new Tokenizer(engine, endTokens, { template, encodeNumber, notes });
}

/** Tokenizers may compose accents, and put or drop a space in front. */
const plain = (text: string) => text.normalize('NFC').trim();

function inexpressible(text: string): InputError {
  return new InputError(
    `The tokenizer cannot express ${shown(text)}.`,
    'Use another model, or leave out the characters that it does not know.',
  );
}

/** Runs the library, which finds out what is wrong with its files by stumbling. */
function usable<T>(action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(
      `tokenizer.json cannot be used (${error instanceof Error ? error.message : String(error)}).`,
      'Use a tokenizer.json as the tokenizers library writes it.',
      'tokenizer.json',
    );
  }
}
