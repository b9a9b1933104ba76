// Which anchor prompts an arm's steps take, from its first step and where it goes on.
import { expect, test } from 'vitest';
import { anchorSchedule } from '../../../../../src/lab/study/anchor/anchor-schedule.ts';
import { anchorPrompts } from '../../../../../src/lab/study/anchor/anchor-prompts.ts';
import { resolveExperiment } from '../../../../../src/lab/experiment/experiment.ts';

const { anchor } = resolveExperiment({
  arms: [{ name: 'kept', method: 'soft', anchor: { batch: 3 } }],
}).arms[0] as { anchor: NonNullable<unknown> };
const schedule = (first: number, steps: number) =>
  anchorSchedule(anchor as never, 11, first, steps);
const textsOf = ({ prompts, of }: ReturnType<typeof schedule>, step: number) =>
  of(step).map((place) => prompts[place]!.text);

test('names the prompts that are taken, each once, and no others', () => {
  const few = schedule(0, 4);
  const taken = [0, 1, 2, 3].flatMap((step) => textsOf(few, step));
  expect(few.prompts).toHaveLength(12);
  expect(new Set(few.prompts.map(({ text }) => text))).toEqual(new Set(taken));
  expect(schedule(0, 1000).prompts).toHaveLength(anchorPrompts(11).length);
  expect(schedule(4, 4).prompts).toEqual([]);
});

test('goes on as it would have, asking only what is left', () => {
  const [whole, rest] = [schedule(0, 40), schedule(37, 40)];
  for (const step of [37, 38, 39]) expect(textsOf(rest, step)).toEqual(textsOf(whole, step));
  expect(rest.prompts).toHaveLength(9);
});

test('leaves out steps, and goes on with the same prompts', () => {
  const seldom = (first: number) => anchorSchedule({ ...anchor, every: 4 } as never, 11, first, 12);
  const each = schedule(0, 3);
  const [whole, rest] = [seldom(0), seldom(5)];
  for (let step = 0; step < 12; step++) {
    const texts = step % 4 === 0 ? textsOf(each, step / 4) : [];
    expect(textsOf(whole, step)).toEqual(texts);
    if (step >= 5) expect(textsOf(rest, step)).toEqual(texts);
  }
  expect(whole.prompts).toHaveLength(9);
  expect(rest.prompts).toHaveLength(3);
});
