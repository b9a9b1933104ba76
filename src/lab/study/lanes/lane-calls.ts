// All that a study asks of the copies of its model.
import { DECODER_CALLS, type Ask, type CallContext } from '../../../evaluation/decoder-calls.ts';
import type { Decoder } from '../../../model/decoder/decoder.ts';
import { passGradient, type Pass } from '../../../training/passes.ts';
import { baseBehaviour, type BehaviourOptions } from '../anchor/behaviour.ts';

export const LANE_CALLS = {
  ...DECODER_CALLS,
  /** A pass of an optimizer step, of the adapted model. */
  pass: (decoder: Decoder, pass: Pass, { adapter }: CallContext) =>
    passGradient(decoder, adapter!, pass),
  /** What the model does after each prompt. */
  behaviour: (
    decoder: Decoder,
    {
      prompts,
      ...options
    }: { prompts: readonly (readonly number[])[] } & Omit<BehaviourOptions, 'signal'>,
    { signal }: CallContext,
  ) => baseBehaviour(decoder, prompts, { ...options, ...(signal && { signal }) }),
};

export type LaneCall = keyof typeof LANE_CALLS;
export type AskLanes = Ask<typeof LANE_CALLS>;
