// Prompts made ready for one model: tokens, answers and their trie.
import { buildTrie } from '../../core/targets/build-trie.ts';
import type { OutputSpace } from '../../core/targets/space.ts';
import type { Trie } from '../../core/targets/trie.ts';
import type { Tokenizer } from '../../model/tokenizer/tokenizer.ts';
import type { Resolution } from '../plan/study-plan.ts';
import type { StudyPrompt } from '../plan/study-prompt.ts';
import type { AnswerTokens } from '../events.ts';
import { answerTokens } from './answer-tokens.ts';

export class Task {
  /** Of the whole prompt, chat template included. */
  readonly tokens: readonly number[];
  readonly #tokenizer: Tokenizer;
  #trie: Trie | undefined;

  /** @param space the answers that can occur */
  constructor(
    tokenizer: Tokenizer,
    readonly prompt: StudyPrompt,
    readonly space: OutputSpace,
  ) {
    this.#tokenizer = tokenizer;
    this.tokens = tokenizer.promptTokens(prompt.text);
  }

  /**
   * Built when it is first asked for: sampled answers alone can do without.
   * @throws InputError where the tokenizer cannot express an answer or tell two apart
   */
  get trie(): Trie {
    const { endToken } = this.#tokenizer;
    const encode = (text: string) => this.#tokenizer.encodeAnswer(text);
    return (this.#trie ??= buildTrie(this.space, encode, endToken));
  }

  /** Builds the trie now: a tokenizer that cannot do it is found out before anything is trained. */
  prepared(): this {
    void this.trie;
    return this;
  }

  /** How the model writes the answers. */
  answerTokens(): AnswerTokens {
    return answerTokens(this.#tokenizer, this.space.values);
  }

  /** The tokens of an answer, the one that ends it included. */
  path(answer: number): number[] {
    return [...this.#tokenizer.encodeAnswer(this.space.values[answer]!), this.#tokenizer.endToken];
  }
}

/** Answers that are remembered, about 300 bytes each with the nodes that belong to them. */
const REMEMBERED_ANSWERS = 500_000;

/**
 * Makes tasks and remembers the latest, so that a prompt met again costs nothing, while the paper's
 * thousands of prompts with thousands of answers each do not fill the memory.
 */
export class TaskMaker {
  readonly #tokenizer: Tokenizer;
  readonly #resolution: Resolution;
  /** By text: identifiers of distributions may agree where their parameters differ little. */
  readonly #made = new Map<string, Task>();
  readonly #mostAnswers: number;
  #answers = 0;

  /** @param mostAnswers of all the tasks that are remembered */
  constructor(tokenizer: Tokenizer, resolution: Resolution, mostAnswers = REMEMBERED_ANSWERS) {
    this.#tokenizer = tokenizer;
    this.#resolution = resolution;
    this.#mostAnswers = mostAnswers;
  }

  make(prompt: StudyPrompt): Task {
    const known = this.#made.get(prompt.text);
    if (known) return known;
    const task = new Task(this.#tokenizer, prompt, prompt.space(this.#resolution));
    this.#remember(task);
    return task;
  }

  #remember(task: Task): void {
    this.#made.set(task.prompt.text, task);
    this.#answers += task.space.values.length;
    for (const [text, { space }] of this.#made) {
      if (this.#answers <= this.#mostAnswers) return;
      this.#made.delete(text);
      this.#answers -= space.values.length;
    }
  }
}
