// All methods of arms, in the order in which they are offered. A new one is a line here.
import { exact } from './exact.ts';
import { hard } from './hard.ts';
import { none } from './none.ts';
import { seedOfThought } from './seed-of-thought.ts';
import { soft } from './soft.ts';
import { temperature } from './temperature.ts';
import { verbalisedRejection } from './verbalised-rejection.ts';
import { verbalised } from './verbalised.ts';

export const METHODS = [
  none,
  soft,
  hard,
  exact,
  temperature,
  seedOfThought,
  verbalised,
  verbalisedRejection,
] as const;
