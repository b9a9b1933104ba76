// A race as it is looked at: at which step, over which target, and what each lane shows there.
import { hundredOf } from '../../lab/race/hundred.ts';
import type { Frame, Lane, Race, RaceTarget } from '../../lab/race/race.ts';

export class RaceView {
  /** As far as it has come; null before the model has been asked. */
  race = $state.raw<Race | null>(null);
  /** Whether the lanes show the question with parameters that nobody was taught. */
  beyond = $state(false);
  /** The step on display; null for the latest. */
  cursor = $state<number | null>(null);

  readonly stepsTaken = $derived(
    Math.max(0, ...(this.race?.lanes ?? []).map(({ frames }) => frames.at(-1)?.step ?? 0)),
  );
  readonly step = $derived(this.cursor ?? this.stepsTaken);
  /** What the lanes are drawn over. */
  readonly target: RaceTarget | null = $derived(
    (this.beyond ? this.race?.beyond?.target : this.race?.target) ?? null,
  );
  /** The untouched model's answers to it. */
  readonly base: Frame | null = $derived(
    (this.beyond ? this.race?.beyond?.ends.base : this.race?.base) ?? null,
  );

  /** Another race, or none, from its latest step on. */
  show(race: Race | null): void {
    this.race = race;
    this.toLatest();
  }

  toLatest(): void {
    this.cursor = null;
    this.beyond = false;
  }

  /** What a lane shows at the cursor: a frame that has been looked at, else the untouched model. */
  frameOf(lane: Lane): Frame | null {
    if (this.beyond) return this.race?.beyond?.ends[lane.arm.name] ?? null;
    const frames = lane.frames.filter(({ probabilities }) => probabilities.length > 0);
    return frames.findLast(({ step }) => step <= this.step) ?? this.race?.base ?? null;
  }

  /** A hundred draws from exact probabilities, as indices of answers; -1 is something else. */
  hundred(frame: Frame, name: string): number[] {
    return hundredOf(frame, this.race?.experiment.seed ?? 0, name);
  }
}
