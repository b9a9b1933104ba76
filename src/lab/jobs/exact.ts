// The job `exact`: a model's exact scores on the prompt of one distribution.
import { askHere } from '../../evaluation/decoder-calls.ts';
import { STUDY_DATE } from '../../model/tokenizer/study-date.ts';
import type { EvaluationRow } from '../events.ts';
import { distributionPrompt } from '../plan/study-prompt.ts';
import { checkScores, scoreTask } from '../study/study-scoring.ts';
import { TaskMaker } from '../study/study-tasks.ts';
import type { AdaptedModel, NoteEvent } from './adapted-model.ts';

export interface ExactInput {
  readonly family: string;
  readonly params: Readonly<Record<string, number>>;
  readonly decimals: number;
  readonly bins: number;
  /** Decides the paths of `reference_logit_kl`. */
  readonly seed: number;
  /** What a chat template is told that asks for the day; `STUDY_DATE` if left out. */
  readonly date?: string;
}

export interface ExactEvent extends Pick<
  EvaluationRow,
  'kl' | 'tv' | 'js' | 'valid_mass' | 'reference_logit_kl'
> {
  readonly type: 'exact';
  /** Of the trie of answers. */
  readonly nodes: number;
}

/** @throws InputError for an impossible distribution, or answers that the tokenizer cannot express */
export async function* exactOfModel(
  { decoder, adapter, tokenizer }: AdaptedModel,
  { family, params, decimals, bins, seed, date = STUDY_DATE }: ExactInput,
  signal?: AbortSignal,
): AsyncGenerator<ExactEvent | NoteEvent> {
  const prompt = distributionPrompt(family, params);
  const dated = (await tokenizer()).on(date);
  for (const message of dated.notes) yield { type: 'note', message };
  const task = new TaskMaker(dated, { decimals, bins }).make(prompt);
  const scored = await scoreTask(askHere(decoder), task, seed, { adapter, signal });
  checkScores(task, scored, 0);
  const { kl, tv, js, valid_mass, reference_logit_kl = null } = scored.scores;
  const { nodeCount: nodes } = task.trie;
  yield { type: 'exact', kl, tv, js, valid_mass, reference_logit_kl, nodes };
}
