"""Trains every arm of this folder's experiment: LoRA adapters on soft, hard or exact targets.

One GPU:    python train.py
More:       accelerate launch --config_file accelerate/ddp.yaml train.py   (or fsdp2.yaml)
Go on:      the same line again; a run that was stopped continues from its last checkpoint
In doubt:   python train.py --check   (the first 20 losses of the built-in model, beside the lab's own)
"""

import argparse
import json
import math
import time
from pathlib import Path

import torch
from accelerate import Accelerator
from transformers import AutoTokenizer

from model import load_checkpoint, loading_place, open_model, place_of, save_adapter, save_checkpoint
from tries import Trie, edge_log_probabilities, objective_of, path_log_probabilities, valid_mass

HERE = Path(__file__).resolve().parent
# In the lab, an objective other than KL waits until every prompt of a batch has this valid mass.
ENOUGH_VALID_MASS = 0.5
# Sums are kept in double precision. Apple's GPUs have none: there all is done on the processor.
NO_DOUBLES = torch.backends.mps.is_available()


def load_plan(folder):
    return json.loads((folder / "plan.json").read_text())


def read_lines(folder, files):
    for name in files:
        with open(folder / name) as lines:
            yield from map(json.loads, lines)


class Prompts:
    """The lines of a split by number, read when they are asked for: tries of thousands are large."""

    def __init__(self, folder, files):
        self.places = []
        for name in files:
            with open(folder / name, "rb") as file:
                start = 0
                for line in file:
                    self.places.append((folder / name, start))
                    start += len(line)

    def __getitem__(self, number):
        path, start = self.places[number]
        with open(path, "rb") as file:
            file.seek(start)
            return json.loads(file.readline())


def steps_of(folder, files, start):
    """The lines of each step in turn, from step `start`."""
    step, lines = start, []
    for line in read_lines(folder, files):
        if line["step"] > step and step >= start:
            yield lines
            lines = []
        if line["step"] >= start:
            step = line["step"]
            lines.append(line)
    if lines:
        yield lines


def collate(rows, device):
    """Rows padded on the left, so that all completions end together, and their targets.

    Of a row, `input_ids` is the prompt and its completion. The last token is never fed: nothing
    follows it. -> inputs [rows, L], and targets [rows, T, K] with probabilities and weights [rows, T].
    """
    length = max(len(row["input_ids"]) for row in rows) - 1
    steps = max(row["completion"] for row in rows)
    width = max(len(row["target_ids"][0]) if "target_ids" in row else 1 for row in rows)
    ids, mask = torch.zeros(2, len(rows), length, dtype=torch.long)
    target = torch.zeros(len(rows), steps, width, dtype=torch.long)
    probability, weight = torch.zeros(len(rows), steps, width), torch.zeros(len(rows), steps)
    for i, row in enumerate(rows):
        fed, size = row["input_ids"][:-1], row["completion"]
        ids[i, length - len(fed):] = torch.tensor(fed)
        mask[i, length - len(fed):] = 1
        # Hard targets are the tokens themselves.
        tokens = row.get("target_ids") or [[token] for token in row["input_ids"][-size:]]
        chances = row.get("target_probabilities") or [[1.0]] * size
        target[i, steps - size:, : len(tokens[0])] = torch.tensor(tokens)
        probability[i, steps - size:, : len(tokens[0])] = torch.tensor(chances)
        weight[i, steps - size:] = row["weight"]
    positions = (mask.cumsum(1) - 1).clamp(min=0)
    return [tensor.to(device) for tensor in (ids, mask, positions, target, probability, weight)]


def row_loss(model, rows, kl, device):
    """Sum over rows and their T tokens of weight * cross-entropy (or KL) to the targets."""
    ids, mask, positions, target, probability, weight = collate(rows, device)
    logits = model(
        input_ids=ids, attention_mask=mask, position_ids=positions, logits_to_keep=target.shape[1], use_cache=False
    ).logits.float()
    found = logits.gather(2, target) - logits.logsumexp(2, keepdim=True)  # [rows, T, K]
    loss = -probability * found
    if kl:  # minus the entropy of the target, which has no gradient
        loss = loss + torch.special.xlogy(probability, probability)
    return (loss.sum(2) * weight).sum()


def weighted(rows, kl):
    """Rows with the weight of each of their tokens in the loss of the step.

    Soft: the mean over the answers of the mean over their tokens. Hard: the mean over all tokens.
    """
    total = sum(row["count"] * (1 if kl else row["completion"]) for row in rows)
    return [{**row, "weight": row["count"] / total / (row["completion"] if kl else 1)} for row in rows]


def anchors_of(folder, anchor, steps):
    """[steps] the rows of the anchor's step: what the untouched model answers to other prompts."""
    by_step = [[] for _ in range(steps)]
    for row in read_lines(folder, anchor["files"]):
        for step in row.pop("steps"):
            if step < steps:
                by_step[step].append(row)
    for rows in by_step:
        total = sum(row["count"] * row["completion"] for row in rows)
        yield [{**row, "weight": anchor["weight"] * row["count"] / total} for row in rows]


def trie_loss(model, line, prompt, objective, device):
    """One prompt's loss, from its whole trie or from the answers that were drawn, the valid mass that an
    objective needs to know, and the size of the trie."""
    drawn = line.get("answers")
    chosen = range(len(prompt["answers"])) if drawn is None else drawn
    trie = Trie([prompt["answer_ids"][a] for a in chosen], [prompt["probabilities"][a] for a in chosen])
    edges = edge_log_probabilities(model, prompt["input_ids"], trie, device)
    if objective is None:  # soft targets at every node of the trie
        return trie.soft_loss(edges), None, len(trie.parent)
    q = torch.tensor(trie.probabilities, dtype=torch.float64, device=device)
    log_p = path_log_probabilities(trie, edges)
    share = None if drawn is None else torch.tensor(line["counts"], device=device) / sum(line["counts"])
    numbers = prompt["numbers"] and torch.tensor(prompt["numbers"], dtype=torch.float64, device=device)
    loss, mass = objective_of(objective, q, log_p, numbers, share), valid_mass(q, log_p, share)
    return loss, mass, len(trie.parent)


def learning_rate(step, steps, peak, warmup):
    """Linear warm-up, then half a cosine to zero, as transformers has it; a single step has the peak."""
    rising = math.ceil((0 if steps == 1 else warmup) * steps)
    if step < rising:
        return peak * step / rising
    return peak * (1 + math.cos(math.pi * (step - rising) / max(1, steps - rising))) / 2


def train_arm(accelerator, folder, plan, arm, args, dropout, out, logged=0):
    """Trains one arm and returns its record: losses, tokens, seconds. Trackers want steps that only grow:
    those of the arms before it, `logged`, are added."""
    device, rank, world = accelerator.device, accelerator.process_index, accelerator.num_processes
    steps, stop = args.steps or arm["steps"], args.stop_after or arm["steps"]
    torch.manual_seed(plan["seed"])
    dropout = 0.0 if arm["without_dropout"] else dropout
    name, dtype = args.model or plan["model"], getattr(torch, args.dtype)
    model = open_model(folder, name, dtype, folder / plan["first_adapter"], dropout, loading_place(accelerator))
    if args.recompute:
        model.gradient_checkpointing_enable({"use_reentrant": False})
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=1.0, weight_decay=plan["weight_decay"])
    model, optimizer = accelerator.prepare(model, optimizer)
    model.train()
    checkpoint = out / f"{arm['name']}.pt"
    done = {"steps": 0, "seconds": 0.0, "answer_tokens": 0, "prompt_tokens": 0, "loss": []}
    run = {"seed": plan["seed"], "steps": steps, "model": str(name), "dtype": args.dtype}
    if checkpoint.exists():
        done = load_checkpoint(checkpoint, model, optimizer, run)
        accelerator.print(f"{arm['name']}: goes on from step {done['steps']}")
    kl, exact = arm["loss"] == "kl", arm.get("objective")
    prompts = Prompts(folder, plan["splits"]["train"])
    anchors = list(anchors_of(folder, arm["anchor"], steps)) if "anchor" in arm else [[]] * steps
    started = time.time() - done["seconds"]
    for lines in steps_of(folder, arm["files"], done["steps"]):
        step = done["steps"]
        if step >= min(steps, stop):
            break
        # A continued run drops what it would have dropped.
        torch.manual_seed((plan["seed"] * 1_000_003 + step) * 1009 + rank)
        rate = learning_rate(step, steps, plan["learning_rate"], plan["warmup"])
        for group in optimizer.param_groups:
            group["lr"] = rate
        reported = torch.zeros(3, dtype=torch.float64, device=device)  # loss, tokens of answers, of prompts

        # Processes share a step: each takes every world-th line, all make as many passes, and what
        # they lack is filled up with lines that count nothing. Gradients are averaged, so they are
        # scaled up by the number of processes.
        def passes(items, size):
            mine = items[rank::world]
            for k in range(math.ceil(math.ceil(len(items) / world) / size)):
                yield mine[k * size : (k + 1) * size] or items[:1], bool(mine[k * size :])

        rows = weighted(lines, kl) if arm["layout"] == "rows" else []
        for group, counted in [(rows, True), (anchors[step], not exact)]:
            for part, counts in passes(group, args.rows):
                loss = row_loss(model, part, kl, device) * counts
                accelerator.backward(loss * world)
                size = sum(row["completion"] for row in part) * counts
                fed = sum(len(row["input_ids"]) for row in part) * counts - size
                reported += torch.tensor([loss.item() * counted, size, fed], device=device)
        if arm["layout"] == "trie":
            now = exact
            if exact and exact != "kl":  # the lab asks the model, then teaches it
                least = torch.ones((), device=device)
                with torch.no_grad():
                    for (line,), counts in passes(lines, 1):
                        _, mass, _ = trie_loss(model, line, prompts[line["prompt"]], exact, device)
                        least = torch.minimum(least, mass.float()) if counts else least
                now = exact if accelerator.gather(least).min() > ENOUGH_VALID_MASS else "kl"
            for (line,), counts in passes(lines, 1):
                prompt = prompts[line["prompt"]]
                loss, _, size = trie_loss(model, line, prompt, now, device)
                loss = loss * counts / len(lines)
                accelerator.backward(loss * world)
                fed = [loss.item(), size * counts, len(prompt["input_ids"]) * counts]
                reported += torch.tensor(fed, device=device)
        optimizer.step()
        optimizer.zero_grad()
        loss, answers, fed = accelerator.reduce(reported, "sum").tolist()
        done["steps"], done["seconds"] = step + 1, time.time() - started
        done["loss"].append([step + 1, loss])
        done["answer_tokens"] += int(answers)
        done["prompt_tokens"] += int(fed)
        accelerator.log({f"{arm['name']}/loss": loss, f"{arm['name']}/rate": rate}, step=logged + step)
        if (step + 1) % args.log_every == 0 or step + 1 == steps:
            accelerator.print(f"{arm['name']}: step {step + 1} of {steps}, loss {loss:.4f}, {done['seconds']:.0f} s")
        if (step + 1) % args.save_every == 0 or step + 1 in (steps, stop):
            save_checkpoint(checkpoint, accelerator, model, optimizer, done, run)
    return model, done


def train_all(accelerator, folder, plan, args, out):
    logged = 0
    for arm in plan["arms"]:
        if not arm["trained"] or (args.arms and arm["name"] not in args.arms):
            continue
        model, done = train_arm(accelerator, folder, plan, arm, args, plan["dropout"], out / "checkpoints", logged)
        logged += done["steps"]
        name = args.model or plan["model"]
        tokenizer = AutoTokenizer.from_pretrained(**place_of(folder, name))
        save_adapter(out / "adapters" / arm["name"], accelerator, model, tokenizer)
        if accelerator.is_main_process:
            (out / "training").mkdir(exist_ok=True)
            (out / "training" / f"{arm['name']}.json").write_text(json.dumps(done))
        del model
        accelerator.free_memory()  # two of a large model do not fit


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    option = parser.add_argument
    option("--check", action="store_true", help="compare with the lab's figures and end")
    option("--arms", nargs="+", help="train these only")
    option("--steps", type=int, help="fewer steps than planned, for a try")
    option("--stop-after", type=int, help="stop here, as if killed; the schedule stays")
    option("--rows", type=int, default=32, help="rows in a pass of one process")
    option("--recompute", action="store_true", help="activations again in the backward pass: slower, in less memory")
    option("--save-every", type=int, default=50, help="steps between checkpoints")
    option("--log-every", type=int, default=10, help="steps between lines of progress")
    option("--dtype", choices=["float32", "bfloat16"], default="float32", help="of the base model")
    option("--model", help="a base model in place of the plan's")
    option("--tracker", help="tensorboard, wandb or another that is installed")
    option("--folder", type=Path, default=HERE, help="the exported folder")
    option("--out", type=Path, help="where all results go; FOLDER/results")
    args = parser.parse_args()
    accelerator = Accelerator(NO_DOUBLES, log_with=args.tracker, project_dir=args.out or args.folder / "results")
    if args.check:
        from check import check

        raise SystemExit(check(accelerator, args))
    plan = load_plan(args.folder)
    if args.tracker:
        settings = {**plan, "dtype": args.dtype, "model": args.model or plan["model"]}
        plain = {key: value for key, value in settings.items() if isinstance(value, (int, float, str))}
        accelerator.init_trackers("calibration", plain)
    train_all(accelerator, args.folder, plan, args, args.out or args.folder / "results")
    accelerator.end_training()


if __name__ == "__main__":
    main()
