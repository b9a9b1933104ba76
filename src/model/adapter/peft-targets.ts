// Which modules an adapter configuration means, and how to name modules in one: PEFT's rules.
import { bareName } from '../files/bare-name.ts';
import {
  modulePath,
  projectionsOf,
  type DecoderSpec,
  type Projection,
} from '../spec/decoder-spec.ts';
import type { PeftConfig } from './peft-config.ts';

/** A linear map of the decoder under its path in the checkpoint. */
export interface AdaptableModule {
  readonly path: string;
  readonly projection: Projection;
}

/** Layer by layer, in the order of use. */
export function adaptableModules(spec: DecoderSpec): AdaptableModule[] {
  return Array.from({ length: spec.layers }, (_, layer) =>
    projectionsOf(spec).map((projection) => ({
      path: modulePath(spec, projection, layer),
      projection,
    })),
  ).flat();
}

/** A listed name means the module of that path, and those whose path ends in it after a dot. */
const means = (name: string, path: string) => path === name || path.endsWith(`.${name}`);

/**
 * Whether a module is adapted; undefined where only the tensors in the file can tell. Patterns are
 * not evaluated: PEFT writes tensors for exactly the modules that they matched.
 */
export function isTarget(config: PeftConfig, path: string): boolean | undefined {
  const { target_modules: targets, exclude_modules, layers_to_transform } = config;
  const narrowed = (layers_to_transform ?? null) !== null || (exclude_modules ?? '').length > 0;
  if (typeof targets !== 'string') {
    if (!targets.some((name) => means(name, path))) return false;
    return narrowed ? undefined : true;
  }
  return targets.toLowerCase() === 'all-linear' && !narrowed ? true : undefined;
}

/** The value of a `rank_pattern` or `alpha_pattern` for a module: that of the first name that means it. */
export function patternValue(
  pattern: Readonly<Record<string, number>>,
  path: string,
): number | undefined {
  const name = Object.keys(pattern).find((key) =>
    key.startsWith('^') ? [path, bareName(path)].includes(key.slice(1)) : means(key, path),
  );
  return name === undefined ? undefined : pattern[name];
}

/**
 * `target_modules` for adapted modules: the last one or two parts of their paths where those mean no
 * module that is not adapted, else the whole paths.
 * @param adapted Paths.
 */
export function targetNames(spec: DecoderSpec, adapted: ReadonlySet<string>): string[] {
  const others = adaptableModules(spec).filter(({ path }) => !adapted.has(path));
  const names = [...adapted].map((path) => {
    const parts = path.split('.');
    const ends = [1, 2].map((count) => parts.slice(-count).join('.'));
    return ends.find((end) => !others.some((other) => means(end, other.path))) ?? path;
  });
  return [...new Set(names)];
}
