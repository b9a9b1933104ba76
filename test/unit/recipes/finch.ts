// A model family as one would add it: Qwen 3 under names of its own.
import type { ModelFamily } from '../../../src/model/families/family.ts';
import { qwen3 } from '../../../src/model/families/qwen.ts';

export const finch: ModelFamily = {
  type: 'finch',
  spec(raw, source) {
    const spec = qwen3.spec(raw, source);
    const names = Object.entries(spec.moduleNames).map(([part, name]) => [
      part,
      name.replace(/^model\./, 'finch.'),
    ]);
    return { ...spec, family: 'finch', moduleNames: Object.fromEntries(names) };
  },
};
