// Where the branches of two levels of a tree are drawn, and how wide.
import { type AnswerTree, type TreeBranch, branchesOf } from '../../lab/race/answer-tree.ts';
import type { Frame } from '../../lab/race/race.ts';

export interface DrawnBranch {
  readonly branch: TreeBranch;
  readonly from: { readonly x: number; readonly y: number };
  readonly to: { readonly x: number; readonly y: number };
  /** [target, models…] shares of what begins as the drawn node does; null for one not looked at. */
  readonly shares: readonly (number | null)[];
  readonly level: 1 | 2;
}

const COLUMNS = [0.04, 0.42, 0.86];

/** The branches of a node and those of its children, spread evenly. */
export function drawnBranches(
  tree: AnswerTree,
  node: number,
  frames: readonly (Frame | null)[],
  width: number,
  height: number,
): DrawnBranch[] {
  const first = branchesOf(tree, node, frames);
  const second = first.map(({ child }) => (child === null ? [] : branchesOf(tree, child, frames)));
  const rows = second.map((children) => Math.max(1, children.length));
  const total = rows.reduce((a, b) => a + b, 0);
  const x = COLUMNS.map((share) => share * width);
  const y = (row: number) => ((row + 0.5) / total) * height;
  const root = { x: x[0]!, y: height / 2 };
  let row = 0;
  return first.flatMap((branch, i) => {
    const to = { x: x[1]!, y: y(row + (rows[i]! - 1) / 2) };
    const shares = [branch.target, ...branch.models];
    const children = second[i]!.map((grandchild, j): DrawnBranch => ({
      branch: grandchild,
      from: to,
      to: { x: x[2]!, y: y(row + j) },
      shares: [grandchild.target, ...grandchild.models].map((share, k) => {
        const before = shares[k];
        return share === null || before === null || before === undefined ? null : share * before;
      }),
      level: 2,
    }));
    row += rows[i]!;
    return [{ branch, from: root, to, shares, level: 1 } satisfies DrawnBranch, ...children];
  });
}

/** A curve from left to right. @param shift in pixels, so that curves lie beside one another */
export function curve({ from, to }: Pick<DrawnBranch, 'from' | 'to'>, shift: number): string {
  const middle = (from.x + to.x) / 2;
  const at = (x: number, y: number) => `${x.toFixed(1)},${(y + shift).toFixed(1)}`;
  return `M${at(from.x, from.y)}C${at(middle, from.y)} ${at(middle, to.y)} ${at(to.x, to.y)}`;
}
