"""Scores an exported adapter with PEFT and transformers as `lab exact` does, and compares the figures.

    npm run --silent lab -- adapter --model BASE --adapter ADAPTER --to peft --out FOLDER
    npm run --silent lab -- targets --family beta --params alpha=2,beta=5 > targets.json
    npm run --silent lab -- exact --family beta --params alpha=2,beta=5 --model BASE --adapter FOLDER > exact.json
    python scripts/peft-exact.py BASE FOLDER PROMPT targets.json exact.json

BASE is a folder in Hugging Face layout or a GGUF file, whose blocks transformers widens itself (that needs the package
gguf, too). The tokenizer is the one in FOLDER. Needs torch, transformers and peft. Fails where KL, total variation or
valid mass differ by more than a thousandth of the lab's.
"""

import json
import os
import sys

import torch
from peft import PeftModel
from transformers import AutoModelForCausalLM, AutoTokenizer

TOLERANCE = 1e-3
# Answers that pass the model together.
BATCH = 9


@torch.no_grad()
def main(base: str, adapter: str, prompt: str, targets: str, ours: str) -> None:
    with open(targets) as file:
        asked = json.load(file)
    with open(ours) as file:
        expected = json.load(file)
    tokenizer = AutoTokenizer.from_pretrained(adapter)
    model = PeftModel.from_pretrained(opened(base), adapter).eval()

    context = prompt_tokens(tokenizer, prompt)
    own = []
    for i in range(0, len(asked["values"]), BATCH):
        own += scored(model, tokenizer, context, asked["values"][i : i + BATCH])
    own = torch.stack(own)
    target = torch.tensor(asked["probabilities"], dtype=torch.float64)
    mass = own.exp().sum()
    found = {
        "kl": (target * (target.log() - own)).sum().item(),
        "tv": ((own.exp() - target).abs().sum() + 1 - mass).item() / 2,
        "valid_mass": mass.item(),
    }
    print(json.dumps({"prompt_tokens": len(context), **found}))
    if any(abs(value / expected[name] - 1) > TOLERANCE for name, value in found.items()):
        sys.exit(f"the lab has {expected}")


def opened(base: str):
    if not base.endswith(".gguf"):
        return AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)
    folder, name = os.path.split(os.path.abspath(base))
    return AutoModelForCausalLM.from_pretrained(folder, gguf_file=name, dtype=torch.float32)


def prompt_tokens(tokenizer, prompt: str) -> list[int]:
    if tokenizer.chat_template is None:
        return tokenizer(prompt)["input_ids"]
    message = [{"role": "user", "content": prompt}]
    text = tokenizer.apply_chat_template(message, add_generation_prompt=True, tokenize=False)
    return tokenizer(text, add_special_tokens=False)["input_ids"]


def scored(model, tokenizer, context: list[int], answers: list[str]) -> list[torch.Tensor]:
    """Log-probability of each answer and the end after the context."""
    ids = [tokenizer(text, add_special_tokens=False)["input_ids"] for text in answers]
    ids = [answer + [tokenizer.eos_token_id] for answer in ids]
    longest = max(len(answer) for answer in ids)
    # What is behind an end is not looked at.
    rows = [context + answer + [0] * (longest - len(answer)) for answer in ids]
    logits = model(torch.tensor(rows)).logits[:, len(context) - 1 : -1].double()
    chosen = logits.log_softmax(-1)
    return [
        sum(chosen[row, i, token] for i, token in enumerate(answer)) for row, answer in enumerate(ids)
    ]


if __name__ == "__main__":
    main(*sys.argv[1:])
