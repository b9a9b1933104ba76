"""Writes parts.json: what the Rust tokenizers library does with parts of tokenizer.json.

Run with `pip install tokenizers` and `python make.py`. Every entry has a part as tokenizer.json writes it and,
for each text, the pieces (pre-tokenizers), the text (normalizers) or the decoded text (decoders).
"""

import json

import tokenizers
from tokenizers import Tokenizer, models

TEXTS = [
    "Hello world",
    "１１ x² ²½ Ⅻ ٣٤ 12",
    "a\u00a0b\u2003c\ufeffd\u0085e f",
    "İstanbul ΑΣ ΣΑΣ Straße ẞ",
    "don't (stop)... «now»! a_b-c $5 +=",
    "naïve café ﬁne ℃ ①",
    "日本語 テスト。",
    "  two  spaces  ",
    "👍🏽 ok👍 \U0001d7d8",
    "e\u0301a\u030a",
    "\u2581marked\u2581 text",
    "tab\tnew\nline\r\n\n end",
    "$ 3.50, $1 and $$",
    "क्षि हिंदी",
]

SPLITS = [
    {"type": "Split", "pattern": pattern, "behavior": behavior, "invert": invert}
    for pattern in [{"String": " "}, {"Regex": "\\s+"}, {"Regex": "\\p{N}"}, {"Regex": "\\w+"}]
    for behavior in ["Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous"]
    for invert in [False, True]
]

PRE_TOKENIZERS = [
    {"type": "Digits", "individual_digits": True},
    {"type": "Digits", "individual_digits": False},
    {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True},
    {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True},
    {"type": "Whitespace"},
    {"type": "WhitespaceSplit"},
    *({"type": "Punctuation", "behavior": b} for b in ["Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous"]),
    {"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "always", "split": True},
    {"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "always", "split": False},
    {"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "never", "split": True},
    {"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "first", "split": False},
    {"type": "Metaspace", "replacement": "\u2581", "add_prefix_space": True},
    {"type": "Sequence", "pretokenizers": [
        {"type": "Digits", "individual_digits": True},
        {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True},
    ]},
    {"type": "Sequence", "pretokenizers": [
        {"type": "Split", "pattern": {"Regex": "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"}, "behavior": "Isolated", "invert": False},
        {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": False},
    ]},
    *SPLITS,
]

NORMALIZERS = [
    *({"type": t} for t in ["NFC", "NFD", "NFKC", "NFKD", "Lowercase", "StripAccents"]),
    *({"type": "Strip", "strip_left": l, "strip_right": r} for l, r in [(True, True), (True, False), (False, True)]),
    {"type": "Prepend", "prepend": "\u2581"},
    {"type": "Replace", "pattern": {"String": " "}, "content": "\u2581"},
    {"type": "Replace", "pattern": {"Regex": "\\d+"}, "content": "$$&"},
    {"type": "Sequence", "normalizers": [{"type": "NFD"}, {"type": "StripAccents"}, {"type": "Lowercase"}]},
]

TOKENS = [
    ["\u2581Hello", "\u2581wor", "ld"],
    ["<0xE2>", "<0x82>", "<0xAC>", "a", "<0xFF>", "b"],
    ["a", "<0xE2>", "<0x82>"],
    ["\u2581", "\u2581", "x", "$5"],
]

DECODERS = [
    {"type": "ByteFallback"},
    {"type": "Fuse"},
    {"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "always", "split": True},
    {"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "never", "split": True},
    {"type": "Sequence", "decoders": [
        {"type": "Replace", "pattern": {"String": "\u2581"}, "content": " "},
        {"type": "ByteFallback"},
        {"type": "Fuse"},
        {"type": "Strip", "content": " ", "start": 1, "stop": 0},
    ]},
    {"type": "Replace", "pattern": {"String": "x"}, "content": "$&$1"},
]


def tokenizer(**parts):
    definition = json.loads(Tokenizer(models.BPE(vocab={"a": 0}, merges=[])).to_str())
    return Tokenizer.from_str(json.dumps({**definition, **parts}))


result = {
    "note": f"made by make.py with tokenizers {tokenizers.__version__}",
    "texts": TEXTS,
    "tokens": TOKENS,
    "pre_tokenizers": [
        {"part": part, "pieces": [
            [piece for piece, _ in tokenizer(pre_tokenizer=part).pre_tokenizer.pre_tokenize_str(text)] for text in TEXTS]}
        for part in PRE_TOKENIZERS
    ],
    "normalizers": [
        {"part": part, "texts": [tokenizer(normalizer=part).normalizer.normalize_str(text) for text in TEXTS]}
        for part in NORMALIZERS
    ],
    "decoders": [
        {"part": part, "texts": [tokenizer(decoder=part).decoder.decode(list(tokens)) for tokens in TOKENS]}
        for part in DECODERS
    ],
}
with open("parts.json", "w", encoding="utf-8") as file:
    json.dump(result, file, ensure_ascii=True, separators=(",", ":"))
    file.write("\n")
