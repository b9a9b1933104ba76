// Methods by their names, also by those of runs that another version has stored.
import { METHODS } from './index.ts';
import { none } from './none.ts';
import type { Method } from './method.ts';

/** As configurations and reports name them. */
export type MethodName = (typeof METHODS)[number]['key'];

/** The untouched model as an arm. */
export const BASE_ARM = { name: none.name, method: none.key } as const;

/** Undefined for a name that this version does not know. */
export const methodNamed = (name: string): Method | undefined =>
  (METHODS as readonly unknown[] as readonly Method[]).find(({ key }) => key === name);

/** Those whose arms report how they answer. */
export const REPORTING = (METHODS as readonly unknown[] as readonly Method<MethodName>[]).filter(
  ({ answering }) => answering?.found,
);

/** The method of an arm of a checked experiment. */
export function methodOf({ method }: { readonly method: MethodName }): Method {
  return methodNamed(method)!;
}

/** Whether an arm is the untouched model, which others are compared with. */
export const isBase = ({ method }: { readonly method: string }): boolean =>
  methodNamed(method)?.isBase === true;
