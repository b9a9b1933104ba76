"""Computes the figures of test/golden/models with PyTorch, transformers and PEFT.

    pip install torch transformers peft safetensors
    python scripts/golden/models.py [FOLDER…]             compares the files with what PyTorch says now
    python scripts/golden/models.py [FOLDER…] --write     puts what it says into the files

The random weights, the adapters, the sequences, the training examples and the tries stay as they are; made again
are logits with and without the adapter, hidden states, both losses, the loss over a trie, the gradients of the
adapter, the adapter after steps of AdamW, and greedy answers with their logits.
"""

import json
import sys
from pathlib import Path

import torch
from peft import PeftModel
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM

MODELS = Path(__file__).parents[2] / "test/golden/models"
# Float32 sums in another order, beside values of about one.
TOLERANCE = 1e-4


def load(folder: Path) -> torch.nn.Module:
    return AutoModelForCausalLM.from_pretrained(
        folder, dtype=torch.float32, attn_implementation="eager"
    ).eval()


def logits_of(model, tokens: list[int]) -> torch.Tensor:
    return model(torch.tensor([tokens])).logits[0]


def soft_loss(model, training: dict) -> torch.Tensor:
    """Mean over examples of the mean over steps of KL(target || softmax(logits / tau))."""
    losses = []
    for example in training["examples"]:
        rows = logits_of(model, example["prompt_ids"] + example["completion_ids"])
        steps = []
        for position, target in zip(example["positions"], example["targets"], strict=True):
            wanted = torch.tensor(target["probs"]).clamp(min=training["epsilon"])
            wanted = wanted / wanted.sum()
            found = torch.log_softmax(rows[position] / training["tau"], -1)[target["next_token_ids"]]
            steps.append((wanted * (wanted.log() - found)).sum())
        losses.append(torch.stack(steps).mean())
    return torch.stack(losses).mean()


def hard_loss(model, training: dict) -> torch.Tensor:
    """Cross-entropy over all completion tokens of all examples pooled."""
    found = [
        torch.log_softmax(logits_of(model, e["prompt_ids"] + e["completion_ids"])[p], -1)[token]
        for e in training["examples"]
        for p, token in zip(e["positions"], e["completion_ids"], strict=True)
    ]
    return -torch.stack(found).mean()


def trie_rows(model, trie: dict) -> tuple[torch.Tensor, torch.Tensor]:
    """Logits after each node's token, from running each path by itself, and the prompt's rows."""
    prompt, nodes = trie["prompt_ids"], {}
    for path in trie["paths"]:
        rows = logits_of(model, prompt + path["token_ids"])
        for depth, node in enumerate(path["node_ids"]):
            nodes.setdefault(node, rows[len(prompt) + depth])
    base = logits_of(model, prompt)
    nodes[0] = base[-1]
    return torch.stack([nodes[node["id"]] for node in trie["nodes"]]), base


def trie_loss(rows: torch.Tensor, trie: dict, epsilon: float) -> torch.Tensor:
    """Sum over inner nodes of the probability of reaching them times KL(target || softmax(logits))."""
    losses = []
    for row, node in zip(rows, trie["nodes"], strict=True):
        if not node.get("target"):
            continue
        wanted = torch.tensor(node["target"]["probs"]).clamp(min=epsilon)
        wanted = wanted / wanted.sum()
        found = torch.log_softmax(row, -1)[node["target"]["next_token_ids"]]
        losses.append(node["reach"] * (wanted * (wanted.log() - found)).sum())
    return torch.stack(losses).sum()


def greedy_rows(model, greedy: dict, name: str) -> torch.Tensor:
    """Logits of every step; fails where the likeliest token is another one than the file says."""
    tokens, rows = list(greedy["prompt_ids"]), []
    for expected in greedy[name]["token_ids"]:
        rows.append(logits_of(model, tokens)[-1])
        tokens.append(rows[-1].argmax().item())
        if tokens[-1] != expected:
            sys.exit(f"greedy {name}: token {tokens[-1]} where the file has {expected}")
    return torch.stack(rows)


def adapter_of(model) -> dict[str, torch.Tensor]:
    """By the names that PEFT writes into files."""
    return {
        name.replace(".default", ""): parameter.detach().clone()
        for name, parameter in model.named_parameters()
        if "lora_" in name
    }


def stepped(model, training: dict) -> dict[int, dict[str, torch.Tensor]]:
    """The adapter after one and after all steps of AdamW on the soft loss; the model is left changed."""
    settings = training["adamw"]
    optimizer = torch.optim.AdamW(
        [parameter for name, parameter in model.named_parameters() if "lora_" in name],
        lr=settings["lr"],
        betas=settings["betas"],
        eps=settings["eps"],
        weight_decay=settings["weight_decay"],
    )
    adapters = {}
    for step in range(1, settings["steps"] + 1):
        optimizer.zero_grad()
        soft_loss(model, training).backward()
        optimizer.step()
        adapters[step] = adapter_of(model)
    return {step: adapters[step] for step in (1, settings["steps"])}


def gradients(model, loss: torch.Tensor) -> dict[str, torch.Tensor]:
    """By the names that PEFT writes into files."""
    model.zero_grad()
    loss.backward()
    return {
        name.replace(".default", ""): parameter.grad.clone()
        for name, parameter in model.named_parameters()
        if "lora_" in name
    }


def figures(folder: Path) -> tuple[dict, float | None, dict[str, dict[str, torch.Tensor]]]:
    """Losses of the examples, the loss over the trie, and tensors by file; some models have no trie or greedy answers."""
    golden = json.loads((folder / "golden.json").read_text())
    sequences, training = golden["sequences"], golden["training"]
    trie, greedy = golden.get("trie"), golden.get("greedy")
    model = load(folder)
    files = {}
    with torch.no_grad():
        logits = {f"base.{i}": logits_of(model, s) for i, s in enumerate(sequences)}
        ids = torch.tensor([sequences[golden["hidden_states"]["sequence"]]])
        states = model(ids, output_hidden_states=True).hidden_states
        if greedy:
            files["greedy_logits"] = {"base": greedy_rows(model, greedy, "base")}
        if trie:
            rows, prompt = trie_rows(model, trie)
            files["trie_logits"] = {"base": rows, "base_prompt": prompt}
    # The last of them is normalised; what the last layer leaves before that is not told.
    hidden = {"embedding": states[0][0], "final_norm": states[-1][0]}
    hidden |= {f"layer.{i}": state[0] for i, state in enumerate(states[1:-1])}
    adapted = PeftModel.from_pretrained(model, folder / "adapter", is_trainable=True).eval()
    with torch.no_grad():
        logits |= {f"adapter.{i}": logits_of(adapted, s) for i, s in enumerate(sequences)}
        if greedy:
            files["greedy_logits"]["adapter"] = greedy_rows(adapted, greedy, "adapter")
    soft, hard = soft_loss(adapted, training), hard_loss(adapted, training)
    losses = {"soft_loss": soft.item(), "hard_loss": hard.item()}
    files |= {"logits": logits, "hidden_states": hidden}
    files |= {"grads_soft": gradients(adapted, soft), "grads_hard": gradients(adapted, hard)}
    whole = None
    if trie:
        rows, prompt = trie_rows(adapted, trie)
        loss = trie_loss(rows, trie, training["epsilon"])
        whole = loss.item()
        files["trie_logits"] |= {"adapter": rows.detach(), "adapter_prompt": prompt.detach()}
        files["grads_trie"] = gradients(adapted, loss)
    if "adamw" in training:
        for step, adapter in stepped(adapted, training).items():
            files[f"adapter_after_{step}_step{'s' if step > 1 else ''}"] = adapter
    return losses, whole, files


def run(folder: Path, write: bool) -> bool:
    losses, whole, files = figures(folder)
    golden = json.loads((folder / "golden.json").read_text())
    count, worst = len(losses), (0.0, "")
    if whole is not None:
        count, worst = count + 1, (abs(whole - golden["trie"]["loss_with_adapter"]), "trie loss")
        golden["trie"]["loss_with_adapter"] = whole
    for name, value in losses.items():
        worst = max(worst, (abs(value - golden["training"][name]), name))
        golden["training"][name] = value
    for name, tensors in files.items():
        path = folder / f"{name}.safetensors"
        stored = load_file(path)
        for key, value in tensors.items():
            count += value.numel()
            worst = max(worst, ((value - stored[key]).abs().max().item(), f"{name} {key}"))
            stored[key] = value.contiguous()
        if write:
            save_file(stored, path)
    if write:
        (folder / "golden.json").write_text(json.dumps(golden) + "\n")
    print(f"{folder.name}: {count} figures, worst difference {worst[0]:.2g} {worst[1]}")
    return worst[0] <= TOLERANCE


def main() -> None:
    names = [name for name in sys.argv[1:] if name != "--write"]
    folders = [MODELS / name for name in names] or [
        path.parent for path in sorted(MODELS.glob("*/grads_soft.safetensors"))
    ]
    results = [run(folder, "--write" in sys.argv) for folder in folders]
    if not all(results) and "--write" not in sys.argv:
        sys.exit(1)


if __name__ == "__main__":
    main()
