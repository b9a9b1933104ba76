// What a family of distributions is, and how a file of `families/` defines one.
import { roundHalfEven } from '../prompts/python-float.ts';
import { continuous, type ContinuousFormulas } from './continuous.ts';
import { discrete, type DiscreteFormulas } from './discrete.ts';
import type { Distribution } from './distribution.ts';
import type { FamilyGrids, GridRow } from './grids.ts';
import { isCount, type Parameter } from './parameter.ts';

interface Description<Name extends string> {
  /** As configurations and results call it, e.g. `student_t`. */
  readonly id: string;
  /** As the prompt calls it, e.g. `Student's t`. */
  readonly displayName: string;
  /** The paper's grading, from textbook families (I) to rare ones (III). */
  readonly tier: 'I' | 'II' | 'III';
  /** `train` families are what `paper` trains on, `held_out` ones it only tests; `extra` is neither. */
  readonly role: 'train' | 'held_out' | 'extra';
  /** One line that pins the parametrisation down. */
  readonly convention: string;
  /** Pairs of parameters of which the first must be below (`<`) or at most (`<=`) the second. */
  readonly orderings?: readonly (readonly [NoInfer<Name>, '<' | '<=', NoInfer<Name>])[];
  /** Where the axes of the grids are not the parameters: their names, and the parameters at a point. */
  readonly gridAxes?: {
    readonly names: readonly string[];
    parameters(point: GridAxes): Readonly<Record<NoInfer<Name>, number>>;
  };
  /** `train` and, for what is tested, `test_unseen`; of held-out families `ood`. */
  readonly grids: FamilyGrids;
}

/** The point of a grid by the names of its axes, which the grid is checked to have. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- all numbers, none of them missing
type GridAxes = any;

type Mathematics<Name extends string> =
  | {
      readonly kind: 'continuous';
      distribution(parameters: Readonly<Record<Name, number>>): ContinuousFormulas;
    }
  | {
      readonly kind: 'discrete';
      distribution(parameters: Readonly<Record<Name, number>>): DiscreteFormulas;
    };

/** What a file of `families/` says. */
type FamilyDefinition<Name extends string> = Description<Name> &
  Mathematics<Name> & {
    /** In the order of the prompt. */
    readonly parameters: Readonly<Record<Name, Omit<Parameter, 'name'>>>;
  };

/** A family as everything else sees it. */
export interface Family extends Required<Omit<Description<string>, 'gridAxes'>> {
  readonly kind: Distribution['kind'];
  readonly parameters: readonly Parameter[];
  /** Names of the axes of its grids. */
  readonly gridParameterNames: readonly string[];
  /** Parameters at a point of a grid, in the family's order; counts are rounded half to even. */
  readonly parametersAt: (point: GridRow) => Readonly<Record<string, number>>;
  /** The distribution with parameters that have been checked. */
  readonly distribution: (parameters: Readonly<Record<string, number>>) => Distribution;
}

/** The families defined so far. */
export const defined: Family[] = [];

/** Adds a family to the list of all. */
export function defineFamily<const Name extends string>(
  definition: FamilyDefinition<Name>,
): Family {
  const { id, kind, gridAxes, orderings = [] } = definition;
  if (!/^[a-z][a-z0-9_]*$/.test(id) || id === 'constructor' || defined.some((f) => f.id === id)) {
    throw new Error(`a family cannot be called ${id}: the name is taken or not in snake_case`);
  }
  const parameters = (Object.keys(definition.parameters) as Name[]).map((name) => ({
    name,
    ...definition.parameters[name],
  }));
  const family: Family = {
    ...definition,
    kind,
    orderings,
    parameters,
    gridParameterNames: gridAxes ? gridAxes.names : parameters.map(({ name }) => name),
    parametersAt: gridAxes
      ? (point) => gridAxes.parameters(point)
      : (point) => Object.fromEntries(parameters.map((of) => [of.name, atPoint(of, point)])),
    distribution: (given) => {
      const checked = given as Readonly<Record<Name, number>>;
      return definition.kind === 'continuous'
        ? continuous(id, given, definition.distribution(checked))
        : discrete(id, given, definition.distribution(checked));
    },
  };
  defined.push(family);
  return family;
}

function atPoint(parameter: Parameter, point: GridRow): number {
  const value = point[parameter.name]!;
  return isCount(parameter) ? roundHalfEven(value) : value;
}

const parameterOf =
  (domain: Parameter['domain']) =>
  (meaning: string, value: number): Omit<Parameter, 'name'> => ({
    meaning,
    domain,
    default: value,
  });
/** Parameters by the values they may take, with their meaning and where the form starts. */
export const real = parameterOf('real');
export const positiveParameter = parameterOf('positive');
export const shape = parameterOf('shape');
export const meanParameter = parameterOf('mean');
export const probability = parameterOf('probability');
export const positiveProbability = parameterOf('positive probability');
export const countParameter = parameterOf('count');
export const positiveCount = parameterOf('positive count');
