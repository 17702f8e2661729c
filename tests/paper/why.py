"""What we think is the reason, by hand, for claims that failed or need a word.

It was written for the results of seeds 0 to 2; the verdicts beside it are computed.
"""
from __future__ import annotations

WHY = {
    "SVF beats LoRA q, v, rank 16, 1,280 rollouts": (
        "With few rollouts LoRA is ahead, on math: z can only stretch the directions that W has. "
        "With enough of them all methods meet the ceiling of these tasks, where 2,688 numbers do "
        "as well as 24,576. The paper's lead of SVF is not seen here."),
    "attention and MLP together beat MLP alone": (
        "In a base of this size the MLP is enough; attention alone wants the highest rate that "
        "was tried, and might want a higher one."),
    "RL beats next-token prediction of ideal answers (SVF)": (
        "So what RL beats is the text, not the loss: it needs no worked solutions, where the base "
        "must have them to be taught by them, and ideal ones here are in the base's own words. "
        "The corpus answers like the web, mostly badly, and teaches that."),
    "the KL penalty helps": (
        "At its own rate (.02, which validation put just ahead) it looks 6 points worse: that is "
        "the rate, as the last column shows."),
    "8 samples of 16 prompts with a baseline beat greedy answers of 128": (
        "The reason is the greedy answer, not the number of prompts, as the next line shows: at "
        "temperature 1 a sum that is worked out well is often wrong by chance, so a sampled "
        "reward says less about the style that a test by greedy answers rewards."),
    "the paper's choices beat all of the released code's": (
        "By its greedy rollouts; the sigmoid and the rescaling change nothing that a rate does "
        "not."),
    "trained on 16 prompts, SVF beats LoRA on the test prompts": (
        "Both lose little by so few (1.5 and 3 points): 16 prompts show which style to choose, "
        "and that is most of what there is to learn."),
    "C beats random search at its budget": (
        "With three experts there is little to search: which candidates are drawn matters more "
        "than how they get better."),
    "experts of base 1, in order, help base 2": (
        "One pair of bases decides nothing: the second base of the first version, of the same "
        "seed but trained on another processor, and so another base, gave +11 points, and "
        "shuffled gains helped nearly as much. With both, experts of its own help far more."),
    "in order they beat shuffled ones": (
        "With the other second base the seeds disagreed (+3.9 points)."),
    "C with base 1's experts beats C with shuffled ones": (
        "With the other second base it did not (-2.1 points)."),
    "C on the other tasks gains from the fourth expert": (
        "No expert has changed; finding the mixture is what gets harder, on one seed."),
    "28 gains of first singular values beat 28 gains of whole matrices": (
        "The first singular directions of a matrix carry what most inputs share, the habit of one "
        "style among it: a number for each of them is nearly all that code and reasoning take."),
    "CEM beats random search": "As above, with other random numbers.",
    "CEM beats OpenAI-ES": (
        "With 40 evaluations no search is far from random search. With the biased deviation of "
        "three elites, which narrows CEM sooner, it was ahead by 1.8 points; but then sigma "
        "shrinks on pure noise as well."),
    "a coefficient a matrix beats one an expert": (
        "84 coefficients, 40 evaluations and 8 shots: too much room to search."),
    "after one iteration, a start from past tasks beats 1/K": (
        "One iteration from 1/K is already within a point or two of the end. Where not even one "
        "can be afforded, the best of the past is far ahead of 1/K."),
    "C gets worse from 3 to 12 experts": (
        "With ten candidates an iteration, whatever K, it lost 12.7 points; now there are "
        "2 (K + 2), and a search takes three times as long."),
}
