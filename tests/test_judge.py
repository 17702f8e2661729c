"""What a judge says of what models write: numbers, choices, texts and code, whole or cut off."""
from __future__ import annotations

import json
import time
from fractions import Fraction
from pathlib import Path

import pytest

from data.tasks import judge
from data.tasks.judge import chosen, value_of
from data.tasks.problem import Verdict

SHARED = Path(__file__).parents[1] / "shared"  # a checkout may have it: data that is not ours


def held(say: object, right: list[str], wrong: list[str]) -> None:
    """Each text of both lists is judged so, and all that are not are shown."""
    said = {text: say(text).right for text in right + wrong}
    assert said == {**dict.fromkeys(right, True), **dict.fromkeys(wrong, False)}


# ---------------------------------------------------------------------------------------- numbers

NUMBERS = [
    ("12", [  # the number alone, in what surrounds it
        "12", " 12\n", "12.", "12!", "12,", "(12)", "[12]", "= 12", "x=12", "x = 12", "**12**", "*12*",
        "__12__", "`12`", '"12"', "$12$", "\\(12\\)", "\\[ x = 12 \\]", "$$12$$", "12.0", "12.00",
        "012", "+12", "12/1", "24/2", "1.2e1", "1.2E+1", "120e-1", "12%", "12 percent", "12</s>",
        "12<|im_end|>", "<b>12</b>", "\u200b12", "\uff11\uff12", "1\uff12", "\u0661\u0662",
        "\u0967\u0968", "\U0001d7cf\U0001d7d0", "12\u00a0cm", "Twelve: 12", "12 (twelve)"]
     + [  # units
        "12 apples", "12cm", "12 cm", "12 cm\u00b2", "12 cm^2", "12 cm^{2}", "12 m2", "12m2",
        "12 m^3", "12\u00b0", "12 \u00b0C", "12^\\circ", "12^{\\circ}", "12\\text{ cm}", "12km/h", "12 km/h",
        "12 mph", "12-inch", "12 square feet", "12 \\mathrm{m/s}^2", "12\\%", "12\\,\\text{m}",
        "$12/hour", "$12 per hour", "12 dollars", "12$", "12\u20ac", "\u20ac12", "\u00a312", "US$12", "USD 12",
        "12 USD", "Rs. 12", "Rs 12", "\u20b912", "12\u5143", "\u517112\u4e2a\u82f9\u679c\u3002",
        "12\u500b\u3067\u3059", "12\uac1c\uc785\ub2c8\ub2e4", "\u0e21\u0e35 12 \u0e25\u0e39\u0e01", "12kg", "12 hours", "12hrs", "12 H2O"]
     + [  # announced
        "The answer is 12.", "The answer is 12, since 5 + 7 = 12 and 3 < 4.", "Answer: 12",
        "**Answer:** 12", "**Answer: 12**", "Answer = 12", "ANSWER: 12", "The final answer is 12",
        "the answer is: 12", "The answer is $12.", "The answer is \\(12\\).", "The answer is **12**.",
        "The answer is \\boxed{12}.", "So the answer is 12 apples, not 13.", "A: 12",
        "The answer is therefore 12. There are 3 others.", "The answer is x = 12 for 2 people",
        "The answer is 5 + 7 = 12. Check: 3", "The answer would be 12 (4 dozen / 4).",
        "The answer to the question is 12. Ask 5 more!", "The answer is approximately 12 of 40",
        "Final Answer: The final answer is $12$. I hope it is correct. 100%",
        "\\boxed{12}", "\\boxed{ 12 }", "\\boxed{12\\text{ apples}}", "\\boxed{x = 12}", "$\\boxed{12}$ of 40.",
        "\\fbox{12}", "\\boxed{\\text{12}}", "\\boxed{\\$12}", "\\boxed{12\\%}", "\\boxed{5 + 7 = 12}", "\\boxed 12",
        "\\boxed{10}, no, \\boxed{12}", "The answer is 10. Wait. The answer is 12.",
        "<answer>12</answer>", "<answer> 12 </answer> 3", "<answer>$12</answer>",
        "<answer>The answer is 12 apples</answer>", "<think>40 or 50?</think>12",
        "<think>The answer is 9?</think>\n<answer>12</answer>", "<ANSWER>12</ANSWER>",
        "\u7b54\u6848\u662f12\u3002\u5171\u67093\u4eba", "\u7b54\u6848\uff1a12", "\u7b54\u3048\u306f12\u3067\u3059\u30023", "\u7b54\u6848\u662f\uff1a12"]
     + [  # GSM8K
        "#### 12", "####12", "#### 12 ", "#### 12\n", "#### $12", "#### 12 apples", "#### **12**",
        "#### 12.00", "3 + 9 = <<3+9=12>>12\n#### 12", "#### \\boxed{12}", "9\n#### 10\n#### 12",
        "5 + 7 = <<5+7=12>>12", "#### x = 12", "#### 12\n\nQuestion: 3 + 4?\n#### 7",
        "#### 12\n\nQ: Tom has 9 hats.\nA: 9", "#### Step 1\n5 + 7 = 12\n", "### Step 2:\nIt is 12",
        "##### Solution\nSo it is 12.", "#### 1. Add\n5 + 7 = 12\n#### 2. Result\nIt is 12.",
        "#### Answer: 12", "#### The answer is 12", "#### Final answer\n12", "# 7\n12"]
     + [  # the last number
        "5 + 7 = 12", "5+7=12", "There are 5 red and 7 green, so 12.", "5 apples + 7 apples = 12 apples",
        "12 = 12", "3 * 4 is 12", "3 times 4 equals 12", "x^2 = 144, x = 12", "f(2) = 12",
        "- 5\n- 12", "1. 5\n2. 12", "2 \u2192 12", "=> 12", "-> 12", "1:2 gives 12", "10 - -2 = 12", "5, 7, 12",
        "6 \u00d7 2 = 12", "$5 + $7 = $12", "from 2019-2021 it was 12", "In 2020 there were 12.",
        "H2O: 12", "GPT-4 says 12", "12 according to GPT-4", "She has 12 on the 3rd", "12, the 2nd"],
     [  # of a larger whole
        "", "twelve", "-12", "1,2", "12,5", "1:12", "12:1", "12:30", "1.12", "1.2.12", "12.1.1", "v12", "x12",
        "x_12", "x_{12}", "GPT-12", "H12O", "0x12", "12x", "12k", "12i", "12\u221a3", "\u221a12", "\\sqrt{12}",
        "12\\sqrt{3}", "12\\pi", "12\u03c0", "12 \\pi", "2^12", "12^2", "12\u00b2", "x^12", "10-12", "5 + 12",
        "12 + 5", "12 * 3", "3 * 12", "12 million", "12 thousand", "12 \u4e07", "12th", "12/5", "5/12", "1/12",
        "\\frac{12}{5}", "\\frac{x}{12}", "\\frac{12}{x}", "1 1/12", "12e3", "12e", "x > 12", "x \u2265 12",
        "x \\leq 12", "\u00b112", "(12, 3)", "(3, 12)", "[12, 13]", "f(12)", "12-15", "10\u201312", "x + 12",
        "12 + x", "12x + 3", "2(12)x", "x - 12", "y = 12x", "\\log 12", "\\sin(12)", "112", "120", "1,200", "12,000",
        "12 000", "121", "12.5", "minus 12", "negative 12", "\u221212", "\u201312", "5 plus 12", "12 minus 3",
        "5 apples + 12 apples", "12 apples + 5 apples", "12-5-2020", "12/05/2020", "100012"]
     + [  # announced otherwise
        "\\boxed{13} 12", "12 #### 13", "12\n#### 13", "12\n#### ", "12\n####", "12\n#### none", "#### 1 2",
        "The answer is 13. 12", "<answer>13</answer> 12", "\\boxed{}12", "\\boxed{12, 13}",
        "\\boxed{12}, no, \\boxed{13}", "\\boxed{12 + x}", "\\boxed{11 \\text{ or } 12}", "\\boxed{\\frac{12}{13}}",
        "The answer is 12. Wait. The answer is 13.", "<think>12</think>", "<think>12", "\\boxed{x > 12}",
        "#### 12.5", "#### 12,5", "####12:1", "#### Step 12", "5 + 7", "5 + 7 = 12 = 13",
        "13\n\nQuestion: 5 + 7?\nAnswer: 12", "The answer is 1:12", "A: 13\nQ: 5 + 7?\nA: 12"]),
    ("2", ["2", "x^2 = 4, x = 2", "It is 2 m2", "\u4e24\u4e2a\uff1a2", "2 cm2", "log_2 4 = 2"],
     ["H2O", "v2", "1:2", "1.2.2", "1,2", "version 1.2", "x^2", "cm2", "CO2", "m^2", "\u00bd", "1/2", "2nd",
      "x\u00b2", "10^2", "step-2", "COVID-2", "2x3", "3x2", "2D", "R2D2", "#2x", "e2", "2e", "$2k", "2M"]),
    ("-5", ["-5", "- 5 = -5", "(-5)", "$-5", "-$5", "\u2212$5", "-5\u00b0C", "=-5", "= - 5", "x=-5", "x = \u22125", "minus 5",
            "Minus 5", "negative 5", "minus $5", "\u20135", "\u22125", "\uff0d5", "\uff0d\uff15", "\u20115", "temperature: -5",
            "\\boxed{-5}", "\\boxed{ - 5}", "The answer is -5.", "#### -5", "10 - 15 = -5", "-10/2",
            "-\\frac{10}{2}", "\\frac{-10}{2}", "-5.0", "\u7b54\u6848\u662f-5", "**-5**", "$x = -5$", "\u20145"],
     ["5", "(5)", "10-5", "10 - 5", "x-5", "x - 5", "(7)-5", "3\u20135", "--", "-5.5", "-55", "-5,5", "- 5 apples",
      "-5x", "(-5, 3)", "7 apples - 5 apples", "word-5", "\u20ac5"]),
    ("0.75", [".75", "0.75", "75e-2", "3/4", "3/4.", "6/8", "3/4 cup", "\\frac{3}{4}", "\\dfrac{3}{4}", "\\tfrac34",
              "\\frac34", "\\boxed{\\frac{3}{4}}", "\\boxed{\\dfrac{3}{4}}", "$\\frac{3}{4}$", "\u00be", "3\u20444",
              "3/4 = 0.75", "0,75 = 0.75", "The answer is 3/4.", "#### 3/4", "0.750", "\uff10\uff0e\uff17\uff15"],
     ["75", "75%", "3", "4", "3:4", "4/3", "0.7.5", "1.75", "x/4", "3/x", "13/4", "1 3/4", "3/4/1", "\\frac{3}{4}x",
      "0,75", "\\frac{3\\pi}{4}", "1\u00be", "\\frac{\\sqrt{3}}{4}"]),
    ("1.5", ["1.5", "1 1/2", "1\\frac{1}{2}", "1\u00bd", "3/2", "1 \\frac{1}{2}", "1 1/2 cups", "1.5 hours"],
     ["1/2", "11/2", "1", "15", "1,5"]),
    ("1000", ["1000", "1,000", "1000.", "1,000.00", "1{,}000", "$1{,}000$", "1\\,000", "1 000", "1'000", "1_000",
              "1\u2019000", "1\u00a0000", "1\u2009000", "1\u202f000", "1\uff0c000", "10^3", "10^{3}", "10\u00b3", "10**3",
              "1e3", "1E3", "1.0e+3", "1 thousand", "1 \\times 10^3", "1 x 10^3 = 1000", "\u0661\u066c\u0660\u0660\u0660",
              "$\\boxed{1{,}000}$", "\\$1,000", "$ 1,000", "\u20ac1.000e3", "1\\;000", "1\\ 000", "**1,000**",
              "The answer is $1{,}000.", "1\u5343", "1,000,000 / 1,000 = 1,000", "1,000 km"],
     ["1.000", "1,00", "1,0000", "10,00", "1,000,000", "1 000 000", "000", "1000,5", "1000x", "10^4", "10^-3", "100 0",
      "1 million", "1,000 million", "3 \\times 10^3", "1e33", "10\u00b2"]),
    ("1234.50", ["1234.5", "$1,234.50", "$ 1,234.50", "$1{,}234.50", "**$1,234.50**", "\u00a31,234.50",
                 "1 234.50", "1'234.50", "\\boxed{\\$1,234.50}", "#### 1,234.5"],
     ["1,234", "1234.05", "1.234,50", "1,234.50.1", "-1,234.50", "12,34.50", "1,234,50"]),
    ("1e3", ["1000", "1e3"], ["1", "3", "1e4"]), (".5", ["0.5", "1/2", "0.50", "50e-2"], ["5", ".05"]),
    ("50%", ["50", "50%", "50 percent", "50 %"], ["0.5", "1/2"]),
    ("1/3", ["1/3", "2/6", "\\frac{1}{3}", "\\frac13"], ["0.33", "0.3333333333333333", "1", "3"]),
    ("5000000", ["5 million", "$5 million", "5,000,000", "5e6", "500\u4e07", "5 x 10^6 = 5 million"],
     ["5", "5M", "5 billion", "5 millions of 3"]),
    ("0", ["0", "-0", "0.00", "0%", "$0"], ["", "zero", "O", "10", "1/0", "0/0", ".", "none"]),
    ("9" * 100, ["9" * 100], ["9" * 99, "9" * 101, "0" + "9" * 100]),
    (str(2 ** 53 + 1), ["9007199254740993"], ["9007199254740992"]),  # which a float can't tell apart
    ("18", ["She makes 9 * 2 = $<<9*2=18>>18 every day.\nA: 18", "A: $18", "A: 18.0"],
     ["A: 18,000", "18\nA: 19", "9 * 2"])]


@pytest.mark.parametrize("answer, right, wrong", NUMBERS, ids=[n[0][:12] for n in NUMBERS])
def test_a_number_is_read_as_a_whole(answer: str, right: list[str], wrong: list[str]) -> None:
    held(lambda text: judge.number(answer, text), right, wrong)


def test_a_gold_answer_is_one_number_and_no_more() -> None:
    for answer, *_ in NUMBERS:
        assert value_of(answer) is not None
    for text, value in {"1e-7": "1/10000000", "-$1,234.5": "-2469/2", "1{,}000": "1000", "\u22125": "-5",
                        "\\frac{3}{4}": "3/4", "10^3": "1000", "2^-3": "1/8", "1 1/2": "3/2", "5.": "5",
                        "$\\boxed{7}$": "7", "+3": "3", "\uff17": "7", "7\u20ac": "7", "-1/2": "-1/2"}.items():
        assert value_of(text) == Fraction(value), text
    for text in ("", "a", "12 apples", "1:2", "1,2", "5 + 7", "1/0", "0^-1", "1e999999999", "9^999999999",
                 "x = 5", "v2", "(1, 2)", "nan", "inf", "-", "$", "1" * 101, "1e" + "9" * 90, "5 or 6"):
        assert value_of(text) is None, text


# ---------------------------------------------------------------------------------------- choices

ABCD, YES, MOOD = ["A", "B", "C", "D"], ["yes", "no"], ["positive", "negative", "neutral"]
CITY = ["A. Paris", "B. Rome", "C. New York"]
CHOICES = [
    (ABCD, "B", [  # alone and marked
        "B", "b", "B.", "b.", "B)", "b)", "(B)", "(b)", "[B]", "**B**", "**b**", "**(B)**", "**B.**", '"B"', "'B'",
        "`B`", "$B$", "\\boxed{B}", "\\boxed{b}", "\\boxed{\\text{B}}", "$\\boxed{\\text{(B)}}$", "B\n", " B", "B!",
        "<answer>B</answer>", "<answer>b</answer>", "\uff22", "Option B", "option b", "Option_B", "Choice B", "B</s>",
        "B<|im_end|>", "B: 4", "B) New York", "B. New York", "(b) a car", "b) a car", "b. a car", "B - a car",
        "*B*", "__B__", "B is it", "<think>A or C? A.</think>B", "_B_"]
     + [  # announced
        "Answer: B", "answer: b", "Answer:B", "**Answer:** B", "**Answer: B**", "The answer is B.", "The answer is b.",
        "The answer is (B).", "The answer is **B**.", "The answer is option B", "the answer is: B", "ANSWER: B",
        "The correct answer is B) 12 apples", "The correct choice is\n\nB", "The correct option is (b)",
        "The best answer is B, because A is wrong.", "A. 3\nB. 4\nC. 5\n\nThe answer is B", "Answer: (B) A car",
        "A) 3 B) 4 C) 5 D) 6. The answer is B", "The answer is \\boxed{B}", "The final answer is $\\boxed{B}$.",
        "I would choose B.", "I'd go with B.", "I pick (b)", "So B.", "So, the answer must be B", "Therefore, B.",
        "The answer is A. Wait, no. The answer is B.", "A is plausible, C is plausible, B is correct.",
        "B is right, A is a distractor.", "B is the correct answer; A and C are not.", "Thus the answer is B",
        "\u7b54\u6848\u662fB\u3002", "\u7b54\u6848\uff1aB", "\u9009B", "\u6b63\u89e3\u306fB\u3067\u3059\u3002", "\u6545\u9009\u62e9B\uff0cA\u4e0d\u5bf9", "\uc815\ub2f5: B", "\u0e04\u0e33\u0e15\u0e2d\u0e1a\u0e04\u0e37\u0e2d B",
        "The answer is a bit subtle: B", "A bit hard. It is B.", "#### B", "My answer: B", "The answer is most likely B.",
        "B\n\nQuestion: what?\nAnswer: C", "The answer is B\n\nQ: and?\nA: C", "Answer: B. A car", "Ans: B",
        "It's B", "I think it is B", "I believe (B) is the one.", "I'd say B", "The answer should be B, not C."]
     + [  # rejected or repeated first
        "not A but B", "It's not A, it's B", "It can't be A, so B.", "Let's think. A is wrong. B is right.",
        "Not A. B.", "Neither A nor C: B", "A is incorrect. C is incorrect too. B.", "A isn't it. B",
        "I rule out A and C. B", "Unlike A, B fits.", "Rather than A, it is B", "A or B? B", "A, B, C or D? B.",
        "Is it A? No. It is B.", "Between A and C, hmm; B.", "A. 3\nB. 4\nC. 5\n\nB", "A: no\nB: yes\nSo B",
        "I don't think it is A. B.", "A is not right. (B)", "Option A is wrong because C. Option B is right."],
     [  # nobody said B
        "", "A", "C", "Bb", "AB", "B2", "B+", "B-side", "BB", "b2", "a", "The letter", "Bob", "B'day", "abc", "I", "I'd",
        "f(b)", "B++", "web", "not B", "It isn't B", "B is wrong", "B is not right", "(B) is incorrect", "A or B", "B or C",
        "A, B", "A and B", "A/B", "either A or B", "Both B and C", "B?\nA", "The answer is A or B", "neither B nor C",
        "The answer is not B", "The answer is A. B is wrong", "The answer is B. No, the answer is C.",
        "A is right, B is a distractor.", "A. 3\nB. 4\nC. 5\nD. 6", "A) 3\nB) 4", "B is wrong, so C", "C, not B",
        "C rather than B", "C instead of B", "\\boxed{C} B", "a bee", "\u7b54\u6848\u662fC\uff0c\u4e0d\u662fB", "<think>B</think>A", "<think>B",
        "I don't think the answer is B", "A. It is B that confuses.", "C\n\nQuestion: what?\nAnswer: B", "b c", "#### A\nB"]),
    (ABCD, "A", ["A", "a", "A.", "(a)", "a)", "The answer is A.", "answer: a", "The answer is a.", "A is right",
                 "A because it flies", "Option_A", "A: a car", "**A**", "Not B, A.", "The answer is A because B is not",
                 "(A) A car", "A. A car", "A\nbecause"],
     ["A car moves because of B.", "A car", "a car", "An apple", "not A but B", "It is a B", "a b",
      "The answer is a car", "A Christmas tree", "What a day", "A-level", "AAA", "I",
      "It can't be A, so B.", "Let's think. A is wrong. B is right."]),
    (ABCD, "D", ["D", "The answer is D.", "D) none"], ["I'd", "he'd say C", "we'd", "3D", "D-day", "D'accord", "MD"]),
    (list("ABCDEFGHI"), "I", ["I", "i", "(I)", "I.", "The answer is I.", "Answer: I", "Option I"],
     ["I think it is C", "I'd say so", "I am sure", "I'm", "I do not know", "C. I am sure"]),
    (list("ABCDEFGHI"), "C", ["I think it is C", "I say C", "C, I think"], ["I think it is D"]),
    (["a", "b", "c"], "b", ["b", "B", "(b)", "The answer is b"], ["a", "a b", "abc"]),
    (CITY, "A. Paris", ["A", "a", "A.", "(A)", "A. Paris", "Paris", "paris", "The answer is Paris.", "A) Paris", "A Paris",
                        "It's Paris, not Rome", "The capital is Paris", "\\boxed{A}", "Answer: A. Paris"],
     ["B", "Rome", "B. Rome", "Parish", "A city: Rome", "Rome, not Paris", "Paris or Rome", "Not Paris", "New York"]),
    (CITY, "C. New York", ["C", "New York", "new york", "C. New York", "in New  York"], ["York", "New", "A", "Rome"]),
    (["(A) 3", "(B) 4"], "(B) 4", ["B", "(B)", "4", "4.0", "(B) 4", "$4", "The answer is 4"], ["A", "3", "14", "4x", "-4"]),
    (["Paris", "Rome"], "Paris", ["A. Paris", "Paris", "PARIS!", "**Paris**", "It is Paris."], ["A", "Rome", "B. Rome"]),
    (YES, "yes", ["Yes", "yes.", "YES!", "Yes, it is.", "Yes, no problem", "No doubt: yes.", "yes, no doubt", "Yes - no way around it",
                  "The answer is yes.", "Answer: Yes", "**Yes**", "Yes, because no one knows", "yes\n\nQuestion: x\nno",
                  "Yes. There is no evidence against it.", "yes/no: yes", "Yes or no? Yes.", "I have no idea, but yes",
                  "<answer>yes</answer>", "I would say yes", "Without question, yes", "Not no: yes"],
     ["No", "no.", "No, it isn't.", "True", "", "yesterday", "eyes", "Yes or no", "I can't say yes or no", "not yes", "ye",
      "No. Yes would be wrong.", "The answer is no", "no, although some say yes", "The answer is not yes"]),
    (YES, "no", ["No", "No.", "no", "No, it is not.", "No it is not", "no\n", "The answer is no.", "Answer: no", "No!", "No - never",
                 "No, yes would be wrong", "No because it is cold", "The answer is no, as yes fails"],
     ["I have no idea, but yes", "no doubt", "No doubt: yes.", "No idea", "none", "not", "know", "No one knows", "no longer",
      "There is no answer", "Nope", "N", "no-one"]),
    (MOOD, "positive", ["positive", "Positive.", "The sentiment is positive", "not negative, positive", "Positive, not negative",
                        "Sentiment: positive", "It is positive, although some parts are negative", "POSITIVE",
                        "positive or negative? positive", "Is it positive, negative or neutral? Positive.",
                        "This is clearly a positive review.", "The review isn't negative; it is positive."],
     ["Neither positive nor negative: neutral", "negative", "not positive", "positively", "positive or negative", "",
      "It isn't positive", "It is not really positive; neutral", "The answer is negative, not positive", "nonpositive"]),
    (MOOD, "neutral", ["Neither positive nor negative: neutral", "neutral", "It is neither positive nor negative. It is neutral."],
     ["positive", "negative, not neutral"]),
    (["True", "False"], "True", ["true", "True.", "The statement is true", "TRUE", "It is true, not false"],
     ["false", "not true", "It isn't true", "Yes", "untrue", "true or false", "True or False? False"]),
    (["know", "don't know"], "don't know", ["I don't know", "don\u2019t know", "Don't know."], ["I know", "know", "do know"]),
    (["caf\u00e9", "th\u00e9"], "caf\u00e9", ["caf\u00e9", "cafe\u0301", "CAF\u00c9", "un CAFE\u0301."], ["cafe", "th\u00e9", "cafes"]),
    (["cafe\u0301", "the\u0301"], "cafe\u0301", ["caf\u00e9", "cafe\u0301"], ["the\u0301"]),
    (["\u306f\u3044", "\u3044\u3044\u3048"], "\u306f\u3044", ["\u306f\u3044", "\u306f\u3044\u3067\u3059", "\u306f\u3044\u3001\u305d\u3046\u3067\u3059\u3002", "\u7b54\u3048\u306f\u300c\u306f\u3044\u300d\u3067\u3059"],
     ["\u3044\u3044\u3048", "\u3044\u3044\u3048\u3001\u9055\u3044\u307e\u3059", "\u306f"]),
    (["\u662f", "\u4e0d\u662f"], "\u662f", ["\u662f", "\u662f\u7684", "\u662f\u3002"], ["\u4e0d\u662f", "\u4e0d\u662f\u7684"]),
    (["\u662f", "\u5426"], "\u5426", ["\u5426", "\u7b54\u6848\u662f\u5426", "\u5426\u3002"], ["\u662f", "\u662f\u7684"]),
    (["\u6b63\u9762", "\u8d1f\u9762", "\u4e2d\u6027"], "\u6b63\u9762", ["\u6b63\u9762", "\u60c5\u611f\u662f\u6b63\u9762\u7684\u3002", "\u8fd9\u6761\u8bc4\u8bba\u662f\u6b63\u9762\u8bc4\u4ef7", "\u4e0d\u662f\u8d1f\u9762\uff0c\u662f\u6b63\u9762"],
     ["\u8d1f\u9762", "\u4e0d\u662f\u6b63\u9762", "\u6b63\u9762\u8fd8\u662f\u8d1f\u9762", "\u4e2d\u6027"]),
    (["\u5bf9", "\u9519"], "\u5bf9", ["\u5bf9", "\u5bf9\u7684", "\u5bf9\u3002"], ["\u4e0d\u5bf9", "\u9519", "\u9519\u8bef"]),
    (["\u5317\u4eac", "\u4e0a\u6d77"], "\u5317\u4eac", ["\u5317\u4eac", "\u4e2d\u56fd\u7684\u9996\u90fd\u662f\u5317\u4eac\u3002", "\u7b54\u6848\uff1a\u5317\u4eac\u5e02"], ["\u4e0a\u6d77", "\u5317"]),
    (["\u6771\u4eac", "\u5927\u962a"], "\u6771\u4eac", ["\u6771\u4eac\u3067\u3059", "\u65e5\u672c\u306e\u9996\u90fd\u306f\u6771\u4eac\u3067\u3059\u3002"], ["\u5927\u962a", "\u6771\u4eac\u3067\u306f\u306a\u304f\u5927\u962a"]),
    (["\u0e43\u0e0a\u0e48", "\u0e44\u0e21\u0e48\u0e43\u0e0a\u0e48"], "\u0e43\u0e0a\u0e48", ["\u0e43\u0e0a\u0e48", "\u0e43\u0e0a\u0e48\u0e04\u0e23\u0e31\u0e1a", "\u0e43\u0e0a\u0e48\u0e04\u0e48\u0e30"], ["\u0e44\u0e21\u0e48\u0e43\u0e0a\u0e48", "\u0e44\u0e21\u0e48\u0e43\u0e0a\u0e48\u0e04\u0e23\u0e31\u0e1a", "\u0e44\u0e21\u0e48"]),
    (["\uae0d\uc815", "\ubd80\uc815"], "\uae0d\uc815", ["\uae0d\uc815", "\uae0d\uc815\uc785\ub2c8\ub2e4.", "\uac10\uc815\uc740 \uae0d\uc815\uc801"], ["\ubd80\uc815", "\ubd80\uc815\uc785\ub2c8\ub2e4"]),
    (["-1", "1", "0"], "-1", ["-1", "\u22121", "x = -1", "x=-1", "The answer is -1", "-1.0", "(-1)", "minus 1", "\\boxed{-1}", "-1, not 1"],
     ["1", "0", "2 - 1", "x - 1", "1 or -1", "", "-11", "-1x"]),
    (["-1", "1", "0"], "1", ["1", "1.0", "+1", "3 - 2 = 1", "not -1, 1"], ["-1", "11", "1.5", "1/2", "1:0"]),
    (["0.5", "5", "0"], "0.5", [".5", "0.50", "1/2", "\\frac{1}{2}", "0.5.", "$0.5"], ["5", "0", "0.55", "05", "0,5", "1.5"]),
    (["1/2", "1/4", "1"], "1/2", ["\\frac{1}{2}", "1/2", "0.5", "\u00bd", "2/4", "$\\frac12$", "The answer is 1/2."], ["1/4", "1", "2", "1 / 3", "1 1/2"]),
    (["5", "10", "15"], "10", ["10", "10.", "$10", "10 dollars", "\uff11\uff10", "5 + 5 = 10", "5 times 2 is 10", "10%", "10 apples"],
     ["-10", "5", "100", "10.5", "5 + 10", "5 or 10", "10 or 15", "1,0"]),
    (["1,000", "2,000"], "1,000", ["1000", "1,000", "1e3", "1 000"], ["1", "2000", "1,0"]),
    (["10%", "20%"], "20%", ["20%", "20", "20 percent"], ["10%", "120%"]),
    (["7", "none of these"], "none of these", ["None of these", "none of these."], ["7", "none"]),
    (["York", "New York", "C", "C++", "no"], "New York",
     ["NEW  YORK", "in new york, no york", "new-ish? New York.", "nowhere but New York"],
     ["York", "york or new york", "new yorker", "no, New York", "anew york", "", "newyork"]),
    (["York", "New York", "C", "C++", "no"], "C++", ["c++", "It is C++, not C"], ["C", "C+", "C or C++", "++"]),
    (["Java", "C", "C#"], "C", ["C", "It is in C.", "(c)", "C, not Java"], ["C#", "c#", "Java", "C++"]),
    (["3", "30", "b"], "3", ["3", "(3)", "3 b", "b 3"], ["30", "(b) 3", "33"]),
    (["math", "code", "reasoning", "others"], "math",
     ["math", "Math.", "math, not code", "Not code: math", "It is a math question about code", "The category is math", "Category: math"],
     ["code", "maths", "math or code", "aftermath", "", "not math", "others"])]


@pytest.mark.parametrize("choices, answer, right, wrong", CHOICES,
                         ids=[f"{i}-{c[1]}" for i, c in enumerate(CHOICES)])
def test_a_choice_is_what_a_text_settles_on(choices: list[str], answer: str, right: list[str],
                                            wrong: list[str]) -> None:
    held(lambda text: judge.choice(answer, choices, text), right, wrong)


# ------------------------------------------------------------------------------------------- code

F = "def f(x):\n    return x + 1"
G = "def g(x):\n    return x + 1\n\ndef f(x):\n    return g(x)"
BAD = "def f(x):\n    return x - 1"
STUB = 'def f(x):\n    """Add one.\n\n    >>> f(1)\n    2\n    """\n'
HELPED = f"def h(x):\n    return x + 1\n\n\n{STUB}"
PROMPTS = {  # prompt: what is right and what is wrong after it
    "": ([
        F, f"\n{F}\n", f" {F}\n", f"{F}  # \u22121 \u2192 0", F.replace("    ", "\t"), F.replace("\n", "\r\n"), G,
        f"```\n{F}\n```", f"```python\n{F}\n```", f"```python3\n{F}\n```", f"```Python\n{F}\n```", f"```py\n{F}", f"``` python\n{F}\n```",
        f"```code\n{F}\n```", f"````python\n{F}\n````", f"~~~python\n{F}\n~~~", f"~~~\n{F}\n~~~", f"```python {F} ```", f"``` {F} ```",
        f"```python\n\n\n{F}\n\n```", f"Here it is:\n\n```python\n{F}\n```\n\nIt adds one.", f"```python\n{F}```",
        f"Sure! Here is the function:\n\n{F}", f"Sure!\n\n{F}\n\nThis adds one to x.", f"{F}\n\nf(1) returns 2, since 1 + 1 = 2.",
        f"{F}\n\n**Explanation**: it adds one.\n1. Take x.\n2. Add one.", f"{F}\nDone", f"{F}\nNote: done",
        f"{F}\n```\n\nThis function adds one.", f"First:\n```python\nf(1)\n```\nthen\n```python\n{F}\n```",
        f"```\nno\n```\n```\n{F}\n```", f"```bash\npip install x\n```\n```python\n{F}\n```", f"```python\n{F}\n```\nor\n```python\n{BAD}\n```",
        f"```python\ndef g(x):\n    return x + 1\n```\nand\n```python\ndef f(x):\n    return g(x)\n```",
        f"{F}\n\nUse it so:\n```python\nf(1)\n```", f"1. Code:\n   ```python\n   {F.replace(chr(10), chr(10) + '   ')}\n   ```\n2. Done.",
        f"- {chr(10)}  ```\n  {F.replace(chr(10), chr(10) + '  ')}\n  ```", f"Code:\n\n    {F.replace(chr(10), chr(10) + '    ')}\n\nDone.",
        ">>> def f(x):\n...     return x + 1", ">>> def f(x):\n...     return x + 1\n...\n>>> f(1)\n2", "`def f(x): return x + 1`",
        "Use `def f(x): return x + 1`.", f"[PYTHON]\n{F}\n[/PYTHON]", f"[BEGIN]\n{F}\n[DONE]\nYou are", f"{F}\n[DONE]\n\nYou are an expert",
        f"<think>```python\n{BAD}\n```</think>\n```python\n{F}\n```", f"{F}<|im_end|>", f"```python\n{F}\n```</s>",
        F.replace("    ", "\u00a0\u00a0\u00a0\u00a0"), F.replace("x + 1", "x \u2212 \u22121"), f"\ufeff{F}", f"```python\n{F}\n```\n```python\n{BAD}",
        f"def f(x):\n    '''Add \u201cone\u201d \u2212 no more.'''\n    return x + 1", f"```python\n# adds one\n{F}\n```",
        f"{F}\n\ndef g(x):\n    return x\n", f"Step 1: define g.\n\ndef g(x):\n    return x + 1\n\nStep 2: define f.\n\ndef f(x):\n    return g(x)"],
       ["", BAD, f"```python\n{BAD}\n```\nor\n```python\n{F}\n```", f"{BAD}\n\n{BAD}", "x + 1", "return x + 1", "    return x + 1",
        "def f(x): adds one to x", "It adds one: f(1) = 2", "```python\n```", "```", "~~~", "f", "def", "def f(x):", "def g(x):\n    return x + 1",
        "```python\ndef f(x):\n    return x + \n```", f"<think>\n{F}\n</think>", f"<think>\n{F}", "f = 2", "`f`", "```js\nfunction f(x) { return x + 1 }\n```",
        f"# {F.splitlines()[0]}\n#     return x + 1", "\0", "(" * 300, "assert True"]),
    "Write f.\n```python\n": ([F, f"{F}\n```\n\nThis adds one.", f"{F}\n```\n```python\n{BAD}\n```", f"```python\n{F}\n```"],
                              ["return x + 1", BAD, f"```\n{BAD}"]),
    "Write f.\n[BEGIN]\n": ([f"{F}\n[DONE]", f"{F}\n[DONE]\n\nNext.\n[BEGIN]\n{BAD}\n[DONE]", F], [f"{BAD}\n[DONE]\n[BEGIN]\n{F}\n[DONE]"]),
    STUB: (["    return x + 1", "    return x + 1\n", "return x + 1", " return x + 1", "    y = x\n    return y + 1", "y = x\n    return y + 1",
            "y = x\nreturn y + 1", "    return x + 1\n\n\ndef g(x):\n    return x", "    return x + 1\n\nprint(f(1))"[:16], F, f"```python\n{F}\n```",
            f"```python\n{STUB}    return x + 1\n```", "```python\n    return x + 1\n```", "```python\nreturn x + 1\n```", "    # one more\n    return x + 1",
            "    if x > 5:\n        return x + 1\n    else:\n        return 1 + x", "if x > 5:\n        return x + 1\n    return 1 + x",
            "if x > 5:\n    return x + 1\nreturn 1 + x", f"Sure:\n\n{F}", "    return x + 1\n\nThis adds one.", "  return x + 1"],
           ["", "    return x - 1", "return x - 1", "It adds one.", "Done", "    ", "    pass", f"{BAD}", "x + 1", "```python\n```", "return", "2"]),
    HELPED: (["    return h(x)", "return h(x)", "def f(x):\n    return h(x)", "```python\ndef f(x):\n    return h(x)\n```", F], ["    return x", "def g(x):\n    return h(x)"]),
    f"Complete this:\n```python\n{HELPED}```\n": (["    return h(x)", "def f(x):\n    return h(x)", "```python\ndef f(x):\n    return h(x)\n```"], ["", "h"]),
    "def f(x):\n": (["    return x + 1", "return x + 1", F], ["", "Done", BAD]),
    "def f(x):\n    # add one\n    ": (["return x + 1", "y = 1\n    return x + y"], ["return x"]),
    f"Shorten this:\n\n{F}\n": (["def f(x): return 1 + x", f"```\n{F}\n```"], ["", "Done", "It is short.", "    return x", "pass"])}


@pytest.mark.parametrize("prompt", PROMPTS)
def test_code_is_found_where_it_is(prompt: str) -> None:
    tests = "assert f(1) == 2\nassert f(-1) == 0"
    held(lambda text: judge.python(tests, ["f"], prompt, text), *PROMPTS[prompt])
