// How a checkpoint's matrices are kept in memory: as it stores them, or in fewer bits.
import { commonForm, type CodeForm } from '../tensor/block-codes.ts';
import { FORMS, type MatrixForm, type WeightFormat } from '../tensor/matrix.ts';
import type { FormOfMatrix } from './decoder/decoder-weights.ts';
import type { CheckpointTensor } from './files/stored-tensor.ts';
import type { DecoderSpec } from './spec/decoder-spec.ts';
import { fusedTensors, movesWholeRows, type FusedTensor } from './spec/fused-tensors.ts';

/** What may be asked for: `stored`, or blocks of 8 or 4 bits. */
export const WEIGHT_CHOICES = ['stored', 'int8', 'int4'] as const;
export type WeightChoice = (typeof WEIGHT_CHOICES)[number];

/** What is known of a checkpoint before any value of it is read. */
interface Described {
  readonly spec: DecoderSpec;
  readonly tensors: ReadonlyMap<string, Pick<CheckpointTensor, 'shape' | 'dtype' | 'codeForm'>>;
}

export interface KeptWeights {
  readonly forms: FormOfMatrix;
  /** Whether a stored tensor's codes are read, and not its values. */
  readonly readsCodes: (name: string) => boolean;
}

/**
 * Codes stay as they are where they have no more bits than were asked for. Everything else is rounded
 * to what was asked for; `stored` rounds nothing.
 * @param keepsBf16 whether the backend reads bfloat16: only our WebGPU kernels do
 * @param changed whether other values will take a stored tensor's place
 */
export function keptWeights(
  { spec, tensors }: Described,
  choice: WeightChoice,
  keepsBf16: boolean,
  changed: (name: string) => boolean = () => false,
): KeptWeights {
  const codesOf = (name: string): CodeForm | undefined => {
    const form = tensors.get(name)?.codeForm;
    return form && isEnough(form, choice) && !changed(name) ? form : undefined;
  };
  const format = choice === 'stored' ? formatOfValues([...tensors.values()], keepsBf16) : choice;
  const forms = new Map(
    fusedTensors(spec)
      .filter(({ kind }) => kind === 'matrix')
      .map((fused) => [fused.name, keptForm(fused, codesOf, format)] as const),
  );
  return {
    forms: (name) => forms.get(name)!,
    readsCodes: (name) => codesOf(name) !== undefined,
  };
}

const isEnough = ({ bits }: CodeForm, choice: WeightChoice): boolean =>
  choice === 'stored' || FORMS[choice].bits >= bits;

/** bf16 where every matrix of values has it. */
function formatOfValues(
  tensors: readonly Pick<CheckpointTensor, 'shape' | 'dtype' | 'codeForm'>[],
  keepsBf16: boolean,
): WeightFormat {
  const matrices = tensors.filter(({ shape, codeForm }) => shape.length > 1 && !codeForm);
  return keepsBf16 && matrices.every(({ dtype }) => dtype === 'BF16') ? 'bf16' : 'f32';
}

/**
 * Rows of several stored matrices come into one. Where their codes differ they are kept in the form
 * that holds them all: in what is published it is the small v of q, k and v, or none. Where only some
 * have codes, nothing but f32 holds all values.
 */
function keptForm(
  { sources }: FusedTensor,
  codesOf: (name: string) => CodeForm | undefined,
  format: WeightFormat,
): MatrixForm {
  const codes = sources.flatMap((part) => (movesWholeRows(part) && codesOf(part.name)) || []);
  if (codes.length === sources.length) return { format: 'codes', ...commonForm(codes) };
  return codes.length > 0 && format === 'bf16' ? FORMS.f32 : FORMS[format];
}
