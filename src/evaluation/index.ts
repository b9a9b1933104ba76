// All evaluations, in the order in which they run and are reported. A new one is a line here.
import { drift } from './drift.ts';
import { mcq } from './mcq.ts';
import { novelty } from './novelty.ts';
import { open } from './open.ts';
import { perplexity } from './perplexity.ts';
import { retention } from './retention.ts';
import { samples } from './samples.ts';

export const EVALUATIONS = [samples, open, mcq, novelty, retention, perplexity, drift] as const;
