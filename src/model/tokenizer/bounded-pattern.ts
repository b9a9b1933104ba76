// A regular expression of a stranger's file that gives up, by name, instead of running for ever.
import { InputError } from '../../core/errors.ts';
import { shown } from '../files/checked.ts';
import { type PatternProgram, programOf } from './pattern-program.ts';

/** Characters of a pattern. The longest published ones have about 1,000. */
const LONGEST_PATTERN = 10_000;
/** Steps over one text: some for each character, and a beginning. Published patterns take about 20. */
const STEPS_PER_CHARACTER = 200;
const FIRST_STEPS = 2_000_000;

/**
 * Works as the pattern that it is made of, but looks first, with a program that counts its steps,
 * whether finding the next match comes to an end. The engine itself cannot be interrupted. For `exec` and
 * `replaceAll`; `matchAll` and `split` would make a plain copy of it.
 */
export class BoundedPattern extends RegExp {
  readonly #program: PatternProgram;
  #text = '';
  #left = 0;

  /** @throws Error for a pattern whose steps cannot be counted */
  constructor(pattern: RegExp) {
    super(pattern.source, pattern.flags);
    if (this.source.length > LONGEST_PATTERN) {
      throw new Error(`a pattern has more than ${LONGEST_PATTERN} characters`);
    }
    this.#program = programOf(this);
  }

  /** @throws InputError where it would take too long */
  override exec(text: string): RegExpExecArray | null {
    if (text !== this.#text || this.lastIndex === 0) {
      this.#text = text;
      this.#left = FIRST_STEPS + STEPS_PER_CHARACTER * text.length;
    }
    this.#follow(text);
    return super.exec(text);
  }

  #follow(text: string): void {
    const allowance = { spend: (steps: number) => this.#spend(steps) };
    for (let at = this.lastIndex; at <= text.length; at++) {
      if (this.#program.run(text, at, allowance) >= 0) return;
      if (this.sticky) return;
    }
  }

  #spend(steps: number): void {
    this.#left -= steps;
    if (this.#left >= 0) return;
    throw new InputError(
      `tokenizer.json has a pattern that takes too long to split a text of ${this.#text.length} characters: ${shown(this.source)}.`,
      'Use the tokenizer as its model was published, or another model.',
      'tokenizer.json',
    );
  }
}
