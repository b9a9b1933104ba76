// Which variant of a kernel suits the adapter.
import type { GemmForm, GemmVariant } from './gemm.ts';
import { gpu } from './gpu.ts';

/** Adapters that compute on a processor run four invocations at a time, one per SIMD lane. */
function onProcessor(): boolean {
  const { subgroupMinSize, subgroupMaxSize } = gpu().device.adapterInfo as {
    subgroupMinSize?: number;
    subgroupMaxSize?: number;
  };
  return subgroupMinSize === 4 && subgroupMaxSize === 4;
}

/** Invocations that keep the adapter busy. */
export const wantedInvocations = () => (onProcessor() ? 64 : 32_768);

export function gemmVariant(form: GemmForm, n: number, m: number): GemmVariant {
  void form;
  if (!onProcessor()) return { kind: 'tiles', height: 4, width: 4 };
  const shared = gpu().device.features.has('subgroups');
  const kind = shared ? 'subgroup' : 'registers';
  if (n >= 16 && m >= 32) return { kind, height: 16, width: 8 };
  return { kind, height: n >= 8 ? 8 : n >= 4 ? 4 : 1, width: 4 };
}
