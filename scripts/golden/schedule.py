"""Makes the learning rates of test/golden/schedule.json with transformers.

    pip install torch transformers
    python scripts/golden/schedule.py           compares the file with what transformers says now
    python scripts/golden/schedule.py --write   puts what it says into the file

What is asked stays as it is in the file: steps, share of warm-up, peak, and which steps are listed.
"""

import json
import math
import sys
from pathlib import Path

import torch
from transformers import get_cosine_schedule_with_warmup

FILE = Path(__file__).parents[2] / "test/golden/schedule.json"
TOLERANCE = 1e-12


def rates(steps: int, warmup: float, peak: float) -> list[float]:
    """The rate before each optimizer step, as the Trainer of transformers sets it."""
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=peak)
    schedule = get_cosine_schedule_with_warmup(optimizer, math.ceil(steps * warmup), steps)
    found = []
    for _ in range(steps):
        found.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
    return found


def main() -> None:
    golden = json.loads(FILE.read_text())
    count, worst = 0, 0.0
    for entry in golden["schedules"]:
        found = rates(entry["steps"], entry["warmup"], entry["peak"])
        for step, was in entry["rates"].items():
            count += 1
            worst = max(worst, abs(found[int(step)] - was) / entry["peak"])
            entry["rates"][step] = found[int(step)]
    print(f"{count} figures, worst difference {worst:.2g} of the peak")
    if "--write" in sys.argv:
        FILE.write_text(json.dumps(golden) + "\n")
    elif not worst <= TOLERANCE:
        sys.exit(1)


if __name__ == "__main__":
    main()
