// The prompts of a study as lines of data: tokens, canonical answers and their probabilities.
import { referencePaths } from '../study/study-scoring.ts';
import type { TaskMaker } from '../study/study-tasks.ts';
import type { StudyPrompt } from '../plan/study-prompt.ts';

/** A prompt with all that is to be known of its answers; the names are those of the files. */
interface PromptLine {
  readonly id: string;
  readonly family: string;
  readonly kind: StudyPrompt['kind'];
  readonly prompt: string;
  /** Of the prompt as the model reads it, chat template included. */
  readonly input_ids: readonly number[];
  /** [answers] canonical texts. */
  readonly answers: readonly string[];
  /** [answers] sums to 1. */
  readonly probabilities: readonly number[];
  /** [answers] token ids, the one that ends the answer included. */
  readonly answer_ids: readonly (readonly number[])[];
  /** [answers] what they mean as numbers; null for choices. */
  readonly numbers: readonly number[] | null;
  /** Whether arms are scored on it. */
  readonly measured: boolean;
  /** The answers whose mean over steps is the reference's logit KL. */
  readonly reference_paths: readonly number[];
}

/** One line for each prompt, made when it is asked for. @throws InputError as `Task.trie` */
export function* promptLines(
  prompts: readonly StudyPrompt[],
  isMeasured: (prompt: StudyPrompt) => boolean,
  tasks: TaskMaker,
  seed: number,
): Generator<PromptLine> {
  for (const prompt of prompts) {
    const task = tasks.make(prompt).prepared(); // finds answers that cannot be told apart
    const { values, probabilities, numbers } = task.space;
    yield {
      id: prompt.id,
      family: prompt.family,
      kind: prompt.kind,
      prompt: prompt.text,
      input_ids: task.tokens,
      answers: values,
      probabilities: [...probabilities],
      answer_ids: values.map((_, answer) => task.path(answer)),
      numbers: numbers && [...numbers],
      measured: isMeasured(prompt),
      reference_paths: [...referencePaths(task, seed)],
    };
  }
}
