// A finished race as a file: it comes back as it was, and nothing in it is taken on trust.
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { InputError } from '../../../../src/core/errors.ts';
import { laneOf } from '../../../../src/lab/race/lane-of.ts';
import { readRace, writeRace } from '../../../../src/lab/race/race-file.ts';
import { verdictOf } from '../../../../src/lab/race/verdict.ts';

type Shipped = ReturnType<typeof writeRace>;

const shipped = async () =>
  JSON.parse(
    await readFile(new URL('../../../../public/races/beta.json', import.meta.url), 'utf8'),
  ) as Shipped;

test('the race that ships with the page tells the story', async () => {
  const race = readRace(await shipped());
  expect(race.target.prompt).toContain('Beta distribution');
  expect(race.base!.away).toBeGreaterThan(0.9);
  const [soft, hard] = race.lanes;
  expect([soft!.frames.length, hard!.frames.length]).toEqual([40, 40]);
  expect(soft!.frames.at(-1)!.away).toBeLessThan(hard!.frames.at(-1)!.away);
  expect(verdictOf(race)!.sentence).toMatch(/Soft is closer\.$/);
  expect(hard!.shown.flat()).toHaveLength(40);
  for (const { probabilities, invalidMass } of [...soft!.frames, ...hard!.frames]) {
    expect(probabilities.reduce((a, b) => a + b, 0) + invalidMass).toBeCloseTo(1, 9);
  }
  expect(Object.keys(race.beyond!.ends)).toEqual(['base', 'soft', 'hard']);
});

test('what is written of a race that was read is what was read', async () => {
  const file = await shipped();
  expect(writeRace(readRace(file))).toEqual(file);
});

test('a file may have its lanes in any order', async () => {
  const file = await shipped();
  const swapped = readRace({ ...file, lanes: file.lanes.toReversed() });
  const race = readRace(file);
  for (const method of ['soft', 'hard'] as const) {
    expect(laneOf(swapped, method)!.arm.method).toBe(method);
    expect(laneOf(swapped, method)).toEqual(laneOf(race, method));
  }
  expect(verdictOf(swapped)).toEqual(verdictOf(race));
  expect(laneOf(null, 'soft')).toBeUndefined();
});

test.each<[string, (file: Shipped) => unknown, RegExp]>([
  ['nothing', () => null, /race/],
  ['another format', (file) => ({ ...file, format: 'x' }), /format/],
  ['a step too short', (file) => (file.lanes[0]!.edges[3]!.pop(), file), /does not fit the tree/],
  ['a probability above 1', (file) => ((file.base[0] = 2), file), /base/],
  ['two answers that are one', (file) => ((file.target.values[1] = '0.01'), file), /the same/],
  ['no token for an answer', (file) => (file.target.tokens.paths.pop(), file), /as many/],
  ['an arm with two lanes', (file) => ((file.lanes[1]!.arm = 'soft'), file), /the same arm/],
  ['an unknown arm', (file) => ((file.lanes[0]!.arm = 'firm'), file), /no arm "firm"/],
  ['a bad experiment', (file) => ({ ...file, experiment: { seed: -1 } }), /seed/],
])('%s is refused', async (_, spoil, message) => {
  const spoilt = spoil(await shipped());
  expect(() => readRace(spoilt)).toThrow(InputError);
  expect(() => readRace(spoilt)).toThrow(message);
});
