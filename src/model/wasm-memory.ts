// Predicts how large the heap of WebAssembly becomes, where bfloat16 is f32 and the loss composed.
import { planPasses } from '../tensor/ops/trie-loss/passes.ts';
import { FORMS } from '../tensor/matrix.ts';
import { formLookup, type FormOfMatrix, type WeightForms } from './decoder/decoder-weights.ts';
import type { DecoderSpec } from './spec/decoder-spec.ts';
import { scoringMemory, trainingMemory, usualSizes } from './memory-estimate.ts';
import type { AdapterSize, PassSize, TrainingMemory } from './memory-estimate.ts';

const F32 = 4;
/** An Emscripten heap that is full grows by a fifth, and by no more than 96 MiB. */
const GROWTH = { share: 0.2, most: 96 * 2 ** 20 } as const;
/**
 * What comes and goes leaves gaps between the activations that stay, too small for what comes next: as a
 * share of the latter. What growth leaves idle hides most of it.
 */
const GAPS = 0.05;

/** As `trainingMemory`; the total is the heap that the module takes, of which a part lies idle. */
export function wasmTrainingMemory(
  spec: DecoderSpec,
  size: PassSize,
  adapter: AdapterSize,
  asked: WeightForms,
  recompute?: boolean,
): TrainingMemory {
  const forms = withoutBf16(asked);
  const own = trainingMemory(spec, size, adapter, forms, recompute);
  const { weights } = own;
  const passing = Math.max(own.passing, lossMemory(spec, size));
  const duringPass = own.adapter + (1 + GAPS) * own.kept + passing;
  return { ...own, passing, total: heapOf(weights + Math.max(duringPass, own.updating)) };
}

/** As `estimateMemory`, of each lane; a batch's prompts pass one by one, so that it does not matter. */
export function estimateWasmMemory(
  spec: DecoderSpec,
  { weights: asked }: { readonly weights: WeightForms },
): { training: number; scoring: number } {
  const { adapter, training, scoring } = usualSizes(spec, 1);
  const forms = withoutBf16(asked);
  const scored = scoringMemory(spec, scoring.pass, scoring.cached, forms);
  return {
    training: wasmTrainingMemory(spec, training, adapter, forms).total,
    scoring: heapOf(scored),
  };
}

/** Half of the last growth is idle, taken over all sizes. @param used bytes at the peak */
function heapOf(used: number): number {
  return used + Math.min(GROWTH.share * used, GROWTH.most) / 2;
}

function withoutBf16(asked: WeightForms): FormOfMatrix {
  const formOf = formLookup(asked);
  return (name) => (formOf(name).format === 'bf16' ? FORMS.f32 : formOf(name));
}

/** What is kept of the logits, one chunk of the vocabulary, and the hidden states with their gradient. */
function lossMemory(
  { vocabSize, width, finalSoftCap }: DecoderSpec,
  { outputs }: PassSize,
): number {
  const { chunk, rows, keeps } = planPasses(outputs, vocabSize, {});
  const capped = finalSoftCap === null ? 0 : 1;
  // Probabilities, and the slopes of a soft cap.
  const kept = (1 + capped) * rows * (keeps ? vocabSize : chunk);
  // What is expected of them, the same less the targets, and what of it passes the cap.
  const passing = (2 + capped) * rows * chunk;
  return F32 * (kept + passing + 4 * outputs * width);
}
