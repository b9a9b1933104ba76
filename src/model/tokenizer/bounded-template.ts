// A Jinja template of a stranger, run with limits: it must end, and what it writes must stay small.
import { Environment, Interpreter, Template } from '@huggingface/jinja';
import { STUDY_DATE, strftime } from './study-date.ts';

/** Characters of a template. The longest published ones have about 30,000. */
const LONGEST_TEMPLATE = 1 << 17;
/** White space in a row, over which the library's parser takes time that grows as the square. */
const LONGEST_BLANK = 4096;
/** Expressions, counting lists and texts by their size; some seconds. Published templates take thousands. */
const MOST_STEPS = 2_000_000;
/** Characters of any text that a template makes. A prompt beyond that fits no model here. */
const LONGEST_TEXT = 1 << 20;
/** Numbers of one `range`. */
const LONGEST_RANGE = 10_000;
/** Characters that count as much as one expression, and expressions that an entry of a list counts for. */
const TEXT_STEP = 16;
const ENTRY_STEPS = 16;

/** A template that can be rendered any number of times. */
export class BoundedTemplate {
  readonly #program: Template['parsed'];

  /** @throws Error for a template that is too long, or cannot be parsed */
  constructor(source: string) {
    if (source.length > LONGEST_TEMPLATE) {
      throw new Error(
        `it has ${source.length} characters, and ${LONGEST_TEMPLATE} is the most that is read`,
      );
    }
    const blank = source.match(/\s+/g)?.find((run) => run.length > LONGEST_BLANK);
    if (blank) throw new Error(`it has more than ${LONGEST_BLANK} white spaces in a row`);
    this.#program = plainly(() => new Template(source)).parsed;
  }

  /**
   * @param date what `strftime_now` tells, as YYYY-MM-DD
   * @throws Error where the template fails, or goes beyond a limit
   */
  render(variables: Readonly<Record<string, unknown>>, date = STUDY_DATE): string {
    const environment = new Environment();
    const globals = { ...GLOBALS, strftime_now: (format: string) => strftime(date, format) };
    for (const [name, value] of Object.entries({ ...globals, ...variables })) {
      environment.set(name, value);
    }
    const interpreter = new BoundedInterpreter(environment);
    return String(plainly(() => interpreter.run(this.#program)).value);
  }
}

/** What Jinja and transformers give every template, beside the date. */
const GLOBALS = {
  ...{ true: true, True: true, false: false, False: false, none: null, None: null },
  raise_exception(message: string) {
    throw new Error(message);
  },
  range(start: number, stop?: number, step = 1): number[] {
    const [from, to] = stop === undefined ? [0, start] : [start, stop];
    const length = Math.max(0, Math.ceil((to - from) / step));
    if (step === 0) throw new Error('range() has a step of 0');
    if (!(length <= LONGEST_RANGE)) throw new Error(`range() is longer than ${LONGEST_RANGE}`);
    return Array.from({ length }, (_, i) => from + i * step);
  },
};

type Evaluate = Interpreter['evaluate'];

/** Everything that takes time or room passes through `evaluate`, and is counted there. */
class BoundedInterpreter extends Interpreter {
  #steps = 0;

  override evaluate(...[statement, environment]: Parameters<Evaluate>): ReturnType<Evaluate> {
    this.#count(1);
    const result = super.evaluate(statement, environment);
    const value: unknown = result.value;
    if (typeof value === 'string') {
      if (value.length > LONGEST_TEXT) {
        throw new Error(`it makes a text of more than ${LONGEST_TEXT} characters`);
      }
      this.#count(Math.floor(value.length / TEXT_STEP));
    } else if (Array.isArray(value)) this.#count(value.length * ENTRY_STEPS);
    else if (value instanceof Map) this.#count(value.size * ENTRY_STEPS);
    return result;
  }

  #count(steps: number): void {
    this.#steps += steps;
    if (this.#steps > MOST_STEPS) throw new Error(`it takes more than ${MOST_STEPS} steps`);
  }
}

/** Errors of the engine itself in words that say what the template did. */
function plainly<T>(action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const deep = /call stack/i.test(error.message);
    const problem = deep ? 'it is nested too deeply, or calls itself' : 'it makes a text too long';
    throw new Error(problem, { cause: error });
  }
}
