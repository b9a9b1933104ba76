// Short plain sentences: the prose on which the model's reading is measured.
import type { RandomStream } from '../../core/random.ts';
import { buildDocument, type Encode } from './document.ts';
import { branch, END, pick, START, type DocumentWriter } from './kind.ts';

const SENTENCES = 4;

const WORDS = {
  adjective: [
    'small',
    'old',
    'happy',
    'quiet',
    'young',
    'tired',
    'clever',
    'kind',
    'hungry',
    'brave',
  ],
  person: [
    'girl',
    'boy',
    'woman',
    'man',
    'teacher',
    'farmer',
    'doctor',
    'baker',
    'child',
    'friend',
  ],
  animal: ['dog', 'cat', 'horse', 'bird', 'fox', 'rabbit', 'mouse', 'cow', 'duck', 'bear'],
  thing: ['ball', 'book', 'hat', 'apple', 'cup', 'letter', 'lamp', 'basket', 'key', 'coat'],
  color: ['red', 'blue', 'green', 'yellow', 'white', 'black', 'brown'],
  place: ['garden', 'house', 'forest', 'market', 'kitchen', 'school', 'river', 'park', 'field'],
  time: ['morning', 'evening', 'afternoon', 'night'],
  took: ['sees', 'finds', 'takes', 'likes', 'wants', 'carries', 'loses', 'hides'],
  went: ['walks', 'runs', 'sits', 'sleeps', 'plays', 'waits', 'sings'],
} as const;

const PATTERNS = [
  'The {adjective} {person} {took} a {color} {thing} in the {place}.',
  'A {color} {animal} {went} in the {place}.',
  'In the {time} the {person} {went} near the {place}.',
  'The {animal} {took} the {thing}, and the {person} {went}.',
  'The {thing} is {color}, but the {adjective} {animal} {took} it.',
  'Every {time} a {person} and a {animal} walk to the {place}.',
  'The {person} is {adjective} because the {animal} {went} in the {place}.',
];

/** A few sentences about people, animals and things. */
export function prose(stream: RandomStream): string {
  return Array.from({ length: SENTENCES }, () => sentence(stream)).join(' ');
}

export function sentenceWriter(encode: Encode): DocumentWriter {
  return (stream) => buildDocument(encode(START), [branch(encode, prose(stream) + END)]);
}

function sentence(stream: RandomStream): string {
  return pick(stream, PATTERNS).replaceAll(/\{(\w+)\}/g, (_, kind: keyof typeof WORDS) =>
    pick<string>(stream, WORDS[kind]),
  );
}
