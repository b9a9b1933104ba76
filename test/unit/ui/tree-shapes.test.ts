// The drawing of the tree: bands as wide as their shares, none of which leaves its room or covers another.
import { expect, test } from 'vitest';
import { buildTrie } from '../../../src/core/targets/build-trie.ts';
import { drawnBranches } from '../../../src/ui/trie/tree-shapes.ts';

const [WIDTH, HEIGHT] = [600, 300];
const values = ['00', '01', '10', '2'];
const probabilities = [0.1, 0.3, 0.4, 0.2];
const END = 9;
const trie = buildTrie(
  { values, probabilities: Float64Array.from(probabilities) },
  (value) => [...value].map(Number),
  END,
);
const tokens = {
  paths: values.map((value) => [...value].map(Number)),
  end: END,
  texts: { 0: '0', 1: '1', 2: '2' },
};
const tree = { trie, tokens, values, probabilities };
/** A model that finds every branch equally likely. */
const even = {
  ...{ step: 0, probabilities: [], invalidMass: 0, away: 0, loss: null },
  edges: Array.from(trie.edgeToken, () => Math.log(0.5)),
};

const drawn = drawnBranches(tree, 0, [even, null], WIDTH, HEIGHT);
const level = (of: 1 | 2) => drawn.filter((one) => one.level === of);

test('bands are as wide as the shares, at one scale for a level', () => {
  expect(level(1).map(({ branch }) => branch.text)).toEqual(['0', '1', '2']);
  const widths = level(1).map(({ bands }) => bands.map((band) => band?.width ?? null));
  const scale = widths[0]![0]! / 0.4;
  expect(widths.flat()).toEqual(
    [0.4, 0.5, null, 0.4, 0.5, null, 0.2, 0.5, null].map((share) =>
      share === null ? null : expect.closeTo(share * scale, 9),
    ),
  );
  // Shares of the second level are those of whole beginnings: “00”, “01”, “10”, and the end after “2”.
  const far = level(2).map(({ bands }) => bands[0]!.width);
  expect(far.map((width) => width / far[0]!)).toEqual(
    [1, 3, 4, 2].map((ratio) => expect.closeTo(ratio, 9)),
  );
});

test('bands lie beside one another where they leave and where they arrive', () => {
  for (const of of [1, 2] as const) {
    for (const end of ['from', 'to'] as const) {
      const edges = level(of)
        .flatMap(({ bands }) => bands.flatMap((band) => band ?? []))
        .map((band) => [band[end].y - band.width / 2, band[end].y + band.width / 2] as const);
      edges.slice(1).forEach(([top], i) => expect(top).toBeGreaterThanOrEqual(edges[i]![1] - 1e-9));
      expect(edges[0]![0]).toBeGreaterThanOrEqual(0);
      expect(edges.at(-1)![1]).toBeLessThanOrEqual(HEIGHT);
    }
  }
});

test('a branch of its own begins where the one before it has ended', () => {
  const [zero] = level(1);
  const [first, second] = level(2);
  const middle = (first!.middle.from.y + second!.middle.from.y) / 2;
  expect(Math.abs(middle - zero!.middle.to.y)).toBeLessThan(10);
  expect(first!.middle.from.x).toBeGreaterThan(zero!.middle.to.x);
  expect(first!.middle.to.x).toBeLessThan(WIDTH);
});
