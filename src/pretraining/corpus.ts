// The corpus of the built-in model: any document of any step, from the recipe alone.
import { inGroups } from '../core/in-groups.ts';
import { randomStream, type RandomStream } from '../core/random.ts';
import type { Example } from '../model/decoder/pack.ts';
import type { StepBatch } from '../training/trainer.ts';
import { additionWriter } from './corpus/addition.ts';
import { emphasise, type Encode } from './corpus/document.ts';
import type { DocumentWriter } from './corpus/kind.ts';
import { knowledgeWriter } from './corpus/knowledge.ts';
import { multipleChoiceWriter } from './corpus/multiple-choice.ts';
import { listWriter, openWriter } from './corpus/open.ts';
import { samplingWriter } from './corpus/sampling.ts';
import { sentenceWriter } from './corpus/sentences.ts';
import type { BatchPart, DocumentKind, PretrainingRecipe } from './recipe.ts';

const WRITERS: Readonly<Record<DocumentKind, (encode: Encode) => DocumentWriter>> = {
  knowledge: knowledgeWriter,
  sampling: samplingWriter,
  addition: additionWriter,
  open: openWriter,
  lists: listWriter,
  multiple_choice: multipleChoiceWriter,
  sentences: sentenceWriter,
};

/**
 * The corpus of a recipe in the tokens of `encode`, as the trainer asks for it: the examples of a
 * step are a pure function of the recipe, so training can resume at any step. Rows of one part follow
 * each other, short ones first, so that groups of `recipe.rowsPerPass` pack tightly.
 */
export function createCorpus(
  recipe: PretrainingRecipe,
  encode: Encode,
): (step: number) => StepBatch {
  const writers = Object.fromEntries(
    Object.entries(WRITERS).map(([kind, writer]) => [kind, writer(encode)]),
  ) as Record<DocumentKind, DocumentWriter>;
  const write = (part: BatchPart, stream: RandomStream): Example => {
    const kind = drawKind(part, stream);
    return emphasise(writers[kind](stream), recipe.emphasis[kind]);
  };
  return (step) =>
    stepBatch(
      recipe.rowsPerPass,
      recipe.parts.flatMap((part, partIndex) =>
        Array.from({ length: part.rows }, (_, row) =>
          write(part, randomStream(recipe.seed, 'corpus', step, partIndex, row)),
        ).sort((a, b) => slotsOf(a) - slotsOf(b)),
      ),
    );
}

function stepBatch(rows: number, examples: readonly Example[]): StepBatch {
  const sum = (of: (example: Example) => number) =>
    examples.reduce((total, example) => total + of(example), 0);
  return {
    groups: inGroups(examples, rows),
    normalizer: sum(({ supervision }) => supervision.normalizer),
    promptTokens: sum(({ prompt }) => prompt.length),
    answerTokens: sum(({ supervision }) => supervision.nodeCount - 1),
  };
}

const slotsOf = ({ prompt, supervision }: Example) => prompt.length + supervision.nodeCount;

function drawKind({ kinds }: BatchPart, stream: RandomStream): DocumentKind {
  const names = Object.keys(kinds) as DocumentKind[];
  return names[stream.categorical(names.map((name) => kinds[name]!))]!;
}
