"""Scores every arm of this folder's experiment exactly and writes results/results.json.

python score.py            every arm whose adapter is there, and the untouched model
accelerate launch --config_file accelerate/ddp.yaml score.py   the same, prompts shared out to several GPUs
lab compare results OTHER  sets it beside other studies; the page opens it, too
"""

import argparse
import json
import math
import os
from pathlib import Path
from statistics import correlation

import torch
from accelerate import Accelerator
from accelerate.utils import broadcast_object_list, gather_object
from peft import PeftModel
from transformers import DynamicCache

from model import open_model
from train import HERE, NO_DOUBLES, load_plan, read_lines
from tries import Trie, edge_log_probabilities, path_log_probabilities

SPLITS = ("train", "test_unseen_params", "test_ood_family")
ANSWERS_AT_ONCE = 512  # a pass holds the trie of so many answers


@torch.no_grad()
def all_edges(model, prompt, trie, device, temperature):
    """[edges] of the whole trie; the prompt passes once, its keys and values serve all answers."""
    ids = prompt["input_ids"]
    cache = DynamicCache()
    if len(ids) > 1:
        model(input_ids=torch.tensor([ids[:-1]], device=device), past_key_values=cache, use_cache=True, logits_to_keep=1)
    found = torch.zeros(len(trie.edge_token), dtype=torch.float64, device=device)
    for start in range(0, len(trie.paths), ANSWERS_AT_ONCE):
        some = slice(start, start + ANSWERS_AT_ONCE)
        part = Trie(prompt["answer_ids"][some], prompt["probabilities"][some])
        edges = edge_log_probabilities(model, ids, part, device, cache, temperature)
        cache.crop(-len(part.parent))  # the prompt's alone again
        for whole, own in zip(trie.paths[some], part.paths):
            found[whole] = edges[own]
    return found


def xlogy(x, y):
    return 0.0 if x == 0 else x * math.log(y)


def score_prompt(model, prompt, device, temperature=1.0):
    """The figures of results.json for one prompt, and the model's probability of every answer."""
    trie = Trie(prompt["answer_ids"], prompt["probabilities"])
    edges = all_edges(model, prompt, trie, device, temperature)
    target, mass = trie.edge_probabilities(), trie.mass
    by_depth = [0.0] * (max(trie.depth) + 1)
    node_kl = [0.0] * len(mass)
    for node, t, log_p in zip(trie.edge_node, target.tolist(), edges.tolist()):
        node_kl[node] += xlogy(t, t) - t * log_p
    for node, kl in enumerate(node_kl):
        by_depth[trie.depth[node]] += mass[node] * max(0.0, kl)
    q, p = prompt["probabilities"], path_log_probabilities(trie, edges).exp().tolist()
    valid = sum(p)
    invalid = max(0.0, 1 - valid)
    js = sum((xlogy(a, 2 * a / (a + b)) + xlogy(b, 2 * b / (a + b))) / 2 for a, b in zip(q, p) if a + b > 0)
    row = {
        "kl": sum(by_depth),
        "kl_by_depth": by_depth,
        "tv": (sum(abs(a - b) for a, b in zip(q, p)) + invalid) / 2,
        "js": max(0.0, js + invalid * math.log(2) / 2),
        "valid_mass": valid,
        "wasserstein_1": wasserstein(prompt["numbers"], q, [b / valid for b in p]) if valid > 0 else None,
        "reference_logit_kl": reference_logit_kl(trie, prompt["reference_paths"], edges),
        "rank_correlation": rank_correlation(q, p),
    }
    return row, p


def wasserstein(numbers, q, p):
    """Between the target and the model's valid answers; None for answers that are no numbers."""
    if numbers is None:
        return None
    order = sorted(range(len(numbers)), key=numbers.__getitem__)
    ahead = distance = 0.0
    for here, there in zip(order, order[1:]):
        ahead += p[here] - q[here]
        distance += abs(ahead) * (numbers[there] - numbers[here])
    return distance


def rank_correlation(q, p):
    """Spearman's; None where all of either list are equal and there is no order."""
    return None if len(set(q)) < 2 or len(set(p)) < 2 else correlation(ranks(q), ranks(p))


def ranks(values):
    """[values] from 0 on; equal values share the mean of their ranks."""
    order, found, start = sorted(range(len(values)), key=values.__getitem__), [0.0] * len(values), 0
    while start < len(order):
        end = start
        while end + 1 < len(order) and values[order[end + 1]] == values[order[start]]:
            end += 1
        for place in order[start : end + 1]:
            found[place] = (start + end) / 2
        start = end + 1
    return found


def reference_logit_kl(trie, answers, edges):
    """The mean over drawn answers of the mean over their steps of KL(node), as the paper's code has it."""
    t = trie.edge_probabilities(1e-8).to(edges.device)
    kl = torch.zeros(len(trie.parent), dtype=torch.float64, device=edges.device)
    kl.index_add_(0, torch.tensor(trie.edge_node, device=edges.device), t * (t.log() - edges))
    means = [kl[[trie.edge_node[edge] for edge in trie.paths[answer]]].mean().item() for answer in answers]
    return sum(means) / len(means)


def measured_prompts(folder, plan):
    for split in SPLITS:
        for prompt in read_lines(folder, plan["splits"][split]):
            if prompt["measured"]:
                yield split, prompt


def score_arm(model, folder, plan, device, temperature=1.0, only=None, rank=0, world=1):
    """-> [(number, row, shown)] of the measured prompts, or of the pairs of split and id in `only`: every
    world-th, where processes share them. `shown` is the first prompt of its split and family, with the model's
    probabilities, and None for the others: prompts of thousands of answers are large.
    """
    model.eval()
    found, seen = [], set()
    for number, (split, prompt) in enumerate(measured_prompts(folder, plan)):
        family = (split, prompt["family"])
        first = family not in seen
        seen.add(family)
        if number % world != rank or (only is not None and (split, prompt["id"]) not in only):
            continue
        row, probabilities = score_prompt(model, prompt, device, temperature)
        of = {"split": split, "family": prompt["family"], "id": prompt["id"]}
        found.append((number, {**of, **row}, (prompt, probabilities) if first else None))
    return found


def best_temperature(model, folder, plan, device):
    """The temperature of the least KL on a trained prompt of each family, every family counting once:
    a coarse list, then twice both sides of the best, as the lab searches."""
    first = {}
    for prompt in read_lines(folder, plan["splits"]["train"]):
        first.setdefault(prompt["family"], prompt)
    tried = {}

    def measure(temperature):
        rows = [score_prompt(model, prompt, device, temperature)[0]["kl"] for prompt in first.values()]
        tried[temperature] = sum(rows) / len(rows)

    for temperature in (0.5, 0.7, 1, 1.4, 2, 2.8, 4):
        measure(temperature)
    step = math.sqrt(1.4285714285714286)
    for _ in range(2):
        best = min(tried, key=tried.get)
        measure(max(0.05, best / step))
        measure(min(20, best * step))
        step = math.sqrt(step)
    best = min(tried, key=tried.get)
    curve = [{"temperature": t, "score": tried[t]} for t in sorted(tried)]
    return best, {"best": {"temperature": best, "score": tried[best]}, "curve": curve}


def summarise(rows):
    """Means in which every family counts once."""
    summary = {}
    for split in SPLITS:
        own = [row for row in rows if row["split"] == split]
        families = list(dict.fromkeys(row["family"] for row in own))
        if not own:
            continue
        summary[split] = {"prompts": len(own)}
        for name in ("kl", "tv", "js", "valid_mass"):
            means = []
            for family in families:
                values = [row[name] for row in own if row["family"] == family]
                means.append(sum(values) / len(values))
            summary[split][name] = sum(means) / len(means)
    return summary


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, default=HERE, help="the exported folder")
    parser.add_argument("--out", type=Path, help="where adapters lie and results go; FOLDER/results")
    parser.add_argument("--model", help="a base model in place of the plan's")
    parser.add_argument("--dtype", choices=["float32", "bfloat16", "float64"], default="float32")
    parser.add_argument("--device", help="cuda, cpu, or auto: layers spread over all GPUs; every process has its own")
    args = parser.parse_args()
    os.environ.pop("ACCELERATE_USE_FSDP", None)  # every process reads the whole model
    accelerator = Accelerator(NO_DOUBLES)
    rank, world = accelerator.process_index, accelerator.num_processes
    folder, out = args.folder, args.out or args.folder / "results"
    plan = load_plan(folder)
    place = args.device or str(accelerator.device)
    place, dtype = None if place == "cpu" else place, getattr(torch, args.dtype)
    base = open_model(folder, args.model or plan["model"], dtype, place=place)
    device = base.device  # of the first layer, where "auto" spreads them

    arms, targets, answers = {}, [], {}
    for arm in plan["arms"]:
        name, path = arm["name"], out / "adapters" / arm["name"]
        if not arm["scored"] or (arm["trained"] and not path.exists()):
            why = "it is not trained yet" if arm["scored"] else "it can only be sampled"
            accelerator.print(f"{name}: left out, {why}")
            continue
        report, temperature = {}, arm.get("temperature", 1.0)
        model = PeftModel.from_pretrained(base, path) if arm["trained"] else base
        if "temperature" in arm:
            search = None
            if temperature == "search":
                found = [best_temperature(model, folder, plan, device)]
                temperature, search = broadcast_object_list(found)[0]
            report["temperature"] = {"evaluation": "temperature", "temperature": temperature, "search": search}
        own = score_arm(model, folder, plan, device, temperature, rank=rank, world=world)
        scored = sorted(gather_object(own), key=lambda one: one[0])
        if arm["trained"]:
            report["training"] = json.loads((out / "training" / f"{name}.json").read_text())
            base = model.unload()
        rows = [row for _, row, _ in scored]
        arms[name] = {**report, "exact": rows, "summary": summarise(rows)}
        shown = [(row["split"], *first) for _, row, first in scored if first]
        answers[name] = {
            prompt["id"]: {"probabilities": p, "invalid_mass": max(0.0, 1 - sum(p))} for _, prompt, p in shown
        }
        targets = targets or [
            {key: prompt[key] for key in ("id", "family", "prompt", "kind", "probabilities")}
            | {"split": split, "values": prompt["answers"]}
            for split, prompt, _ in shown
        ]
        for split, means in arms[name]["summary"].items():
            figures = ", ".join(f"{key} {means[key]:.4f}" for key in ("kl", "tv", "valid_mass"))
            accelerator.print(f"{name}, {split}: {figures}")
    if accelerator.is_main_process:
        write_results(folder, out, args.model or plan["model"], device, arms, targets, answers)
    accelerator.end_training()


def write_results(folder, out, model, device, arms, targets, answers):
    out.mkdir(parents=True, exist_ok=True)
    environment = {
        "backend": "pytorch",
        "adapter": torch.cuda.get_device_name(device) if device.type == "cuda" else "processor",
        "model": model,
        "selfTest": "not run",
        "versions": {"torch": torch.__version__},
    }
    config = json.loads((folder / "config.json").read_text())
    results = {"config": config, "environment": environment, "arms": arms}
    (out / "results.json").write_text(json.dumps(results))
    (out / "answers.json").write_text(json.dumps({"targets": targets, "arms": answers}))
    (out / "config.json").write_text(json.dumps(config, indent=2))


if __name__ == "__main__":
    main()
