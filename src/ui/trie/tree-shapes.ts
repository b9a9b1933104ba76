// Where the branches of two levels of a tree are drawn: each as bands beside one another, as wide as its shares.
import { type AnswerTree, type TreeBranch, branchesOf } from '../../lab/race/answer-tree.ts';
import type { Frame } from '../../lab/race/race.ts';

interface Place {
  readonly x: number;
  readonly y: number;
}

/** Its width is that of what goes this way, by the target or by a model. */
export interface Band {
  readonly from: Place;
  readonly to: Place;
  readonly width: number;
}

export interface DrawnBranch {
  readonly branch: TreeBranch;
  readonly level: 1 | 2;
  /** [target, models…] null for a model that was not looked at. */
  readonly bands: readonly (Band | null)[];
  /** From the middle of its bands to the middle of its bands. */
  readonly middle: Omit<Band, 'width'>;
}

/** A branch before its bands are placed. */
interface Row {
  readonly branch: TreeBranch;
  /** [target, models…] of what begins as the drawn node does. */
  readonly shares: readonly (number | null)[];
  /** Pixels that it has for itself, from top to bottom, and their middle. */
  readonly room: number;
  readonly y: number;
}

/** Parts of the width at which the levels begin and end. */
const COLUMNS = { root: 0.03, near: 0.4, far: 0.9 };
/** Pixels of the widest band. */
const WIDEST = 18;
/** Part of its room that a branch fills. */
const FILLED = 0.85;
/** Pixels of a letter between two levels, and around all of them. */
const LETTER = 8.5;
const AROUND = 14;
const MOST_LETTERS = 12;
/** Of a probability: what is below it does not decide how wide others are. */
const LEAST = 1e-9;

/** The branches of a node and those of its children, spread evenly. */
export function drawnBranches(
  tree: AnswerTree,
  node: number,
  frames: readonly (Frame | null)[],
  width: number,
  height: number,
): DrawnBranch[] {
  const first = branchesOf(tree, node, frames);
  const children = first.map(({ child }) =>
    child === null ? [] : branchesOf(tree, child, frames),
  );
  const counts = children.map(({ length }) => Math.max(1, length));
  const room = height / counts.reduce((a, b) => a + b, 0);
  const starts = counts.map((_, i) => counts.slice(0, i).reduce((a, b) => a + b, 0));
  const near = first.map((branch, i): Row => ({
    branch,
    shares: [branch.target, ...branch.models],
    room: room * counts[i]!,
    y: room * (starts[i]! + counts[i]! / 2),
  }));
  const far = children.map((branches, i) =>
    branches.map((branch, j): Row => ({
      branch,
      shares: [branch.target, ...branch.models].map((share, k) => times(share, near[i]!.shares[k])),
      room,
      y: room * (starts[i]! + j + 0.5),
    })),
  );
  const letters = Math.min(MOST_LETTERS, Math.max(...first.map(({ text }) => text.length)));
  const [root, ends] = [{ x: COLUMNS.root * width, y: height / 2 }, COLUMNS.near * width];
  const scale = scaleOf(far.flat());
  return [
    ...drawn(root, near, ends, scaleOf(near), 1),
    ...far.flatMap((rows, i) => {
      const from = { x: ends + AROUND + LETTER * letters, y: near[i]!.y };
      return drawn(from, rows, COLUMNS.far * width, scale, 2);
    }),
  ];
}

const times = (share: number | null, before: number | null | undefined) =>
  share === null || before === null || before === undefined ? null : share * before;

const sum = (shares: readonly (number | null)[]) =>
  shares.reduce<number>((all, share) => all + (share ?? 0), 0);

/** Pixels of probability 1, the same for all of a level: none is wider than its room. */
const scaleOf = (rows: readonly Row[]) =>
  Math.min(
    ...rows.map(({ shares, room }) => (FILLED * room) / Math.max(LEAST, sum(shares))),
    ...rows.flatMap(({ shares }) => shares.map((share) => WIDEST / Math.max(LEAST, share ?? 0))),
  );

/** Rows as bands that leave one place as a stack, in their order. */
function drawn(
  from: Place,
  rows: readonly Row[],
  x: number,
  scale: number,
  level: 1 | 2,
): DrawnBranch[] {
  let leaves = from.y - (scale * sum(rows.flatMap(({ shares }) => shares))) / 2;
  return rows.map(({ branch, shares, y }) => {
    const all = scale * sum(shares);
    const middle = { from: { x: from.x, y: leaves + all / 2 }, to: { x, y } };
    let arrives = y - all / 2;
    const bands = shares.map((share): Band | null => {
      if (share === null) return null;
      const width = share * scale;
      const band = {
        from: { x: from.x, y: leaves + width / 2 },
        to: { x, y: arrives + width / 2 },
        width,
      };
      leaves += width;
      arrives += width;
      return band;
    });
    return { branch, level, bands, middle };
  });
}

/** A curve from left to right. */
export function curve({ from, to }: Omit<Band, 'width'>): string {
  const middle = (from.x + to.x) / 2;
  const at = (x: number, y: number) => `${x.toFixed(1)},${y.toFixed(1)}`;
  return `M${at(from.x, from.y)}C${at(middle, from.y)} ${at(middle, to.y)} ${at(to.x, to.y)}`;
}
