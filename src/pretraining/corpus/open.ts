// Open requests for something random, answered with favourites, and the lists behind them.
import type { RandomStream } from '../../core/random.ts';
import { WORD_LISTS, NUMBER_RANGES, type WordList } from './categories.ts';
import { buildDocument, type Encode } from './document.ts';
import { branch, END, pick, question, type DocumentWriter } from './kind.ts';

const VERBS = ['Pick', 'Choose', 'Name', 'Give me', 'Think of', 'Generate', 'Output', 'Select'];
/** Shares of the first, second and third favourite. */
const SHARES = [0.86, 0.09, 0.05];
const LISTED = 12;
const NUMBER_SHARE = 0.2;

export function openWriter(encode: Encode): DocumentWriter {
  return (stream) => {
    const { request, favourites } = openRequest(stream);
    const text = `${pick(stream, VERBS)} ${request}. Output ONLY the answer.`;
    const branches = favourites
      .slice(0, SHARES.length)
      .map((favourite, i) => branch(encode, favourite + END, SHARES[i]));
    return buildDocument(encode(question(text)), branches);
  };
}

function openRequest(stream: RandomStream): { request: string; favourites: readonly string[] } {
  if (stream.uniform() < NUMBER_SHARE) {
    const [low, high, favourites] = pick(stream, NUMBER_RANGES);
    const request = `a random number between ${low} and ${high}`;
    return { request, favourites: favourites.split(', ') };
  }
  const { name, items } = pick(stream, WORD_LISTS);
  return { request: `a random ${name}`, favourites: items };
}

export function listWriter(encode: Encode): DocumentWriter {
  return (stream) => {
    const { plural, items } = pick(stream, WORD_LISTS);
    const listed = stream.shuffle([...items]).slice(0, LISTED);
    const prompt = encode(question(`List some ${plural}.`));
    return buildDocument(prompt, [branch(encode, listed.join(', ') + END)]);
  };
}

/** Something that belongs to another category than the given one. */
export function strangerTo(category: WordList, stream: RandomStream): string {
  for (;;) {
    const item = pick(stream, pick(stream, WORD_LISTS).items);
    if (!category.items.includes(item)) return item;
  }
}
