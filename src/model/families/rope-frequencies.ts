// Inverse frequencies of rotary positions, every step rounded to f32 as PyTorch does.

const round = Math.fround;

/** PyTorch divides a number by a tensor so: times the reciprocal, rounded twice. */
const over = (number: number, value: number) => round(round(number) * round(1 / value));

/** [headDim / 2] base^(2i / headDim) */
function periods(base: number, headDim: number): Float32Array {
  return Float32Array.from({ length: headDim / 2 }, (_, i) =>
    Math.pow(base, round((2 * i) / headDim)),
  );
}

/** [headDim / 2] base^(-2i / headDim) */
export function plainFrequencies(base: number, headDim: number): Float32Array {
  return periods(base, headDim).map((period) => 1 / period);
}

/** Every wavelength stretched by a factor of its own. @param factors [headDim / 2] */
export function factoredFrequencies(
  base: number,
  headDim: number,
  factors: readonly number[],
): Float32Array {
  return periods(base, headDim).map((period, i) => 1 / round(round(factors[i]!) * period));
}

/** Every wavelength stretched by `factor`. */
export function linearFrequencies(plain: Float32Array, factor: number): Float32Array {
  return plain.map((frequency) => frequency / factor);
}

export interface Llama3Stretch {
  readonly factor: number;
  readonly lowFactor: number;
  readonly highFactor: number;
  /** The length that the model was trained on before. */
  readonly original: number;
}

/**
 * Llama 3's stretch: wavelengths below `original / highFactor` stay, those above
 * `original / lowFactor` are stretched by `factor`, those between are blended.
 */
export function llama3Frequencies(plain: Float32Array, p: Llama3Stretch): Float32Array {
  return plain.map((frequency) => {
    const wavelength = over(2 * Math.PI, frequency);
    if (wavelength < p.original / p.highFactor) return frequency;
    if (wavelength > p.original / p.lowFactor) return frequency / p.factor;
    const range = p.highFactor - p.lowFactor;
    const smooth = round(round(over(p.original, wavelength) - p.lowFactor) / range);
    const stretched = round(round(round(1 - smooth) * frequency) / p.factor);
    return stretched + round(smooth * frequency);
  });
}

export interface YarnStretch {
  readonly factor: number;
  readonly original: number;
  /** Dimensions that turn more often than this over the original length stay. */
  readonly betaFast: number;
  /** Dimensions that turn less often than this are stretched by `factor`. */
  readonly betaSlow: number;
  /** Whether the bounds between them are widened to whole dimensions. */
  readonly truncate: boolean;
}

/** YaRN's blend of stretched and plain frequencies ([arXiv 2309.00071](https://arxiv.org/abs/2309.00071), section 3.2). */
export function yarnFrequencies(base: number, headDim: number, p: YarnStretch): Float32Array {
  const [low, high] = yarnBounds(base, headDim, p);
  const span = low === high ? 0.001 : high - low;
  return periods(base, headDim).map((period, i) => {
    const ramp = round(round(i - round(low)) / round(span));
    const kept = round(1 - Math.min(Math.max(ramp, 0), 1));
    const plain = round(1 / period);
    const stretched = round(1 / round(p.factor * period));
    return round(stretched * round(1 - kept)) + round(plain * kept);
  });
}

function yarnBounds(base: number, headDim: number, p: YarnStretch): [number, number] {
  const dimension = (turns: number) =>
    (headDim * Math.log(p.original / (turns * 2 * Math.PI))) / (2 * Math.log(base));
  const low = dimension(p.betaFast);
  const high = dimension(p.betaSlow);
  const bounds = p.truncate ? [Math.floor(low), Math.ceil(high)] : [low, high];
  return [Math.max(bounds[0]!, 0), Math.min(bounds[1]!, headDim - 1)];
}
