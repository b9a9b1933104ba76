// Python's ways with numbers: text, rounding, spacing.
import { describe, expect, it } from 'vitest';
import { exp10, log10 } from '../../../../src/core/prompts/correctly-rounded.ts';
import {
  pythonFloat,
  roundHalfEven,
  sixDecimals,
} from '../../../../src/core/prompts/python-float.ts';
import { geomspace, linspace, subsample } from '../../../../src/core/prompts/spacing.ts';

describe('python-float', () => {
  it.each([
    [0, '0.0'],
    [-0, '-0.0'],
    [1, '1.0'],
    [-2.5, '-2.5'],
    [0.1 + 0.2, '0.30000000000000004'],
    [0.6294627058970836, '0.6294627058970836'],
    [0.0001, '0.0001'],
    [0.00002, '2e-05'],
    [-0.000012345, '-1.2345e-05'],
    [1e-7, '1e-07'],
    [5e-324, '5e-324'],
    [123456789012345680, '1.2345678901234568e+17'],
    [9999999999999998, '9999999999999998.0'],
    [1e16, '1e+16'],
    [1.5e300, '1.5e+300'],
  ])('prints %d as %s', (value, text) => expect(pythonFloat(value)).toBe(text));

  it.each([
    [0.5, 0],
    [1.5, 2],
    [2.5, 2],
    [-0.5, 0],
    [-1.5, -2],
    [10.5, 10],
    [0.49999999999999994, 0],
    [-0.2, 0],
    [7, 7],
  ])('rounds %d to %d', (value, rounded) => expect(roundHalfEven(value)).toBe(rounded));

  it.each([
    [3, '3'],
    [-0, '0'],
    [1e22, '10000000000000000000000'],
    [0.0078125, '0.007812'],
    [0.0234375, '0.023438'],
    [-0.0078125, '-0.007812'],
    [0.30000000000000004, '0.3'],
    [2e-5, '0.00002'],
    [1e-9, '0'],
    [-1e-9, '-0'],
    [100.0000001, '100'],
  ])('shortens %d to %s', (value, text) => expect(sixDecimals(value)).toBe(text));
});

describe('correctly rounded powers', () => {
  // Figures of mpmath with 60 digits, rounded once.
  it.each([
    [0.5, -0.3010299956639812],
    [7, 0.8450980400142568],
    [1e-300, -300],
    [1.0000000000000002, 9.64327466553287e-17],
    [9.99999999999999, 0.9999999999999996],
    [1000, 3],
    [1.7976931348623157e308, 308.25471555991675],
  ])('log10(%d)', (x, expected) => expect(log10(x)).toBe(expected));

  it.each([
    [-5, 1e-5],
    [-0.3, 0.5011872336272722],
    [22, 1e22],
    [0, 1],
    [1e-17, 1],
    [-300, 1e-300],
    [0.1, 1.2589254117941673],
    [308.25, 1.7782794100389228e308],
  ])('exp10(%d)', (x, expected) => expect(exp10(x)).toBe(expected));
});

describe('spacing', () => {
  it('is linear as numpy has it', () => {
    expect(linspace(-1, 1, 5)).toEqual([-1, -0.5, 0, 0.5, 1]);
    expect(linspace(2, 3, 1)).toEqual([2]);
    expect(linspace(2, 3, 0)).toEqual([]);
    expect(linspace(0, 1, 11)[3]).toBe(0.30000000000000004);
  });

  it('is geometric with its ends exact', () => {
    expect(geomspace(1, 1000, 4)).toEqual([1, 10, 100, 1000]);
    expect(geomspace(0.3, 7, 5)).toEqual([
      0.3, 0.6593491505914625, 1.4491376746189435, 3.1849589828336256, 7,
    ]);
    expect(geomspace(2, 8, 1)).toEqual([2]);
  });

  it('thins evenly, both ends kept', () => {
    const items = Array.from({ length: 10 }, (_, i) => i);
    expect(subsample(items, 4)).toEqual([0, 3, 6, 9]);
    expect(subsample(items, 6)).toEqual([0, 1, 3, 5, 7, 9]);
    expect(subsample(items, 0)).toBe(items);
    expect(subsample(items, 10)).toBe(items);
    expect(subsample(items, 1)).toEqual([0]);
  });
});
