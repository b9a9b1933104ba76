"""Compares the logits of `lab forward` with those of PEFT and transformers.

    npm run --silent lab -- forward --model BASE --adapter ADAPTER --input IDS.json --out OURS.safetensors
    python scripts/peft-logits.py BASE ADAPTER IDS.json OURS.safetensors

IDS.json is {"sequences": [[ids]...]}. Needs torch, transformers, peft and safetensors. Fails where a
logit differs by more than 1e-4.
"""

import json
import sys

import torch
from peft import PeftModel
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM

TOLERANCE = 1e-4


@torch.no_grad()
def main(base: str, adapter: str, ids: str, logits: str) -> None:
    with open(ids) as file:
        sequences = [torch.tensor([sequence]) for sequence in json.load(file)["sequences"]]
    ours = load_file(logits)
    model = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32).eval()
    untouched = [model(sequence).logits[0] for sequence in sequences]
    model = PeftModel.from_pretrained(model, adapter).eval()
    adapted = [model(sequence).logits[0] for sequence in sequences]

    worst = largest((a - ours[f"sequence.{i}.logits"]) for i, a in enumerate(adapted))
    moved = largest(a - b for a, b in zip(adapted, untouched))
    count = sum(a.numel() for a in adapted)
    print(f"{count} logits, worst difference {worst:.2g}; the adapter moves them by up to {moved:.2g}")
    # A comparison with an adapter that does nothing would say nothing.
    if not (worst <= TOLERANCE and moved > TOLERANCE):
        sys.exit(1)


def largest(differences) -> float:
    return max(difference.abs().max().item() for difference in differences)


if __name__ == "__main__":
    main(*sys.argv[1:])
