// The real GGUF files that `scripts/real-models.mjs` fetches: where they are, and what to say where they are not.
import { homedir } from 'node:os';
import { join } from 'node:path';

const folder =
  process.env['REAL_MODELS_PATH'] ?? join(homedir(), '.cache', 'calibration-lab', 'real-models');

export const REAL_FILES = {
  smollm2: join(folder, 'SmolLM2-135M-Instruct.Q4_1.gguf'),
  gemma3: join(folder, 'gemma-3-270m-q4_k_m.gguf'),
};

/** For a test that is skipped. */
export const whyAbsent = (path: string) =>
  `skipped: ${path} is not there; node scripts/real-models.mjs fetches it`;
