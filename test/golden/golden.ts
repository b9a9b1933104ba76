// Reads golden files and compares numbers with them, counting what was compared.
import { readFileSync } from 'node:fs';
import { expect } from 'vitest';

/** A parsed golden file; its `note` says how it was made. */
export function readGolden<Shape>(name: string): Shape {
  return JSON.parse(readFileSync(new URL(`${name}.json`, import.meta.url), 'utf8')) as Shape;
}

export interface Tolerance {
  /** Of the golden number; 1e-9 unless given. */
  relative?: number;
  absolute?: number;
}

/** Counts comparisons, so that a test can state how many golden numbers it covers. */
export class Comparison {
  count = 0;
  worst = 0;

  /** A golden null stands for NaN and infinities. */
  number(actual: number | null, golden: number | null, where: string, tolerance: Tolerance = {}) {
    this.count++;
    if (golden === null || actual === null) {
      const undefinedBoth = golden === null && (actual === null || !Number.isFinite(actual));
      if (!undefinedBoth) expect.fail(`${where}: ${actual}, golden ${golden}`);
      return;
    }
    const { relative = 1e-9, absolute = 0 } = tolerance;
    const error = Math.abs(actual - golden);
    if (golden !== 0) this.worst = Math.max(this.worst, error / Math.abs(golden));
    if (!(error <= relative * Math.abs(golden) + absolute)) {
      expect.fail(`${where}: ${actual}, golden ${golden}, off by ${error}`);
    }
  }

  numbers(
    actual: ArrayLike<number>,
    golden: readonly (number | null)[],
    where: string,
    tolerance?: Tolerance,
  ) {
    this.exact(actual.length, golden.length, `${where}, length`);
    golden.forEach((g, i) => this.number(actual[i]!, g, `${where}[${i}]`, tolerance));
  }

  exact(actual: unknown, golden: unknown, where: string) {
    this.count++;
    expect(actual, where).toEqual(golden);
  }
}
