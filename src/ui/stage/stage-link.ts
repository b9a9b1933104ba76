// The stage in the page's address: what is asked, of which model, from which seed, and whether to run it.
import {
  OWN,
  type OwnChoices,
  questionIn,
  QUESTIONS,
  questionNamed,
  usualValues,
  type QuestionValues,
} from '../../lab/race/questions.ts';
import { readChoices } from '../../lab/race/own-choices.ts';
import type { LessonSetup } from '../../lab/lessons/lesson.ts';
import { BUILTIN_MODEL, type Experiment } from '../../lab/experiment/experiment.ts';

export interface StageLink {
  /** Of a question, or `own`. */
  readonly key: string;
  readonly values: QuestionValues;
  readonly own: OwnChoices;
  readonly model: string;
  readonly seed: number;
  /** Sampled answers that the hard lane is shown at each step. */
  readonly answers: number;
  /** Runs the race as soon as it is opened. */
  readonly raced: boolean;
  /** Address of the file of a finished race to show instead; empty without one. */
  readonly race: string;
  /** Without the frame of the page, for an iframe. */
  readonly embed: boolean;
}

/** The race that ships with the page, relative to it. */
export const SHIPPED_RACE = 'races/beta.json';

export const USUAL_OWN: OwnChoices = {
  prompt: 'Pick a random color. Output ONLY the answer.',
  lines: 'blue, 4\nred, 3\ngreen, 2\nyellow, 1',
};

export const USUAL_STAGE: StageLink = {
  key: QUESTIONS[0]!.key,
  values: usualValues(QUESTIONS[0]!),
  own: USUAL_OWN,
  model: BUILTIN_MODEL,
  seed: 11,
  answers: 1,
  raced: false,
  race: '',
  embed: false,
};

/** Most answers a step that a link may ask for: a race should stay one. */
const MOST_ANSWERS = 64;
const LONGEST_TEXT = 4000;
export const MOST_SEED = 0xffffffff;

/** What a place of the page shows of a link: the stage itself, the tree of answers, a lesson, links for a class. */
export type StagePlace = 'stage' | 'trie' | 'teachers' | `lesson=${number}`;
const PLACE = /^#(stage|trie|teachers|lesson=\d{1,2})(?=&|$)/;

/** `#stage` or another place, with what differs from the usual. */
export function encodeStage(
  { key, values, own, model, seed, answers, raced, race, embed }: StageLink,
  place: StagePlace = 'stage',
): string {
  const fragment = new URLSearchParams();
  const question = questionNamed(key);
  if (key !== USUAL_STAGE.key) fragment.set('ask', key);
  for (const { name, usual } of question?.controls ?? []) {
    if (values[name] !== undefined && values[name] !== usual) fragment.set(name, `${values[name]}`);
  }
  if (key === OWN.key) {
    fragment.set('prompt', own.prompt);
    fragment.set('choices', own.lines);
  }
  if (model !== USUAL_STAGE.model) fragment.set('model', model);
  if (seed !== USUAL_STAGE.seed) fragment.set('seed', String(seed));
  if (answers !== USUAL_STAGE.answers) fragment.set('answers', String(answers));
  if (raced) fragment.set('raced', '1');
  if (race !== '') fragment.set('race', race);
  if (embed) fragment.set('embed', '1');
  const text = fragment.toString();
  return text === '' ? `#${place}` : `#${place}&${text}`;
}

/** The place that an address names; the stage if it is empty, undefined if it is about something else. */
export const stagePlace = (fragment: string): StagePlace | undefined =>
  fragment === '' || fragment === '#'
    ? 'stage'
    : (PLACE.exec(fragment)?.[1] as StagePlace | undefined);

/** What an address says; whatever it says that cannot be is as usual. */
export function decodeStage(fragment: string): StageLink {
  const given = new URLSearchParams(fragment.replace(PLACE, '').replace(/^[#&]+/, ''));
  const key = given.get('ask') ?? USUAL_STAGE.key;
  const question = questionNamed(key);
  if (!question && key !== OWN.key) return USUAL_STAGE;
  const values = Object.fromEntries(
    (question?.controls ?? []).map(({ name, min, max, usual }) => {
      const value = Number(given.get(name) ?? usual);
      return [name, value >= min && value <= max ? value : usual];
    }),
  );
  return {
    key,
    values,
    own: {
      prompt: text(given.get('prompt'), USUAL_OWN.prompt),
      lines: text(given.get('choices'), USUAL_OWN.lines),
    },
    model: text(given.get('model'), USUAL_STAGE.model),
    seed: whole(given.get('seed'), 0, MOST_SEED, USUAL_STAGE.seed),
    answers: whole(given.get('answers'), 1, MOST_ANSWERS, USUAL_STAGE.answers),
    raced: given.get('raced') === '1',
    race: raceAddress(given.get('race')),
    embed: given.get('embed') === '1',
  };
}

/** What a link asks for. @throws InputError for choices of one's own that are none */
export function askedIn({ key, values, own, model, seed }: StageLink): LessonSetup {
  const question = questionNamed(key);
  const data = question
    ? question.data(values)
    : { prompt: own.prompt, choices: readChoices(own.lines) };
  return { data, model, seed, steps: (question ?? OWN).steps };
}

/** Whether two links ask the same of the same model, with whatever luck and however many answers. */
export function isSameQuestion(a: StageLink, b: StageLink): boolean {
  const plain = { seed: 0, answers: 1, raced: false, race: '' };
  return encodeStage({ ...a, ...plain }) === encodeStage({ ...b, ...plain });
}

/** What a link says to ask for the race of an experiment; of one that no question asks, the rest. */
export function linkOf({ data, model, seed, arms }: Experiment): Partial<StageLink> {
  const hard = arms.find(({ method }) => method === 'hard');
  const answers = hard && 'answers' in hard && typeof hard.answers === 'number' ? hard.answers : 1;
  const settings = { model, seed, answers };
  const asked = questionIn(data);
  if (asked) return { ...settings, ...asked };
  const { choices, prompt = '' } = data;
  if (!choices) return settings;
  const lines = choices
    .map(({ value, weight }) => `"${value.replaceAll('"', '""')}", ${weight}`)
    .join('\n');
  return { ...settings, key: OWN.key, values: {}, own: { prompt, lines } };
}

/** Beside the page, or anywhere on the web; nothing else is fetched. */
function raceAddress(given: string | null): string {
  if (given === null || given.length > LONGEST_TEXT) return '';
  return /^https?:\/\//.test(given) || /^[\w-]+(\/[\w-]+)*\.json$/.test(given) ? given : '';
}

const text = (given: string | null, usual: string) =>
  given === null || given.trim() === '' ? usual : given.slice(0, LONGEST_TEXT);

function whole(given: string | null, least: number, most: number, usual: number): number {
  const value = Number(given ?? usual);
  return Number.isInteger(value) && value >= least && value <= most ? value : usual;
}
