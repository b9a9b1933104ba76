// The machine that studies run on, as far as the page knows it.
import type { Environment, StudyEvent } from '../../lab/events.ts';
import type { LabClient } from '../../lab/lab-client.ts';
import { type LabError, labErrorOf } from '../../lab/lab-error.ts';
import { Cores } from './cores.svelte.ts';

export class Machine {
  environment = $state.raw<Environment | null>(null);
  error = $state.raw<LabError | null>(null);
  readonly cores = new Cores();

  constructor(private readonly lab: Pick<LabClient, 'prepare'>) {}

  async prepare(): Promise<void> {
    this.error = null;
    try {
      this.environment = await this.lab.prepare();
    } catch (thrown) {
      this.error = labErrorOf(thrown);
    }
  }

  /** Every study tells where it runs. */
  hear(event: StudyEvent): void {
    if (event.type === 'environment') this.environment = event.environment;
  }
}
