"""A training step or an exact score in PyTorch, transformers and PEFT, for `lab bench --peers torch`.

Started with a folder: `model` and `adapter` as their libraries read them, and `task.json`. Says on standard
output when it is ready, then answers every line of standard input with one run's seconds and its loss,
of a step before the update, in JSON.
"""

import json
import sys
import time
from pathlib import Path

import peft
import torch
import transformers

FOLDER = Path(sys.argv[1])
TASK = json.loads((FOLDER / "task.json").read_text())
# So many rows pass the model together; more would not fit into memory, and are not quicker.
ROWS_TOGETHER = 16


def loaded_model():
    base = transformers.AutoModelForCausalLM.from_pretrained(FOLDER / "model", dtype=torch.float32)
    model = peft.PeftModel.from_pretrained(base, FOLDER / "adapter", is_trainable=True)
    model.train()
    return model


def padded(sequences):
    longest = max(1, *(len(one) for one in sequences))
    rows = [list(one) + [0] * (longest - len(one)) for one in sequences]
    return torch.tensor(rows, dtype=torch.long)


def mask_of(sequences, before=0):
    longest = max(1, *(len(one) for one in sequences))
    return torch.tensor([[1] * (before + len(one)) + [0] * (longest - len(one)) for one in sequences])


def sparse(rows):
    """Where targets lie: row, node (0 is the prompt's last token), token, and weight of its log-probability."""
    found = [(r, node, token, w) for r, row in enumerate(rows) for node, token, w in row["targets"]]
    row, node, token, weight = zip(*found)
    return torch.tensor(row), torch.tensor(node), torch.tensor(token), torch.tensor(weight)


def loss_at(logits, token, weight):
    """Cross-entropy of targets. @param logits [targets, vocab]"""
    return -(weight * logits.log_softmax(-1).gather(1, token[:, None])[:, 0]).sum()


def learned(loss):
    if TASK["trains"]:
        loss.backward()
    return loss.item()


def groups_of_rows(rows):
    for first in range(0, len(rows), ROWS_TOGETHER):
        group = rows[first : first + ROWS_TOGETHER]
        texts = [row["prompt"] + row["answer"] for row in group]
        row, node, token, weight = sparse(group)
        ends = torch.tensor([len(one["prompt"]) - 1 for one in group])
        yield padded(texts), mask_of(texts), row, ends[row] + node, token, weight


def row_per_answer(model, groups):
    """The reference procedure: prompt and answer, once for every answer."""
    total = 0.0
    for ids, mask, row, at, token, weight in groups:
        logits = model(input_ids=ids, attention_mask=mask).logits
        total += learned(loss_at(logits[row, at], token, weight))
    return total


def groups_of_prompts(rows):
    prompts = {}
    for row in rows:
        prompts.setdefault(tuple(row["prompt"]), []).append(row)
    for prompt, group in prompts.items():
        answers = [row["answer"] for row in group]
        yield torch.tensor([prompt]), padded(answers), mask_of(answers, len(prompt)), *sparse(group)


def shared_prompt(model, groups):
    """A prompt's keys and values once, for all of its answers."""
    total = 0.0
    for prompt, ids, mask, row, node, token, weight in groups:
        first = model(input_ids=prompt, use_cache=True, logits_to_keep=1)
        cache = first.past_key_values
        cache.batch_repeat_interleave(ids.shape[0])
        rest = model(input_ids=ids, attention_mask=mask, past_key_values=cache).logits
        # Node 0 is answered by the prompt's last token, node i by the answer's token i.
        logits = torch.cat([first.logits.expand(ids.shape[0], -1, -1), rest], 1)
        total += learned(loss_at(logits[row, node], token, weight))
    return total


PROCEDURES = {
    "row per answer": (groups_of_rows, row_per_answer),
    "shared prompt": (groups_of_prompts, shared_prompt),
}


def main():
    torch.set_num_threads(TASK["threads"])
    model = loaded_model()
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.Adam(trained, lr=TASK["learning_rate"])
    groups_of, losses_of = PROCEDURES[TASK["procedure"]]
    groups = list(groups_of(TASK["rows"]))
    print(json.dumps("ready"), flush=True)
    for _ in sys.stdin:
        start = time.perf_counter()
        with torch.set_grad_enabled(TASK["trains"]):
            optimizer.zero_grad()
            loss = losses_of(model, groups)
            if TASK["trains"]:
                optimizer.step()
        print(json.dumps({"seconds": time.perf_counter() - start, "figure": loss}), flush=True)


main()
