// The lab's own step: its kernels, its explicit backward pass, its optimizer.
import { Decoder } from '../../src/model/decoder.ts';
import { loadWeights } from '../../src/model/decoder-weights.ts';
import { createLora } from '../../src/model/lora.ts';
import { train } from '../../src/training/trainer.ts';
import type { StepProblem } from '../problem.ts';
import { ADAM, LORA, SEED } from '../problem.ts';
import type { Peer } from './peer.ts';

/** On the present tfjs backend. */
export async function ours(problem: StepProblem): Promise<Peer> {
  const { spec, weights, examples, normalizer, learningRate } = problem;
  const decoder = new Decoder(spec, await loadWeights(spec, (name) => weights.get(name)!.values));
  const adapter = createLora(spec, LORA, SEED);
  const run = train({
    decoder,
    adapter,
    steps: Infinity,
    batch: () => ({ groups: [examples], normalizer, promptTokens: 0, answerTokens: 0 }),
    learningRate: () => learningRate,
    loss: 'cross-entropy',
    optimizer: ADAM,
    seed: SEED,
    reportEvery: 1,
  });
  return {
    name: 'ours',
    async step() {
      const next = await run.next();
      if (next.done) throw new Error('the run ended');
      return next.value.loss;
    },
    dispose() {
      void run.return(undefined);
      adapter.dispose();
      decoder.dispose();
    },
  };
}
