// Links to the stage: what they say comes back, and what they cannot say is as usual.
import fc from '../../support/fast-check.ts';
import { describe, expect, test } from 'vitest';
import { QUESTIONS } from '../../../src/lab/race/questions.ts';
import {
  decodeStage,
  encodeStage,
  stagePlace,
  USUAL_STAGE,
} from '../../../src/ui/stage/stage-link.ts';

test('the usual stage is the shortest link, and an empty address is the stage', () => {
  expect(encodeStage(USUAL_STAGE)).toBe('#stage');
  expect(decodeStage('')).toEqual(USUAL_STAGE);
  for (const stage of ['', '#', '#stage', '#stage&ask=die'])
    expect(stagePlace(stage)).toBe('stage');
  expect(stagePlace('#trie&ask=die')).toBe('trie');
  expect(stagePlace('#lesson=3&seed=4')).toBe('lesson=3');
  for (const other of ['#lab', '#models', '#seed=3', '#stages', '#lesson', '#lesson=x']) {
    expect(stagePlace(other)).toBeUndefined();
  }
});

test('what a link says comes back', () => {
  const question = fc.constantFrom(...QUESTIONS);
  const link = question.chain((one) =>
    fc.record({
      key: fc.constant(one.key),
      values: fc.record(
        Object.fromEntries(
          one.controls.map(({ name, min, max }) => [
            name,
            fc.double({ min, max, noNaN: true }).map((value) => value + 0),
          ]),
        ),
      ),
      own: fc.constant(USUAL_STAGE.own),
      model: fc.constantFrom('builtin', 'hf:someone/something'),
      seed: fc.nat(),
      answers: fc.integer({ min: 1, max: 64 }),
      raced: fc.boolean(),
      race: fc.constantFrom('', 'races/beta.json', 'https://a.example/race.json?x=1'),
      embed: fc.boolean(),
    }),
  );
  fc.assert(
    fc.property(link, fc.constantFrom('stage', 'trie', 'lesson=2'), (one, place) => {
      const address = encodeStage(one, place);
      expect(decodeStage(address)).toEqual(one);
      expect(stagePlace(address)).toBe(place);
    }),
  );
});

describe('hostile links', () => {
  test.each([
    '#stage&ask=nothing',
    '#stage&ask=__proto__',
    '#stage&alpha=NaN&beta=1e999',
    '#stage&alpha=-4&beta=constructor',
    '#stage&seed=-1&answers=1e9',
    '#stage&seed=1.5&answers=0',
    '#stage&model=%20&raced=yes',
    '#stage&=&&&%',
    '#stage&race=javascript:alert(1)',
    '#stage&race=../secret.json&embed=yes',
    '#stage&race=//other.example/race.json',
  ])('%s is the usual stage', (link) => expect(decodeStage(link)).toEqual(USUAL_STAGE));

  test('no property changes anything', () =>
    fc.assert(
      fc.property(fc.string(), (text) => {
        const { seed, answers, key } = decodeStage(`#stage&${text}`);
        expect(Number.isInteger(seed) && Number.isInteger(answers)).toBe(true);
        expect(key === 'own' || QUESTIONS.some((question) => question.key === key)).toBe(true);
      }),
    ));
});
