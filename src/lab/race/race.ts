// A race: what arms answered to one prompt after every step they were trained, folded from events.
import type { Answers } from '../../methods/method.ts';
import { methodOf } from '../../methods/names.ts';
import { answersOfStep } from '../../core/targets/sample-answers.ts';
import { totalVariation } from '../../core/scoring/total-variation.ts';
import type { StudyEvent, TargetEvent } from '../events.ts';
import { isTrained, type Experiment, type TrainedArm } from '../experiment/experiment.ts';

/** The exact answers of an arm at one moment. */
export interface Frame {
  /** Optimizer steps taken. */
  readonly step: number;
  /** [answers] in the target's order. */
  readonly probabilities: readonly number[];
  /** Probability of anything that is no answer. */
  readonly invalidMass: number;
  /** Total variation to the target: the share of the answers that would have to change. */
  readonly away: number;
  /** Mean loss of the step, in nats; null before the first. */
  readonly loss: number | null;
}

export interface Lane {
  readonly arm: TrainedArm;
  /** One for each step that was taken. */
  readonly frames: readonly Frame[];
  /** [steps][answers of the step] indices of the answers that were drawn for it. */
  readonly shown: readonly (readonly number[])[];
  /** Spent on training and looking, so far. */
  readonly seconds: number;
}

/** The same question with parameters that nobody was taught. */
export interface Beyond {
  readonly target: RaceTarget;
  /** By the names of arms, the untouched one among them; after the race. */
  readonly ends: Readonly<Record<string, Frame>>;
}

export type RaceTarget = Pick<TargetEvent, 'id' | 'prompt' | 'kind' | 'values' | 'probabilities'>;

export interface Race {
  readonly experiment: Experiment;
  readonly target: RaceTarget;
  /** Null where the question has no parameters. */
  readonly beyond: Beyond | null;
  /** The untouched model. */
  readonly base: Frame | null;
  readonly lanes: readonly Lane[];
}

/** Undefined before the target is known. */
export function raceOf(experiment: Experiment, events: Iterable<StudyEvent>): Race | undefined {
  let race: Race | undefined;
  for (const event of events) race = raceAfter(race, experiment, event);
  return race;
}

/** The race after one more event; the same object where the event changes nothing. */
export function raceAfter(
  race: Race | undefined,
  experiment: Experiment,
  event: StudyEvent,
): Race | undefined {
  if (!race) {
    if (event.type !== 'target') return race;
    const lanes = experiment.arms.filter(isTrained).map((arm) => newLane(arm));
    return { experiment, target: event, base: null, lanes, beyond: null };
  }
  switch (event.type) {
    case 'target':
      return race.beyond ? race : { ...race, beyond: { target: event, ends: {} } };
    case 'step':
      return withLane(race, event.arm, (lane) => ({
        ...lane,
        seconds: event.seconds,
        shown: [...lane.shown, answersShown(race, lane.arm, event.step - 1)],
        frames: [...lane.frames, { ...NOTHING, step: event.step, loss: event.loss }],
      }));
    case 'snapshot': {
      const { probabilities, invalidMass, step, arm, id } = event;
      const isBeyond = race.beyond?.target.id === id;
      const target = isBeyond ? race.beyond.target : race.target;
      if (id !== target.id) return race;
      const away = totalVariation(target.probabilities, probabilities, invalidMass);
      const seen = { step, probabilities, invalidMass, away };
      if (isBeyond) {
        const ends = { ...race.beyond.ends, [arm]: { ...seen, loss: null } };
        return { ...race, beyond: { ...race.beyond, ends } };
      }
      if (step === 0) return { ...race, base: { ...seen, loss: null } };
      return withLane(race, arm, (lane) => ({
        ...lane,
        frames: lane.frames.map((frame) => (frame.step === step ? { ...frame, ...seen } : frame)),
      }));
    }
    default:
      return race;
  }
}

const NOTHING = { probabilities: [], invalidMass: 1, away: 1 };

const newLane = (arm: TrainedArm): Lane => ({ arm, frames: [], shown: [], seconds: 0 });

function withLane(race: Race, name: string, change: (lane: Lane) => Lane): Race {
  const lanes = race.lanes.map((lane) => (lane.arm.name === name ? change(lane) : lane));
  return { ...race, lanes };
}

/** Drawn again from the seed: no event needs to carry them. @param step 0-based */
function answersShown({ experiment, target }: Race, arm: TrainedArm, step: number): number[] {
  const count = answersPerStep(arm);
  if (count === 'trie') return [];
  const place = { seed: experiment.seed, step, place: 0 };
  return [...answersOfStep(target.probabilities, count, place)];
}

/** Answers that an arm is shown for a prompt and step. */
export const answersPerStep = (arm: TrainedArm): Answers =>
  methodOf(arm).training!.answers(arm as never);
