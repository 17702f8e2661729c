"""The built-in tasks, their splits and judges, the corpus, the tokenizer."""
from __future__ import annotations

from pathlib import Path
from random import Random
from types import SimpleNamespace

import pytest

from data.tasks.corpus import document, vocabulary
from data.tasks.families import MOST, TASKS, UNSEEN, trained_on
from data.tasks.problem import DOMAINS, JOIN, OPENERS, SPLITS, Said, Verdict, Worked
from data.tasks.tally import Tally
from data.tokenizer import VOCABULARY, load, read_ranks, tidy


def answers(part: object) -> tuple[str, list[str]]:
    """The part's own answer, as the corpus writes it at its best, and perturbed ones."""
    if isinstance(part, Worked):
        return f" {OPENERS[part.domain]} :{part.working} {part.answer}", [
            "", part.astray, f" it is {part.answer} or so", *(f" it is {n}" for n in part.near)]
    if isinstance(part, Said):
        return f" {part.answer}", ["", f" {part.answer} {part.answer}"]
    return part.answer, [part.javascript, part.astray, "", part.answer.replace("return", "retur")]


@pytest.mark.parametrize("name", sorted(TASKS))
def test_own_answers_are_rewarded_and_perturbed_ones_are_not(name: str) -> None:
    for problem in TASKS[name].problems(40, "test", 1):
        right = [answers(part)[0] for part in problem.parts]
        assert problem.judge(JOIN.join(right)).right
        for i, part in enumerate(problem.parts):
            for wrong in answers(part)[1]:
                said = problem.judge(JOIN.join([*right[:i], wrong, *right[i + 1:]]))
                assert said.right is False and said.reward == -1


def test_a_problem_is_judged_by_its_worst_part() -> None:
    problem = TASKS["sum+code"].problems(1, "test", 1)[0]
    number, code = (answers(part)[0] for part in problem.parts)
    lazy = JOIN + " def f(x): yield x"
    for said, right in ((number + JOIN + code, True), (number + lazy, None), ("no" + lazy, False),
                        (number + JOIN + " def f(", False), (number, False),
                        (number + JOIN + code + JOIN + code, False)):
        found = problem.judge(said)
        assert (found.right, found.reward) == (right, 1 if right else -1), said
        assert problem.judge(said, cut=True) == found  # it makes no difference here


def test_reasons_are_counted_and_the_commonest_are_kept() -> None:
    tally = Tally()
    for why, n in (("e", 1), ("c", 2), ("b", 2), ("a", 3), ("d", 2), ("long" * 99, 5)):
        for _ in range(n):
            problem = SimpleNamespace(judge=lambda text, cut, why=why: Verdict(None, why))
            assert tally.reward(problem, "", False) == -1
    assert tally.total() == {"right": 0, "wrong": 0, "not judged": 15, "cut": 0,
                             f"not judged: {'long' * 22}": 5, "not judged: a": 3,
                             "not judged: b": 2}


@pytest.mark.parametrize("name", sorted(TASKS))
def test_each_operation_names_its_own_place_and_there_are_tens_of_thousands(name: str) -> None:
    """No two of a worked answer have the same size, and no sum leaves what the base has read.

    Birthday: 600 draws from 10,000 or more keys collide 18 times at most on average.
    """
    for part in (part for problem in TASKS[name].problems(60, "test", 3)
                 for part in problem.parts if isinstance(part, Worked)):
        sizes = [move.lstrip("+-") for move in part.key.split()[1:]]
        assert len(set(sizes)) == len(sizes)
        words = f"{part.working} {part.answer}".split()
        assert max((int(word) for word in words if word.isdigit()), default=0) <= MOST
    rng = Random(7)
    keys = {tuple(make(rng).key for make in TASKS[name].makers) for _ in range(600)}
    assert len(keys) > 600 - 60


def test_splits_are_disjoint_whatever_the_seed() -> None:
    """By part: a test prompt's content is in no other family's training prompts either."""
    keys = {split: {part.key for task in TASKS.values() for seed in (0, 1)
                    for problem in task.problems(12, split, seed) for part in problem.parts}
            for split in SPLITS}
    assert len(set.union(*keys.values())) == sum(map(len, keys.values()))


def test_problems_and_documents_repeat_with_their_seed_and_differ_from_each_other() -> None:
    def prompts(seed: int) -> list[str]:
        return [p.prompt for p in TASKS["chain"].problems(50, "test", seed)]
    assert prompts(1) == prompts(1) != prompts(-1) and len(set(prompts(1))) == 50
    assert document(Random(3)) == document(Random(3)) != document(Random(4))


def test_each_domain_has_families_of_both_kinds() -> None:
    for domain in DOMAINS:
        assert len(trained_on(domain)) >= 3
        assert sum(t.label == domain and len(t.makers) == 1 for t in UNSEEN) >= 2
    assert sum(len(t.makers) == 2 for t in UNSEEN) >= 2


# --------------------------------------------------------------------------------- the tokenizer

def test_encode_then_decode_is_the_identity_and_a_word_is_one_token() -> None:
    encoding, rng = load(), Random(0)
    texts = ["".join(document(rng)) for _ in range(300)]
    texts += ["", " ", "naïve 🙂 \x00\t\n  x", "<|end_of_text|>", "汉字 العربية", "1234567 + 8"]
    for text in texts:
        tokens = encoding.encode_ordinary(text)  # a special token's name in it is plain text
        assert encoding.decode(tokens) == text
        assert not set(tokens) & set(encoding.special.values())
    for text in (" thursday", " 7", " 42", " +7", " *3", " red-blue", " def", " ("):
        assert len(encoding.encode_ordinary(text)) == 1
    assert tidy("What is 12+7 - 3?") == " what is 12 +7 -3 ?"  # as the corpus writes it


@pytest.mark.slow
def test_the_vocabulary_that_ships_is_made_of_the_corpus() -> None:
    assert [*read_ranks(VOCABULARY)] == vocabulary()


@pytest.mark.parametrize("line", ["zzz", "AA== 1\n", "AA== 0\nAA== 1", "!!!! 0", "AA== 0"])
def test_a_damaged_vocabulary_is_a_clear_error(tmp_path: Path, line: str) -> None:
    path = tmp_path / "t.model"
    path.write_text(line)
    with pytest.raises(ValueError, match=r"t\.model"):
        load(path)
