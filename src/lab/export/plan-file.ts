// plan.json: what an exported folder's scripts are to do, and where its data lies.
import { methodOf } from '../../methods/names.ts';
import type { Arm, Experiment, Split } from '../experiment/experiment.ts';
import type { ArmPlan } from '../plan/study-plan.ts';
import { isScoredExactly } from '../study/arm-measures.ts';

/** What is known of a trained arm's data. */
interface ArmData {
  readonly plan: ArmPlan;
  readonly layout: 'rows' | 'trie';
  readonly files: readonly string[];
  readonly anchor: readonly string[] | undefined;
}

/** One arm, by the names of the file. */
export type ArmOfPlan = Readonly<Record<string, unknown>> & { readonly name: string };

/** @param data of an arm that is trained */
export function armPlan(arm: Arm, data?: ArmData): ArmOfPlan {
  const { name, method } = arm;
  const described = methodOf(arm);
  const temperature = described.answering?.temperature?.(arm as never);
  if (!data) {
    return {
      ...{ name, method, trained: false, scored: isScoredExactly(arm) },
      ...(temperature !== undefined && { temperature }),
    };
  }
  const { plan, layout, files, anchor } = data;
  const { loss, withoutDropout = false } = described.training!;
  return {
    ...{ name, method, trained: true, scored: true, layout, loss, steps: plan.steps, files },
    ...('objective' in arm && { objective: arm.objective }),
    without_dropout: withoutDropout,
    ...(anchor && { anchor: { weight: plan.anchor!.weight, files: anchor } }),
  };
}

/** @param model a folder beside plan.json, or a name or path that transformers opens */
export function planFile(
  { seed, training }: Experiment,
  model: string,
  splits: Partial<Record<Split, readonly string[]>>,
  arms: readonly ArmOfPlan[],
): object {
  const { learning_rate, weight_decay, warmup, lora } = training;
  return {
    ...{ model, seed, learning_rate, weight_decay, warmup, dropout: lora.dropout },
    first_adapter: 'first-adapter',
    splits,
    arms,
  };
}
