// Families that people try and the decoder does not have, each with what it would need.

/** What is missing, to follow "it needs", by `model_type`. */
export const REFUSED: Readonly<Record<string, string>> = {
  ...perType('images or sound', [
    ...['gemma3', 'gemma3n', 'gemma3n_text', 'llama4', 'mllama', 'llava', 'qwen2_vl', 'qwen2_5_vl'],
    ...['qwen3_vl', 'qwen3_5', 'qwen3_5_moe', 'mistral3', 'idefics3', 'smolvlm', 'phi4_multimodal'],
  ]),
  ...perType('layers of linear attention (a gated delta rule with a short convolution)', [
    ...['qwen3_5_text', 'qwen3_5_moe_text', 'qwen3_next'],
  ]),
  ...perType('a mixture of experts of another kind than gpt_oss and qwen3_moe', [
    ...['qwen2_moe', 'mixtral', 'olmoe', 'granitemoe', 'phimoe', 'dbrx'],
  ]),
  ...perType('state-space layers', [
    ...['mamba', 'mamba2', 'falcon_mamba', 'falcon_h1', 'jamba', 'bamba', 'granitemoehybrid'],
    ...['nemotron_h', 'recurrent_gemma', 'rwkv', 'zamba', 'zamba2', 'lfm2'],
  ]),
  ...perType('latent attention', ['deepseek_v2', 'deepseek_v3', 'kimi_k2', 'glm_moe_dsa']),
  ...perType('an encoder', ['bert', 'roberta', 't5', 'mt5', 'bart', 'whisper', 'xlm-roberta']),
};

/** As GGUF files call it, where that is not the `model_type` without its signs. */
const ARCHITECTURES: Readonly<Record<string, string>> = {
  deepseek2: 'deepseek_v2',
  granitehybrid: 'granitemoehybrid',
  qwen2vl: 'qwen2_vl',
  qwen35: 'qwen3_5_text',
  qwen35moe: 'qwen3_5_moe_text',
  rwkv6: 'rwkv',
  rwkv7: 'rwkv',
};

/** What is missing for an architecture of GGUF files, to follow "it needs"; undefined where nobody knows it. */
export function refusedArchitecture(name: string): string | undefined {
  const type =
    ARCHITECTURES[name] ?? Object.keys(REFUSED).find((each) => bare(each) === bare(name));
  return type && REFUSED[type];
}

/** Without the signs that only some spellings have. */
export const bare = (type: string): string => type.replace(/[-_]/g, '');

function perType(need: string, types: readonly string[]): Record<string, string> {
  return Object.fromEntries(types.map((type) => [type, need]));
}
