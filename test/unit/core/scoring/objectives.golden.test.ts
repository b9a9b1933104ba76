// Objectives over whole answers: golden values, and c against differences of the loss.
import { readFileSync } from 'node:fs';
import fc from '../../../support/fast-check.ts';
import { expect, test } from 'vitest';
import {
  OBJECTIVE_NAMES,
  objectiveNamed,
  type ObjectiveName,
} from '../../../../src/core/scoring/objectives.ts';

interface Case {
  readonly name: string;
  readonly q: number[];
  readonly p: number[];
  readonly values: number[] | null;
  readonly objectives: Partial<Record<ObjectiveName, { loss: number; c: number[] }>>;
}

const golden = new URL('../../../golden/objectives/objectives.json', import.meta.url);
const { functions } = JSON.parse(readFileSync(golden, 'utf8')) as { functions: Case[] };

const at = (
  name: ObjectiveName,
  q: readonly number[],
  p: readonly number[],
  values: number[] | null,
) =>
  objectiveNamed(name).value({ target: q, given: p, logGiven: p.map(Math.log), numbers: values });

test.each(functions)('$name', ({ q, p, values, objectives }) => {
  for (const [name, expected] of Object.entries(objectives)) {
    const { loss, c } = at(name as ObjectiveName, q, p, values);
    expect(Math.abs(loss - expected.loss), name).toBeLessThanOrEqual(1e-12 * (1 + Math.abs(loss)));
    expected.c.forEach((share, i) =>
      expect(Math.abs(c[i]! - share), `${name} ${i}`).toBeLessThanOrEqual(1e-12),
    );
  }
});

const weights = fc.array(fc.double({ min: 0.05, max: 1, noNaN: true }), {
  minLength: 2,
  maxLength: 6,
});

test.each(OBJECTIVE_NAMES)('c of %s is -p dL/dp', (name) => {
  fc.assert(
    fc.property(weights, weights, fc.double({ min: 0.1, max: 0.9, noNaN: true }), (a, b, valid) => {
      const n = Math.min(a.length, b.length);
      const share = (all: number[], of: number) => {
        const sum = all.slice(0, n).reduce((x, y) => x + y, 0);
        return all.slice(0, n).map((x) => (of * x) / sum);
      };
      const [q, p] = [share(a, 1), share(b, valid)];
      const values = q.map((_, i) => (i * 7) % n);
      const { c } = at(name, q, p, values);
      for (let i = 0; i < n; i++) {
        if (Math.abs(p[i]! - q[i]!) < 1e-3) continue; // where the total variation has a corner
        const moved = (by: number) =>
          at(
            name,
            q,
            p.map((x, k) => (k === i ? x * (1 + by) : x)),
            values,
          ).loss;
        const slope = (moved(1e-5) - moved(-1e-5)) / 2e-5;
        expect(Math.abs(slope + c[i]!)).toBeLessThan(1e-6);
      }
    }),
  );
});

test.each(['kl', 'tv', 'js'] as const)('%s is estimated without bias by answers drawn', (name) => {
  const { drawn } = objectiveNamed(name);
  for (const { q, p, values } of functions) {
    if (p.some((x) => x === 0)) continue;
    const { loss, c } = at(name, q, p, values);
    let mean = 0;
    q.forEach((share, i) => {
      if (share === 0) return expect(c[i]).toBe(0);
      const [part, own] = drawn!(share, p[i]!, Math.log(p[i]!));
      mean += share * part;
      expect(Math.abs(share * own - c[i]!)).toBeLessThan(1e-12);
    });
    expect(Math.abs(mean - loss)).toBeLessThan(1e-9);
  }
});
