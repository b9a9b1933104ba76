// A baseline without training: the untouched model sampled at another temperature.
import * as v from 'valibot';
import { number } from '../core/schema.ts';
import { finite } from '../evaluation/reported-figures.ts';
import { defineAsking } from './method.ts';

export const temperature = defineAsking({
  key: 'temperature',
  title: 'Temperature',
  note: 'Without training: sample the model at the temperature that is best on trained prompts.',
  name: 'temperature',
  settings: {
    /** Searched for on trained prompts unless given. */
    temperature: v.optional(number(0.05, 20)),
  },
  answering: {
    temperature: (settings) => settings.temperature ?? 'search',
    found(report) {
      const value = finite(report.temperature);
      return value === null ? null : `is sampled at temperature ${Number(value.toPrecision(3))}`;
    },
  },
});
