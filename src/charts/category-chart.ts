// The marks that a distribution over a user's own choices is drawn with: one row per choice.
import type { Markish } from '@observablehq/plot';
import { percent } from './numbers.ts';
import type { Bin, ShownArm } from './bins.ts';
import type { PlotModule } from './plot.ts';

/** @param band height of a row in pixels */
export function categoryMarks(
  Plot: PlotModule,
  bins: readonly Bin[],
  arms: readonly ShownArm[],
  band: number,
): Markish[] {
  const thickness = 8;
  const top = (band - arms.length * 11) / 2;
  return [
    Plot.barX(bins, { y: 'label', x: 'target', fill: 'var(--target)', rx: 3 }),
    ...arms.map((arm, i) =>
      Plot.barX(bins, {
        y: 'label',
        x: (bin: Bin) => bin.arms[i] ?? 0,
        fill: arm.color,
        insetTop: top + i * 11,
        insetBottom: band - top - i * 11 - thickness,
        title: (bin: Bin) => `${arm.name}: ${bin.label} ${percent(bin.arms[i])}`,
      }),
    ),
    Plot.ruleX([0], { stroke: 'var(--ink-3)' }),
  ];
}
