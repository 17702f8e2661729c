"""Strategy A on open weights (paper, Sec. 3.2): of which kind is a prompt, after examples of each?

A small base names one kind for nearly every prompt, whichever word it likes best. So its question
begins with training prompts of each expert, whose kinds it is told; and how much it likes a word
anyway is taken out, by other training prompts e, as many of each kind:

    log p(kind | prompt) - log mean_e p(kind | e)

What an expert's training prompts are like is kept with the expert. Of a prompt its last paragraph
counts: solved questions before it are other questions.
"""
from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from data.tasks.problem import OTHERS, Task
from data.tokenizer import PromptFormat
from rl import Episode, answer_states
from svf import SVF

SHOWN, WEIGHED = 4, 8  # training prompts of each kind: in the question; to weigh the words by
LONGEST = 200          # characters of each, and of a prompt that is asked about
WORST = "\U0001f9ff" * LONGEST  # in tokens
SURE = 0.5             # a kind is named if it has more than half, else "others"


def shortened(prompt: str) -> str:
    r"""The last paragraph of a prompt, and of that the end.

    >>> shortened("Q: 1 + 1?\nA: 2\n\nQ: 2 + 2?\nA:")
    'Q: 2 + 2?\nA:'
    """
    return prompt.strip().rpartition("\n\n")[2][-LONGEST:]


def examples(task: Task, seed: int) -> list[str]:
    """What is kept with an expert; fewer, and of no use, where it has fewer training prompts."""
    return [shortened(p.prompt) for p in task.problems(SHOWN + WEIGHED, "train", seed)]


def usable(kept: dict[str, object]) -> bool:
    """Whether these are examples, and enough of each kind: experts of before have none.

    >>> usable({"math": ["1 + 1?"] * 5}), usable({"math": ["1 + 1?"] * 4}), usable({"math": None})
    (True, False, False)
    """
    return all(isinstance(texts, list) and len(texts) > SHOWN
               and all(isinstance(text, str) and len(text) <= LONGEST for text in texts)
               for texts in kept.values())


def question(kept: dict[str, list[str]], prompt: str) -> str:
    """The whole question about a prompt. kept: name of a kind -> its `examples`."""
    rows = [(text, name) for texts in zip(*(texts[:SHOWN] for texts in kept.values()))
            for text, name in zip(texts, kept)]
    return "".join(f"Question: {text}\nKind: {name}\n\n" for text, name in rows
                   ) + f"Question: {shortened(prompt)}\nKind:"


@torch.no_grad()
def likelihoods(svf: SVF, fmt: PromptFormat, kept: dict[str, list[str]], prompts: Sequence[str]
                ) -> Tensor:
    """log p of each kind's name, of these alone, as the answer to `question`: (prompts, K)."""
    lead = " " if fmt.around == "{}" else ""  # a chat's answer stands at the start of its turn
    names, found = [fmt.encoding.encode_ordinary(lead + name) for name in kept], []
    size = max(1, fmt.batch // len(names))
    for i in range(0, len(prompts), size):
        texts = [fmt.prompt(question(kept, p)) for p in prompts[i:i + size]]
        states, targets, row = answer_states(svf.model, [
            [Episode(text, name) for name in names] for text in texts])
        logp = svf.model.head(states).float().log_softmax(-1).gather(-1, targets[:, None])[:, 0]
        sums = torch.zeros(len(texts) * len(names)).index_add_(0, row.cpu(), logp.cpu())
        found.append(sums.view(len(texts), -1).log_softmax(-1))
    return torch.cat(found)


def named(svf: SVF, fmt: PromptFormat, kept: dict[str, list[str]], prompts: Sequence[str]
          ) -> list[tuple[str, float]]:
    """(kind, its probability) of each prompt, by the base."""
    weighed = [text for texts in kept.values() for text in texts[SHOWN:]]
    with svf.adapted(None):
        liked = likelihoods(svf, fmt, kept, weighed).exp().mean(0).log()
        p = (likelihoods(svf, fmt, kept, prompts) - liked).softmax(-1)
    return [([*kept][i], sure) if sure > SURE else (OTHERS, 1 - sure)
            for sure, i in zip(*(x.tolist() for x in p.max(-1)))]
