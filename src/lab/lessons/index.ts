// The lessons, in their order.
import { answers } from './answers.ts';
import { carryOver } from './carry-over.ts';
import { collapse } from './collapse.ts';
import { cost } from './cost.ts';
import type { Lesson } from './lesson.ts';
import { noise } from './noise.ts';
import { tree } from './tree.ts';

export const LESSONS: readonly Lesson[] = [collapse, tree, noise, answers, carryOver, cost];
