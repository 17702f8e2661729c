"""What we think is the reason, by hand, for claims that failed or need a word.

It was written for the results of seeds 0 to 2; the verdicts beside it are computed.
"""
from __future__ import annotations

WHY = {
    "SVF beats LoRA q, v, rank 16, 1,280 rollouts": (
        "With few rollouts LoRA is ahead, on math: z can only stretch the directions that W has. "
        "With enough of them all methods meet the ceiling of these tasks, where 2,688 numbers do "
        "as well as 24,576. The paper's lead of SVF is not seen here."),
    "C beats random search at its budget": (
        "With three experts there is little to search: which candidates are drawn matters more "
        "than how they get better."),
    "experts of base 1, in order, help base 2": (
        "But shuffled gains help nearly as much, and those of its own much more: bases of two "
        "seeds share no singular directions, so what helps is mostly that gains of this size "
        "disturb the base's weak habit of answering in the wrong style."),
    "C with base 1's experts beats C with shuffled ones": (
        "As above: the order of the gains carries little."),
    "C on the other tasks gains from the fourth expert": (
        "It loses on what looks like its own prompts and wants something else (bus, times, "
        "sum+code): the search starts at a quarter of each expert, and ten candidates an "
        "iteration do not find the way out on every seed. No expert has changed; finding the "
        "mixture is what gets harder."),
    "28 gains of first singular values beat 28 gains of whole matrices": (
        "The first singular directions of a matrix carry what most inputs share, the habit of one "
        "style among it: a number for each of them is nearly all that code and reasoning take."),
    "CEM beats random search": "With other random numbers, above, the seeds disagreed.",
    "a coefficient a matrix beats one an expert": (
        "84 coefficients, 40 evaluations and 8 shots: too much room to search."),
    "after one iteration, a start from past tasks beats 1/K": (
        "One iteration from 1/K is already within a point or two of the end. Where not even one "
        "can be afforded, the best of the past is far ahead of 1/K."),
    "C gets worse from 3 to 12 experts": (
        "Ten candidates and three elites cannot tell twelve directions apart in four iterations; "
        "the cost hardly grows, since experts cost nothing but their mixing."),
}
