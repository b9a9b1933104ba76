// From what was measured to what a distribution chart shows.
import { parametersIn } from '../../core/prompts/sampling-prompt.ts';
import { watchedPrompt } from '../../lab/plan/watched-prompt.ts';
import type { TargetPreview } from '../../lab/contract.ts';
import type { Shown } from '../../charts/bins.ts';
import type { Look } from '../../charts/looks.ts';
import type { BaseLook } from './base-look.ts';
import type { WatchedTarget } from '../../lab/state/run-state.ts';

/** The target alone, or with what the untouched model answers. */
export function shownPreview(preview: TargetPreview, base: BaseLook | null, look: Look): Shown {
  if (!base) {
    return { ...preview, target: preview.probabilities, arms: [] };
  }
  const { target, snapshot } = base;
  const { probabilities, invalidMass, step } = snapshot;
  return {
    kind: target.kind,
    values: target.values,
    target: target.probabilities,
    arms: [{ name: 'untouched model', ...look, probabilities, invalidMass, step }],
  };
}

/** Every arm as it was at a step, or as last seen if `step` is null. */
export function shownTarget(
  target: WatchedTarget,
  armNames: readonly string[],
  looks: Readonly<Record<string, Look>>,
  step: number | null,
): Shown {
  return {
    kind: target.kind,
    values: target.values,
    target: target.probabilities,
    arms: armNames.flatMap((name) => {
      const seen = target.snapshots[name] ?? [];
      const snapshot = step === null ? seen.at(-1) : seen.filter((s) => s.step <= step).at(-1);
      const look = looks[name];
      if (!snapshot || !look) return [];
      const { probabilities, invalidMass } = snapshot;
      return [{ name, ...look, probabilities, invalidMass, step: snapshot.step }];
    }),
  };
}

/** The prompt that was looked at most often while the arms trained; before that, the one that will be. */
export function watchedTarget(targets: readonly WatchedTarget[]): WatchedTarget | undefined {
  const looks = targets.map(({ snapshots }) =>
    Object.values(snapshots).reduce((sum, seen) => sum + seen.length, 0),
  );
  // While the untouched model is scored each is looked at once, and none more often than others.
  const most = Math.max(...looks) > 1 ? Math.max(...looks) : null;
  const candidates = targets.filter(
    ({ split }, i) => (most === null || looks[i] === most) && split === targets[0]?.split,
  );
  // A target is stored with its words alone.
  const prompts = candidates.map(({ prompt: text }) => ({
    text,
    parameters: parametersIn(text).length,
  }));
  return candidates[watchedPrompt(prompts)] ?? targets[0];
}

/** The moments of training at which a target was looked at, ascending. */
export function momentsOf(target: WatchedTarget): number[] {
  const steps = Object.values(target.snapshots).flatMap((seen) => seen.map(({ step }) => step));
  return [...new Set(steps)].sort((a, b) => a - b);
}
