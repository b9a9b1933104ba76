// The exact score of one prompt by a model of any size, off the trie of its answers.
import { mean } from 'd3-array';
import { answerPaths, pathLogProbabilities } from '../../src/core/targets/answer-paths.ts';
import { edgeLogProbabilities } from '../../src/evaluation/edge-log-probabilities.ts';
import { loraFromFile } from '../../src/model/adapter/lora.ts';
import { Decoder } from '../../src/model/decoder/decoder.ts';
import { loadWeights } from '../../src/model/decoder/decoder-weights.ts';
import { decoderSpecFrom } from '../../src/model/families/index.ts';
import { weightShapes } from '../../src/model/spec/decoder-spec.ts';
import { LORA_FILE, randomLora, randomWeights } from '../model/random-weights.ts';
import { scoredPrompt } from '../workload/soft-batch.ts';
import type { ExactScoreTask, OpenedTask } from './task.ts';

export async function openExactScore({
  config,
  promptTokens,
  format,
  seed,
}: ExactScoreTask): Promise<OpenedTask> {
  const spec = decoderSpecFrom(config);
  const shapes = weightShapes(spec);
  const weights = randomWeights(seed);
  const read = (name: string) => weights(name, shapes.get(name)!);
  const decoder = new Decoder(spec, await loadWeights(spec, read, format));
  const adapter = loraFromFile(spec, { ...LORA_FILE, tensors: randomLora(spec, seed) });
  const { prompt, answers } = scoredPrompt(promptTokens, spec.vocabSize, seed);
  const paths = answerPaths(answers);
  return {
    async run() {
      const edges = await edgeLogProbabilities(decoder, prompt, paths, { adapter });
      return -mean(pathLogProbabilities(paths, edges))!;
    },
  };
}
