"""Tries of tokenized answers: one pass over a prompt and all prefixes, and what is computed from it."""

import math
import warnings

import torch
from torch.utils.checkpoint import checkpoint

# Older and newer releases know the argument by this name.
warnings.filterwarnings("ignore", message="`past_key_values` is deprecated")

NODES_AT_ONCE = 256  # of a vocabulary of 150,000, in double precision: 0.3 GB
CLAMP = 1e-8  # soft targets are raised to this before they are renormalised, as in the paper's code


class Trie:
    """All answers of a prompt by their tokens. Node 0 is the end of the prompt; every other node is a
    prefix of answers; an edge is a next token, which leads to a node or completes an answer."""

    def __init__(self, answer_ids, probabilities):
        self.probabilities = list(probabilities)
        self.parent, self.token, self.depth = [-1], [-1], [0]
        self.edge_node, self.edge_token, self.edge_mass, child = [], [], [], []
        self.paths = []  # of each answer, its edges
        edges = {}  # (node, token) -> edge
        for ids, q in zip(answer_ids, self.probabilities):
            node, path = 0, []
            for i, token in enumerate(ids):
                edge = edges.setdefault((node, token), len(edges))
                if edge == len(self.edge_mass):
                    self.edge_node.append(node)
                    self.edge_token.append(token)
                    self.edge_mass.append(0.0)
                    child.append(-1)
                self.edge_mass[edge] += q
                path.append(edge)
                if i + 1 == len(ids):
                    continue
                if child[edge] < 0:
                    child[edge] = len(self.parent)
                    self.parent.append(node)
                    self.token.append(token)
                    self.depth.append(i + 1)
                node = child[edge]
            self.paths.append(path)
        self.mass = [0.0] * len(self.parent)
        for node, q in zip(self.edge_node, self.edge_mass):
            self.mass[node] += q

    def edge_probabilities(self, clamp=0.0):
        """[edges] probability of the next token given the prefix, float64."""
        chances = [max(q / self.mass[node], clamp) for node, q in zip(self.edge_node, self.edge_mass)]
        totals = [0.0] * len(self.parent)
        for node, chance in zip(self.edge_node, chances):
            totals[node] += chance
        return torch.tensor([c / totals[n] for n, c in zip(self.edge_node, chances)], dtype=torch.float64)

    def soft_loss(self, edges):
        """Sum over nodes of their mass times KL(children || model)."""
        t = self.edge_probabilities(CLAMP).to(edges.device)
        mass = torch.tensor([self.mass[node] for node in self.edge_node], dtype=torch.float64, device=edges.device)
        return (mass * t * (t.log() - edges)).sum()


def edge_log_probabilities(model, prompt, trie, device, cache=None, temperature=1.0):
    """[edges] log-probability of every edge's token over the whole vocabulary, from one pass.

    Prompt and nodes lie in one row. Each node sees the prompt and its own prefix, and stands where it
    would stand in a text of its own. With a cache that holds the prompt but its last token, only the
    rest is fed.
    """
    kept = len(prompt) - 1 if cache is not None else 0
    fed = prompt[kept:]
    nodes, first = len(trie.parent), len(fed) - 1  # node i lies at first + i
    size = first + nodes
    sees = torch.zeros(size, kept + size, dtype=torch.bool)
    sees[:, :kept] = True
    sees[: len(fed), kept : kept + len(fed)] = torch.ones(len(fed), len(fed), dtype=torch.bool).tril()
    for node in range(1, nodes):
        sees[first + node] = sees[first + trie.parent[node]]
        sees[first + node, kept + first + node] = True
    dtype = next(model.parameters()).dtype
    mask = torch.zeros(1, 1, *sees.shape, dtype=dtype).masked_fill(~sees, torch.finfo(dtype).min)
    positions = list(range(kept, len(prompt) - 1)) + [len(prompt) - 1 + depth for depth in trie.depth]
    logits = model(
        input_ids=torch.tensor([fed + trie.token[1:]], device=device),
        attention_mask=mask.to(device),
        position_ids=torch.tensor([positions], device=device),
        past_key_values=cache,
        use_cache=cache is not None,
        logits_to_keep=nodes,
    ).logits[0]
    node = torch.tensor(trie.edge_node, device=device)
    token = torch.tensor(trie.edge_token, device=device)
    return logits[node, token].double() / temperature - log_totals(logits, temperature)[node]


def log_totals(logits, temperature):
    """[nodes] the logarithm of the sum over the vocabulary, in double precision, or it costs the last digits.

    Some nodes at a time, and again in the backward pass: copies in double precision are never all there.
    """

    def total(part):
        return (part.double() / temperature).logsumexp(1)

    parts = logits.split(NODES_AT_ONCE)
    return torch.cat([checkpoint(total, part, use_reentrant=False, preserve_rng_state=False) for part in parts])


def path_log_probabilities(trie, edges):
    """[answers] the sum along each answer's path."""
    flat = torch.tensor([edge for path in trie.paths for edge in path], device=edges.device)
    answer = torch.tensor([a for a, path in enumerate(trie.paths) for _ in path], device=edges.device)
    return torch.zeros(len(trie.paths), dtype=edges.dtype, device=edges.device).index_add(0, answer, edges[flat])


def valid_mass(q, log_p, share=None):
    """Probability of all answers; where some were drawn, how often each as a share, an estimate of it."""
    return log_p.exp().sum() if share is None else (share * log_p.exp() / q).sum()


def objective_of(name, q, log_p, numbers=None, share=None):
    """The objectives of the lab: functions of what the model gives each answer; gradients are autograd's.

    q, log_p: [answers] target and the model's log-probability; share: [answers] how often each was
    drawn, where the target was sampled and each stands for its likes (kl, tv and js only).
    """
    p = log_p.exp()
    if share is not None:
        each = {
            "kl": lambda: q.log() - log_p,
            "tv": lambda: (1 - p / q).clamp(min=0),
            "js": lambda: math.log(2) / 2
            + torch.special.xlogy(p / q, p / (p + q)) / 2
            + torch.log(2 * q / (p + q)) / 2,
        }[name]()
        return (share * each).sum()
    invalid = 1 - p.sum()
    if name == "kl":
        return (q * (q.log() - log_p)).sum()
    if name == "tv":
        return (q - p).abs().sum() / 2 + invalid / 2
    if name == "js":
        each = torch.special.xlogy(q, 2 * q / (p + q)) + torch.special.xlogy(p, 2 * p / (p + q))
        return each.sum() / 2 + invalid * math.log(2) / 2
    if name == "brier":
        return (q - p).square().sum() + invalid.square()
    if name == "reverse_kl":  # other text is to be 1e-6 likely
        other = invalid * torch.log(invalid.clamp(min=1e-12) / 1e-6)
        return (p * (log_p - q.clamp(min=1e-8).log())).sum() + other
    if name == "cramer":  # integral of the squared distance between the cdfs, over the range
        order = numbers.argsort(stable=True)
        widths = numbers[order].diff() / (numbers[order][-1] - numbers[order][0]).clamp(min=1e-300)
        ahead = (p - q)[order].cumsum(0)[:-1]
        return (widths * ahead.square()).sum() + invalid
    raise SystemExit(f"train.py knows no objective {name!r}")
