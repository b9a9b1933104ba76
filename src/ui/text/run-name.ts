// What a run is called until someone gives it a better name.
import { displayName } from '../../core/distributions/families.ts';
import type { Experiment } from '../../lab/experiment/experiment.ts';

export function nameOf({ data }: Experiment): string {
  if (data.choices)
    return data.choices
      .map(({ value }) => value)
      .join(', ')
      .slice(0, 60);
  if (data.distribution)
    return distributionName(data.distribution.family, data.distribution.params);
  const { families, categories = [] } = data;
  return [
    ...(families === 'paper' ? ['All paper families'] : families.map(displayName)),
    ...(categories === 'all' ? ['words of every kind'] : categories),
  ]
    .join(', ')
    .slice(0, 60);
}

/** e.g. `Gaussian (mu = 0, sigma = 1)` */
export function distributionName(family: string, params: Readonly<Record<string, number>>): string {
  const list = Object.entries(params).map(([name, value]) => `${name} = ${value}`);
  return `${displayName(family)} (${list.join(', ')})`;
}
