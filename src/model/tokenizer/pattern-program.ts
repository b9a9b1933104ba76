// A regular expression as a program whose steps can be counted, which those of the engine cannot.
import { type AST, RegExpParser } from '@eslint-community/regexpp';

/** Instructions of a pattern; published tokenizers have some hundreds. */
const LONGEST_PROGRAM = 20_000;

type Instruction =
  | { readonly op: 'one'; readonly of: (code: number) => boolean }
  /** Tries `then`, and if that fails `otherwise`. */
  | { readonly op: 'fork'; then: number; otherwise: number }
  | { readonly op: 'jump'; to: number }
  /** Notes where a turn of a loop begins. */
  | { readonly op: 'note'; readonly register: number }
  /** A turn must get on, or the loop would have no end. */
  | { readonly op: 'moved'; readonly register: number }
  | {
      readonly op: 'look';
      readonly inner: PatternProgram;
      readonly behind: boolean;
      readonly not: boolean;
    }
  | { readonly op: 'edge'; readonly holds: (text: string, at: number) => boolean }
  | { readonly op: 'done' };

/** Counts down; throws when nothing is left. */
export interface Allowance {
  spend(steps: number): void;
}

/**
 * Tries alternatives in the same order as the engine does, one after the other, so that it takes about
 * as many steps; those it counts.
 */
export class PatternProgram {
  readonly #instructions: Instruction[] = [];
  #registers = 0;

  constructor(alternatives: readonly AST.Alternative[]) {
    this.#either(alternatives);
    this.#emit({ op: 'done' });
  }

  /** Whether all that it matches is one character. */
  get isSingle(): boolean {
    return this.#instructions.length === 2 && this.#instructions[0]!.op === 'one';
  }

  /**
   * Where the match that begins at `at` ends; -1 for none.
   * @param end where it must end, if it matters
   */
  run(text: string, at: number, allowance: Allowance, end?: number): number {
    const registers = new Int32Array(this.#registers).fill(-1);
    // What to go back to: pairs of an instruction and a position, or of -1 - register and its value.
    const back: number[] = [];
    let next = 0;
    let spent = 0;
    for (;;) {
      if (++spent === 1024) {
        allowance.spend(spent);
        spent = 0;
      }
      const now = this.#instructions[next]!;
      let goesOn = true;
      switch (now.op) {
        case 'one': {
          const code = text.codePointAt(at);
          goesOn = code !== undefined && now.of(code);
          if (goesOn) at += code! > 0xffff ? 2 : 1;
          next++;
          break;
        }
        case 'fork':
          back.push(now.otherwise, at);
          next = now.then;
          break;
        case 'jump':
          next = now.to;
          break;
        case 'note':
          back.push(-1 - now.register, registers[now.register]!);
          registers[now.register] = at;
          next++;
          break;
        case 'moved':
          goesOn = registers[now.register] !== at;
          next++;
          break;
        case 'look':
          goesOn = looks(now, text, at, allowance) !== now.not;
          next++;
          break;
        case 'edge':
          goesOn = now.holds(text, at);
          next++;
          break;
        case 'done':
          if (end === undefined || at === end) {
            allowance.spend(spent);
            return at;
          }
          goesOn = false;
      }
      while (!goesOn) {
        if (back.length === 0) {
          allowance.spend(spent);
          return -1;
        }
        const value = back.pop()!;
        next = back.pop()!;
        if (next < 0) registers[-1 - next] = value;
        else {
          at = value;
          goesOn = true;
        }
      }
    }
  }

  #emit(instruction: Instruction): number {
    if (this.#instructions.push(instruction) > LONGEST_PROGRAM) {
      throw new Error(`it is longer than ${LONGEST_PROGRAM} steps even if everything fits at once`);
    }
    return this.#instructions.length - 1;
  }

  #either(alternatives: readonly AST.Alternative[]): void {
    const exits: { to: number }[] = [];
    for (const [i, { elements }] of alternatives.entries()) {
      const fork = { op: 'fork' as const, then: 0, otherwise: 0 };
      const last = i === alternatives.length - 1;
      if (!last) fork.then = this.#emit(fork) + 1;
      for (const element of elements) this.#element(element);
      if (last) break;
      const exit = { op: 'jump' as const, to: 0 };
      this.#emit(exit);
      exits.push(exit);
      fork.otherwise = this.#instructions.length;
    }
    for (const exit of exits) exit.to = this.#instructions.length;
  }

  #element(element: AST.Element): void {
    switch (element.type) {
      case 'Character':
        this.#emit({ op: 'one', of: (code) => code === element.value });
        return;
      case 'CharacterSet':
      case 'CharacterClass':
      case 'ExpressionCharacterClass':
        this.#emit({ op: 'one', of: membership(element.raw) });
        return;
      case 'Group':
      case 'CapturingGroup':
        this.#either(element.alternatives);
        return;
      case 'Quantifier':
        this.#repeat(element);
        return;
      case 'Assertion':
        this.#assert(element);
        return;
      case 'Backreference':
        throw new Error('it refers back to what a group has matched');
    }
  }

  #assert(assertion: AST.Assertion): void {
    switch (assertion.kind) {
      case 'lookahead':
      case 'lookbehind': {
        const inner = new PatternProgram(assertion.alternatives);
        const behind = assertion.kind === 'lookbehind';
        this.#emit({ op: 'look', inner, behind, not: assertion.negate });
        return;
      }
      case 'start':
        this.#emit({ op: 'edge', holds: (_, at) => at === 0 });
        return;
      case 'end':
        this.#emit({ op: 'edge', holds: (text, at) => at === text.length });
        return;
      case 'word': {
        const isWord = (text: string, at: number) => /\w/.test(text.charAt(at));
        const holds = (text: string, at: number) => isWord(text, at - 1) !== isWord(text, at);
        this.#emit({
          op: 'edge',
          holds: (text, at) => holds(text, at) !== assertion.negate,
        });
      }
    }
  }

  #repeat({ element, min, max, greedy }: AST.Quantifier): void {
    for (let i = 0; i < min; i++) this.#element(element);
    const fork = () => {
      const made = { op: 'fork' as const, then: 0, otherwise: 0 };
      const at = this.#emit(made);
      return {
        at,
        leaveFor(exit: number) {
          [made.then, made.otherwise] = greedy ? [at + 1, exit] : [exit, at + 1];
        },
      };
    };
    if (max === Infinity) {
      const loop = fork();
      const register = this.#registers++;
      this.#emit({ op: 'note', register });
      this.#element(element);
      this.#emit({ op: 'moved', register });
      this.#emit({ op: 'jump', to: loop.at });
      loop.leaveFor(this.#instructions.length);
      return;
    }
    const forks = Array.from({ length: Math.min(max - min, LONGEST_PROGRAM) }, () => {
      const made = fork();
      this.#element(element);
      return made;
    });
    for (const each of forks) each.leaveFor(this.#instructions.length);
  }
}

/** @throws Error for a pattern that is too long, or has what cannot be counted */
export function programOf(pattern: RegExp): PatternProgram {
  const parser = new RegExpParser();
  const { source, unicode } = pattern;
  return new PatternProgram(
    parser.parsePattern(source, 0, source.length, { unicode }).alternatives,
  );
}

function looks(
  { inner, behind }: Extract<Instruction, { op: 'look' }>,
  text: string,
  at: number,
  allowance: Allowance,
): boolean {
  if (!behind) return inner.run(text, at, allowance) >= 0;
  for (let from = at; from >= 0; from--) {
    if (inner.run(text, from, allowance, at) === at) return true;
    // Most that look back look at a single character.
    if (inner.isSingle && at - from >= 2) return false;
  }
  return false;
}

const ASCII = 128;

/** Whether a code point is in a class, remembered for the commonest ones. */
function membership(raw: string): (code: number) => boolean {
  const one = new RegExp(`^(?:${raw})$`, 'u');
  const test = (code: number) => one.test(String.fromCodePoint(code));
  const known = Array.from({ length: ASCII }, (_, code) => test(code));
  return (code) => (code < ASCII ? known[code]! : test(code));
}
