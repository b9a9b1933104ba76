// What a person should know about the machine that the lab runs on.
import type { StartedBackend } from '../tensor/backend.ts';
import type { BackendWish } from './contract.ts';
import { isSoftware } from './backend-choice.ts';

/**
 * Whole sentences, or undefined if the lab runs as fast as it can.
 * @param wish what was asked for
 */
export function machineNotice(
  { name, adapter, passedOver }: Pick<StartedBackend, 'name' | 'adapter' | 'passedOver'>,
  { only, avoid = [] }: BackendWish = {},
): string | undefined {
  if (name === 'webgpu') {
    return isSoftware(adapter)
      ? `WebGPU is only simulated on the processor here (${adapter}), so training is slow. ${FASTER}`
      : undefined;
  }
  const reason =
    passedOver.find((other) => other.name === 'webgpu')?.reason ??
    (avoid.includes('webgpu')
      ? 'it failed in this run'
      : only !== undefined
        ? 'the address asks for another backend'
        : 'this browser only simulates it');
  return (
    `The lab does not use WebGPU (${reason.replace(/\.$/, '')}) and computes on the processor. ` +
    `Results are as good, but training and scoring take several times longer; fewer steps help. ${FASTER}`
  );
}

const FASTER =
  'For a faster run, use a recent Chrome, Edge or Safari with graphics acceleration switched on.';
