// Lesson 5: what was taught for one distribution carries over to others, or not.
import { InputError } from '../../core/errors.ts';
import type { Beyond, Race } from '../race/race.ts';
import { studyPrompts } from '../plan/study-prompts.ts';
import { resolveExperiment } from '../experiment/experiment.ts';
import { awayWords } from '../race/verdict.ts';
import { defineLesson, optionOf, ranges } from './lesson.ts';
import SHIPPED from './shipped-study.json' with { type: 'json' };

const NEEDS =
  'a family of which the paper sets other parameters aside, such as Beta or the Gaussian';

const MOST = 100;
const OPTIONS = ranges(
  [
    ['near', 30],
    ['between', 70],
    ['far', MOST],
  ],
  ' %',
);

/** @throws InputError for choices, and for families that are held out whole */
function beyondOf({ beyond }: Pick<Race, 'beyond'>): Beyond {
  if (beyond) return beyond;
  throw new InputError(`this lesson needs ${NEEDS}`, 'Ask for one of those.', 'ask');
}

/** The models over what nobody was taught: that is what was guessed about. */
const askedBeyond = (race: Race, { target, ends }: Beyond): Race => ({
  ...race,
  target,
  base: ends.base ?? null,
  lanes: race.lanes.map((lane) => ({ ...lane, frames: [ends[lane.arm.name]!] })),
});

export const carryOver = defineLesson<Race>({
  title: 'Does it carry over?',
  shows: 'the same family with parameters nobody taught, and the study that ships with the lab',
  runs: 'one race',
  words:
    'The model is taught one distribution by soft targets. Then it is asked for the same family with ' +
    'parameters that nobody taught it. If it learned what the sentence means, it should be closer there, too; ' +
    'if it learned the answers by heart, it should now give the old ones.',
  needs: NEEDS,
  question: 'Asked with other parameters, how far away is the model after its lesson?',
  options: OPTIONS,
  amount: { most: MOST, words: (percent) => `${percent} % away` },
  run: (bench, experiment) => {
    const { evaluation } = studyPrompts(resolveExperiment(experiment));
    // Said before the race, and not after it.
    if (!evaluation.some(({ split }) => split === 'test_unseen_params')) beyondOf({ beyond: null });
    return bench.race(experiment);
  },
  reveal(race) {
    const beyond = beyondOf(race);
    const { base, soft, hard } = beyond.ends;
    // As it is shown: what reads 30 % counts as such.
    const percent = Math.round(soft!.away * 100);
    const { train, test_unseen_params: unseen, test_ood_family: families } = SHIPPED.away;
    return {
      right: optionOf(OPTIONS, percent),
      measured: percent,
      sentences: [
        `“${beyond.target.prompt}” The untouched model is ${awayWords(base!.away)} away, after soft targets ` +
          `${awayWords(soft!.away)}, after hard ones ${awayWords(hard!.away)}.`,
        `A larger model, ${SHIPPED.model}, was taught ${SHIPPED.families} families in ${SHIPPED.steps} steps: ` +
          `soft targets took prompts that were taught from ${awayWords(train.base)} to ` +
          `${awayWords(train.soft)}, unseen parameters from ${awayWords(unseen.base)} to ` +
          `${awayWords(unseen.soft)}, and families never taught from ${awayWords(families.base)} to ` +
          `${awayWords(families.soft)}.`,
      ],
      race: askedBeyond(race, beyond),
    };
  },
});
