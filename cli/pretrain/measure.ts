// What the built-in model can do before any fine-tuning: the figures of its card.
import { mean } from 'd3-array';
import { createDistribution } from '../../src/core/distributions/create.ts';
import { buildSplits } from '../../src/core/prompts/splits.ts';
import { randomStream } from '../../src/core/random.ts';
import { askHere } from '../../src/evaluation/decoder-calls.ts';
import { resolveExperiment } from '../../src/lab/experiment/experiment.ts';
import { studyPrompts } from '../../src/lab/plan/study-prompts.ts';
import { scoreTask } from '../../src/lab/study/study-scoring.ts';
import { TaskMaker } from '../../src/lab/study/study-tasks.ts';
import { generateGreedy } from '../../src/model/decoder/generate.ts';
import type { LanguageModel } from '../../src/model/language-model.ts';
import { additionQuestion } from '../../src/pretraining/corpus/addition.ts';
import { knowledgePrompt } from '../../src/pretraining/corpus/knowledge.ts';

export interface Abilities {
  readonly validMass: number;
  readonly totalVariation: number;
  readonly kl: number;
  readonly addition: number;
  readonly quantileError: number;
}

const SEED = 11;
const SUMS = 500;
const PERCENTS = [10, 25, 50, 75, 90];

/** All figures, on the paper's selected prompts at 2 decimals where prompts are concerned. */
export async function measureAbilities(model: LanguageModel): Promise<Abilities> {
  return {
    ...(await exactFigures(model)),
    addition: await additionAccuracy(model),
    quantileError: await quantileError(model),
  };
}

/** Family-balanced means over the 42 prompts with unseen parameters and of held-out families. */
async function exactFigures(model: LanguageModel) {
  const experiment = resolveExperiment({
    evaluation: { splits: ['test_unseen_params', 'test_ood_family'], prompts_per_family: 3 },
  });
  const selected = buildSplits({ eval_prompt_selection: 'paper_selected' });
  const ids = new Set(
    [...selected.test_unseen_params, ...selected.test_ood_family].map((r) => r.id),
  );
  const tasks = new TaskMaker(model.tokenizer, experiment.data);
  const families = new Map<string, { kl: number; tv: number; valid: number }[]>();
  for (const { prompt } of studyPrompts(experiment).evaluation) {
    if (!ids.has(prompt.id)) continue;
    const { scores } = await scoreTask(askHere(model.decoder), tasks.make(prompt), SEED, {});
    const row = { kl: scores.kl, tv: scores.tv, valid: scores.valid_mass };
    families.set(prompt.family, [...(families.get(prompt.family) ?? []), row]);
  }
  const balanced = (of: 'kl' | 'tv' | 'valid') =>
    mean([...families.values()], (rows) => mean(rows, (row) => row[of])!)!;
  return { kl: balanced('kl'), totalVariation: balanced('tv'), validMass: balanced('valid') };
}

/** Share of two-digit sums that the model's greedy answer gets right. */
async function additionAccuracy({ decoder, tokenizer }: LanguageModel): Promise<number> {
  const random = randomStream(SEED, 'sums');
  const sums = Array.from({ length: SUMS }, () => [
    10 + random.integer(90),
    10 + random.integer(90),
  ]);
  const prompts = sums.map(([a, b]) => tokenizer.promptTokens(additionQuestion(a!, b!)));
  const answers = await generateGreedy(decoder, prompts, {
    maxTokens: 6,
    endTokens: tokenizer.endTokens,
  });
  const right = sums.filter(([a, b], i) => tokenizer.decode(answers[i]!) === String(a! + b!));
  return right.length / SUMS;
}

/** Median of |answer - quantile| / interquartile range; an answer that is no number counts as infinite. */
async function quantileError({ decoder, tokenizer }: LanguageModel): Promise<number> {
  const { test_unseen_params, test_ood_family } = buildSplits({
    eval_prompt_selection: 'paper_selected',
  });
  const asked = [...test_unseen_params, ...test_ood_family].flatMap(({ family, parameters }) => {
    const distribution = createDistribution(family, parameters);
    const spread = distribution.quantile(0.75) - distribution.quantile(0.25);
    return PERCENTS.map((percent) => ({
      tokens: tokenizer.encode(`${knowledgePrompt(family, parameters)}q${percent}=`),
      truth: distribution.quantile(percent / 100),
      spread: Math.max(spread, 1e-3),
    }));
  });
  const answers = await generateGreedy(
    decoder,
    asked.map(({ tokens }) => tokens),
    { maxTokens: 10, endTokens: tokenizer.endTokens },
  );
  const errors = asked.map(({ truth, spread }, i) => {
    const text = tokenizer.decode(answers[i]!);
    const value = text === '' ? NaN : Number(text);
    return Number.isNaN(value) ? Infinity : Math.abs(value - truth) / spread;
  });
  return errors.sort((a, b) => a - b)[Math.floor(errors.length / 2)]!;
}
