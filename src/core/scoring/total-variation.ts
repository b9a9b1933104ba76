// Total variation between a target and a model that may also answer something else altogether.

/** @param invalidMass the model's probability outside the target's answers. In [0, 1]. */
export function totalVariation(
  target: readonly number[],
  model: readonly number[],
  invalidMass: number,
): number {
  const apart = target.reduce((sum, p, i) => sum + Math.abs(p - (model[i] ?? 0)), 0);
  return (apart + invalidMass) / 2;
}
