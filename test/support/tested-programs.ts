// Which programs a study has a backend run, beside those that its self-test compares.
import { programsOf } from '../../src/tensor/audit/recording.ts';
import { projectionsNamed } from '../../src/model/adapter/lora-targets.ts';
import type { LanguageModel } from '../../src/model/language-model.ts';
import type { DecoderSpec } from '../../src/model/spec/decoder-spec.ts';
import { fusedTensors } from '../../src/model/spec/fused-tensors.ts';
import type { MatrixForm } from '../../src/tensor/matrix.ts';
import { formsOf, type MatrixForms } from '../../src/training/rehearsal.ts';
import { testPrograms } from '../../src/training/self-test.ts';
import { eventsOf, tinyExperiment, tinyStudy } from './study-runs.ts';

/** A trained arm and the untouched model, with every evaluation that so small a model can take. */
const EXPERIMENT = tinyExperiment({
  data: { families: ['binomial'], prompts_per_family: 2, decimals: 0, bins: 12 },
  arms: [{ method: 'none' }, { method: 'soft', paths: 4 }],
  training: { steps: 2, batch: 2, lora: { rank: 4, alpha: 8, dropout: 0.1 } },
  evaluation: {
    samples: 8,
    open: true,
    novelty: true,
    retention: true,
    perplexity: true,
    drift: true,
    data: {
      open: [{ id: '1', prompt: 'a fruit' }],
      novelty: [{ id: '1', prompt: 'a word' }],
      texts: [{ id: '1', text: '0.1 0.2 0.3' }],
      questions: [
        {
          name: 'own',
          questions: [
            {
              kind: 'multiple_choice',
              id: '1',
              question: 'Which?',
              options: ['a', 'b'],
              answer: 1,
            },
          ],
        },
      ],
    },
  },
});

/** All matrices of a model in one form. */
export function sameForms(spec: DecoderSpec, form: MatrixForm): MatrixForms {
  const matrices = fusedTensors(spec).filter(({ kind }) => kind === 'matrix');
  return new Map(matrices.map(({ name }) => [name.replace(/\.\d+/g, ''), [form]]));
}

/** The programs of the study, and of the test of its model. */
export async function studiedAndTested(
  model: LanguageModel,
): Promise<{ studied: string[]; tested: string[] }> {
  const { spec, weights } = model.decoder;
  const { lora } = EXPERIMENT.training;
  const adapter = { ...lora, targets: projectionsNamed(spec, lora.targets) };
  const tested = await testPrograms({ spec, forms: formsOf(weights), adapter });
  const studied = await programsOf(() => eventsOf(tinyStudy(model, EXPERIMENT)));
  return { studied: [...studied].sort(), tested: [...tested].sort() };
}
