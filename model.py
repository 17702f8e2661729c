"""A GPT of the Llama family from scratch: the model that the other files adapt.

    RMSNorm   x / sqrt(mean(x^2) + eps) * g
    RoPE      the (i, i + D/2) pairs of q and k turn by t * theta^(-2i/D) at position t, so that
              q.k depends on the distance of two tokens alone
    GQA       H query heads share H_kv <= H heads of keys and values
    SwiGLU    down(silu(gate(x)) * up(x))

Qwen 2.5 adds biases to q, k and v, Qwen 3 an RMSNorm of each head of q and k before they turn.
Shapes: B batch, T tokens of this call, S tokens in the cache after it, C width, V vocabulary,
H heads, D head size. Left out: dropout, and sliding windows (a text within one is attended to as
a whole: data/llama/weights.py). A beginning that prompts share is run once for all of them
(`prefill`). How weights come from files is data/run/checkpoints.py's business.
"""
from __future__ import annotations

import math
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.rnn import pad_sequence

from data import replay
from data.processes import beginnings, microbatches
from data.tokenizer import PromptFormat


@dataclass(frozen=True)
class Config:
    """The shape of a model. `kv_heads` divides `heads`; `head_size` is even.

    scaling: how Llama 3.1 and later stretch RoPE: (factor, low, high, context). Frequencies that
    turn less than `low` times within that many tokens are divided by the factor, those that turn
    more than `high` times are left alone, and between them it is gradual. bias: on q, k and v.
    qk_norm: on each head of q and k.
    """

    vocab: int
    width: int = 128
    layers: int = 4
    heads: int = 4
    kv_heads: int = 2
    head_size: int = 32
    hidden: int = 352
    context: int = 256
    theta: float = 10_000.0
    eps: float = 1e-5
    tied: bool = True
    scaling: tuple[float, float, float, float] | None = None
    # Not in the repr, of which fingerprints are made: the names of weights tell such models apart.
    bias: bool = field(default=False, repr=False)
    qk_norm: bool = field(default=False, repr=False)

    def __post_init__(self) -> None:
        if self.heads % self.kv_heads or self.head_size % 2:
            raise ValueError(f"{self.heads} heads on {self.kv_heads} key/value heads of size "
                             f"{self.head_size}: need a whole ratio and an even size")


class Cache:
    """Keys and values of the tokens so far: (B, H_kv, S_max, D) a layer.

    real (B, S_max): which columns are no padding; `prefill` says which are. follow(rows) is
    called with the rows that stay, so that weights of their own (SVF.keep) stay with them.

    >>> cache = Cache(Config(vocab=2, layers=1, kv_heads=1, head_size=2), 1, 5, torch.ones(1))
    >>> new = torch.ones(1, 1, 3, 2)  # (B, H_kv, T, D)
    >>> position, mask = cache.place(3)
    >>> [all_of_it.shape for all_of_it in cache.extend(0, new, new)]
    [torch.Size([1, 1, 3, 2]), torch.Size([1, 1, 3, 2])]
    """

    def __init__(self, config: Config, rows: int, size: int, like: Tensor,
                 follow: Callable[[Tensor], None] | None = None) -> None:
        shape = (rows, config.kv_heads, size, config.head_size)
        self.kv = [[like.new_empty(shape) for _ in range(2)] for _ in range(config.layers)]
        self.real = torch.ones(rows, size, dtype=torch.bool, device=like.device)
        self.length, self.follow = 0, follow  # columns in use

    def place(self, T: int) -> tuple[Tensor, Tensor]:
        """Takes the next T columns, once before all layers `extend` them: the positions of their
        tokens (B, 1, T), and what each of them sees (B, 1, T, S).

        A token's position counts the real tokens before it, so that the padding before a shorter
        prompt does not shift it.
        """
        past, self.length = self.length, self.length + T
        real = self.real[:, :self.length]
        return (real.cumsum(1) - 1).clamp(min=0)[:, None, past:], visible(real, past)

    def extend(self, layer: int, k: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
        """Puts k, v (B, H_kv, T, D) of one layer into the columns taken; returns all S of them."""
        past = self.length - k.shape[2]
        for store, new in zip(self.kv[layer], (k, v)):
            store[:, :, past:self.length] = new
        keys, values = self.kv[layer]
        return keys[:, :, :self.length], values[:, :, :self.length]

    def pick(self, rows: Tensor) -> None:
        """These rows stay, in this order; one may be named twice.

        They are copied, so that the next `extend`, which writes in place, does not write into what
        a backward pass needs. Between two passes with a gradient there must be a `pick`.
        """
        self.kv = [[store.index_select(0, rows) for store in layer] for layer in self.kv]
        self.real = self.real[rows]
        if self.follow:
            self.follow(rows)


def rope_table(config: Config) -> tuple[Tensor, Tensor]:
    """cos and sin (context, D) of t * theta^(-2i/D), each frequency twice: once a half.

    >>> cos, sin = rope_table(Config(vocab=2, head_size=4, context=9))
    >>> cos.shape, sin[0].tolist()  # at place 0 nothing turns
    (torch.Size([9, 4]), [0.0, 0.0, 0.0, 0.0])
    """
    exact = dict(dtype=torch.float64, device="cpu")  # float32 is coarse far from the beginning
    exponent = torch.arange(0, config.head_size, 2, **exact) / config.head_size
    frequency = config.theta ** -exponent
    if config.scaling:
        factor, low, high, context = config.scaling
        turns = context * frequency / (2 * math.pi)  # within the context of pretraining
        share = ((turns - low) / (high - low)).clamp(0, 1)  # 0: stretch, 1: leave alone
        frequency = frequency * (share + (1 - share) / factor)
    angle = torch.outer(torch.arange(config.context, **exact), frequency)
    return tuple(half.float().repeat(1, 2) for half in (angle.cos(), angle.sin()))


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """RoPE on x (B, H, T, D) with cos, sin (B, 1, T, D).

    >>> q, (cos, sin) = torch.ones(2), rope_table(Config(vocab=2, head_size=2))
    >>> [round(float(rotate(q, cos[t], sin[t]) @ rotate(q, cos[t + 3], sin[t + 3])), 4)
    ...  for t in (0, 50)]  # the distance of two tokens is all that counts
    [-1.98, -1.98]
    """
    left, right = x.chunk(2, dim=-1)
    return x * cos + torch.cat((-right, left), dim=-1) * sin


class Attention(nn.Module):
    """softmax(q k^T / sqrt(D)) v, causal, H query heads on H_kv heads of keys and values."""

    def __init__(self, c: Config, layer: int) -> None:
        super().__init__()
        self.config, self.layer = c, layer
        self.q = nn.Linear(c.width, c.heads * c.head_size, bias=c.bias)
        self.k = nn.Linear(c.width, c.kv_heads * c.head_size, bias=c.bias)
        self.v = nn.Linear(c.width, c.kv_heads * c.head_size, bias=c.bias)
        self.o = nn.Linear(c.heads * c.head_size, c.width, bias=False)
        self.q_norm, self.k_norm = (nn.RMSNorm(c.head_size, c.eps) if c.qk_norm else nn.Identity()
                                    for _ in range(2))

    def forward(self, x: Tensor, rope: tuple[Tensor, Tensor], mask: Tensor | None,
                cache: Cache | None) -> Tensor:
        """x (B, T, C) -> (B, T, C); rope: cos and sin per position; mask (B, 1, T, S) or None."""
        B, T, _ = x.shape
        q, k, v = (f(x).view(B, T, -1, self.config.head_size).transpose(1, 2)  # (B, H, T, D)
                   for f in (self.q, self.k, self.v))
        q, k = rotate(self.q_norm(q), *rope), rotate(self.k_norm(k), *rope)
        if cache is not None:
            k, v = cache.extend(self.layer, k, v)
        y = F.scaled_dot_product_attention(q, k, v, mask, is_causal=mask is None, enable_gqa=True)
        return self.o(y.transpose(1, 2).reshape(B, T, -1))  # heads side by side: (B, T, H*D)


class MLP(nn.Module):
    """SwiGLU: down(silu(gate(x)) * up(x))."""

    def __init__(self, c: Config) -> None:
        super().__init__()
        self.gate = nn.Linear(c.width, c.hidden, bias=False)
        self.up = nn.Linear(c.width, c.hidden, bias=False)
        self.down = nn.Linear(c.hidden, c.width, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """x (B, T, C) -> (B, T, C)."""
        return self.down(F.silu(self.gate(x)) * self.up(x))


class Block(nn.Module):
    """x = x + attention(norm(x)), then x + mlp(norm(x))."""

    def __init__(self, c: Config, layer: int) -> None:
        super().__init__()
        self.attention_norm, self.mlp_norm = (nn.RMSNorm(c.width, c.eps) for _ in range(2))
        self.attention, self.mlp = Attention(c, layer), MLP(c)

    def forward(self, x: Tensor, rope: tuple[Tensor, Tensor], mask: Tensor | None,
                cache: Cache | None) -> Tensor:
        """As in Attention: x (B, T, C) -> (B, T, C)."""
        x = x + self.attention(self.attention_norm(x), rope, mask, cache)
        return x + self.mlp(self.mlp_norm(x))


class GPT(nn.Module):
    """tokens (B, T) -> logits (B, T, V).

    >>> model = GPT(Config(vocab=7, width=6, layers=1, heads=2, kv_heads=1, head_size=4, hidden=5))
    >>> model.initialise(torch.Generator().manual_seed(0))
    >>> model(torch.tensor([[1, 2, 3]])).shape
    torch.Size([1, 3, 7])
    """

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.config = config
        self.embed = nn.Embedding.from_pretrained(  # no random numbers: see `initialise`
            torch.empty(config.vocab, config.width), freeze=False)
        self.blocks = nn.ModuleList(Block(config, i) for i in range(config.layers))
        self.norm = nn.RMSNorm(config.width, config.eps)
        self.head = nn.Linear(config.width, config.vocab, bias=False)
        if config.tied:
            self.head.weight = self.embed.weight
        cos, sin = rope_table(config)
        self.register_buffer("cos", cos, persistent=False)
        self.register_buffer("sin", sin, persistent=False)

    def initialise(self, generator: torch.Generator) -> None:
        """Random weights of deviation I^-0.5; of o and down, which add to x, (2 layers I)^-0.5."""
        for name, p in self.named_parameters():
            if p.dim() == 2:
                depth = 2 * self.config.layers if name.endswith(("o.weight", "down.weight")) else 1
                nn.init.normal_(p, std=(p.shape[1] * depth) ** -0.5, generator=generator)

    def forward(self, tokens: Tensor, cache: Cache | None = None) -> Tensor:
        """Logits (B, T, V) of tokens (B, T), as in `states`."""
        return self.head(self.states(tokens, cache))

    def states(self, tokens: Tensor, cache: Cache | None = None) -> Tensor:
        """What the head reads (B, T, C), of tokens (B, T) that continue what `cache` holds.

        ValueError if they do not fit the context; with a cache whoever fills it sees to that.
        """
        if cache is not None:
            position, mask = cache.place(tokens.shape[1])
        else:
            self.check(tokens.shape[1])
            position = torch.arange(tokens.shape[1], device=tokens.device)[None, None]
            mask = None  # plainly causal
        x = self.embed(tokens)  # (B, T, C)
        rope = self.cos[position].to(x.dtype), self.sin[position].to(x.dtype)
        for block in self.blocks:
            x = block(x, rope, mask, cache)
        return self.norm(x)

    def check(self, longest: int) -> None:
        """ValueError if so many tokens do not fit the context."""
        if longest > self.config.context:
            raise ValueError(f"{longest} tokens do not fit the model's {self.config.context}: "
                             "shorten the prompt, or let the answer have fewer")


def visible(real: Tensor, past: int) -> Tensor:
    """Attention mask (B, 1, T, S) from what is no padding, real (B, S), S = past + T.

    Each token sees the real ones up to itself; and itself, for a softmax over nothing is NaN.

    >>> visible(torch.tensor([[False, True, True]]), 0)[0, 0].int().tolist()
    [[1, 0, 0], [0, 1, 0], [0, 1, 1]]
    """
    key = torch.arange(real.shape[1], device=real.device)  # (S,)
    query = key[past:, None]  # (T, 1): the tokens of this call are the last ones
    return ((key <= query) & real[:, None] | (key == query))[:, None]


def prefill(model: GPT, prompts: list[list[int]], room: int, copies: int = 1,
            follow: Callable[[Tensor], None] | None = None) -> tuple[Tensor, Cache]:
    """Runs the prompts: the last state (B, C) of each, and their cache with room for more tokens.

    What several prompts begin with is run once. copies=P: the list is the same prompts P times
    over, the p-th time for the p-th z of SVF.use (P, N), and follow(rows) says which z each row of
    the batch has from now on. Gradients flow through the cache (see `Cache.pick`).
    """
    device, n = model.embed.weight.device, len(prompts) // copies
    model.check(max(map(len, prompts)))

    def padded(rows: list[list[int]]) -> Tensor:
        return pad_sequence([torch.tensor(row, dtype=torch.long) for row in rows], True, -1,
                            "left").to(device)  # -1: padding
    starts, which = beginnings(prompts[:n])  # and which of them each prompt begins with
    first = padded(starts * copies)  # (P * starts, S)
    rest = padded([row[len(starts[i]):] for row, i in zip(prompts, which * copies)])  # (B, T - S)
    middle, end = first.shape[1], first.shape[1] + rest.shape[1]
    owner = torch.arange(copies, device=device)  # which z
    cache = Cache(model.config, len(first), end + room, model.embed.weight, follow)
    if follow:
        follow(owner.repeat_interleave(len(starts)))
    if middle:
        cache.real[:, :middle] = first >= 0
        model.states(first.clamp(min=0), cache)
    cache.pick((owner[:, None] * len(starts) + torch.tensor(which, device=device)).flatten())
    cache.real[:, middle:end] = rest >= 0
    return model.states(rest.clamp(min=0), cache)[:, -1], cache


class Completion(NamedTuple):
    """What the model wrote: token ids (the end token included, if it came) and log p of each."""

    tokens: list[int]
    logps: list[float]


@torch.no_grad()
def generate(model: GPT, prompts: list[list[int]], ends: Collection[int], max_new: int,
             draws: Tensor | None = None, copies: int = 1,
             follow: Callable[[Tensor], None] | None = None) -> list[Completion]:
    """Continues each prompt until an end token or max_new tokens.

    draws None: greedily. draws (B * samples, max_new), uniform in [0, 1): so many samples of each
    prompt, at temperature 1, those of one prompt side by side. A token takes one number of its
    own row, so which tokens a row says does not depend on who else is in the batch (their
    log-probabilities do, by rounding). Rows that are finished leave. copies, follow: as in
    `prefill`. Log-probabilities are those at temperature 1. ValueError if they are NaN.
    """
    device = model.embed.weight.device
    state, cache = prefill(model, prompts, max_new, copies, follow)
    logits = model.head(state)  # (B, V)
    if draws is not None:  # a prompt is run once for all its samples
        rows = torch.arange(len(draws), device=device) // (len(draws) // len(prompts))
        logits, draws = logits[rows], draws.to(device)
        cache.pick(rows)
    lengths = [len(prompt) for prompt in prompts for _ in range(len(logits) // len(prompts))]
    # On CUDA, where asked for: the same loop, the step of a token captured once and replayed.
    run = replay.decoded if replay.wanted(device) else decoded
    done = run(model, cache, next_token, logits, draws, lengths, ends, max_new)
    if any(math.isnan(sum(logps)) for _, logps in done):
        raise ValueError("the model's logits are NaN or infinite: try another --dtype, or other "
                         "weights")
    return [Completion(*row) for row in done]


def decoded(model: GPT, cache: Cache, next_token: Callable, logits: Tensor, draws: Tensor | None,
            lengths: list[int], ends: Collection[int], max_new: int
            ) -> list[tuple[list[int], list[float]]]:
    """The loop of `generate`: the tokens and log p of each row.

    next_token: as below; it is handed on, so that data/replay.py need not know this file. logits
    (B, V): of the first tokens; lengths: of the prompts. ValueError if a row does not fit the
    context.
    """
    done: list[tuple[list[int], list[float]]] = [([], []) for _ in lengths]
    alive = list(range(len(done)))  # which row of `done` each row of the batch writes
    for step in range(max_new):
        tokens, logp = next_token(logits, None if draws is None else draws[alive, step])
        for row, token, value in zip(alive, tokens[:, 0].tolist(), logp[:, 0].tolist()):
            done[row][0].append(token)
            done[row][1].append(value)
        going = [i for i, row in enumerate(alive) if done[row][0][-1] not in ends]
        if not going or step + 1 == max_new:
            break
        if len(going) < len(alive):
            rows = torch.tensor(going, device=logits.device)
            alive, tokens = [alive[i] for i in going], tokens[rows]
            cache.pick(rows)
        model.check(max(lengths[row] for row in alive) + step + 1)
        logits = model(tokens, cache)[:, -1]
    return done


def next_token(logits: Tensor, draw: Tensor | None) -> tuple[Tensor, Tensor]:
    """The next token and its log p, (B, 1) each, of logits (B, V): the likeliest one, or by draw
    (B,). A logit of NaN or +inf makes all log p of its row NaN."""
    logp = torch.log_softmax(logits.float(), dim=-1)
    tokens = logp.argmax(-1, keepdim=True) if draw is None else sample(logp, draw)
    return tokens, logp.gather(1, tokens)


def sample(logp: Tensor, draw: Tensor) -> Tensor:
    """The first token at which the sum of p passes draw (B,) in [0, 1): logp (B, V) -> (B, 1).

    >>> sample(torch.tensor([[.5, .2, .3], [.5, .2, .3]]).log(), torch.tensor([.49, .71])).tolist()
    [[0], [2]]
    """
    sums = logp.exp().cumsum(-1)
    return torch.searchsorted(sums, draw[:, None] * sums[:, -1:], right=True).clamp(
        max=logp.shape[1] - 1)


def complete(model: GPT, fmt: PromptFormat, prompts: list[str],
             callback: Callable[[int, dict], None] = lambda batch, metrics: None
             ) -> list[Completion]:
    """Greedy completions of texts, fmt.batch at a time, those of like length together.

    callback(i, {}) after the i-th batch.
    """
    rows = [fmt.prompt(text) for text in prompts]
    done: list[Completion] = [Completion([], [])] * len(rows)
    for i, batch in enumerate(microbatches([len(row) for row in rows], fmt.batch)):
        found = generate(model, [rows[j] for j in batch], fmt.ends, fmt.max_new)
        for j, completion in zip(batch, found):
            done[j] = completion
        callback(i, {})
    return done
