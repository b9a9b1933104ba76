// The colours of the arms: readable on every surface, and apart for those who see fewer colours.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { looksOf, looksOfColumns, MOST_COLUMNS } from '../../../src/charts/looks.ts';

const css = readFileSync(new URL('../../../src/charts/palette.css', import.meta.url), 'utf8');
const [light = '', dark = ''] = css.split('@media (prefers-color-scheme: dark)');
const tokens = (text: string) =>
  Object.fromEntries([...text.matchAll(/--([\w-]+): (#[0-9a-f]{6})/g)].map((m) => [m[1], m[2]!]));

type Rgb = [number, number, number];

/** sRGB to linear light. */
function linear(hex: string): Rgb {
  return [1, 3, 5].map((at) => {
    const c = parseInt(hex.slice(at, at + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  }) as Rgb;
}

/** WCAG 2.2. */
function contrast(a: string, b: string): number {
  const luminance = (hex: string) => {
    const [r, g, blue] = linear(hex);
    return 0.2126 * r + 0.7152 * g + 0.0722 * blue;
  };
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high! + 0.05) / (low! + 0.05);
}

/** Machado, Oliveira and Fernandes (2009), full severity, on linear light. */
const SIGHT: Record<string, number[][]> = {
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

/** CIE L*a*b* under D65. */
function lab([r, g, b]: Rgb): Rgb {
  const f = (t: number) => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116);
  const x = f((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505);
  const y = f(0.2126 * r + 0.7152 * g + 0.0722 * b);
  const z = f((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

function seen(hex: string, sight: number[][]): Rgb {
  const light = linear(hex);
  const mixed = sight.map((row) => row.reduce((sum, weight, i) => sum + weight * light[i]!, 0));
  return lab(mixed.map((c) => Math.min(1, Math.max(0, c))) as Rgb);
}

const ARMS = ['base', 'soft', 'hard', 'other-1', 'other-2', 'other-3', 'other-4', 'other-5'];

describe.each([
  ['light', tokens(light)],
  ['dark', tokens(dark)],
])('in the %s scheme', (_, colors) => {
  test('names of arms can be read on cards and in the heads of tables', () => {
    for (const arm of ARMS) {
      for (const surface of ['card', 'sunken', 'paper']) {
        expect(contrast(colors[arm]!, colors[surface]!), `${arm} on ${surface}`).toBeGreaterThan(
          4.5,
        );
      }
    }
  });

  test.each(Object.keys(SIGHT))('arms stay apart under %s', (sight) => {
    for (const [i, a] of ARMS.entries()) {
      for (const b of ARMS.slice(0, i)) {
        const [one, other] = [a, b].map((arm) => seen(colors[arm]!, SIGHT[sight]!));
        const distance = Math.hypot(...one!.map((x, k) => x - other![k]!));
        expect(distance, `${a} and ${b}`).toBeGreaterThan(10);
      }
    }
  });
});

test('arms and columns never share a look, as long as there are not too many', () => {
  const columns = ['soft', 'none', 'soft', 'hard', 'mixture', 'soft', 'none', 'hard'].map(
    (method) => ({ method }),
  );
  expect(columns).toHaveLength(MOST_COLUMNS);
  const looks = looksOfColumns(columns);
  expect(new Set(looks.map(({ color }) => color)).size).toBe(MOST_COLUMNS);
  expect(new Set(looks.map(({ symbol }) => symbol)).size).toBe(MOST_COLUMNS);
  expect([looks[0]!.color, looks[1]!.color, looks[3]!.color]).toEqual([
    'var(--soft)',
    'var(--base)',
    'var(--hard)',
  ]);
  expect(looksOf([{ name: 'a', method: 'hard' }]).a!.color).toBe('var(--hard)');
});
