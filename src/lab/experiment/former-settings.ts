// Settings that experiments had once, and what becomes of configurations, links and runs that name them.
import { InputError } from '../../core/errors.ts';
import { isObject } from '../../core/is-object.ts';

/** Of arms and of `training`, each with the value that changes nothing; the last has none. */
const OF_ARMS: Readonly<Record<string, unknown>> = {
  draws: 'independent',
  tail_policy: 'clip_to_edge_bin',
  bin_placement: 'even',
  weighting: 'paths',
  mix: 0,
  smoothing: 0,
};
const OF_TRAINING = { curriculum: undefined };

type Tree = Readonly<Record<string, unknown>>;

/**
 * The input without them, where they say what happens anyway.
 * @throws InputError naming one that says something else: without it the results would be others
 */
export function withoutFormerSettings(input: unknown): unknown {
  if (!isObject(input)) return input;
  const { arms, training } = input;
  return {
    ...input,
    ...(Array.isArray(arms) && {
      arms: arms.map((arm, i) => without(OF_ARMS, arm, `arms.${i}`)),
    }),
    ...(isObject(training) && { training: without(OF_TRAINING, training, 'training') }),
  };
}

function without(former: Tree, settings: unknown, path: string): unknown {
  if (!isObject(settings)) return settings;
  const kept = Object.entries(settings).filter(([name, value]) => {
    if (!Object.hasOwn(former, name)) return true;
    if (value === undefined || (former[name] !== undefined && value === former[name])) return false;
    throw new InputError(
      `${path}.${name} was a setting of the search for a recipe, which is over`,
      'Remove it: docs/recipe-search.md has what it came to, and no figure shows that it pays.',
      `${path}.${name}`,
    );
  });
  return Object.fromEntries(kept);
}
