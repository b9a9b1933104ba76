// One parameter of a family: its name, its meaning and the values it may take.
import { InputError } from '../errors.ts';

/** Beyond it the library's incomplete beta function loses more than eight digits. */
const LARGEST_COUNT = 1e8;
/** Squares and cubes of these, and their products with quantiles, still fit a double. */
const REAL = { low: -1e100, high: 1e100 };
const POSITIVE = { low: 1e-100, high: 1e100 };
/** Within it the incomplete gamma and beta functions are good to ten digits, in bounded time. */
const SHAPE = { low: 1e-5, high: 1e10 };
/** Counts of up to a few times 1 / p, or lambda, must be whole numbers that doubles tell apart. */
const SMALLEST_PROBABILITY = 1e-12;
const LARGEST_MEAN = 1e15;

interface Domain {
  /** The sentence that explains the values to a user. */
  readonly rule: string;
  readonly low: number;
  readonly high: number;
  readonly whole?: true;
}

const between = ({ low, high }: { low: number; high: number }): Domain => ({
  rule: `must be a number from ${low} to ${high}`,
  low,
  high,
});
const whole = (low: number): Domain => ({
  rule: `must be a whole number from ${low} to ${LARGEST_COUNT.toLocaleString('en')}`,
  low,
  high: LARGEST_COUNT,
  whole: true,
});

/** Sets that a parameter may be confined to. */
const DOMAINS = {
  real: between(REAL),
  /** Scales, rates and tail exponents. */
  positive: between(POSITIVE),
  /** Shapes and degrees of freedom that go into incomplete gamma or beta functions. */
  shape: between(SHAPE),
  /** Means of counts. */
  mean: between({ low: POSITIVE.low, high: LARGEST_MEAN }),
  probability: between({ low: 0, high: 1 }),
  'positive probability': between({ low: SMALLEST_PROBABILITY, high: 1 }),
  count: whole(0),
  'positive count': whole(1),
} as const satisfies Readonly<Record<string, Domain>>;

/** One parameter of a family. */
export interface Parameter {
  readonly name: string;
  readonly meaning: string;
  readonly domain: keyof typeof DOMAINS;
  /** A sane value to start from in the page. */
  readonly default: number;
}

/** Whether the parameter takes whole numbers only. */
export function isCount(parameter: Parameter): boolean {
  return 'whole' in DOMAINS[parameter.domain];
}

/**
 * Checks one value against its parameter's domain.
 * @throws InputError with field `params.<name>`
 */
export function checkParameter(family: string, parameter: Parameter, value: unknown): number {
  const { name, domain, meaning } = parameter;
  const { rule, low, high, whole }: Domain = DOMAINS[domain];
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
  if (value < low || value > high || (whole && !Number.isInteger(value))) {
    throw new InputError(`${family}: ${name} = ${value}, but it ${rule}`, `change ${name}`, field);
  }
  return value;
}
