// The prompts whose answers can be laid over one another: targets, and what each column answers.
import type { TargetEvent } from '../events.ts';
import type { Column } from './columns.ts';
import type { ComparedAnswers } from './compared-run.ts';
import { promptKey } from './measured.ts';
import { mean } from '../../core/mean.ts';

export interface ComparedPrompt {
  /** Unlike those of the other prompts. */
  readonly key: string;
  readonly target: TargetEvent;
  /** [columns] mean over the seeds that have it; null where a column does not. */
  readonly answers: readonly (ComparedAnswers | null)[];
}

/** Prompts that at least one column has answers to; those that most columns share come first. */
export function comparedPrompts(columns: readonly Column[]): ComparedPrompt[] {
  const prompts = new Map<string, { target: TargetEvent; answers: ComparedAnswers[][] }>();
  columns.forEach(({ parts }, column) => {
    for (const part of parts) {
      for (const [id, answers] of part.arm.answers) {
        const target = part.run.targets.get(id);
        if (target?.values.length !== answers.probabilities.length) continue;
        const key = promptKey(part, id);
        const prompt = prompts.get(key) ?? { target, answers: columns.map(() => []) };
        prompt.answers[column]!.push(answers);
        prompts.set(key, prompt);
      }
    }
  });
  const shared = (answers: readonly unknown[]) => answers.filter((of) => of !== null).length;
  return [...prompts]
    .map(([key, { target, answers }]) => ({ key, target, answers: answers.map(meanAnswers) }))
    .sort((a, b) => shared(b.answers) - shared(a.answers));
}

function meanAnswers(all: readonly ComparedAnswers[]): ComparedAnswers | null {
  const [first] = all;
  if (!first || all.length === 1) return first ?? null;
  return {
    probabilities: first.probabilities.map((_, i) => mean(all, (of) => of.probabilities[i]!)!),
    invalidMass: mean(all, (of) => of.invalidMass)!,
  };
}
