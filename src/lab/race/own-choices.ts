// Choices as a person types or pastes them: a line each, an answer and its weight.
import { InputError } from '../../core/errors.ts';
import type { Experiment } from '../experiment/experiment.ts';

type Choice = NonNullable<Experiment['data']['choices']>[number];

/** More would be no choice that a person can look over. */
const MOST = 200;

/**
 * `apple, 3` or `apple<tab>3`, as a spreadsheet copies it; a line without a number weighs 1. Quotes
 * around an answer are taken off, so that it may hold a comma.
 * @throws InputError naming the line that is wrong
 */
export function readChoices(lines: string): Choice[] {
  const written = lines.split(/\r\n|\r|\n/).filter((line) => line.trim() !== '');
  if (written.length < 2) {
    throw new InputError('there are fewer than two choices', 'Write one on each line.', 'choices');
  }
  if (written.length > MOST) {
    throw new InputError(`there are ${written.length} choices`, `Give at most ${MOST}.`, 'choices');
  }
  return written.map((line, i) => {
    const { answer, weight } = partsOf(line);
    if (answer !== '' && Number.isFinite(weight) && weight >= 0) return { value: answer, weight };
    throw new InputError(
      `line ${i + 1} of the choices, ${JSON.stringify(line.slice(0, 40))}, is no answer with a weight`,
      'Write an answer, a comma and a number that is not negative.',
      'choices',
    );
  });
}

function partsOf(line: string): { answer: string; weight: number } {
  const quoted = /^\s*"([^"]*)"\s*(?:[,;\t](.*))?$/.exec(line);
  if (quoted) return { answer: quoted[1]!.trim(), weight: weightOf(quoted[2]) };
  const at = Math.max(line.lastIndexOf(','), line.lastIndexOf('\t'), line.lastIndexOf(';'));
  if (at < 0) return { answer: line.trim(), weight: 1 };
  return { answer: line.slice(0, at).trim(), weight: weightOf(line.slice(at + 1)) };
}

const weightOf = (text: string | undefined) =>
  text === undefined || text.trim() === '' ? 1 : Number(text.trim().replace(/\s*%$/, ''));
