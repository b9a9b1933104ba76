// The README.md of a study's adapter, from the study's results.
import { adapterCard } from '../../model/adapter/peft-card.ts';
import { isBase, methodOf } from '../../methods/names.ts';
import { SPLITS } from '../experiment/experiment.ts';
import { splitHeading } from '../plan/split-titles.ts';
import type { Results } from './results.ts';
import type { Summary } from './summary.ts';

const COLUMNS = ['arm', 'KL (nats)', 'total variation', 'valid mass', 'prompts'];

/**
 * Undefined for an arm that was not trained.
 * @param results of the whole study; scores that are not there yet are left out
 */
export function adapterReadme({ config, arms }: Results, name: string): string | undefined {
  const arm = config.arms.find((candidate) => candidate.name === name);
  const training = arms[name]?.training;
  if (arm === undefined || isBase(arm) || training === undefined) return undefined;
  const { lora, learning_rate, weight_decay, batch } = config.training;
  const compared = config.arms.filter((other) => other === arm || isBase(other));
  const scores = SPLITS.flatMap((split) => {
    const rows = compared.flatMap((other) => {
      const summary = arms[other.name]?.summary[split];
      return summary === undefined ? [] : [scoreRow(other.name, summary)];
    });
    return rows.length === 0 ? [] : [{ title: splitHeading(split), columns: COLUMNS, rows }];
  });
  return adapterCard({
    name,
    baseModel: config.model,
    summary: `Trained by the method ${methodOf(arm).title} to answer sampling prompts as their distributions would (Calibration Fine-Tuning). Scores are exact, over the whole trie of answers; means weight families equally.`,
    settings: [
      ['method', arm.method],
      ['steps', training.steps],
      ['prompts per step', batch],
      ['learning rate', learning_rate],
      ['weight decay', weight_decay],
      ['answer tokens', training.answer_tokens],
      ['rank', lora.rank],
      ['alpha', lora.alpha],
      ['dropout', lora.dropout],
      ['targets', lora.targets.join(', ')],
      ['seed', config.seed],
    ],
    scores,
    configuration: config,
  });
}

function scoreRow(name: string, { kl, tv, valid_mass, prompts }: Summary) {
  return [name, kl, tv, valid_mass, prompts];
}
