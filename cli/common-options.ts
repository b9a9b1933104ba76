// The options that every command accepts; those use them for which they mean something.
import type { BackendName } from '../src/tensor/backend.ts';
import { WEIGHT_CHOICES } from '../src/model/weight-forms.ts';
import { MOST_THREADS } from '../src/lab/study/lanes/thread-counts.ts';
import { flag, kinds, option } from './options.ts';
import { outFile } from './out-place.ts';

/** As the experiment has them. */
export const WEIGHTS = kinds.oneOf(WEIGHT_CHOICES);

// Not imported: that would load every backend before `lab help` can speak.
const BACKENDS = ['wasm', 'cpu', 'webgpu'] as const satisfies readonly BackendName[];

/** As the experiment has them. */
export const seedKind = kinds.whole({ from: 0, to: 2 ** 32 - 1 });

export const COMMON_OPTIONS = {
  backend: option<BackendName>(BACKENDS.join('|'), 'what computes', kinds.oneOf(BACKENDS), 'wasm'),
  seed: option('N', 'where all randomness starts', seedKind, 11),
  model: option(
    'DIR|FILE.gguf|builtin',
    'a Hugging Face folder or a GGUF file',
    kinds.some,
    'builtin',
  ),
  adapter: option('DIR|FILE.gguf', 'a LoRA adapter in PEFT layout or as GGUF', kinds.some),
  threads: option(
    'N',
    'how many compute at once, each with a copy of the model (default all cores; figures are the same)',
    kinds.whole({ from: 1, to: MOST_THREADS }),
  ),
  weights: option(WEIGHT_CHOICES.join('|'), "how the model's matrices are kept", WEIGHTS, 'stored'),
  out: outFile('PATH', 'write the result there, not to standard output'),
  progress: flag('report progress even if standard error is not a terminal'),
  debug: flag('say where in the code an error came from'),
};
