// Draws answers from an output space.
import { type RandomStream, randomStream } from '../random.ts';

/**
 * `count` independent answers as indices [count]; `probabilities` sum to 1. Inverse cdf by bisection.
 * @example
 * import { choiceSpace, randomStream, sampleAnswers } from 'calibration-lab/tries';
 *
 * const { values, probabilities } = choiceSpace([{ value: 'low', weight: 1 }, { value: 'high', weight: 3 }]);
 * const drawn = sampleAnswers(probabilities, 4, randomStream(7, 'dice'));
 * Array.from(drawn, (answer) => values[answer]); // => ["high","high","low","high"]
 */
export function sampleAnswers(
  probabilities: ArrayLike<number>,
  count: number,
  random: RandomStream,
): Int32Array {
  const cumulative = new Float64Array(probabilities.length);
  let total = 0;
  let lastPossible = 0;
  for (let i = 0; i < probabilities.length; i++) {
    total += probabilities[i]!;
    cumulative[i] = total;
    if (probabilities[i]! > 0) lastPossible = i;
  }
  const answers = new Int32Array(count);
  for (let k = 0; k < count; k++) {
    const u = total * random.uniform();
    let low = 0;
    let high = lastPossible; // first index whose cumulative sum exceeds u
    while (low < high) {
      const middle = (low + high) >> 1;
      if (cumulative[middle]! > u) high = middle;
      else low = middle + 1;
    }
    answers[k] = low;
  }
  return answers;
}

/**
 * The answers, as indices [count], that a training step draws for the prompt at `place` of its batch:
 * a function of the seed alone, whatever the method, so that arms with as many answers see the same.
 * @param step 0-based
 */
export function answersOfStep(
  probabilities: ArrayLike<number>,
  count: number,
  { seed, step, place }: { readonly seed: number; readonly step: number; readonly place: number },
): Int32Array {
  return sampleAnswers(probabilities, count, randomStream(seed, 'answers', step, place));
}
