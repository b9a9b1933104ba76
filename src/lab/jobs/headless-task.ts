// What the worker of a headless run is told.
import type { WeightChoice } from '../../model/weight-forms.ts';
import type { Job } from './job.ts';

export interface HeadlessTask {
  readonly job: Job;
  /** As the user named the model; its files come from the server. */
  readonly modelName: string;
  readonly weights?: WeightChoice;
  /** Which folders there are beside the model's. */
  readonly adapted: boolean;
  readonly embeds: boolean;
}
