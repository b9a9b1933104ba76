// What the views of experiments and models work on: the experiment being written, its target and plan, the models.
import { Draft } from './draft.svelte.ts';
import type { Lab } from './lab.ts';
import { Models } from './models.svelte.ts';
import { Planned } from './planned.svelte.ts';
import { Preview } from './preview.svelte.ts';
import type { Session } from './session.svelte.ts';

export class LabDesk {
  readonly draft = new Draft();
  readonly models: Models;
  readonly preview: Preview;
  readonly planned: Planned;

  constructor({ client, targets }: Lab, session: Session) {
    const { draft } = this;
    const models = (this.models = new Models(client.models, () => session.lent.stopRace()));
    this.preview = new Preview({
      target: ({ data, training }) => targets.preview(data, training.preset),
      // The preview never starts a download: it asks the model that the worker holds.
      base: async (asked) => {
        const { model, weights = 'stored' } = draft.settings;
        const isHeld = model === models.held.model && weights === models.held.format;
        return isHeld && !models.fetching ? session.lent.peek({ model, weights, ...asked }) : null;
      },
    });
    this.planned = new Planned((experiment) => targets.effort(experiment));
  }
}
