// The untouched model.
import { defineAsking } from './method.ts';

export const none = defineAsking({
  key: 'none',
  title: 'Base',
  note: 'The model as it is. Every other arm is compared with it.',
  name: 'base',
  isDefault: true,
  isBase: true,
  look: { color: 'var(--base)', dash: 'none' },
  settings: {},
  answering: {},
});
