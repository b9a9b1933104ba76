// Scores from the log-probabilities of an API: exact where it told enough, else between two bounds.
import { InputError } from '../errors.ts';
import type { OutputSpace } from '../targets/space.ts';
import type { Interval } from './bootstrap.ts';
import { byteText, type LoggedAnswer } from './logged-answers.ts';

/** What `loggedScores` says: every figure lies between its bounds, whatever the API did not list. */
export interface LoggedScores {
  /** [answers] the probability that was seen; the unseen part may belong to any of them, or to none. */
  readonly answerProbabilities: Float64Array;
  /** Probability of beginnings that nobody followed and of tokens that were not listed. */
  readonly unseen: number;
  readonly validMass: Interval;
  /** Total variation; everything that is not an answer counts as one more outcome. */
  readonly tv: Interval;
  /** KL(target || model) in nats; infinite above as long as a possible answer was not seen. */
  readonly kl: Interval;
}

/** What was seen at a beginning: the tokens after it, as far as they were listed. */
interface Beginning {
  readonly next: Map<string, { readonly token: string; readonly log: number; then?: Beginning }>;
  /** Whether an answer ended here without a token that says so. */
  ended: boolean;
}

/**
 * A model's distance from a target from answers with log-probabilities, as `readLogprobs` reads them.
 * The tokens that were listed at each place, of all answers together, make a tree of the probabilities
 * that are known; a few dozen answers usually show nearly all of a prompt's. White space around answers
 * does not count. It is the distribution that the API reports, whichever temperature it sampled at.
 *
 * Few APIs list the token that ends an answer. Without `endTokens`, an answer is taken to end where it
 * is complete and no other answer goes on from it; where one does (1 and 12), an end that was seen has
 * what the listed tokens leave.
 * @param space the target; answers are matched by their texts
 * @param answers to one and the same prompt
 * @param options `endTokens` are those that end an answer, where the API lists them, e.g. `<|im_end|>`
 * @throws InputError without answers
 * @example
 * import { loggedScores, readLogprobs } from 'calibration-lab/scoring';
 * import { choiceSpace } from 'calibration-lab/tries';
 *
 * const coin = choiceSpace([{ value: 'heads', weight: 1 }, { value: 'tails', weight: 1 }]);
 * const top = [{ token: 'heads', logprob: Math.log(0.7) }, { token: 'tails', logprob: Math.log(0.2) }];
 * const content = [{ ...top[0], top_logprobs: top }];
 * const response = { choices: [{ finish_reason: 'stop', logprobs: { content } }] };
 * const { tv, unseen } = loggedScores(coin, readLogprobs(response));
 * tv; // => {"low":0.2,"high":0.3}
 * unseen; // => 0.1
 */
export function loggedScores(
  space: Pick<OutputSpace, 'values' | 'probabilities'>,
  answers: readonly LoggedAnswer[],
  { endTokens = [] }: { readonly endTokens?: readonly string[] } = {},
): LoggedScores {
  if (answers.length === 0) {
    throw new InputError('there are no answers', 'give at least one', 'answers');
  }
  const seen = seenIn(treeOf(answers), new Texts(space.values), new Set(endTokens));
  return bounds(space.probabilities, seen.given, seen.other);
}

function treeOf(answers: readonly LoggedAnswer[]): Beginning {
  const root: Beginning = { next: new Map(), ended: false };
  for (const { tokens, ended } of answers) {
    let at = root;
    for (const step of tokens) {
      for (const { bytes, token, logProbability: log } of [step, ...step.top]) {
        if (!at.next.has(bytes)) at.next.set(bytes, { token, log });
      }
      at = at.next.get(step.bytes)!.then ??= { next: new Map(), ended: false };
    }
    at.ended ||= ended;
  }
  return root;
}

/** What is known to go to each answer, and to anything else. */
function seenIn(root: Beginning, texts: Texts, ends: ReadonlySet<string>) {
  const given = new Float64Array(texts.size);
  let other = 0;
  const give = (answer: number | undefined, probability: number) => {
    if (answer === undefined) other += probability;
    else given[answer]! += probability;
  };
  const open: { at: Beginning; text: string; log: number }[] = [{ at: root, text: '', log: 0 }];
  for (let here = open.pop(); here; here = open.pop()) {
    const { at, text, log } = here;
    let listed = 0;
    for (const [bytes, { token, log: own, then }] of at.next) {
      listed += Math.exp(own);
      const whole = text + bytes;
      const probability = Math.exp(log + own);
      if (ends.has(token)) give(texts.find(text), probability);
      else if (/\s$/.test(whole) && texts.find(whole) !== undefined) {
        give(texts.find(whole), probability);
      } else if (!texts.begins(whole)) give(undefined, probability);
      else if (then && then.next.size > 0) open.push({ at: then, text: whole, log: log + own });
      else if (ends.size === 0 && !texts.goesOn(whole)) give(texts.find(whole), probability);
    }
    if (at.ended && ends.size === 0) {
      give(texts.find(text), Math.exp(log) * Math.max(0, 1 - listed));
    }
  }
  return { given, other };
}

/** The texts of a space, found by their bytes and their beginnings. */
class Texts {
  readonly #sorted: readonly { readonly text: string; readonly answer: number }[];

  constructor(values: readonly string[]) {
    const encoder = new TextEncoder();
    this.#sorted = values
      .map((value, answer) => ({ text: byteText(encoder.encode(value)), answer }))
      .sort((a, b) => (a.text < b.text ? -1 : 1));
  }

  get size(): number {
    return this.#sorted.length;
  }

  /** The answer with that text; undefined where there is none. */
  find(text: string): number | undefined {
    const found = this.#sorted[this.#place(text.trim())];
    return found?.text === text.trim() ? found.answer : undefined;
  }

  /** Whether an answer starts like this, or is it. */
  begins(text: string): boolean {
    const start = text.trimStart();
    return this.#sorted[this.#place(start)]?.text.startsWith(start) ?? false;
  }

  /** Whether an answer starts like this and is longer. */
  goesOn(text: string): boolean {
    const start = text.trimStart();
    const place = this.#place(start);
    const next = this.#sorted[place]?.text === start ? place + 1 : place;
    return this.#sorted[next]?.text.startsWith(start) ?? false;
  }

  /** Of the first text that is not before this one. */
  #place(text: string): number {
    let [low, high] = [0, this.#sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#sorted[middle]!.text < text) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** The bounds over all ways to give the unseen part to answers and to anything else. */
function bounds(target: Float64Array, given: Float64Array, other: number): LoggedScores {
  const seen = given.reduce((sum, q) => sum + q, 0);
  const unseen = Math.max(0, 1 - seen - other);
  const lacking = target.reduce((sum, p, i) => sum + Math.max(0, p - given[i]!), 0);
  const kl = (q: (i: number) => number) =>
    Math.max(
      0,
      target.reduce((sum, p, i) => (p > 0 ? sum + p * Math.log(p / q(i)) : sum), 0),
    );
  const level = waterLevel(target, given, unseen);
  return {
    answerProbabilities: given,
    unseen,
    validMass: { low: seen, high: seen + unseen },
    // All of the model's outcomes sum to 1: total variation is what the answers lack.
    tv: { low: Math.max(0, lacking - unseen), high: lacking },
    kl: { low: kl((i) => Math.max(given[i]!, level * target[i]!)), high: kl((i) => given[i]!) },
  };
}

/**
 * The share of their target up to which the answers that have least are filled with the unseen part:
 * no other way to give it makes a smaller KL.
 */
function waterLevel(target: Float64Array, given: Float64Array, unseen: number): number {
  const possible = [...target.keys()].filter((i) => target[i]! > 0);
  possible.sort((a, b) => given[a]! / target[a]! - given[b]! / target[b]!);
  let [mass, water, level] = [0, unseen, Infinity];
  for (const i of possible) {
    if (given[i]! / target[i]! >= level) break;
    mass += target[i]!;
    water += given[i]!;
    level = water / mass;
  }
  return level;
}
