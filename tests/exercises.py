"""Exercises with answers that check themselves, one idea of the paper each, from easy to hard.

    python -m tests.exercises                 # lists them
    python -m tests.exercises 3               # the third in full: what to write, and a hint
    python -m tests.exercises 3 answers.py    # checks what you wrote in a file of your own

A checker's docstring is the question. What is right is written down nowhere: a checker computes
it from the definition or by this repository's own code, or measures it. Your file is run as your
own code, which it is. Exit status: 0 right, 1 not yet, 2 no such exercise or file.
"""
from __future__ import annotations

import inspect
import runpy
import sys
import traceback
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from pathlib import Path
from random import Random

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.distributions import Categorical, kl_divergence

import rl
from cem import CEM
from data import HERE, tasks
from data.dialect import Dialect, built_in
from data.shelf import load_expert, load_model
from data.tasks import DOMAINS, TASKS, Coded, Part, Problem, Said, Task, Worked, split_of
from data.tokenizer import load
from model import generate
from svf import SVF, adapted_weight, decomposition, mix
from t2 import wilson

REACH = 0.15  # how far a prediction may be off
PHRASING = {word: group for group in ("NAMES", "GOODS", "PLUS", "MINUS")
            for word in getattr(tasks, group)}
LOGITS, REWARDS = torch.tensor([0.4, -0.3, 0.9]), torch.tensor([1.0, -1.0, 0.5])  # a toy: three
P = LOGITS.softmax(0)                      # answers, how likely they are, how good, and the
UPHILL = P * (REWARDS - P @ REWARDS)       # gradient of E[r] by the logits


class Wrong(Exception):
    """An answer that is not right yet; the message says in a line what it gave."""


@dataclass(frozen=True)
class Exercise:
    """check takes what the reader wrote; it gives what is to be learned, or raises Wrong."""

    title: str
    writes: tuple[str, ...]  # "name(arguments)", or the NAME of a number
    hint: str
    check: Callable[..., str]


EXERCISES: list[Exercise] = []


def exercise(title: str, *writes: str, hint: str) -> Callable:
    """What turns a checker into the next exercise."""
    def add(check: Callable[..., str]) -> Callable[..., str]:
        EXERCISES.append(Exercise(title, writes, hint, check))
        return check
    return add


# ------------------------------------------------------------------------ what checkers share

def noise(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def shaped(name: str, value: object, *shape: int) -> Tensor:
    if not isinstance(value, Tensor) or value.shape != shape:
        got = f"shape {tuple(value.shape)}" if isinstance(value, Tensor) else f"{value!r:.60}"
        raise Wrong(f"{name} gives {got}, expected a tensor of shape {shape}")
    return value.float()


def same(what: str, got: object, want: Tensor, slips: dict[str, Tensor] | None = None) -> None:
    """Wrong with the first number that differs, and with the slip that gives all of `got`."""
    got = shaped(what, got, *want.shape).detach()
    off = ~torch.isclose(got, want, 1e-3, 1e-5)
    if off.any():
        at = tuple(off.nonzero()[0].tolist())
        known = [f": {text}" for text, x in (slips or {}).items() if torch.allclose(got, x, 1e-3)]
        raise Wrong(f"{what}{list(at) if at else ''} is {got[at]:.4g}, expected {want[at]:.4g}"
                    + "".join(known[:1]))


def expected(step: Callable[[Tensor, Tensor], Tensor], n: int) -> Tensor:
    """The mean of step(y (n,), their rewards) over all groups of n answers of the toy."""
    groups = map(torch.tensor, product(range(len(P)), repeat=n))
    return sum(P[y].prod() * step(y, REWARDS[y]) for y in groups)


@lru_cache
def laboratory() -> tuple[SVF, Dialect, dict[str, Tensor]]:
    """The base and the experts that ship."""
    svf = SVF(load_model(HERE / "base.pt"))
    return svf, built_in(load()), {name: load_expert(HERE / f"{name}.pt", svf)[0]
                                   for name in (*DOMAINS, "classifier")}


def accuracy(z: Tensor | None, problems: list[Problem]) -> float:
    """Of z: None, the base; (N,), an expert; (problems, N), a vector for each prompt."""
    svf, dialect, _ = laboratory()
    svf.use(z)
    rows = z is not None and z.dim() == 2
    done = generate(svf.model, [dialect.prompt(p.prompt) for p in problems], dialect.ends,
                    dialect.max_new, None, len(problems) if rows else 1, svf.keep)
    return sum(rl.right(problems, [dialect.text(c.tokens) for c in done])) / len(problems)


def share(value: float, n: int) -> str:
    """The value with Wilson's 95% interval, over prompts."""
    low, high = wilson(value, n)
    return f"{value:.2f} [{low:.2f}, {high:.2f}]"


# ------------------------------------------------------------------------------- the exercises

@exercise("SVF by hand", "adapted(W, z)",
          hint="torch.linalg.svd, and its argument full_matrices; U * s scales U's columns.")
def check_adapted(adapted: Callable) -> str:
    """Write W' = U diag(S*z) V^T, the adapted weight, from torch.linalg.svd.

    W (O, I), not square; z (R,), R = min(O, I): a gain for each singular value, the largest
    first. Returns W' (O, I); z = 1 gives W back.
    """
    for O, I in (5, 7), (7, 4):
        W, z = noise(O, I), 1 + 0.3 * noise(min(O, I), seed=1)
        U, S, Vt = decomposition(W)
        same("with z = 1, which gives W back, W'", adapted(W, torch.ones_like(z)), W,
             {"where is S?": U @ Vt, "S came in twice": (U * S ** 2) @ Vt})
        same("W'", adapted(W, z), adapted_weight(U, S, Vt, z), {
            "z does not reach it": W, "z is added, and not a gain": (U * (S + z - 1)) @ Vt,
            "to which singular value does z[0] belong?": adapted_weight(U, S, Vt, z.flip(0))})
    return "This is svf.adapted_weight: z is all that an expert is; U, S and V stay the base's."


@lru_cache
def math_gains() -> dict[str, list[float]]:
    """Accuracies, on 120 test prompts, of the math expert and of what is made of its gains."""
    svf, _, experts = laboratory()
    z, generator = experts["math"], torch.Generator().manual_seed(0)
    problems = [p for t in TASKS.values() if t.label == "math" and not t.unseen
                for p in t.problems(40, "test")]
    parts = z.split(svf.sizes)
    orders = [torch.cat([x[torch.randperm(len(x), generator=generator)] for x in parts])
              for _ in range(8)]
    means = torch.cat([x.mean().expand(len(x)) for x in parts])
    table = {"base": [None], "expert": [z], "shuffled": orders, "backwards": [2 - z],
             "matrix means": [means]}
    return {name: [accuracy(v, problems) for v in vectors] for name, vectors in table.items()}


@exercise("What is in a gain?", "GUESS_SHUFFLED", "GUESS_BACKWARDS",
          hint="Which directions does a shuffled gain stretch? Where is 2 - z, seen from z = 1?")
def check_guesses(shuffled: float, backwards: float) -> str:
    """Predict the accuracy of the math expert when its gains change places, or are turned round.

    The base answers a quarter of the math test prompts right, the expert nearly all of them.
    GUESS_SHUFFLED: with the gains shuffled within each matrix, on average over eight shuffles?
    GUESS_BACKWARDS: with 2 - z, each gain as far from 1 on the other side? Shares from 0 to 1,
    right within 0.15. Then it is measured, and explained.
    """
    mean = {name: sum(found) / len(found) for name, found in math_gains().items()}
    for name, found in math_gains().items():
        each = f"  {min(found):.2f} to {max(found):.2f} one by one" * (len(found) > 1)
        print(f"{name:<14}{share(mean[name], 120 * len(found))}{each}")
    print("A gain belongs to its own u and v. In other places the same numbers are a step in some\n"
          "other direction, which may help or harm, and on average does little; nor does what a\n"
          "shuffle keeps, the mean of a matrix. Backwards, z - 1 leads away from the skill.")
    for name, guess in ("shuffled", shuffled), ("backwards", backwards):
        if abs(guess - mean[name]) > REACH:
            raise Wrong(f"GUESS_{name.upper()} is {guess:.2f}, measured {mean[name]:.2f}")
    return "You foresaw both."


@exercise("Advantages", "advantages(rewards)",
          hint="What is the sum of the others, given the sum of all? Try [[1., -1., -1.]].")
def check_advantages(advantages: Callable) -> str:
    """Write the leave-one-out advantage: the reward less the mean of the *other* answers' rewards.

    rewards (groups, samples): a row holds the rewards of several answers to one prompt. Returns
    the same shape. Where all are equal there is nothing to learn; and over all that may be
    sampled, the mean of A_i d log p(y_i) is the gradient of the expected reward.
    """
    same("where all rewards are 1, and nothing is to be learned, the advantage",
         advantages(torch.ones(2, 4)), torch.zeros(2, 4))

    def step(y: Tensor, r: Tensor) -> Tensor:
        A = shaped("advantages", advantages(r[None]), 1, 3)[0]
        return (A[:, None] * (F.one_hot(y, 3) - P)).mean(0)
    found = expected(step, 3)
    if not torch.allclose(found, UPHILL, 1e-3, 1e-5):
        raise Wrong(f"over all groups of 3 answers the mean step is {found @ UPHILL / (UPHILL @ UPHILL):.2f} "
                    "of the gradient of E[r], expected 1: does an answer's own reward move, or "
                    "scale, what it is held against?")
    r = noise(3, 5).sign() + torch.arange(3.0)[:, None]
    same("the advantage", advantages(r), rl.advantages(r), {
        "held against other prompts' answers, all those to an easy prompt look good":
        r - (r.sum() - r) / 14,
        "unbiased, but noisy: there are more answers to hold it against": r - r.roll(-1, 1)})
    return "This is rl.advantages: unbiased, since an answer is held against what knows it not."


@exercise("KL over the vocabulary", "kl(policy, base)",
          hint="Whose probabilities weigh the sum? log_softmax, for logits that are far apart.")
def check_kl(kl: Callable) -> str:
    """Write KL(policy || base), exact over the vocabulary and in nats, from logits.

    policy, base (M, V): the logits of both models at M tokens. Returns (M,): at each token, the
    mean of log policy(v) - log base(v) over what the *policy* says, for it samples the answers.
    """
    def truth(p: Tensor, q: Tensor) -> Tensor:
        return kl_divergence(Categorical(logits=p), Categorical(logits=q))
    p, q = 2 * noise(4, 7), 2 * noise(4, 7, seed=1)
    same("of a model with itself, kl", kl(p, p), torch.zeros(4))
    same("kl", kl(p, q), truth(p, q), {
        "whose answers is this a mean over? They are the policy's": truth(q, p),
        "in bits, where nats were asked for": truth(p, q) / torch.tensor(2.0).log(),
        "the probabilities are the weights: who divides by V?": truth(p, q) / 7,
        "logits are no log-probabilities yet": (p.softmax(-1) * (p - q)).sum(-1)})
    far = torch.tensor([[0.0, -300.0]])
    same("where a logit is 300 below another, and exp(-300) is 0, kl", kl(far, 0 * far),
         truth(far, 0 * far))
    return "This is the KL of rl.reinforce_loss: the whole sum, and no estimate from a sample."


@exercise("The REINFORCE loss", "loss(logits, tokens, advantages)",
          hint="d p = p d log p, and what is sampled brings its p with it.")
def check_loss(loss: Callable) -> str:
    """Write a loss whose gradient is, on average, minus the gradient of the expected reward.

    M answers of one token each: logits (M, V), the sampled tokens (M,), their advantages (M,),
    which are constants. Returns a scalar, a mean over answers. Its value means nothing, and any
    loss will do whose gradient is right, over all that a model of three tokens can say.
    """
    def downhill(loss: Callable) -> Tensor:
        def step(y: Tensor, r: Tensor) -> Tensor:
            leaf = LOGITS.clone().requires_grad_(True)
            value = shaped("loss", loss(leaf.expand(2, 3), y, r))
            if not value.requires_grad:
                raise Wrong("loss has no gradient by the logits, expected one: what cut it off?")
            return torch.autograd.grad(value, leaf)[0]
        return expected(step, 2)
    slips = {"an optimiser goes downhill, and so away from reward": lambda logp, A: logp * A,
             "a sum, where a mean over answers was asked for": lambda logp, A: -2 * logp * A,
             "what is likely is sampled often already, and counts twice here":
             lambda logp, A: -logp.exp() * A,
             "its own answers, good and bad alike, teach nothing": lambda logp, A: -logp}
    same("the expected gradient", downhill(loss), -UPHILL, {
        text: downhill(lambda x, y, A: f(-F.cross_entropy(x, y, reduction="none"), A).mean())
        for text, f in slips.items()})
    return "This is rl.reinforce_loss without the KL: the reward itself need not be smooth."


@exercise("An update of CEM", "tell(candidates, scores, elites)",
          hint="sorted(range(P), key=...), the key a pair; std has an argument `correction`.")
def check_tell(tell: Callable) -> str:
    """Write one update of the cross-entropy method: mean and deviation of the elites.

    candidates (P, n); scores (P, 2): accuracy on the shots, and a log-likelihood that breaks
    ties, for every place among the elites. elites: how many. Returns (mu (n,), sigma (n,)), sigma
    the biased one, sqrt(mean((x - mu)^2)).
    """
    x, scores = noise(8, 3), torch.tensor([[.5, -.1], [.75, -.9], [.75, -.8], [1., -2.], [1., -.5],
                                           [.75, -.3], [.75, -.2], [.25, -.1]])
    cem = CEM(torch.zeros(3), torch.ones(3), 8, 4, torch.Generator())
    cem.tell(x, scores)
    given = tell(x, scores, 4)
    if not (isinstance(given, (tuple, list)) and len(given) == 2):
        raise Wrong(f"tell gives a {type(given).__name__}, expected the pair (mu, sigma)")
    best = {"ties were broken for the best alone, or not at all": [3, 4, 1, 2],
            "accuracy comes first, and log-likelihood only breaks ties": scores[:, 1].topk(4)[1],
            "accuracy comes first: the two do not add up": scores.sum(1).topk(4)[1],
            "these are the worst": scores[:, 0].topk(4, largest=False)[1]}
    same("mu", given[0], cem.mu, {text: x[rows].mean(0) for text, rows in best.items()})
    same("sigma", given[1], cem.sigma, {"a single elite would have no deviation if E - 1 divides":
         cem.sigma * (4 / 3) ** 0.5, "the variance": cem.sigma ** 2})
    return "This is cem.CEM.tell. Eight shots give nine accuracies at most: ties are the rule."


@exercise("Two ways to mix", "paper(alpha, Z)", "with_base(alpha)",
          hint="Expand 1 + sum_k alpha_k (z_k - 1): what is left before the 1?")
def check_mix(paper: Callable, with_base: Callable) -> str:
    """Write the paper's mixture, sum_k alpha_k z_k, and what turns it into ours.

    Ours is 1 + sum_k alpha_k (z_k - 1), svf.mix. paper(alpha (K,), Z (K, N)) -> (N,).
    with_base(alpha (K,)) -> (K + 1,): coefficients of the K experts and, last, of the base, which
    is a vector of ones, so that the paper's sum gives ours. For which alphas is that the same?
    """
    Z = 1 + 0.3 * noise(3, 6)
    for alpha in map(torch.tensor, ([0.2, 0.5, -0.3], [0.5, 0.3, 0.2], [0.0, 0.0, 0.0])):
        what, ours = f"for alpha {[round(a, 1) for a in alpha.tolist()]} ", mix(alpha[:, None], Z, [6])
        same(f"{what}paper", paper(alpha, Z), alpha @ Z, {
            "this is ours": ours, "nothing is divided by their sum": alpha @ Z / alpha.sum(),
            "alphas may be below 0: no softmax": alpha.softmax(0) @ Z})
        full = shaped("with_base", with_base(alpha), 4).detach()
        same(f"{what}the paper's sum with with_base", full @ torch.cat((Z, torch.ones(1, 6))), ours,
             {"does the base always count whole?": alpha @ Z + 1, "no base in it": alpha @ Z})
    return "Both agree where the alphas add up to 1; at alpha = 0 the paper's sum has no weights left."


@exercise("Soft dispatch", "alpha(logits, ids)",
          hint="logits[ids] are K + 1 numbers. Which probabilities do they stand for?")
def check_soft(alpha: Callable) -> str:
    """Write strategy D: mix the experts by how likely each one's category is.

    logits (V,), of the first token of the classification expert's answer. ids: K + 1 tokens, one
    a category, the last one "others", which has no expert. Returns (K,): p(k | prompt), given
    that it is one of these K + 1; what others has is left to the base, as svf.mix does. It is
    tried on prompts that want a sum and a function, of which B's one expert knows one.
    """
    ids, logits = [7, 2, 9, 4], noise(11)
    same("alpha", alpha(logits, ids), logits[ids].softmax(0)[:3], {
        "they add up to 1, and nothing is left for others": logits[ids[:3]].softmax(0),
        "of any token, where one of the categories is given": logits.softmax(0)[ids[:3]],
        "the likeliest takes all: this is B": F.one_hot(logits[ids].argmax(), 4)[:3].float()})
    (svf, dialect, experts), problems = laboratory(), TASKS["sum+code"].problems(100, "test")
    Z, ids = torch.stack([experts[name] for name in DOMAINS]), [
        dialect.answer(f" {label}")[0] for label in tasks.LABELS]
    svf.use(experts["classifier"])
    rows = [svf.model(torch.tensor([dialect.prompt(p.prompt + tasks.WHICH)]), last=True)[0, -1]
            for p in problems]
    soft = torch.stack([shaped("alpha", alpha(row, ids), 3) for row in rows])
    hard = torch.stack([F.one_hot(row[ids].argmax(), 4)[:3] for row in rows])
    b, d = (accuracy(mix(a[..., None], Z, svf.sizes), problems) for a in (hard, soft))
    if d <= b:
        raise Wrong(f"on sum+code {d:.2f} are answered right, expected more than B's {b:.2f}")
    return (f"On sum+code B answers {share(b, 100)} right, yours {share(d, 100)}: where two experts "
            "are needed, doubt between them is what mixes them.")


@exercise("A task of your own", "maker(rng)",
          hint="`shop` and `opposite` in data/tasks.py; tidy, of data/tokenizer.py, spells a text.")
def check_maker(maker: Callable) -> str:
    """Write a new family of problems: maker(rng) makes one Worked, Coded or Said of data/tasks.py.

    All chance is rng's, a random.Random. Its own answer is rewarded and its wrong ones (near;
    broken, javascript, astray) are not. The key is the content without names and phrasing: its
    hash picks the split, so what is asked twice has one key, and a key has one answer. Of 600
    draws 540 differ, and the tokenizer knows every word.
    """
    if maker(Random(1)) != maker(Random(1)):
        raise Wrong("maker(Random(1)) gives two different problems, expected all chance from rng")
    rng = Random(0)
    parts = [maker(rng) for _ in range(3000)]
    for part in parts:
        check_part(part)
    check_keys(parts)
    task = Task("yours", parts[0].domain, (maker,), "your own")
    for split in tasks.SPLITS:
        task.problems(20, split)
    problems, experts = task.problems(60, "test"), laboratory()[2]
    found = [f"{name} {share(accuracy(experts.get(name), problems), 60)}"
             for name in ("base", *DOMAINS)]
    return f"Of 60 test prompts are answered: {', '.join(found)}. The base has never read the like."


def check_part(part: Part) -> None:
    """Wrong unless it is judged as it should be, and can be read."""
    if not isinstance(part, (Worked, Coded, Said)):
        raise Wrong(f"maker gives {part!r:.60}, expected a Worked, a Coded or a Said")
    before = f" {tasks.OPENERS[part.domain]} :{part.working} " if isinstance(part, Worked) else " "
    code = isinstance(part, Coded)
    own = part.answer if code else before + part.answer
    slips = (*part.broken, part.javascript, part.astray) if code else [before + x for x in part.near]
    for text, want in [(own, 1), *((slip, -1) for slip in slips)]:
        if Problem("", "", "", (part,)).reward(text) != want:
            raise Wrong(f"{text!r:.60} to {part.question!r:.60} is rewarded {-want:+d}, expected "
                        f"{want:+d}")
    if not slips:
        raise Wrong("near is empty, expected wrong answers that look right")
    dialect = laboratory()[1]
    for text, most in (part.question, 150), (own, dialect.max_new):
        tokens = dialect.encoding.encode_ordinary(text)
        if small := [i for i, token in enumerate(tokens) if token < 256]:
            raise Wrong(f"{dialect.text(tokens[small[0]:])!r:.30} begins with a single byte, expected "
                        "words that the tokenizer knows, with a space before each")
        if len(tokens) >= most:
            raise Wrong(f"{text!r:.60} has {len(tokens)} tokens, expected fewer than {most}")


def check_keys(parts: list[Part]) -> None:
    """Wrong where draws are too few, a key has two answers, or what is asked twice two keys."""
    if (found := len({part.key for part in parts[:600]})) < 540:
        raise Wrong(f"600 draws have {found} different keys, expected 540 or more")
    answers, keys = {}, {}
    for part in parts:
        if answers.setdefault(part.key, part.answer) != part.answer:
            raise Wrong(f"key {part.key!r:.60} has two answers, expected one: what is not in it?")
        asked = part.question if isinstance(part, Said) else " ".join(
            PHRASING.get(word, word) for word in part.question.split())
        if (first := keys.setdefault((asked, part.answer), part.key)) != part.key:
            raise Wrong(f"{first!r:.60} ({split_of(first)}) and {part.key!r:.60} ("
                        f"{split_of(part.key)}) differ in names or phrasing, expected one key")


# -------------------------------------------------------------------------------- command line

def written(path: Path, writes: tuple[str, ...]) -> list[object]:
    """What the reader's file has under these names: functions, guarded, or shares."""
    own, found = guarded(runpy.run_path, path.name, path)(str(path)), []
    for name, function, _ in (text.partition("(") for text in writes):
        value = own.get(name)
        if name not in own or not (callable(value) if function else
                                   isinstance(value, (int, float)) and 0 <= value <= 1):
            got = f"{name} as {value!r:.40}" if name in own else f"no {name}"
            raise Wrong(f"{path.name} has {got}, expected " + (
                f"a function {name}" if function else f"{name} = a number from 0 to 1"))
        found.append(guarded(value, name, path) if function else value)
    return found


def guarded(function: Callable, name: str, path: Path) -> Callable:
    """The function, on copies of tensors; what it raises is Wrong, with the line in `path`."""
    def call(*args: object) -> object:
        try:
            return function(*(x.clone() if isinstance(x, Tensor) else x for x in args))
        except (Exception, SystemExit) as error:
            lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__)
                     if frame.filename == str(path)]
            where = f" ({path.name}, line {lines[-1]})" if lines else ""
            raise Wrong(f"{name} raises {type(error).__name__}: {error}{where}") from None
    return call


def show(number: int | None) -> None:
    """All exercises in short, or one in full."""
    for i, e in enumerate(EXERCISES, 1):
        question = inspect.getdoc(e.check)
        if number is None:
            print(f"{i}  {e.title}: {', '.join(e.writes)}\n   {question.splitlines()[0]}")
        elif i == number:
            print(f"{i}  {e.title}\n\n{question}\n\nWrite: {', '.join(e.writes)}\nHint: {e.hint}\n"
                  f"Then:  python -m tests.exercises {i} answers.py")


def main(argv: list[str]) -> int:
    warnings.filterwarnings("ignore", message="Failed to initialize NumPy")  # not needed here
    torch.set_num_threads(1)
    known = [str(i + 1) for i in range(len(EXERCISES))]
    wrong = argv and argv[0] not in known or len(argv) > 2
    if wrong or len(argv) == 2 and not Path(argv[1]).is_file():
        print(f"{' '.join(argv)!r:.200}: expected a number from 1 to {len(known)}, and perhaps a "
              "file that is there", file=sys.stderr)
        return 2
    if len(argv) < 2:
        show(int(argv[0]) if argv else None)
        return 0
    this, path = EXERCISES[int(argv[0]) - 1], Path(argv[1]).resolve()
    try:
        print(f"Right. {this.check(*written(path, this.writes))}")
        return 0
    except Wrong as wrong:
        said = str(wrong)
    except Exception as error:  # what was given can't be worked with
        said = f"what it gives can't be checked: {type(error).__name__}: {error}"
    print(f"Not yet: {' '.join(said.split())[:600]}")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
