// Where the real GGUF files lie that `real-models.mjs` fetches: in REAL_MODELS_PATH, else in a cache of the user's.
import { homedir } from 'node:os';
import { join } from 'node:path';

const folder =
  process.env['REAL_MODELS_PATH'] ?? join(homedir(), '.cache', 'calibration-lab', 'real-models');

export const REAL_FILES = {
  smollm2: join(folder, 'SmolLM2-135M-Instruct.Q4_1.gguf'),
  gemma3: join(folder, 'gemma-3-270m-q4_k_m.gguf'),
};

/** What to say where one is not there. */
export const whyAbsent = (path) =>
  `skipped: ${path} is not there; node scripts/real-models.mjs fetches it`;
