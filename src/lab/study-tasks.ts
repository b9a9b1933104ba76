// Prompts made ready for one model: tokens, answers and their trie.
import { buildTrie } from '../core/targets/build-trie.ts';
import { possibleAnswers } from '../core/targets/choices.ts';
import type { OutputSpace } from '../core/targets/space.ts';
import type { Trie } from '../core/targets/trie.ts';
import type { Tokenizer } from '../model/tokenizer.ts';
import type { Resolution } from './study-plan.ts';
import type { StudyPrompt } from './study-prompts.ts';

export interface Task {
  readonly prompt: StudyPrompt;
  readonly tokens: readonly number[];
  /** The answers that can occur. */
  readonly space: OutputSpace;
  readonly trie: Trie;
}

/** Trie nodes that are remembered, about 100 bytes each with all that belongs to them. */
const REMEMBERED_NODES = 1_500_000;

/**
 * Makes tasks and remembers the latest, so that a prompt met again costs nothing, while the paper's
 * thousands of prompts with tens of thousands of nodes each do not fill the memory.
 */
export class TaskMaker {
  readonly #tokenizer: Tokenizer;
  readonly #resolution: Resolution;
  /** By text: identifiers of distributions may agree where their parameters differ little. */
  readonly #made = new Map<string, Task>();
  readonly #mostNodes: number;
  #nodes = 0;

  /** @param mostNodes of all the tries that are remembered */
  constructor(tokenizer: Tokenizer, resolution: Resolution, mostNodes = REMEMBERED_NODES) {
    this.#tokenizer = tokenizer;
    this.#resolution = resolution;
    this.#mostNodes = mostNodes;
  }

  /** @throws InputError where the tokenizer cannot express an answer or tell two apart */
  make(prompt: StudyPrompt): Task {
    const known = this.#made.get(prompt.text);
    if (known) return known;
    const tokenizer = this.#tokenizer;
    const space = possibleAnswers(prompt.space(this.#resolution));
    const trie = buildTrie(space, (text) => tokenizer.encodeAnswer(text), tokenizer.endToken);
    const task = { prompt, tokens: tokenizer.promptTokens(prompt.text), space, trie };
    this.#remember(task);
    return task;
  }

  #remember(task: Task): void {
    this.#made.set(task.prompt.text, task);
    this.#nodes += task.trie.nodeCount;
    for (const [text, { trie }] of this.#made) {
      if (this.#nodes <= this.#mostNodes) return;
      this.#made.delete(text);
      this.#nodes -= trie.nodeCount;
    }
  }
}
