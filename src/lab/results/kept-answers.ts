// What the answers of a study came to: for one prompt of every family and split, the target and each
// arm's last answers. Few enough to be kept, and enough to be drawn.
import type { TargetEvent } from '../events.ts';
import { lastAnswers, type RunState } from '../state/run-state.ts';

/** `answers.json`, beside the results. */
export interface AnswersFile {
  readonly targets: readonly Omit<TargetEvent, 'type'>[];
  /** By arm, then by the target's `id`. */
  readonly arms: Readonly<
    Record<
      string,
      Readonly<Record<string, { probabilities: readonly number[]; invalid_mass: number }>>
    >
  >;
}

/** The answers of a run that was folded with `answers: 'last'`. */
export function answersFile({ targets, arms }: RunState): AnswersFile {
  const ofArm = (name: string) =>
    targets.flatMap((target) => {
      const last = lastAnswers(target, name);
      if (!last) return [];
      const { probabilities, invalidMass } = last;
      return [[target.id, { probabilities, invalid_mass: invalidMass }] as const];
    });
  return {
    targets: targets.map(({ type: _, snapshots: __, ...target }) => target),
    arms: Object.fromEntries(arms.map(({ name }) => [name, Object.fromEntries(ofArm(name))])),
  };
}
