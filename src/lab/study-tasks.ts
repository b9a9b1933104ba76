// Prompts made ready for one model: tokens, answers and their trie.
import { buildTrie } from '../core/targets/build-trie.ts';
import { possibleAnswers } from '../core/targets/choices.ts';
import type { OutputSpace } from '../core/targets/space.ts';
import type { Trie } from '../core/targets/trie.ts';
import type { Tokenizer } from '../model/tokenizer.ts';
import type { StudyPrompt } from './study-prompts.ts';

export interface Task {
  readonly prompt: StudyPrompt;
  readonly tokens: readonly number[];
  /** The answers that can occur. */
  readonly space: OutputSpace;
  readonly trie: Trie;
}

/** Makes tasks and remembers them, so that a prompt met again costs nothing. */
export class TaskMaker {
  readonly #tokenizer: Tokenizer;
  readonly #settings: { readonly decimals: number; readonly bins: number };
  readonly #made = new Map<string, Task>();

  constructor(tokenizer: Tokenizer, settings: { decimals: number; bins: number }) {
    this.#tokenizer = tokenizer;
    this.#settings = settings;
  }

  /** @throws InputError where the tokenizer cannot express an answer or tell two apart */
  make(prompt: StudyPrompt): Task {
    const known = this.#made.get(prompt.id);
    if (known) return known;
    const tokenizer = this.#tokenizer;
    const space = possibleAnswers(prompt.space(this.#settings));
    const trie = buildTrie(space, (text) => tokenizer.encodeAnswer(text), tokenizer.endToken);
    const task = { prompt, tokens: tokenizer.promptTokens(prompt.text), space, trie };
    this.#made.set(prompt.id, task);
    return task;
  }
}
