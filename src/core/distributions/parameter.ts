// One parameter of a family: its name, its meaning and the values it may take.
import { InputError } from '../errors.ts';

/** Beyond this the library's incomplete beta function loses more than eight digits. */
const LARGEST_COUNT = 1e8;

/** Sets that a parameter may be confined to, with the sentence that explains them to a user. */
const DOMAINS = {
  real: { rule: 'must be a finite number', admits: () => true },
  positive: { rule: 'must be greater than 0', admits: (value: number) => value > 0 },
  probability: {
    rule: 'must lie between 0 and 1',
    admits: (value: number) => value >= 0 && value <= 1,
  },
  'positive probability': {
    rule: 'must be greater than 0 and at most 1',
    admits: (value: number) => value > 0 && value <= 1,
  },
  count: {
    rule: 'must be a whole number from 0 to 100,000,000',
    admits: (value: number) => Number.isInteger(value) && value >= 0 && value <= LARGEST_COUNT,
  },
  'positive count': {
    rule: 'must be a whole number from 1 to 100,000,000',
    admits: (value: number) => Number.isInteger(value) && value >= 1 && value <= LARGEST_COUNT,
  },
} as const;

export interface Parameter {
  readonly name: string;
  readonly meaning: string;
  readonly domain: keyof typeof DOMAINS;
  /** A sane value to start from in the page. */
  readonly default: number;
}

/** Whether the parameter takes whole numbers only. */
export function isCount(parameter: Parameter): boolean {
  return parameter.domain === 'count' || parameter.domain === 'positive count';
}

/**
 * Checks one value against its parameter's domain.
 * @throws InputError with field `params.<name>`
 */
export function checkParameter(family: string, parameter: Parameter, value: unknown): number {
  const { name, domain, meaning } = parameter;
  const { rule, admits } = DOMAINS[domain];
  const field = `params.${name}`;
  if (value === undefined) {
    throw new InputError(
      `${family} needs the parameter ${name} (${meaning})`,
      `give ${name}; it ${rule}`,
      field,
    );
  }
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    throw new InputError(
      `${family}: ${name} is ${String(value)}, not a finite number`,
      `${name} ${rule}`,
      field,
    );
  }
  if (!admits(value)) {
    throw new InputError(`${family}: ${name} = ${value}, but it ${rule}`, `change ${name}`, field);
  }
  return value;
}
