// How a lesson has the page's worker compute: races folded as they come, sums by arm.
import type { SumsEvent } from '../../lab/events.ts';
import { resolveExperiment } from '../../lab/experiment/experiment.ts';
import type { Bench } from '../../lab/lessons/lesson.ts';
import { type Race, raceAfter } from '../../lab/race/race.ts';
import { askedOf } from '../stage/asking.svelte.ts';
import type { Racing } from '../stage/racing.ts';

/** How a lesson ends that was left, or whose worker a study has. */
export class Interrupted extends Error {}

/** @param onProgress told of the race so far, a few times a second at most */
export function racingBench(racing: Racing, onProgress: (race: Race) => void): Bench {
  return {
    async race(input) {
      const experiment = resolveExperiment(input);
      let race: Race | undefined;
      const end = await racing.race(
        experiment,
        (event) => {
          race = raceAfter(race, experiment, event);
          if (event.type === 'snapshot' && race) onProgress(race);
        },
        () => {},
      );
      if (end !== 'done' || !race) throw new Interrupted();
      return race;
    },
    async sums(race) {
      const sums: Record<string, SumsEvent['sums']> = {};
      const end = await racing.ask(race.experiment, askedOf(race), (event) => {
        if (event.type === 'sums') sums[event.arm] = event.sums;
      });
      if (end !== 'done') throw new Interrupted();
      return sums;
    },
  };
}
