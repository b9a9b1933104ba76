// Choices as a person types or pastes them: a line each, an answer and its weight.
import { InputError } from '../../core/errors.ts';
import type { Experiment } from '../experiment/experiment.ts';

type Choice = NonNullable<Experiment['data']['choices']>[number];

/** More would be no choice that a person can look over. */
const MOST = 200;

/**
 * `apple, 3` or `apple<tab>3`, as a spreadsheet copies it, or `apple;3,5`, as one saves it where decimals
 * have commas; a line without a number weighs 1. Quotes around an answer are taken off, so that it may
 * hold a comma; `""` within them is a quote.
 * @throws InputError naming the line that is wrong
 */
export function readChoices(lines: string): Choice[] {
  const written = lines
    .split(/\r\n|\r|\n/)
    .map((line, i) => ({ line, number: i + 1 }))
    .filter(({ line }) => line.trim() !== '');
  if (written.length < 2) {
    throw new InputError('there are fewer than two choices', 'Write one on each line.', 'choices');
  }
  if (written.length > MOST) {
    throw new InputError(`there are ${written.length} choices`, `Give at most ${MOST}.`, 'choices');
  }
  const common = commonSeparator(written.map(({ line }) => line));
  return written.map(({ line, number }) => {
    const { answer, weight } = partsOf(line, common ?? lastSeparator(line));
    if (answer !== '' && Number.isFinite(weight) && weight >= 0) return { value: answer, weight };
    throw new InputError(
      `line ${number} of the choices, ${JSON.stringify(line.slice(0, 40))}, is no answer with a weight`,
      'Write an answer, a comma and a number that is not negative; leave out headings.',
      'choices',
    );
  });
}

const ANY = /[\t;,]/;
/** An answer in quotes, and what follows it. */
const QUOTED = /^\s*"((?:[^"]|"")*)"[^\S\t]*(.*)$/;

/** The one that all lines have which have any, so that others belong to answers and numbers. */
function commonSeparator(lines: readonly string[]): string | undefined {
  const bare = lines.map((line) => line.replace(QUOTED, '$2')).filter((line) => ANY.test(line));
  return ['\t', ';', ','].find((one) => bare.every((line) => line.includes(one)));
}

/** Where lines differ, the last of each counts. */
const lastSeparator = (line: string) => [...line].findLast((letter) => ANY.test(letter)) ?? ',';

function partsOf(line: string, separator: string): { answer: string; weight: number } {
  const [, quoted, rest = ''] = QUOTED.exec(line) ?? [];
  if (quoted !== undefined) {
    const follows = rest === '' || rest.startsWith(separator);
    const weight = follows ? weightOf(rest.slice(1), separator) : NaN;
    return { answer: quoted.replaceAll('""', '"').trim(), weight };
  }
  const at = line.lastIndexOf(separator);
  if (at < 0) return { answer: line.trim(), weight: 1 };
  return { answer: line.slice(0, at).trim(), weight: weightOf(line.slice(at + 1), separator) };
}

/** A comma within it is that of decimals, unless it may be that of thousands: such a number is none. */
function weightOf(text: string, separator: string): number {
  const number = text.trim().replace(/\s*%$/, '');
  if (number === '') return 1;
  const decimal = separator !== ',' && !/^[1-9]\d*,\d{3}$/.test(number);
  return Number(decimal ? number.replace(',', '.') : number);
}
