// The step on jax-js: one jitted function of value and gradient, one jitted Adam.
import {
  defaultDevice,
  init,
  jit,
  nn,
  numpy as np,
  tree,
  valueAndGrad,
  type Device,
} from '@jax-js/jax';
import type { StepProblem } from '../problem.ts';
import { ADAM, LORA } from '../problem.ts';
import { adapterValues, layerPath, stockInputs } from './inputs.ts';
import type { Peer } from './peer.ts';

type Arrays = Record<string, np.Array>;

/** @throws Error if the device cannot be used here */
export async function jaxJs(problem: StepProblem, device: Device): Promise<Peer> {
  const started = await init(device);
  if (!started.includes(device)) throw new Error(`jax-js has no ${device} here`);
  defaultDevice(device);
  const { spec, weights, learningRate } = problem;
  const { width, heads, kvHeads, headDim, layers, qkNorm, norm, attentionScale } = spec;
  const inputs = stockInputs(problem);
  const { rows, slots } = inputs;
  const n = rows * slots;
  const half = headDim / 2;
  const arrayOf = (values: Float32Array, shape: readonly number[]) =>
    np.array(values as Float32Array<ArrayBuffer>).reshape([...shape]);
  const intsOf = (values: Int32Array) =>
    np.array(values as Int32Array<ArrayBuffer>, { dtype: np.int32 });

  const frozen: Arrays = {};
  for (const [name, { shape, values }] of weights) frozen[name] = arrayOf(values, shape);
  let adapter: Arrays = {};
  for (const [name, { shape, values }] of await adapterValues(problem)) {
    adapter[name] = arrayOf(values, shape);
  }
  const constants: Arrays = {
    tokens: intsOf(inputs.tokens),
    outputs: intsOf(inputs.outputs),
    mask: arrayOf(inputs.mask, [rows, 1, slots, slots]),
    targets: arrayOf(inputs.targets, [inputs.outputs.length, spec.vocabSize]),
    cos: arrayOf(inputs.cos, [n, 1, half]),
    sin: arrayOf(inputs.sin, [n, 1, half]),
  };
  const scaling = LORA.alpha / LORA.rank;

  /** The loss; arguments are borrowed by `.ref` and let go of at the end, as jax-js asks. */
  function loss(adapted: Arrays, given: Arrays, batch: Arrays): np.Array {
    const weight = (name: string) => given[`${name}.weight`]!.ref;
    const rmsNorm = (x: np.Array, name: string) => {
      const mean = np.mean(np.square(x.ref), -1, { keepdims: true });
      return x.div(np.sqrt(mean.add(norm.eps))).mul(weight(name));
    };
    const linear = (x: np.Array, module: string) => {
      const a = adapted[`${module}.lora_A.weight`];
      if (a === undefined) return np.matmul(x, weight(module).transpose());
      const b = adapted[`${module}.lora_B.weight`]!;
      const low = np.matmul(x.ref, a.ref.transpose());
      const branch = np.matmul(low, b.ref.transpose()).mul(scaling);
      return np.matmul(x, weight(module).transpose()).add(branch);
    };
    const rotate = (x: np.Array) => {
      const [first, second] = np.split(x, 2, -1) as [np.Array, np.Array];
      const [cos, sin] = [batch['cos']!, batch['sin']!];
      return np.concatenate(
        [
          first.ref.mul(cos.ref).sub(second.ref.mul(sin.ref)),
          second.mul(cos.ref).add(first.mul(sin.ref)),
        ],
        -1,
      );
    };
    const layerOf = (x: np.Array, layer: number) => {
      const path = (part: string) => layerPath(layer, part);
      const n1 = rmsNorm(x.ref, path('input_layernorm'));
      const project = (part: 'q' | 'k', count: number) => {
        const y = linear(n1.ref, path(`self_attn.${part}_proj`)).reshape([n, count, headDim]);
        const normed = qkNorm ? rmsNorm(y, path(`self_attn.${part}_norm`)) : y;
        return rotate(normed).reshape([rows, slots, count, headDim]);
      };
      const [q, k] = [project('q', heads), project('k', kvHeads)];
      const v = linear(n1, path('self_attn.v_proj')).reshape([rows, slots, kvHeads, headDim]);
      const mixed = nn.dotProductAttention(q, k, v, {
        bias: batch['mask']!.ref,
        scale: attentionScale,
      });
      const attended = linear(mixed.reshape([n, heads * headDim]), path('self_attn.o_proj'));
      const middle = x.add(attended);
      const n2 = rmsNorm(middle.ref, path('post_attention_layernorm'));
      const gate = nn.silu(linear(n2.ref, path('mlp.gate_proj')));
      const inner = gate.mul(linear(n2, path('mlp.up_proj')));
      return middle.add(linear(inner, path('mlp.down_proj')));
    };
    let x = np.take(weight('model.embed_tokens'), batch['tokens']!.ref, 0).reshape([n, width]);
    for (let layer = 0; layer < layers; layer++) x = layerOf(x, layer);
    const hidden = rmsNorm(np.take(x, batch['outputs']!.ref, 0), 'model.norm');
    const head = weight(given['lm_head.weight'] ? 'lm_head' : 'model.embed_tokens');
    const logP = nn.logSoftmax(np.matmul(hidden, head.transpose()));
    const value = np.sum(logP.mul(batch['targets']!.ref)).mul(-1);
    tree.dispose([adapted, given, batch]);
    return value;
  }

  const gradient = jit(valueAndGrad(loss));
  const adam = jit((p: np.Array, g: np.Array, m: np.Array, v: np.Array, rates: np.Array) => {
    const { beta1, beta2, epsilon } = ADAM;
    const first = m.mul(beta1).add(g.ref.mul(1 - beta1));
    const second = v.mul(beta2).add(np.square(g).mul(1 - beta2));
    const [rate, root] = np.split(rates, 2, 0) as [np.Array, np.Array];
    const update = first.ref.mul(rate).div(np.sqrt(second.ref).mul(root).add(epsilon));
    return [p.sub(update), first, second] as [np.Array, np.Array, np.Array];
  });
  const moments = new Map<string, [np.Array, np.Array]>();
  for (const [name, p] of Object.entries(adapter)) {
    moments.set(name, [np.zeros(p.shape), np.zeros(p.shape)]);
  }
  let steps = 0;
  return {
    name: 'jax-js',
    async step() {
      const borrowed = <T extends Arrays>(arrays: T) => tree.ref(arrays);
      const [value, gradients] = gradient(borrowed(adapter), borrowed(frozen), borrowed(constants));
      steps++;
      const rate = learningRate / (1 - ADAM.beta1 ** steps);
      const root = 1 / Math.sqrt(1 - ADAM.beta2 ** steps);
      const next: Arrays = {};
      for (const [name, p] of Object.entries(adapter)) {
        const [m, v] = moments.get(name)!;
        const [updated, first, second] = adam(p, gradients[name]!, m, v, np.array([rate, root]));
        next[name] = updated;
        moments.set(name, [first, second]);
      }
      adapter = next;
      const number = (await value.jsAsync()) as number;
      // The update belongs to the step.
      await Promise.all(Object.values(adapter).map((p) => p.blockUntilReady()));
      return number;
    },
    dispose() {
      tree.dispose([adapter, frozen, constants, ...[...moments.values()].flat()]);
      gradient.dispose();
      adam.dispose();
    },
  };
}
