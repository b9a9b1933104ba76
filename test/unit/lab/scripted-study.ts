// A study that follows a script: the tests' double for the real one.
import type { LabServiceParts } from '../../../src/lab/lab-service.ts';
import type { Environment, StudyEvent } from '../../../src/lab/events.ts';

export const environment: Environment = {
  backend: 'cpu',
  adapter: 'test double',
  model: 'none',
  selfTest: 'passed',
  versions: {},
};

export const stepEvent = (step: number): StudyEvent => ({
  type: 'step',
  arm: 'soft',
  step,
  steps: 1000,
  loss: 1 / step,
  learningRate: 1e-3,
  answerTokens: step,
  promptTokens: step,
  seconds: step,
});

/** Takes 1000 steps, one per turn of the event loop, unless the script says otherwise. */
export function scriptedStudy(script: Partial<LabServiceParts> = {}): LabServiceParts {
  return {
    prepare: async () => environment,
    async *study() {
      for (let step = 1; step <= 1000; step++) yield stepEvent(step);
    },
    ...script,
  };
}
