// WGSL that turns products of hidden states with the head into logits: soft cap, then temperature.
import type { Program } from '../../webgpu/gpu.ts';
import type { RowVectors } from '../../webgpu/row-team.ts';
import type { HeadPass } from './passes.ts';

/** What running maxima begin at: below all logits, and far from the end of f32. */
export const LOWEST_LOGIT = '-1e30';

export const isCapped = ({ softCap }: HeadPass) => softCap !== Infinity;

/** Uniforms of the functions. */
export function logitUniforms(capped: boolean): Program['uniforms'] {
  return { temperature: 'f32', ...(capped && { softCap: 'f32' }) };
}

export function logitValues(pass: HeadPass): Record<string, number> {
  const { temperature, softCap } = pass;
  return { temperature, ...(isCapped(pass) && { softCap }) };
}

/**
 * `logit(x)` of an element, `logitOf(x)` of a number; where capped, `slope(x)` and `slopeOf(x)`, what
 * the gradient of the capped product is multiplied by.
 */
export function logitFunctions({ type }: Pick<RowVectors, 'type'>, capped: boolean): string {
  const pair = (element: string, logit: string, slope: string) => {
    // Bounded: tanh may overflow.
    const bent = `tanh(clamp(x / u.softCap, ${element}(-15.0), ${element}(15.0)))`;
    const value = capped ? `u.softCap * ${bent}` : 'x';
    return `
fn ${logit}(x: ${element}) -> ${element} { return (${value}) / u.temperature; }
${capped ? `fn ${slope}(x: ${element}) -> ${element} { let bent = ${bent}; return 1.0 - bent * bent; }` : ''}`;
  };
  return pair(type, 'logit', 'slope') + pair('f32', 'logitOf', 'slopeOf');
}
