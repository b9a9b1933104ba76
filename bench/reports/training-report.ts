// One training step of one size of model: the lab beside its peers.
import { stepFlops } from '../model/flops.ts';
import type { ModelConfig } from '../model/sizes.ts';
import type { PeerName } from '../peers/peer.ts';
import type { Run, TrainingTask } from '../tasks/task.ts';
import { softBatch } from '../workload/soft-batch.ts';
import type { DecoderSpec } from '../../src/model/spec/decoder-spec.ts';
import { weightShapes } from '../../src/model/spec/decoder-spec.ts';
import { decoderSpecFrom } from '../../src/model/families/index.ts';
import { pack } from '../../src/model/decoder/pack.ts';
import { checkAgreement } from '../series/agreement.ts';
import type { Place } from '../places/place.ts';
import { runSeries } from '../series/series.ts';
import type { Failure, Measurements } from '../series/series.ts';
import type { BenchSettings } from '../settings.ts';
import { spreadOf } from '../series/spread.ts';

/** @param roof best measured rate of products in flops per second, where it was measured */
export async function trainingReport(
  place: Place,
  settings: BenchSettings,
  size: string,
  config: ModelConfig,
  roof?: number,
) {
  const { peers, batch: batchSize, format, seed } = settings;
  const spec = decoderSpecFrom(config);
  const facts = batchFacts(spec, settings);
  const task = (peer: PeerName): TrainingTask => ({
    ...{ kind: 'training', layout: 'merged', batch: batchSize },
    ...{ peer, config, format, seed },
  });
  const tasks = Object.fromEntries(peers.map((peer) => [peer, task(peer)]));
  const series = await runSeries(place, tasks, settings);
  const own = series['lab']!;
  if ('failed' in own) throw new Error(`the lab's own step failed at ${size}: ${own.failed}`);
  checkAgreement(series);
  const tokens = facts.prompt_tokens + facts.answer_tokens;
  const perLayer = await dispatchesPerLayer(place, settings, task('lab'), own);
  return {
    size,
    parameters: parametersOf(spec),
    layers: spec.layers,
    batch: facts,
    flops_per_step: facts.flops,
    weights: format,
    peers: Object.fromEntries(
      Object.entries(series).map(([name, one]) => [
        name,
        'failed' in one ? one : peerFigures(one, tokens, facts.flops, roof),
      ]),
    ),
    dispatches_per_layer: perLayer,
    // Quotients of the seconds of runs that took turns.
    times_as_fast_as: timesAsFast(own, series),
  };
}

/** The batch in numbers; `flops` are those of a step. */
function batchFacts(spec: DecoderSpec, { batch: size, seed }: BenchSettings) {
  const soft = softBatch(size, spec.vocabSize, seed);
  const { batch } = pack(soft.examples, soft.normalizer);
  return {
    prompts: size.prompts,
    paths_per_prompt: size.paths,
    prompt_tokens: soft.promptTokens,
    answer_tokens: soft.answerTokens,
    rows: batch.rows,
    slots: batch.slots,
    outputs: batch.outputs.length,
    flops: stepFlops(spec, batch),
  };
}

function peerFigures(
  { openSeconds, warmUp, timed }: Measurements,
  tokens: number,
  flops: number,
  roof: number | undefined,
) {
  const seconds = spreadOf(timed.map((run) => run.seconds));
  return {
    losses: [...warmUp, ...timed].slice(0, 3).map(({ figure }) => figure),
    open_seconds: openSeconds,
    // With compilation of whatever is compiled at first use.
    first_step_seconds: warmUp[0]!.seconds,
    step_seconds: seconds,
    dispatches_per_step: dispatchesOf(timed),
    tokens_per_second: tokens / seconds.median,
    flops_per_second: flops / seconds.median,
    roofline_fraction: roof === undefined ? null : flops / seconds.median / roof,
  };
}

function dispatchesOf(runs: readonly Run[]): number | null {
  const counts = runs.map(({ dispatches }) => dispatches);
  return counts.every((count) => count !== null) ? spreadOf(counts).median : null;
}

/** What the lab's last layer adds to a step: the step of a model with one layer less says the rest. */
async function dispatchesPerLayer(
  place: Place,
  settings: BenchSettings,
  task: TrainingTask,
  own: Measurements,
): Promise<number | null> {
  const all = dispatchesOf(own.timed);
  const layers = task.config['num_hidden_layers'];
  if (all === null || typeof layers !== 'number') return null;
  const config = { ...task.config, num_hidden_layers: layers - 1 };
  const tasks = { 'one layer less': { ...task, config } };
  const { 'one layer less': shorter } = await runSeries(place, tasks, {
    ...settings,
    warmUp: 1,
    runs: 1,
  });
  const rest = 'failed' in shorter ? null : dispatchesOf(shorter.timed);
  return rest === null ? null : all - rest;
}

/** Seconds of a peer over the lab's, round by round. */
function timesAsFast(own: Measurements, series: Readonly<Record<string, Measurements | Failure>>) {
  const peers = Object.entries(series).flatMap(([name, one]) => {
    if (one === own || 'failed' in one) return [];
    const ratios = one.timed.map(({ seconds }, i) => seconds / own.timed[i]!.seconds);
    return [[name, spreadOf(ratios)] as const];
  });
  return Object.fromEntries(peers);
}

function parametersOf(spec: DecoderSpec): number {
  const sizes = [...weightShapes(spec).values()].map((shape) => shape.reduce((a, b) => a * b, 1));
  return sizes.reduce((a, b) => a + b, 0);
}
