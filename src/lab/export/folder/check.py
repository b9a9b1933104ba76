"""`python train.py --check`: the built-in model's first losses and scores here, beside the lab's own."""

import json
import tempfile
from pathlib import Path

import torch

from model import open_model
from score import score_arm
from train import load_plan, train_arm

LOSSES = 1e-4  # relative; the same arithmetic in another order
SCORES = 1e-4  # relative, absolute below 1
FIGURES = ("kl", "tv", "js", "valid_mass", "reference_logit_kl")


def check(accelerator, args):
    """Prints one line for each arm and for the scores. -> 0 where all agree, else 1"""
    expected = json.loads((args.folder / "expected.json").read_text())
    folder = args.folder / expected["folder"]
    plan = load_plan(folder)
    worst = {}
    args.steps, args.model, args.dtype = None, None, "float32"
    args.stop_after = args.stop_after or max(len(losses) for losses in expected["losses"].values())
    for arm in plan["arms"]:
        if not arm["trained"] or (args.arms and arm["name"] not in args.arms):
            continue
        # Not resumed from anything unless a place is named.
        with tempfile.TemporaryDirectory() as scratch:
            out = args.out or Path(scratch)
            _, done = train_arm(accelerator, folder, plan, arm, args, 0.0, out)
        losses = expected["losses"][arm["name"]][: args.stop_after]
        found = [loss for _, loss in done["loss"]]
        pairs = zip(found, losses, strict=True)
        worst[arm["name"]] = (max(abs(a - b) / abs(b) for a, b in pairs), LOSSES)
    if accelerator.is_main_process:
        base = open_model(folder, plan["model"], torch.float32)
        own = {(row["split"], row["id"]): row for row in expected["exact"]}
        scored = score_arm(base, folder, plan, "cpu", only=own)
        worst["untouched model, scores"] = (
            max(
                abs(row[name] - lab[name]) / max(1.0, abs(lab[name]))
                for _, row, _ in scored
                for lab in [own[row["split"], row["id"]]]
                for name in FIGURES
            ),
            SCORES,
        )
    for name, (difference, most) in worst.items():
        verdict = "agrees" if difference <= most else "DIFFERS"
        accelerator.print(f"{name}: {verdict}, worst relative difference {difference:.1e} (at most {most})")
    return int(any(difference > most for difference, most in worst.values()))
