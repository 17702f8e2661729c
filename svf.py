"""Singular value fine-tuning: an expert is one gain for each singular value (paper, Sec. 3.2).

    W = U diag(S) V^T      the frozen thin SVD of each attention and MLP matrix (Sec. 3.1)
    W' = U diag(S*z) V^T   the adapted matrix; z is all that is learned, z = 1 is the base model

An expert is the flat vector z (N,) of all matrices in order, N = sum of min(O, I). What is mixed
is each expert's change, z' = 1 + sum_k alpha_k (z_k - 1), and since W' is linear in z the weights
mix with them: W'(z') = W + sum_k alpha_k (W'(z_k) - W). An adapted layer runs in one of two ways:

    merged    y = x W'^T                    W' is formed once: for generating with one z
    factored  y = ((x V) * (S*z)) U^T       for training z (x V is all that backward keeps, and
                                            dL/dz = S * sum_t (dL/dy U)(x V)), and for a batch in
                                            which every row has a z of its own

Of a model that fills the memory only the k largest singular values of each matrix may have gains
(`largest`, `TopLinear`): W' = W + U_k diag(S_k (z - 1)) V_k^T, always factored, N = sum of the k.

Left out: biases and norms, which are vectors and have no singular values (y gets its bias as it
is), and the embedding and head, which the paper does not adapt either. Departs from the authors'
code: no sigmoid, no sum(S)/sum(S*z) factor, attention adapted too. LoRA, the paper's baseline, is
in tests/paper/variants.py.

Shapes: B batch, T tokens, O/I out/in, R = min(O, I), K experts, N length of z.
"""
from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from model import GPT

Factors = tuple[Tensor, Tensor, Tensor]  # U (O, R), S (R,), Vt (R, I)
ATTENTION, MLP = ("q", "k", "v", "o"), ("gate", "up", "down")
KINDS = ATTENTION + MLP


def decomposition(W: Tensor) -> Factors:
    """U (O, R), S (R,), Vt (R, I): the thin SVD of W (O, I), W = U diag(S) V^T.

    S is descending and in float32, as is the computation; U and Vt have W's dtype.

    >>> U, S, Vt = decomposition(torch.tensor([[3., 0.], [0., 0.], [0., -4.]]))
    >>> S.tolist(), ((U * S) @ Vt).tolist()
    ([4.0, 3.0], [[3.0, 0.0], [0.0, 0.0], [0.0, -4.0]])
    """
    U, S, Vt = torch.linalg.svd(W.float(), full_matrices=False)
    return U.to(W.dtype), S, Vt.to(W.dtype)


def largest(W: Tensor, k: int) -> Factors:
    """U (O, k), S (k,), Vt (k, I): those of the k largest singular values, by a randomised SVD.

    With 32 directions to spare and 16 power iterations it takes a fraction of the time. Values
    that hardly differ from their neighbours come out a little mixed with them: |W V - U diag(S)|
    is some thousandths of |U diag(S)|. The same W gives the same factors.
    """
    with torch.random.fork_rng([W.device] if W.is_cuda else []):
        torch.manual_seed(0)
        U, S, V = torch.svd_lowrank(W.float(), min(k + 32, *W.shape), niter=16)
    return U[:, :k].to(W.dtype), S[:k], V.T[:k].to(W.dtype)


def adapted_weight(U: Tensor, S: Tensor, Vt: Tensor, z: Tensor) -> Tensor:
    """W' = U diag(S*z) V^T (paper, Sec. 3.2).

    U, S, Vt: the thin SVD of W. z (R,): unitless gains; z = 1 gives W. Returns W' (O, I).
    ValueError if z is not (R,).

    >>> U, S, Vt = torch.linalg.svd(torch.tensor([[3., 0.], [0., 2.]]))
    >>> adapted_weight(U, S, Vt, torch.tensor([1., .5])).tolist()
    [[3.0, 0.0], [0.0, 1.0]]
    """
    if z.shape != S.shape:  # a (1,) z would broadcast silently: one knob, not R
        raise ValueError(f"z is {tuple(z.shape)}, expected {tuple(S.shape)}")
    scaled = U * (S * z)  # U's columns; no (R, R) diagonal is built
    return (scaled @ Vt.to(scaled.dtype)).to(U.dtype)  # in S's float32, rounded once


def mix(alpha: Tensor, experts: Tensor) -> Tensor:
    """z' = 1 + sum_k alpha_k (z_k - 1): the base takes the rest, 1 - sum_k alpha_k (Sec. 3.2).

    alpha (..., K), experts (K, N). Returns (..., N). alpha = 0 is the base, one-hot an expert.
    Departs from the paper, where sum_k alpha_k z_k leaves the size of the weights to the search.

    >>> mix(torch.tensor([.5, .25]), torch.tensor([[3., 1.], [1., 9.]])).tolist()
    [2.0, 3.0]
    """
    return 1 + (alpha[..., None] * (experts - 1)).sum(-2)


class SVFLinear(nn.Module):
    """A linear layer that runs as the base, merged, or factored; `use` decides which.

    >>> linear, z, x = nn.Linear(2, 3, bias=False), torch.tensor([2., 0.]), torch.ones(1, 1, 2)
    >>> layer = SVFLinear(linear.requires_grad_(False), decomposition(linear.weight))
    >>> layer.use(z, merge=True); merged = layer(x)
    >>> layer.use(z, merge=False); torch.allclose(layer(x), merged, atol=1e-6)
    True
    """

    def __init__(self, linear: nn.Linear, factors: Factors) -> None:
        super().__init__()  # no buffers: .to(device) leaves these behind, so move the model first
        self.weight, (self.U, self.S, self.Vt) = linear.weight.detach(), factors
        self.bias = None if linear.bias is None else linear.bias.detach()
        self.merged: Tensor | None = None  # W' (O, I)
        self.scale: Tensor | None = None   # S*z: (R,), or (B, 1, R) where each row has its own z

    def use(self, z: Tensor | None, merge: bool) -> None:
        """z None: the base, bit for bit. z (R,): merged or factored. z (B, R): a z a row."""
        self.merged = self.scale = None
        if merge:
            self.merged = adapted_weight(self.U, self.S, self.Vt, z)
        elif z is not None:
            scale = (self.S * z).to(self.weight.dtype)
            self.scale = scale if z.dim() == 1 else scale[:, None]  # one for all tokens of a row

    def forward(self, x: Tensor) -> Tensor:
        """x (B, T, I) -> (B, T, O)."""
        if self.scale is not None:
            y = F.linear(x, self.Vt) * self.scale  # (B, T, R)
            return F.linear(y, self.U, self.bias)
        return F.linear(x, self.weight if self.merged is None else self.merged, self.bias)


class TopLinear(SVFLinear):
    """W' = W + U_k diag(S_k (z - 1)) V_k^T: only the k largest singular values have gains.

    For models that fill the memory: U and V of all values are larger than W itself, and a merged
    W' would be a second W, so `merge` is ignored. What is added to W has rank k, as LoRA's
    has; k gains of it are learned.

    >>> linear, W = nn.Linear(2, 3, bias=False), torch.tensor([[3., 0.], [0., 0.], [0., 4.]])
    >>> linear.weight.data = W; layer = TopLinear(linear.requires_grad_(False), largest(W, 1))
    >>> layer.use(torch.tensor([2.]), merge=True); layer(torch.eye(2)[None]).round().tolist()
    [[[3.0, 0.0, 0.0], [0.0, 0.0, 8.0]]]
    """

    def use(self, z: Tensor | None, merge: bool) -> None:
        """As in SVFLinear; z (k,) or (B, k). With z - 1, factored gives what is added to W."""
        super().use(z if z is None else z - 1, merge=False)

    def forward(self, x: Tensor) -> Tensor:
        """x (B, T, I) -> (B, T, O)."""
        y = super().forward(x)
        return y if self.scale is None else y + F.linear(x, self.weight)


class SVF:
    """Wraps a model in place, so that it can be any expert z (N,), N = the sum of all R.

    kinds: which matrices of each block; the paper takes all seven. factors: name -> what
    `decomposition` gave, where that was kept. ValueError for an unknown kind of matrix.

    >>> from model import Config
    >>> svf = SVF(GPT(Config(vocab=11, width=6, layers=2, head_size=2)), ("q",))  # q (8, 6)
    >>> svf.sizes, svf.N, list(svf.layers)
    ([6, 6], 12, ['0.q', '1.q'])
    """

    def __init__(self, model: GPT, kinds: tuple[str, ...] = KINDS,
                 factors: dict[str, Factors] | None = None) -> None:
        self.model = model.requires_grad_(False)

        def layer(name: str, linear: nn.Linear) -> SVFLinear:
            found = factors[name] if factors else decomposition(linear.weight)
            all_values = len(found[1]) == min(linear.weight.shape)
            return (SVFLinear if all_values else TopLinear)(linear, found)
        self.layers = replaced(model, kinds, layer)
        self.sizes = [len(layer.S) for layer in self.layers.values()]
        self.N = sum(self.sizes)

    def neutral(self) -> Tensor:
        """The base model as a vector (N,), where training starts: z = 1."""
        return torch.ones(self.N)

    def use(self, z: Tensor | None) -> None:
        """Makes the model the expert z, until the next `use`.

        None: the base, bit for bit. z (N,): merged, or factored if z is being learned.
        z (B, N): factored, a z for each row of a batch. ValueError on any other shape.
        """
        if z is not None and (z.dim() not in (1, 2) or z.shape[-1] != self.N):
            raise ValueError(f"z is {tuple(z.shape)}, expected ({self.N},) or (rows, {self.N})")
        # Learning wants the gradient to z alone, and rows want a z each: both run factored.
        merge = z is not None and z.dim() == 1 and not z.requires_grad
        device = self.model.embed.weight.device
        parts = ([None] * len(self.sizes) if z is None
                 else z.float().to(device).split(self.sizes, dim=-1))
        for layer, part in zip(self.layers.values(), parts):
            layer.use(part, merge)

    @contextmanager
    def adapted(self, z: Tensor | None) -> Iterator[None]:
        """The model is the expert z in here, as in `use`; afterwards it is what it was before."""
        before = [(layer.merged, layer.scale) for layer in self.layers.values()]
        try:
            self.use(z)
            yield
        finally:
            for layer, state in zip(self.layers.values(), before):
                layer.merged, layer.scale = state

    def keep(self, rows: Tensor) -> None:
        """These rows of a batch stay, each with its z: the `follow` of model.generate, which lets
        rows go that are finished."""
        for layer in self.layers.values():
            if layer.scale is not None and layer.scale.dim() == 3:
                layer.scale = layer.scale[rows]


def matrices(model: GPT, kinds: tuple[str, ...] = KINDS) -> list[tuple[str, nn.Module, str]]:
    """(name, parent module, attribute) of each matrix of these kinds, in the order of z.

    >>> from model import Config
    >>> [name for name, *_ in matrices(GPT(Config(vocab=7, width=6, layers=2)), ("v", "up"))]
    ['0.v', '0.up', '1.v', '1.up']
    """
    if unknown := set(kinds) - set(KINDS):
        raise ValueError(f"unknown kinds of matrices {sorted(unknown)}, expected some of {KINDS}")
    return [(f"{i}.{kind}", part, kind) for i, block in enumerate(model.blocks)
            for part, own in ((block.attention, ATTENTION), (block.mlp, MLP))
            for kind in own if kind in kinds]


def replaced(model: GPT, kinds: tuple[str, ...], layer: Callable[[str, nn.Linear], nn.Module]
             ) -> dict[str, nn.Module]:
    """Puts layer(name, linear) in the place of each of these matrices; returns them by name."""
    layers = {}
    for name, parent, kind in matrices(model, kinds):
        layers[name] = layer(name, getattr(parent, kind))
        setattr(parent, kind, layers[name])
    return layers
