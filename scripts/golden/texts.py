"""Makes test/golden/texts: tokenizers that mark words, and what PyTorch thinks of texts cut by them.

    pip install torch transformers
    python scripts/golden/texts.py

Writes a folder with tokenizer.json for each way of marking words, and scores.json: natural
log-probabilities under the random model of test/golden/models/llama, in float64 from float32 logits.
Texts are read with the special tokens that a tokenizer puts in front; a continuation is what its
prompt and it, read as one text, have beyond the prompt.
"""

import json
import os

import tokenizers
import torch
import transformers
from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, processors

GOLDEN = os.path.join(os.path.dirname(__file__), "..", "..", "test", "golden")
CHARACTERS = "▁abcdefghijklmnopqrstuvwxyzABCDHQTW0123456789.:?,'\n"
PAIRS = (
    "▁A ▁B ▁C ▁D ▁a ▁b ▁c ▁d ▁h ▁i ▁o ▁s ▁t ▁w th he in er an on re ▁th ▁the ▁on ▁in ing is ▁is "
    "el lo ▁H ▁He wo or ▁wo"
).split()

TEXTS = ["a", "Hello world.", "The quick brown fox jumps over the lazy dog. 0.12345 and 17.", "He is on the roof." * 6]
QUESTIONS = [
    ("Question: Which is it?\nA. one\nB. two\nC. three\nD. four\nAnswer:", [" A", " B", " C", " D"]),
    ("A man is on a roof. He", [" starts to work.", " is wrapping a hat.", " is lost.", " holds a cube."]),
    ("Two and two is ", ["four.", "five."]),
]


def tokenizer(prepend, begins):
    known = {"<unk>": 0, "<s>": 1, "</s>": 2}
    for piece in [*CHARACTERS, *PAIRS]:
        known.setdefault(piece, len(known))
    merges = []
    for pair in PAIRS:
        cut = max(i for i in range(1, len(pair)) if pair[:i] in known and pair[i:] in known)
        merges.append((pair[:cut], pair[cut:]))
    made = Tokenizer(models.BPE(known, merges, unk_token="<unk>", fuse_unk=True))
    made.add_special_tokens([AddedToken(text, normalized=False, special=True) for text in ("<unk>", "<s>", "</s>")])
    spaces = normalizers.Replace(" ", "▁")
    made.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), spaces]) if prepend else spaces
    if begins:
        made.post_processor = processors.TemplateProcessing(
            single="<s> $A", pair="<s> $A <s> $B", special_tokens=[("<s>", 1)]
        )
    made.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.Fuse()])
    return made


def log_probability(model, ids, first):
    with torch.no_grad():
        logits = torch.log_softmax(model(torch.tensor([ids])).logits[0].double(), -1)
    return sum(logits[i - 1, ids[i]].item() for i in range(first, len(ids)))


def main():
    model = transformers.AutoModelForCausalLM.from_pretrained(
        os.path.join(GOLDEN, "models", "llama"), dtype=torch.float32
    ).eval()
    scores = {
        "note": "Made by scripts/golden/texts.py, which says what the numbers are.",
        "versions": {m.__name__: m.__version__ for m in (torch, transformers, tokenizers)},
        "tokenizers": {},
    }
    ways = {
        "prepend": dict(prepend=True, begins=True),
        "prepend_without_begin": dict(prepend=True, begins=False),
        "replace": dict(prepend=False, begins=True),
    }
    for name, way in ways.items():
        made = tokenizer(**way)
        folder = os.path.join(GOLDEN, "texts", name)
        os.makedirs(folder, exist_ok=True)
        made.save(os.path.join(folder, "tokenizer.json"), pretty=False)
        texts, questions = [], []
        for text in TEXTS:
            ids = made.encode(text).ids
            texts.append({"text": text, "tokens": len(ids) - 1, "log_probability": log_probability(model, ids, 1)})
        for prompt, continuations in QUESTIONS:
            given = made.encode(prompt).ids
            whole = [made.encode(prompt + continuation).ids for continuation in continuations]
            # Spaces at the end of a prompt belong to its continuations.
            first = min(
                next(i for i, (a, b) in enumerate(zip([*given, None], ids)) if a != b) for ids in whole
            )
            questions.append(
                {
                    "prompt": prompt,
                    "continuations": continuations,
                    "log_probabilities": [log_probability(model, ids, first) for ids in whole],
                }
            )
        scores["tokenizers"][name] = {"texts": texts, "questions": questions}
    with open(os.path.join(GOLDEN, "texts", "scores.json"), "w") as file:
        json.dump(scores, file, indent=1, ensure_ascii=False)
        file.write("\n")


if __name__ == "__main__":
    main()
