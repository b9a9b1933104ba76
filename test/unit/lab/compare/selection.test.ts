import fc from '../../../support/fast-check.ts';
import { expect, test } from 'vitest';
import {
  decodeSelection,
  EMPTY_SELECTION,
  encodeSelection,
  type Selection,
} from '../../../../src/lab/compare/selection.ts';

const selection = (...choices: [run: string, arm: string][]): Selection => ({
  ...EMPTY_SELECTION,
  choices: choices.map(([run, arm]) => ({ run, arm })),
});

test('the address names runs once, with their arms', () => {
  const chosen = selection(['a1', 'soft'], ['a1', 'hard'], ['b2', 'soft']);
  expect(encodeSelection(chosen)).toBe('compare&run=a1:soft,hard&run=b2:soft');
  expect(encodeSelection({ ...chosen, against: 2, joined: false })).toBe(
    'compare&run=a1:soft,hard&run=b2:soft&against=2&seeds=apart',
  );
  expect(encodeSelection(EMPTY_SELECTION)).toBe('compare');
});

test('other addresses are not comparisons', () => {
  for (const fragment of ['', '#', '#seed=7', '#compared', '#model=compare', '#run=a:soft']) {
    expect(decodeSelection(fragment), fragment).toBeNull();
  }
  expect(decodeSelection('#compare')).toEqual(EMPTY_SELECTION);
});

test('what an address cannot mean is left out', () => {
  expect(decodeSelection('#compare&run=&run=a&run=b:&run=:soft&against=x&what&run=c:x,,x')).toEqual(
    selection(['c', 'x']),
  );
  expect(decodeSelection('#compare&run=%E0%A4:soft')).toEqual(selection(['%E0%A4', 'soft']));
});

test('every selection survives the address', () => {
  const name = fc.string({ unit: 'grapheme', minLength: 1 });
  const choices = fc.uniqueArray(fc.tuple(name, name), { selector: (pair) => pair.join('\0') });
  fc.assert(
    fc.property(choices, fc.nat(900), fc.boolean(), (pairs, against, joined) => {
      const byRun = pairs.toSorted(
        ([a], [b]) => pairs.findIndex(([run]) => run === a) - pairs.findIndex(([run]) => run === b),
      );
      const original = { ...selection(...byRun), against, joined };
      expect(decodeSelection(`#${encodeSelection(original)}`)).toEqual(original);
    }),
  );
});
