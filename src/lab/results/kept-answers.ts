// What the answers of a study came to: for one prompt of every family and split, the target and each
// arm's last answers. Few enough to be kept, and enough to be drawn.
import type { SnapshotEvent, StudyEvent, TargetEvent } from '../events.ts';

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

type Kept = TargetEvent | SnapshotEvent;

export class KeptAnswers {
  readonly #targets = new Map<string, TargetEvent>();
  readonly #answers = new Map<string, SnapshotEvent>();

  /** @param events what was kept before, if the study goes on */
  constructor(events: readonly Kept[] = []) {
    for (const event of events) this.add(event);
  }

  /** Takes any event of a study, in the study's order. */
  add(event: StudyEvent): void {
    if (event.type === 'target') {
      const others = [...this.#targets.values()];
      const isFirst = !others.some((t) => t.split === event.split && t.family === event.family);
      if (isFirst) this.#targets.set(event.id, event);
    }
    if (event.type === 'snapshot' && this.#targets.has(event.id)) {
      this.#answers.set(JSON.stringify([event.arm, event.id]), event);
    }
  }

  /** Events that bring another one of this kind to the same state. */
  get events(): Kept[] {
    return [...this.#targets.values(), ...this.#answers.values()];
  }

  /** @param arms their order in the file */
  toFile(arms: readonly string[]): AnswersFile {
    const answers = [...this.#answers.values()];
    const ofArm = (name: string) =>
      answers
        .filter(({ arm }) => arm === name)
        .map(({ id, probabilities, invalidMass }) => {
          return [id, { probabilities, invalid_mass: invalidMass }] as const;
        });
    return {
      targets: [...this.#targets.values()].map(({ type: _, ...target }) => target),
      arms: Object.fromEntries(arms.map((name) => [name, Object.fromEntries(ofArm(name))])),
    };
  }
}
