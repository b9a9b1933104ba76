// A race: what arms answered to one prompt after every step they were trained, folded from events.
import type { Answers } from '../../methods/method.ts';
import { methodOf } from '../../methods/names.ts';
import { answersOfStep } from '../../core/targets/sample-answers.ts';
import { totalVariation } from '../../core/scoring/total-variation.ts';
import type { AdapterEvent, AnswerTokens, StudyEvent, TargetEvent } from '../events.ts';
import { buildTrie } from '../../core/targets/build-trie.ts';
import type { Trie } from '../../core/targets/trie.ts';
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
  /** [edges] of the target's tree, natural log-probabilities; null where nobody looked. */
  readonly edges: readonly number[] | null;
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

export interface RaceTarget extends Pick<
  TargetEvent,
  'id' | 'prompt' | 'kind' | 'values' | 'probabilities' | 'tokens'
> {
  /** Of the answers as the model's tokenizer cuts them; null where nobody said how it does. */
  readonly trie: Trie | null;
}

export interface Race {
  readonly experiment: Experiment;
  readonly target: RaceTarget;
  /** Null where the question has no parameters. */
  readonly beyond: Beyond | null;
  /** The untouched model. */
  readonly base: Frame | null;
  readonly lanes: readonly Lane[];
  /** PEFT files by the names of arms, of those that were trained to the end. */
  readonly adapters: Readonly<Record<string, AdapterEvent['files']>>;
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
    const target = targetOf(event);
    return { experiment, target, base: null, lanes, beyond: null, adapters: {} };
  }
  switch (event.type) {
    case 'target':
      return race.beyond ? race : { ...race, beyond: { target: targetOf(event), ends: {} } };
    case 'step':
      return withLane(race, event.arm, (lane) => ({
        ...lane,
        seconds: event.seconds,
        shown: [...lane.shown, answersShown(race, lane.arm, event.step - 1)],
        frames: [...lane.frames, { ...NOTHING, step: event.step, loss: event.loss }],
      }));
    case 'snapshot': {
      const { probabilities, invalidMass, step, arm, id, edges = null } = event;
      const isBeyond = race.beyond?.target.id === id;
      const target = isBeyond ? race.beyond.target : race.target;
      if (id !== target.id) return race;
      const away = totalVariation(target.probabilities, probabilities, invalidMass);
      const seen = { step, probabilities, invalidMass, away, edges };
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
    case 'adapter':
      return { ...race, adapters: { ...race.adapters, [event.arm]: event.files } };
    default:
      return race;
  }
}

/** @throws InputError where the tokens do not make a trie */
export function targetOf({
  id,
  prompt,
  kind,
  values,
  probabilities,
  tokens,
}: Omit<RaceTarget, 'trie'>): RaceTarget {
  const target = { id, prompt, kind, values, probabilities };
  return { ...target, ...(tokens && { tokens }), trie: tokens ? trieOf(target, tokens) : null };
}

/** @throws InputError where the tokens do not make a trie */
export function trieOf(
  { values, probabilities }: Pick<RaceTarget, 'values' | 'probabilities'>,
  { paths, end }: AnswerTokens,
): Trie {
  const path = new Map(values.map((value, answer) => [value, paths[answer]!]));
  const space = { values, probabilities: Float64Array.from(probabilities) };
  return buildTrie(space, (value) => path.get(value)!, end);
}

const NOTHING = { probabilities: [], invalidMass: 1, away: 1, edges: null };

export const newLane = (arm: TrainedArm): Lane => ({ arm, frames: [], shown: [], seconds: 0 });

function withLane(race: Race, name: string, change: (lane: Lane) => Lane): Race {
  const lanes = race.lanes.map((lane) => (lane.arm.name === name ? change(lane) : lane));
  return { ...race, lanes };
}

/** Drawn again from the seed: no event needs to carry them. @param step 0-based */
export function answersShown(
  { experiment, target }: Pick<Race, 'experiment' | 'target'>,
  arm: TrainedArm,
  step: number,
): number[] {
  const count = answersPerStep(arm);
  if (count === 'trie') return [];
  const place = { seed: experiment.seed, step, place: 0 };
  return [...answersOfStep(target.probabilities, count, place)];
}

/** Answers that an arm is shown for a prompt and step. */
export const answersPerStep = (arm: TrainedArm): Answers =>
  methodOf(arm).training!.answers(arm as never);
