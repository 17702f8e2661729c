"""What models say, put into our own words, and what two careful people would say of it.

A row is a gold answer (after its choices), what is right and what is wrong. CUT_...: cut off.
"""
from __future__ import annotations

NUMBERS = [
    ("12", [  # alone
        "12", " 12\n", "12.", "12,", "(12)", "[12]", "= 12", "x=12", "x = 12", "**12**",
        "*12*", "__12__", "`12`", '"12"', "$12$", "\\(12\\)", "\\[ x = 12 \\]", "$$12$$",
        "12.0", "12.00", "012", "+12", "12/1", "24/2", "1.2e1", "1.2E+1", "120e-1", "12%",
        "12 percent", "12</s>", "12<|im_end|>", "<b>12</b>", "\u200b12", "１２", "1２", "١٢",
        "१२", "𝟏𝟐", "12\xa0cm", "Twelve: 12", "12 (twelve)"],
     []),
    ("12", [  # with a unit
        "12 apples", "12cm", "12 cm", "12 cm²", "12 cm^2", "12 cm^{2}", "12 m2", "12m2",
        "12 m^3", "12°", "12 °C", "12^\\circ", "12^{\\circ}", "12\\text{ cm}", "12km/h",
        "12 km/h", "12 mph", "12-inch", "12 square feet", "12 \\mathrm{m/s}^2", "12\\%",
        "12\\,\\text{m}", "$12/hour", "$12 per hour", "12 dollars", "12$", "12€", "€12", "£12",
        "US$12", "USD 12", "12 USD", "Rs. 12", "Rs 12", "₹12", "12元", "共12个苹果。",
        "12個です", "12개입니다", "มี 12 ลูก", "12kg", "12 hours", "12hrs", "12 H2O"],
     []),
    ("12", [  # announced
        "The answer is 12.", "The answer is 12, since 5 + 7 = 12 and 3 < 4.", "Answer: 12",
        "**Answer:** 12", "**Answer: 12**", "Answer = 12", "ANSWER: 12",
        "The final answer is 12", "the answer is: 12", "The answer is $12.",
        "The answer is \\(12\\).", "The answer is **12**.", "The answer is \\boxed{12}.",
        "So the answer is 12 apples, not 13.", "A: 12",
        "The answer is therefore 12. There are 3 others.", "The answer is x = 12 for 2 people",
        "The answer is 5 + 7 = 12. Check: 3", "The answer would be 12 (4 dozen / 4).",
        "The answer to the question is 12. Ask 5 more!", "The answer is approximately 12 of 40",
        "Final Answer: The final answer is $12$. I hope it is correct. 100%", "\\boxed{12}",
        "\\boxed{ 12 }", "\\boxed{12\\text{ apples}}", "\\boxed{x = 12}",
        "$\\boxed{12}$ of 40.", "\\fbox{12}", "\\boxed{\\text{12}}", "\\boxed{\\$12}",
        "\\boxed{12\\%}", "\\boxed{5 + 7 = 12}", "\\boxed 12", "\\boxed{10}, no, \\boxed{12}",
        "The answer is 10. Wait. The answer is 12.", "<answer>12</answer>",
        "<answer> 12 </answer> 3", "<answer>$12</answer>",
        "<answer>The answer is 12 apples</answer>", "<think>40 or 50?</think>12",
        "<think>The answer is 9?</think>\n<answer>12</answer>", "<ANSWER>12</ANSWER>",
        "答案是12。共有3人", "答案：12", "答えは12です。3", "答案是：12"],
     []),
    ("12", [  # after GSM8K's mark
        "#### 12", "####12", "#### 12 ", "#### 12\n", "#### $12", "#### 12 apples",
        "#### **12**", "#### 12.00", "3 + 9 = <<3+9=12>>12\n#### 12", "#### \\boxed{12}",
        "9\n#### 10\n#### 12", "5 + 7 = <<5+7=12>>12", "#### x = 12",
        "Sure!\n\nQuestion: What is 7 plus 5?\n\nAnswer: 12", "Sure!\nQ: 7 plus 5?\n12",
        "Let's restate.\nProblem: 7+5\nSolution: 7+5=12\nThe answer is 12.",
        "Sure!\n\nQuestion: 7 plus 5?\n\nAnswer: 12\n\nQuestion: 3 + 4?\nAnswer: 7",
        "#### 12\n\nQuestion: 3 + 4?\n#### 7", "#### 12\n\nQ: Tom has 9 hats.\nA: 9",
        "#### Step 1\n5 + 7 = 12\n", "### Step 2:\nIt is 12", "##### Solution\nSo it is 12.",
        "#### 1. Add\n5 + 7 = 12\n#### 2. Result\nIt is 12.", "#### Answer: 12",
        "#### The answer is 12", "#### Final answer\n12", "# 7\n12"],
     []),
    ("12", [  # said last
        "5 + 7 = 12", "5+7=12", "There are 5 red and 7 green, so 12.",
        "5 apples + 7 apples = 12 apples", "12 = 12", "3 * 4 is 12", "3 times 4 equals 12",
        "x^2 = 144, x = 12", "f(2) = 12", "- 5\n- 12", "1. 5\n2. 12", "2 → 12", "=> 12",
        "-> 12", "1:2 gives 12", "10 - -2 = 12", "6 × 2 = 12", "$5 + $7 = $12",
        "from 2019-2021 it was 12", "In 2020 there were 12.", "H2O: 12", "GPT-4 says 12",
        "12 according to GPT-4", "She has 12 on the 3rd", "12, the 2nd"],
     []),
    ("12", [],  # a part of something larger
     ["", "twelve", "-12", "1,2", "12,5", "1:12", "12:1", "12:30", "1.12", "1.2.12", "12.1.1",
      "v12", "x12", "x_12", "x_{12}", "GPT-12", "H12O", "0x12", "12x", "12k", "12i", "12√3",
      "√12", "\\sqrt{12}", "12\\sqrt{3}", "12\\pi", "12π", "12 \\pi", "2^12", "12^2", "12²",
      "x^12", "10-12", "5 + 12", "12 + 5", "12 * 3", "3 * 12", "12 million", "12 thousand",
      "12 万", "12th", "12/5", "5/12", "1/12", "\\frac{12}{5}", "\\frac{x}{12}",
      "\\frac{12}{x}", "1 1/12", "12e3", "12e", "x > 12", "x ≥ 12", "x \\leq 12", "±12",
      "(12, 3)", "(3, 12)", "[12, 13]", "f(12)", "12-15", "10–12", "x + 12", "12 + x",
      "12x + 3", "2(12)x", "x - 12", "y = 12x", "\\log 12", "\\sin(12)", "112", "120", "1,200",
      "12,000", "12 000", "121", "12.5", "minus 12", "negative 12", "−12", "–12", "5 plus 12",
      "12 minus 3", "5 apples + 12 apples", "12 apples + 5 apples", "12-5-2020", "12/05/2020",
      "100012"]),
    ("12", [],  # announced otherwise
     ["\\boxed{13} 12", "12 #### 13", "12\n#### 13", "12\n#### ", "12\n####", "12\n#### none",
      "#### 1 2", "The answer is 13. 12", "<answer>13</answer> 12", "\\boxed{}12",
      "\\boxed{12, 13}", "\\boxed{12}, no, \\boxed{13}", "\\boxed{12 + x}",
      "\\boxed{11 \\text{ or } 12}", "\\boxed{\\frac{12}{13}}",
      "The answer is 12. Wait. The answer is 13.", "<think>12</think>", "<think>12",
      "\\boxed{x > 12}", "#### 12.5", "#### 12,5", "####12:1", "#### Step 12", "5 + 7",
      "5 + 7 = 12 = 13", "13\n#### \nQ: 5 + 7?\nA: 12", "#### 13\nQ: 5 + 7?\nA: 12",
      "13\n\nQuestion: 5 + 7?\nAnswer: 12", "The answer is 1:12",
      "A: 13\nQ: 5 + 7?\nA: 12"]),
    ("2", [
        "2", "x^2 = 4, x = 2", "It is 2 m2", "两个：2", "2 cm2", "log_2 4 = 2"],
     ["H2O", "v2", "1:2", "1.2.2", "1,2", "version 1.2", "x^2", "cm2", "CO2", "m^2", "½", "1/2",
      "2nd", "x²", "10^2", "step-2", "COVID-2", "2x3", "3x2", "2D", "R2D2", "#2x", "e2", "2e",
      "$2k", "2M", "\\boxed{\\frac{1+x}{2}}"]),
    ("-5", [
        "-5", "- 5 = -5", "(-5)", "$-5", "-$5", "−$5", "-5°C", "=-5", "= - 5", "x=-5", "x = −5",
        "minus 5", "Minus 5", "negative 5", "minus $5", "–5", "−5", "－5", "－５", "‑5",
        "temperature: -5", "\\boxed{-5}", "\\boxed{ - 5}", "The answer is -5.", "#### -5",
        "10 - 15 = -5", "-10/2", "-\\frac{10}{2}", "\\frac{-10}{2}", "-5.0", "答案是-5",
        "**-5**", "$x = -5$", "—5"],
     ["5", "(5)", "10-5", "10 - 5", "x-5", "x - 5", "(7)-5", "3–5", "--", "-5.5", "-55", "-5,5",
      "- 5 apples", "-5x", "(-5, 3)", "7 apples - 5 apples", "word-5", "€5"]),
    ("0.75", [
        ".75", "0.75", "75e-2", "3/4", "3/4.", "6/8", "3/4 cup", "\\frac{3}{4}",
        "\\dfrac{3}{4}", "\\tfrac34", "\\frac34", "\\boxed{\\frac{3}{4}}",
        "\\boxed{\\dfrac{3}{4}}", "$\\frac{3}{4}$", "¾", "3⁄4", "3/4 = 0.75", "0,75 = 0.75",
        "The answer is 3/4.", "#### 3/4", "0.750", "０．７５"],
     ["75", "75%", "3", "4", "3:4", "4/3", "0.7.5", "1.75", "x/4", "3/x", "13/4", "1 3/4",
      "3/4/1", "\\frac{3}{4}x", "0,75", "\\frac{3\\pi}{4}", "1¾", "\\frac{\\sqrt{3}}{4}"]),
    ("1.5", [
        "1.5", "1 1/2", "1\\frac{1}{2}", "1½", "3/2", "1 \\frac{1}{2}", "1 1/2 cups",
        "1.5 hours"],
     ["1/2", "11/2", "1", "15", "1,5", "1.5 million"]),
    ("1000", [
        "1000", "1,000", "1000.", "1,000.00", "1{,}000", "$1{,}000$", "1\\,000", "1 000",
        "1'000", "1_000", "1’000", "1\xa0000", "1\u2009000", "1\u202f000", "1，000", "10^3",
        "10^{3}", "10³", "10**3", "1e3", "1E3", "1.0e+3", "1 thousand", "1 \\times 10^3",
        "1 x 10^3 = 1000", "١٬٠٠٠", "$\\boxed{1{,}000}$", "\\$1,000", "$ 1,000", "€1.000e3",
        "1\\;000", "1\\ 000", "**1,000**", "The answer is $1{,}000.", "1千",
        "1,000,000 / 1,000 = 1,000", "1,000 km"],
     ["1.000", "1,00", "1,0000", "10,00", "1,000,000", "1 000 000", "000", "1000,5", "1000x",
      "10^4", "10^-3", "100 0", "1 million", "1,000 million", "3 \\times 10^3", "1e33", "10²"]),
    ("1234.50", [
        "1234.5", "$1,234.50", "$ 1,234.50", "$1{,}234.50", "**$1,234.50**", "£1,234.50",
        "1 234.50", "1'234.50", "\\boxed{\\$1,234.50}", "#### 1,234.5"],
     ["1,234", "1234.05", "1.234,50", "1,234.50.1", "-1,234.50", "12,34.50", "1,234,50"]),
    ("1e3", [
        "1000", "1e3"],
     ["1", "3", "1e4"]),
    (".5", [
        "0.5", "1/2", "0.50", "50e-2"],
     ["5", ".05"]),
    ("50%", [
        "50", "50%", "50 percent", "50 %"],
     ["0.5", "1/2"]),
    ("1/3", [
        "1/3", "2/6", "\\frac{1}{3}", "\\frac13"],
     ["0.33", "0.3333333333333333", "1", "3"]),
    ("5000000", [
        "5 million", "$5 million", "5,000,000", "5e6", "500万", "5 x 10^6 = 5 million"],
     ["5", "5M", "5 billion", "5 millions of 3"]),
    ("0", [
        "0", "-0", "0.00", "0%", "$0"],
     ["", "zero", "O", "10", "1/0", "0/0", ".", "none"]),
    ("9" * 100, [
        "9" * 100],
     ["9" * 99,
      "9" * 101,
      "0" + "9" * 100]),
    (str(2 ** 53 + 1), [
        "9007199254740993"],
     ["9007199254740992"]),
    ("18", [
        "She makes 9 * 2 = $<<9*2=18>>18 every day.\nA: 18", "A: $18", "A: 18.0",
        "Janet sells 16 - 3 - 4 = 9 eggs a day.\nShe makes 9 * 2 = 18 dollars every day "
        "at the farmer's market.",
        "So Janet makes $18 every day.",
        "**Step 1**: 16 - 3 - 4 = 9.\n\n**Step 2**: 9 × $2 = $18.\n\nJanet makes **$18** "
        "per day.",
        "Therefore, Janet makes \\(9 \\times 2 = 18\\) dollars daily.",
        "Final answer: $18 per day", "The final answer is:\n\n$$\\boxed{18}$$",
        "18 dollars. Explanation: 16-3-4=9 and 9*2=18."],
     ["A: 18,000", "18\nA: 19", "9 * 2", "18 dollars. She sells 9 eggs at $2."]),
    ("70000", [
        "He made a profit of 200,000-130,000=$<<200000-130000=70000>>70,000",
        "He made a profit of $70,000."],
     ["a profit of 70k"]),
    ("540", [
        "He runs 3*3*60 = 540 meters a week.", "540 m", "540m", "540 meters/week"],
     []),
    ("20", [
        "So she needs 20 cups of feed in the final meal (60 - 15 - 25 = 20)."],
     []),
    ("64", [
        "Kylar needs to pay $64 for them."],
     []),
    ("260", [
        "The total is 260 sheep."],
     []),
    ("160", [],
     ["160 minutes, i.e. 2 hours and 40 minutes"]),
    ("45", [
        "They are 45 miles from home."],
     []),
    ("366", [
        "366 downloads in total over the three months."],
     []),
    ("57500", [
        "$57,500", "57 500 $"],
     ["$57.500"]),
    ("1/6", [
        "The probability is $\\frac{1}{6}$."],
     ["The probability is 1/6 (approximately 0.167)."]),
    ("-3", [
        "x = -3", "The solution is $x=-3$.", "\\(x = -3\\)", "\\boxed{x=-3}",
        "The answer is −3."],
     ["x=3", "The temperature is 3 degrees below zero"]),
    ("14", [
        "\\boxed{14\\text{ cm}^2}", "\\boxed{14\\ \\text{cm}}",
        "\\boxed{14 \\, \\mathrm{cm}^{2}}", "The area is $14\\ \\text{cm}^2$.",
        "The area is \\(14 \\, \\text{cm}^2\\)."],
     []),
    ("2/3", [
        "\\boxed{\\dfrac{2}{3}}", "\\boxed{\\frac23}", "\\boxed{2/3}"],
     ["\\boxed{-\\frac{2}{3}}"]),
    ("3", [
        "\\boxed{\\{3\\}}", "$\\boxed{3}$.", "\\boxed{3^\\circ}", "So 3."],
     ["\\boxed{3\\sqrt{2}}", "\\boxed{(3, 4)}", "\\boxed{3 \\pm 1}", "\\boxed{x^3}",
      "\\boxed{3!}", "\\boxed{3i}", "\\boxed{\\sqrt[3]{8}}", "\\boxed{\\log_2 3}",
      "\\boxed{\\binom{5}{3}}", "\\boxed{\\text{three}}", "\\boxed{[3, 5)}", "\\boxed{3,5}",
      "\\boxed{3 \\text{ and } 5}", "2³"]),
    ("8", [
        "2^3 = 8", "2^3", "2³", "\\(2^3\\)"],
     ["3 × 10^8"]),
    ("120", [
        "5! = 120"],
     []),
    ("7", [
        "7 o'clock", "7pm"],
     ["7:00", "at 7:30"]),
    ("3.14", [
        "π ≈ 3.14", "about 3.14", "~3.14", "≈3.14"],
     []),
    ("25", [
        "25 - that's it", "25 – done", "25—done", "It's 25; see the 2nd line",
        "The answer is 25.\n\nLet me know if you have 2 minutes", "Answer:\n\n25",
        "Answer:\n25 apples\n3 left", "answer is 25, not 24", "25 (see step 3)", "25ish",
        "100/4 = 25", "100 ÷ 4 = 25", "25%", "a 25% discount"],
     ["at least 25", "25\n\nLet me know if you have 2 minutes", "The answer is not 25",
      "The answer isn't 25 but 24", "The answer is 25 or 26", "The answer is between 25 and 30",
      "25+", ">25", "x>25", "<25", "25x25", "25 x 25", "25 / 5"]),
    ("24", [
        "The answer isn't 25 but 24"],
     []),
    ("26", [],
     ["The answer is 25 or 26"]),
    ("625", [
        "25 x 25 = 625"],
     []),
    ("5", [
        "25 / 5 = 5", "答案是 5。", "所以答案为5", "答案为：5", "一共有5个苹果", "5つ",
        "答えは5つです。", "คำตอบคือ 5", "คำตอบ: 5", "정답은 5입니다.", "５", "٥", "۵", "५",
        "ข้อ 5", "第5", "5千米", "$\\text{The answer is } 5$", "**Final Answer**\n5",
        "**Final Answer:** 5\n\n(2 + 3)", "## Answer\n5", "### Answer: 5",
        "### Final Answer\n\n**5**\n", "- Answer: 5", "Result: 5", "= 5.", "5..", "...5",
        "5...", "5?", '"5"', "'5'", "“5”", "(5).", "{5}", '{"answer": 5}', "{'answer': '5'}",
        "answer=5", "five (5)", "No. 5", "#5", "05", "5e0", "5.0e0", "50e-1", "|-5| = 5"],
     ["五", "5千", "### Step 5", "5th", "Room 5A", "5A", "A5", "T-5", "5 of 6", "5/6", "3-2-5",
      "192.168.0.5", "1.2.5", "2.5", "0.5", "5e", "5E5", "|-5|", "x5", "May 5th"]),
    ("1500000", [
        "1.5 million", "$1.5 million"],
     ["1.5M"]),
    ("5000", [
        "5千"],
     []),
    ("1000000", [
        "1 000 000", "10^6", "1,000,000.00", "1'000'000"],
     ["1.000.000", "1,00,0000"]),
    ("0.001", [
        "1e-3", "10^{-3}", "10^-3", "10⁻³", "1/1000", "1 \\times 10^{-3}"],
     []),
    ("300000000", [
        "3×10⁸ m/s", "3 × 10^8", "3*10^8", "3 \\cdot 10^{8}"],
     []),
    ("10", [],
     ["3 × 10^8"]),
    ("42", [
        "The answer is forty-two (42).", "Answer is: 42 🎉", "✅ 42", "42 ✅", "**42**.",
        "Total = 42 units", "∴ x = 42", "x ≈ 42", "$42.00", "42,-", "CHF 42.-", "42.0 %",
        "The value of x is 42.", "Thus, there are 42 ways.", "She will have 42 left over",
        "We get 6 × 7 = 42.", "6*7=42", "6·7 = 42", "6\\cdot 7=42", "84/2 = 42",
        "\\frac{84}{2} = 42", "\\frac{84}{2}=42", "\\[\n\\frac{84}{2} = 42\n\\]",
        "\\begin{align}\nx &= 84/2 \\\\\n&= 42\n\\end{align}", "$$x = 42.$$",
        "x = \\boxed{42}.", "\\boxed{42}\n\nThis uses 2 steps.",
        "The final answer is \\(\\boxed{42}\\).", "The answer to 6*7 is 42.",
        "The answer to 6 times 7 is 42, I think.", "My answer: about 42", "Answer: roughly 42",
        "Answer: $x=42$", "The answer is $\\mathbf{42}$", "The answer is <b>42</b>",
        "<answer>\n42\n</answer>", "<answer>\\boxed{42}</answer>", "<answer>x = 42</answer>",
        "<answer>42 apples</answer>", "<answer>$42.00</answer>", "<answer>6 * 7 = 42</answer>",
        "<think>41</think>\n42", "The answer is 42 = 6 * 7", "Answer: 42 (6 * 7)", 
        "42 > x", "42km", "42 °F", "42°F", "42′", '42"', "42 in.", "42 ft²", "42 ft^2",
        "42 m/s", "42 m/s^2", "42 m s^{-1}", "42 mol", "42 g/mol", "42 kJ", "42kJ", "42 N·m",
        "42 Ω", "42Ω", "42 kWh", "42 MB", "42MB", "42GB", "42min", "42s", "42 sq. ft.",
        "42 people/day", "42 years old", "42-year-old", "42 y/o", "42 cents", "42¢", "¥42",
        "42円", "42元", "42 zł", "R$ 42", "A$42", "HK$42", "kr 42", "42 руб.", "Ответ: 42",
        "La respuesta es 42.", "Die Antwort ist 42.", "La réponse est 42.", "答案是42个",
        "答案：**42**", "所以一共是42。", "合計は42円です。", "答えは42個です。3人で分ける。"],
     ["<answer>41</answer> or 42", "41 or 42", "<think>\n6*7=42\n</think>\n\nThe answer is 41",
      "42 = 6 * 7", "4 2", "4.2", "42.1", "1042", "42nd", "42-43", "from 42 to 43", "42:1",
      "42x", "x42", "=42x", "42 x + 1", "-42", "−42", "42e1", "0.42", ".42", "42/100",
      "42 hundred", "42⁄43", "⁴²", "x⁴²", "x₄₂", "log(42)", "sqrt(42)", "42√2", "42π", "42 + 1",
      "1 + 42", "43 - 42", "43-42", "42個。3人で分ける。"]),
    ("1/2", [
        "1/2", "½", "0.5", ".5", "\\frac12", "\\frac{1}{2}.", "\\cfrac{1}{2}", "P = 1/2",
        "P(A) = 1/2", "P(A)=\\frac{1}{2}", "\\frac{2}{4} = \\frac{1}{2}", "x = \\frac{1}{2}",
        "1/2 of the cake", "1/2 cup"],
     ["50%", "1 out of 2", "1:2", "one half", "1 / 2", "-1/2", "1/2x", "x/2", "21/2", "2 1/2",
      "1/2/2"]),
    ("2024", [
        "in 2024"],
     ["2024-01-01", "01/02/2024"]),
    ("3.5", [
        "3.5.", "3½", "3 1/2", "7/2", "3.50"],
     ["3,5", "3 and 1/2", "3-1/2"]),
    ("1e10", [
        "10^10", "10,000,000,000", "10 billion", "1×10^10"],
     []),
    ("-7", [
        "-7", "(−7)", "x= −7", "3 - 10 = -7", "3-10=-7", "3 − 10 = −7", "−7 °C", "$-7$",
        "-$7.00", "-7.", "#### -7", "####-7", "The answer is minus 7", "\\boxed{-7}",
        "\\boxed{−7}", "**−7**"],
     ["minus seven", "3, -7", "a loss of $7", "($7)", "y=-7x", "(3, -7)", "3,-7", "- 7", "-\\,7"])]

YES, MOOD = ["yes", "no"], ["positive", "negative", "neutral"]
ABCD, CITY = list("ABCD"), ["A. Paris", "B. Rome", "C. New York"]
CHOICES = [
    (ABCD, "B", [
        "B", "b", "B.", "b.", "B)", "b)", "(B)", "(b)", "[B]", "**B**", "**b**", "**(B)**",
        "**B.**", '"B"', "'B'", "`B`", "$B$", "\\boxed{B}", "\\boxed{b}", "\\boxed{\\text{B}}",
        "$\\boxed{\\text{(B)}}$", "B\n", " B", "B!", "<answer>B</answer>", "<answer>b</answer>",
        "Ｂ", "Option B", "option b", "Option_B", "Choice B", "B</s>", "B<|im_end|>", "B: 4",
        "B) New York", "B. New York", "(b) a car", "b) a car", "b. a car", "B - a car", "*B*",
        "__B__", "B is it", "<think>A or C? A.</think>B", "_B_", "Answer: B", "answer: b",
        "Answer:B", "**Answer:** B", "**Answer: B**", "The answer is B.", "The answer is b.",
        "The answer is (B).", "The answer is **B**.", "The answer is option B",
        "the answer is: B", "ANSWER: B", "The correct answer is B) 12 apples",
        "The correct choice is\n\nB", "The correct option is (b)",
        "The best answer is B, because A is wrong.", "A. 3\nB. 4\nC. 5\n\nThe answer is B",
        "Answer: (B) A car", "A) 3 B) 4 C) 5 D) 6. The answer is B", "The answer is \\boxed{B}",
        "The final answer is $\\boxed{B}$.", "I would choose B.", "I'd go with B.",
        "I pick (b)", "So B.", "So, the answer must be B", "Therefore, B.",
        "The answer is A. Wait, no. The answer is B.",
        "A is plausible, C is plausible, B is correct.", "B is right, A is a distractor.",
        "B is the correct answer; A and C are not.", "Thus the answer is B", "答案是B。",
        "答案：B", "选B", "正解はBです。", "故选择B，A不对", "정답: B", "คำตอบคือ B",
        "The answer is a bit subtle: B", "A bit hard. It is B.", "#### B", "My answer: B",
        "The answer is most likely B.", "B\n\nQuestion: what?\nAnswer: C",
        "The answer is B\n\nQ: and?\nA: C", "Answer: B. A car", "Ans: B", "It's B",
        "I think it is B", "I believe (B) is the one.", "I'd say B",
        "The answer should be B, not C.", "not A but B", "It's not A, it's B",
        "It can't be A, so B.", "Let's think. A is wrong. B is right.", "Not A. B.",
        "Neither A nor C: B", "A is incorrect. C is incorrect too. B.", "A isn't it. B",
        "I rule out A and C. B", "Unlike A, B fits.", "Rather than A, it is B", "A or B? B",
        "A, B, C or D? B.", "Is it A? No. It is B.", "Between A and C, hmm; B.",
        "A. 3\nB. 4\nC. 5\n\nB", "A: no\nB: yes\nSo B", "I don't think it is A. B.",
        "A is not right. (B)", "Option A is wrong because C. Option B is right.",
        "It's a trap. B", "选项B正确", "应该选B。", "A不正确，B正确", "正确答案是：B",
        "正确答案为B。", "答えはBです", "正解：B", "정답은 B입니다", "答案不是A，而是B",
        "不选A，选B", "（B）", "【B】", "「B」", "B。", "ข้อ B", "La respuesta es B.",
        "Die Antwort ist B.", "La réponse est B", "Ответ: B", "B\nA", "B...", "B 👍", "👍 B",
        "✅ B", "So the answer's B", "answer's B", "It must be B", "That would be B.",
        "Looks like B", "The right one is B", "Clearly B", "B for sure", "I'm going with B",
        "Going with B.", "My pick: B", "Let's go with B", "B (not A)", "**(B)** A car",
        "B、因为", "B因为A不对", "我选B", "应选B项", "B选项正确", "B 选项", "B项", "答：B",
        "选项为B", "Bです", "B가 정답입니다", "정답은 (B)입니다.", "The answer is B and not C",
        "The answer is B rather than A", "As opposed to A, B", "Only B", "only B is true",
        "B only", "B alone", "A is not correct, B is", "Option (B)", "option: B", "OPTION B",
        "Letter B", "letter b", "the letter B.", "Correct Answer: B. Paris",
        "Correct Option: B", "The correct answer is option (B).", "The answer is 'B'.",
        "The answer is “B”.", "The answer is B!!!", "The answer is\n**B**", "### Answer: B",
        "### Answer\nB", "## B", "> B", "- B", "1. B", "Q1: B", "Question 1: B", "Answer 1: B",
        "B]", "B>", "B;", "It was B all along", "B: 4, so B", "x B",
        "Sure!\n\nQuestion: Which?\n\nAnswer: B", "Anything but A, so B", "It might be B",
        "Let's see.\nProblem: A) 3 B) 4\nThe answer is B.", "It may be A, but B fits better",
        "I think it could be B, since A is wrong.", "Excluding A, C, and D, B remains",
        "Not A, C or D. B", "Least likely A; B", "All options but A fail, so B", "Nothing but B",
        "They are all plausible but B is best", "B, at least", "Not A, B"],
     ["", "A", "C", "Bb", "AB", "B2", "B+", "B-side", "BB", "b2", "a", "The letter", "Bob",
      "B'day", "abc", "I", "I'd", "f(b)", "B++", "web", "not B", "It isn't B", "B is wrong",
      "B is not right", "(B) is incorrect", "A or B", "B or C", "A, B", "A and B", "A/B",
      "either A or B", "Both B and C", "B?\nA", "The answer is A or B", "neither B nor C",
      "The answer is not B", "The answer is A. B is wrong",
      "The answer is B. No, the answer is C.", "A is right, B is a distractor.",
      "A. 3\nB. 4\nC. 5\nD. 6", "A) 3\nB) 4", "B is wrong, so C", "C, not B", "C rather than B",
      "C instead of B", "\\boxed{C} B", "a bee", "答案是C，不是B", "<think>B</think>A",
      "<think>B", "I don't think the answer is B", "A. It is B that confuses.",
      "C\n\nQuestion: what?\nAnswer: B", "b c", "#### A\nB",
      "We can eliminate A and B, leaving C.", "B、C", "A或B", "B A", "ABCD", "(A) no, (B) yes",
      "不是B", "不选B", "B不对", "B是错误的", "排除B", "A和B", "A或者B", "Bではない",
      "答えはBではなくCです", "The answer is B, or maybe C", "B (or C)", "Option A\nOption B",
      "bB", "b.b", "B is not the answer", "B isn't correct", "B wouldn't work", "B? Hmm, C.",
      "Why not B? Because A.", "U.S.B.", "Plan-B", "A-B", "A–B", "A→B", "A=B", "A+B",
      "B?", "Anything but B", "all but B", "All options but B", "everything except B",
      "Any of them except for B", "Every choice but B.", "All apart from B", "less likely B",
      "Least of all: not B", "It might be B, but could also be D", "non-B", "Maybe B. Maybe A.",
      "It might be D, but could also be B", "It could be B, but D fits better",
      "The answer could be C, but could also be B", "B may be right, but C may be too",
      "Excluding A, B, and C, D remains", "not A, B or C", "A\n\nQuestion: Which?\nAnswer: B"]),
    (ABCD, "A", [
        "A", "a", "A.", "(a)", "a)", "The answer is A.", "answer: a", "The answer is a.",
        "A is right", "A because it flies", "Option_A", "A: a car", "**A**", "Not B, A.",
        "The answer is A because B is not", "(A) A car", "A. A car", "A\nbecause", "A.\n",
        "A - because", "A, because it is", "The answer is: A", "A: good", "It's A.",
        "The correct option is A since B and C fail", "A seems right", "A would be right",
        "Option A", "I choose A", "I choose a", "select (a)"],
     ["A car moves because of B.", "A car", "a car", "An apple", "not A but B", "It is a B",
      "a b", "The answer is a car", "A Christmas tree", "What a day", "A-level", "AAA", "I",
      "It can't be A, so B.", "Let's think. A is wrong. B is right.",
      "We can eliminate A and B, leaving C.", "A long time ago B was chosen",
      "A good question! The answer is B.", "A good question!", "It's a.", "It's a trap. B", "ა",
      "答案不是A，而是B", "不选A，选B"]),
    (ABCD, "D", [
        "D", "The answer is D.", "D) none", "Is it C? No, D.", "C? No. D", "not C, D",
        "At first C seems right, but the answer is D",
        "Although C is plausible, D is the correct answer", "C is incorrect; D is correct",
        "C is not the answer. D is.", "C doesn't work. D works.", "C can't be right. So D",
        "C cannot be the answer, so it is D", "C is false. D.", "It's definitely not C. D",
        "The answer cannot be C. It's D"],
     ["I'd", "he'd say C", "we'd", "3D", "D-day", "D'accord", "MD"]),
    (list("ABCDEFGHI"), "I", [
        "I", "i", "(I)", "I.", "The answer is I.", "Answer: I", "Option I"],
     ["I think it is C", "I'd say so", "I am sure", "I'm", "I do not know", "C. I am sure"]),
    (list("ABCDEFGHI"), "C", [
        "I think it is C", "I say C", "C, I think"],
     ["I think it is D"]),
    (["a", "b", "c"], "b", [
        "b", "B", "(b)", "The answer is b"],
     ["a", "a b", "abc"]),
    (CITY, "A. Paris", [
        "A", "a", "A.", "(A)", "A. Paris", "Paris", "paris", "The answer is Paris.", "A) Paris",
        "A Paris", "It's Paris, not Rome", "The capital is Paris", "\\boxed{A}",
        "Answer: A. Paris", "Paris (A)", "A: Paris, since B: Rome is no capital", "Not B. Paris"],
     ["A. Rome", "A Rome", "(A) Rome", "**A.** Rome", "A. The answer is Rome", "Rome (A)",
      "The answer is A. Rome", "The answer is Rome (A)", "B. Paris", "Paris (B)",
      "B", "Rome", "B. Rome", "Parish", "A city: Rome", "Rome, not Paris", "Paris or Rome",
      "Not Paris", "New York"]),
    (CITY, "C. New York", [
        "C", "New York", "new york", "C. New York", "in New  York", "C\nA. Paris",
        "C\n\nA. Paris is in France."],
     ["York", "New", "A", "Rome"]),
    (["(A) 3", "(B) 4"], "(A) 3", [
        "A", "3", "(A) 3"],
     ["(A) 4", "A. 4", "4 (A)", "(B) 3", "3 (B)", "A) $4"]),
    (["(A) 3", "(B) 4"], "(B) 4", [
        "B", "(B)", "4", "4.0", "(B) 4", "$4", "The answer is 4"],
     ["A", "3", "14", "4x", "-4"]),
    (["Paris", "Rome"], "Paris", [
        "A. Paris", "Paris", "PARIS!", "**Paris**", "It is Paris."],
     ["A", "Rome", "B. Rome"]),
    (YES, "yes", [
        "Yes", "yes.", "YES!", "Yes, it is.", "Yes, no problem", "No doubt: yes.",
        "yes, no doubt", "Yes - no way around it", "The answer is yes.", "Answer: Yes",
        "**Yes**", "Yes, because no one knows", "yes\n\nQuestion: x\nno",
        "Yes. There is no evidence against it.", "yes/no: yes", "Yes or no? Yes.",
        "I have no idea, but yes", "<answer>yes</answer>", "I would say yes",
        "Without question, yes", "Not no: yes", "Yes, they did.", "Yes. No further comment.",
        "Yes—no question.", "There is no evidence against it. So the answer is yes",
        "Of course yes", "A firm yes!", "Answer (yes/no): yes", "No problem, yes"],
     ["No", "no.", "No, it isn't.", "True", "", "yesterday", "eyes", "Yes or no",
      "I can't say yes or no", "not yes", "ye", "No. Yes would be wrong.", "The answer is no",
      "no, although some say yes", "The answer is not yes", "yeah", "Yes and no."]),
    (YES, "no", [
        "No", "No.", "no", "No, it is not.", "No it is not", "no\n", "The answer is no.",
        "Answer: no", "No!", "No - never", "No, yes would be wrong", "No because it is cold",
        "The answer is no, as yes fails", "No; yes is wrong", "Absolutely no.",
        "No, because there is no evidence.", 'The answer is "no".', "Hell no!", "nO",
        "no.\n\nyes is for others", "It is no", "yes? no.", "Answer (yes or no): no",
        "I don't think so, no", "\\boxed{no}", "No, I don't think so.", "No he didn't", "No\tno"],
     ["I have no idea, but yes", "no doubt", "No doubt: yes.", "No idea", "none", "not", "know",
      "No one knows", "no longer", "There is no answer", "Nope", "N", "no-one",
      "Yes—no question.", "No way.", "There is no evidence. So the answer is yes",
      "Yes and no.", "not yes", "No problem, yes"]),
    (MOOD, "positive", [
        "positive", "Positive.", "The sentiment is positive", "not negative, positive",
        "Positive, not negative", "Sentiment: positive",
        "It is positive, although some parts are negative", "POSITIVE",
        "positive or negative? positive", "Is it positive, negative or neutral? Positive.",
        "This is clearly a positive review.", "The review isn't negative; it is positive.",
        "Label: positive", "More positive than negative"],
     ["non-positive", "It is non-positive.", "less positive, more negative",
      "anything but positive",
      "Neither positive nor negative: neutral", "negative", "not positive", "positively",
      "positive or negative", "", "It isn't positive", "It is not really positive; neutral",
      "The answer is negative, not positive", "nonpositive", "I wouldn't say positive",
      "not exactly positive", "far from positive", "hardly positive", "positive/negative",
      "mixed"]),
    (MOOD, "neutral", [
        "Neither positive nor negative: neutral", "neutral",
        "It is neither positive nor negative. It is neutral."],
     ["positive", "negative, not neutral"]),
    (["True", "False"], "True", [
        "true", "True.", "The statement is true", "TRUE", "It is true, not false",
        "True or false: true", "**True**", "TRUE.", "It isn't false; it's true"],
     ["false", "not true", "It isn't true", "Yes", "untrue", "true or false",
      "True or False? False", "That's not true.",
      "The statement is false because it is true that cats fly"]),
    (["know", "don't know"], "don't know", [
        "I don't know", "don’t know", "Don't know."],
     ["I know", "know", "do know"]),
    (["café", "thé"], "café", [
        "café", "café", "CAFÉ", "un CAFÉ."],
     ["cafe", "thé", "cafes"]),
    (["café", "thé"], "café", [
        "café", "café"],
     ["thé"]),
    (["はい", "いいえ"], "はい", [
        "はい", "はいです", "はい、そうです。", "答えは「はい」です"],
     ["いいえ", "いいえ、違います", "は"]),
    (["是", "不是"], "是", [
        "是", "是的", "是。"],
     ["不是", "不是的"]),
    (["是", "否"], "否", [
        "否", "答案是否", "否。"],
     ["是", "是的"]),
    (["正面", "负面", "中性"], "正面", [
        "正面", "情感是正面的。", "这条评论是正面评价", "不是负面，是正面"],
     ["负面", "不是正面", "正面还是负面", "中性"]),
    (["对", "错"], "对", [
        "对", "对的", "对。"],
     ["不对", "错", "错误"]),
    (["北京", "上海"], "北京", [
        "北京", "中国的首都是北京。", "答案：北京市"],
     ["上海", "北"]),
    (["東京", "大阪"], "東京", [
        "東京です", "日本の首都は東京です。"],
     ["大阪", "東京ではなく大阪"]),
    (["ใช่", "ไม่ใช่"], "ใช่", [
        "ใช่", "ใช่ครับ", "ใช่ค่ะ"],
     ["ไม่ใช่", "ไม่ใช่ครับ", "ไม่"]),
    (["긍정", "부정"], "긍정", [
        "긍정", "긍정입니다.", "감정은 긍정적"],
     ["부정", "부정입니다"]),
    (["-1", "1", "0"], "-1", [
        "-1", "−1", "x = -1", "x=-1", "The answer is -1", "-1.0", "(-1)", "minus 1",
        "\\boxed{-1}", "-1, not 1"],
     ["1", "0", "2 - 1", "x - 1", "1 or -1", "", "-11", "-1x"]),
    (["-1", "1", "0"], "1", [
        "1", "1.0", "+1", "3 - 2 = 1", "not -1, 1"],
     ["-1", "11", "1.5", "1/2", "1:0"]),
    (["0.5", "5", "0"], "0.5", [
        ".5", "0.50", "1/2", "\\frac{1}{2}", "0.5.", "$0.5"],
     ["5", "0", "0.55", "05", "0,5", "1.5"]),
    (["1/2", "1/4", "1"], "1/2", [
        "\\frac{1}{2}", "1/2", "0.5", "½", "2/4", "$\\frac12$", "The answer is 1/2."],
     ["1/4", "1", "2", "1 / 3", "1 1/2"]),
    (["5", "10", "15"], "10", [
        "10", "10.", "$10", "10 dollars", "１０", "5 + 5 = 10", "5 times 2 is 10", "10%",
        "10 apples"],
     ["-10", "5", "100", "10.5", "5 + 10", "5 or 10", "10 or 15", "1,0"]),
    (["1,000", "2,000"], "1,000", [
        "1000", "1,000", "1e3", "1 000"],
     ["1", "2000", "1,0"]),
    (["10%", "20%"], "20%", [
        "20%", "20", "20 percent"],
     ["10%", "120%"]),
    (["7", "none of these"], "none of these", [
        "None of these", "none of these."],
     ["7", "none"]),
    (["York", "New York", "C", "C++", "no"], "New York", [
        "NEW  YORK", "in new york, no york", "new-ish? New York.", "nowhere but New York"],
     ["York", "york or new york", "new yorker", "no, New York", "anew york", "", "newyork"]),
    (["York", "New York", "C", "C++", "no"], "C++", [
        "c++", "It is C++, not C"],
     ["C", "C+", "C or C++", "++"]),
    (["Java", "C", "C#"], "C", [
        "C", "It is in C.", "(c)", "C, not Java"],
     ["C#", "c#", "Java", "C++"]),
    (["3", "30", "b"], "3", [
        "3", "(3)", "3 b", "b 3"],
     ["30", "(b) 3", "33"]),
    (["math", "code", "reasoning", "others"], "math", [
        "math", "Math.", "math, not code", "Not code: math", "It is a math question about code",
        "The category is math", "Category: math"],
     ["code", "maths", "math or code", "aftermath", "", "not math", "others"]),
    (ABCD, "C", [
        "C",
        "Let me analyze each option:\n\nA. Paris - incorrect, it's in France.\nB. Rome "
        "- incorrect.\nC. Berlin - correct!\nD. Madrid - incorrect.",
        "Let me analyze each option:\n\n**A.** Paris is in France.\n**B.** Rome is in "
        "Italy.\n**C.** Berlin is in Germany.\n\nTherefore the correct answer is **C. "
        "Berlin**.",
        "The correct answer is: C. Berlin", "The answer is (C) Berlin.", "(C)", "C: Berlin",
        "**C) Berlin**", "**Answer: C) Berlin**",
        "Option C is correct because A and B are cities elsewhere.",
        "The answer is C because option A is wrong.",
        "Based on the passage, C is the best answer.", "Among the options, C stands out.",
        "I would eliminate A, B and D. That leaves C.", "We can eliminate A and B, leaving C.",
        "c.", "ANSWER IS C", "Answer - C", "Answer → C", "Answer C", "The answer: C",
        "correct: C", "Correct answer = C", "Choice: C", "C (Berlin)", "Sure! The answer is C.",
        "Sure, C", "C.\n\nExplanation: A is in France and B is in Italy.",
        "C\n\nA is wrong since it is in France.", '{"answer": "C"}', "{'answer': 'C'}",
        "answer=C", "My final answer is C", "Final answer: \\boxed{\\text{C}}",
        "$\\boxed{\\mathrm{C}}$", "\\boxed{C. Berlin}", "\\boxed{(C)}", "\\textbf{(C)}\\ 12"],
     ["A. No\nB. No\nC. Yes\nD. No", "The answer is D, not C",
      "It could be C, but D fits better. The answer is D.", "A. Paris", "Cat", "C3", "CC",
      "None of the above", "All of A, B and C", "B and C", "C and D", "C/D", "C & D", "C, D",
      "The answers are C and D.", "The answer is C or D.", "Either C or D", "C or possibly D",
      "Is it C? No, D.", "At first C seems right, but the answer is D",
      "C is not the answer. D is."]),
    (["True", "False"], "False", [
        "False.", "This is false, not true.", "That's not true. False",
        "The statement is false because it is true that cats fly", "Answer: False"],
     []),
    (MOOD, "negative", [
        "The tone is negative overall, despite positive notes.",
        "Overall, the sentiment is negative.", "negative", "Sentiment: Negative",
        "This review is neither positive nor neutral; it is negative.",
        "less positive, more negative"],
     ["More positive than negative"]),
    (["Paris", "London", "Berlin"], "Paris", [
        "The capital of France is Paris, not London.", "It's not London or Berlin; it's Paris."],
     []),
    (["Paris", "London", "Berlin"], "Berlin", [],
     ["It's not London or Berlin; it's Paris."]),
    (["10", "20", "30"], "20", [
        "The answer is 20.", "10 + 10 = 20", "20 km", "20, not 30", "\\boxed{20}", "B) 20",
        "It is not 10, it is 20"],
     ["120", "2020", "twenty"]),
    (["10", "20", "30"], "10", [],
     ["It is not 10, it is 20"]),
    (["1", "2", "3", "4"], "2", [
        "2", "Option 2", "(2)", "2) Rome", "The answer is 2, not 3"],
     ["H2O"]),
    (["entailment", "contradiction", "neutral"], "entailment", [
        "The relation is entailment."],
     []),
    (["entailment", "not entailment"], "not entailment", [
        "not entailment", "This is not entailment."],
     []),
    (["entailment", "not entailment"], "entailment", [],
     ["not entailment"]),
    (["not_entailment", "entailment"], "not_entailment", [
        "not_entailment"],
     []),
    (["spam", "ham"], "ham", [
        "ham", "It's not spam, it's ham"],
     ["hamburger"]),
    (["spam", "ham"], "spam", [
        "This is spam!"],
     []),
    (["acceptable", "unacceptable"], "acceptable", [],
     ["unacceptable", "not acceptable"]),
    (["A", "B"], "A", [
        "a", "A > B", "A is better than B", "Response A is better", "[[A]]"],
     ["Both", "Neither"]),
    (["A", "B"], "B", [],
     ["A is better than B"]),
    (list("ABCDE"), "E", [
        "E", "e", "(e)", "Answer: E"],
     ["E=mc", "e.g. A", "2e", "I.E."]),
    (["cat", "dog"], "cat", [
        "Cat", "a cat", "the cat's", "cat-like", "It's a cat.", "It is not a dog but a cat",
        "CAT\n", "A dog? No, a cat", "the answer is a cat", "Answer: the cat", "_cat_", "#cat",
        "“cat”"],
     ["cats", "dog", "not a cat", "cat/dog", "concat", "cat、dog"])]

CUT_NUMBERS = [
    ("5", [],
     ["<answer>5"]),
    ("12", [
        "The answer is 12. Let me", "The answer is 12\nSo", "\\boxed{12}", "#### 12\n",
        "#### 12\n\nQuestion: Tom has", "Sure!\nQuestion: 5 + 7?\nAnswer: 12.\n",
        "<answer>12</answer>", "12\n\nQ: Tom",
        "The answer is \\boxed{12}. Check: 5", "The answer is 12 apples",
        "The answer is 12, because", "\\boxed{12} and then \\boxed{1",
        "**Answer:** 12\n\nExplanation"],
     ["The answer is 12", "The answer is 12.", "5 + 7 = 12", "5 + 7 = 12. Now", "\\boxed{12",
      "#### 12", "#### 1", "Sure!\nQuestion: 5 + 7?\nAnswer: 12", "<answer>12",
      "12", "<think>The answer is 12. So",
      "The answer is 12 million"]),
    ("1", [],
     ["#### 1", "The answer is 1", "The answer is 1,"])]

CUT_CHOICES = [
    (ABCD, "B", [
        "The answer is B. Because", "Answer: B\n\nExp", "\\boxed{B}",
        "The answer is B\n\nQ: what"],
     ["The answer is B", "A is wrong, and B", "B", "B is good because",
      "<think>The answer is B. So"]),
    (["New York", "New"], "New", [],
     ["The answer is New"]),
    (YES, "no", [],
     ["I think no"])]

F = "def f(x):\n    return x + 1"
G = "def g(x):\n    return x + 1\n\ndef f(x):\n    return g(x)"
BAD = "def f(x):\n    return x - 1"
STUB = 'def f(x):\n    """Add one.\n\n    >>> f(1)\n    2\n    """\n'
HELPED = f"def h(x):\n    return x + 1\n\n\n{STUB}"
PROMPTS = {  # a prompt: what is right after it, what is wrong
    "": ([
        f"import math\n\n{F}", f"from functools import lru_cache\n\n@lru_cache\n{F}",
        f"T = []\nfor i in range(3):\n    T.append(i)\n\n{F}", "f = lambda x: x + 1",
        f"```\npython\n{F}\n```", f"[CODE]\n{F}\n[/CODE]", f"[BEGIN]\n{F}\n[END]\nSo",
        f"{F}<|eot_id|>no", f"{F}<|endoftext|>no", f"{F}</s>no", f"N = 1\n\n{F[:-1]}N",
        "```python\nN = 1\n```\n```python\ndef f(x):\n    return x + N\n```",
        "```python\ndef f(x):\n    '''\n    ```\n    f(1)\n    ```\n    '''"
        "\n    return x + 1\n```",
        f"try:\n    N = 1\nexcept NameError:\n    N = 2\nfinally:\n    M = 1\n\n{F[:-1]}N",
        f"if True:\n    N = 1\nelif False:\n    N = 2\nelse:\n    N = 3\n\n{F[:-1]}N",
        "`f = lambda x: x + 1` it is.", f"{F}\n\nif __name__ == '__main__':\n    print(f(1))",
        F, f"\n{F}\n", f" {F}\n", f"{F}  # \u22121 \u2192 0", F.replace("    ", "\t"),
        F.replace("\n", "\r\n"), G, f"```\n{F}\n```", f"```python\n{F}\n```",
        f"```python3\n{F}\n```", f"```Python\n{F}\n```", f"```py\n{F}", f"``` python\n{F}\n```",
        f"```code\n{F}\n```", f"````python\n{F}\n````", f"~~~python\n{F}\n~~~", f"~~~\n{F}\n~~~",
        f"```python {F} ```", f"``` {F} ```", f"```python\n\n\n{F}\n\n```",
        f"Here it is:\n\n```python\n{F}\n```\n\nIt adds one.", f"```python\n{F}```",
        f"Sure! Here is the function:\n\n{F}", f"Sure!\n\n{F}\n\nThis adds one to x.",
        f"{F}\n\nf(1) returns 2, since 1 + 1 = 2.",
        f"{F}\n\n**Explanation**: it adds one.\n1. Take x.\n2. Add one.", f"{F}\nDone",
        f"{F}\nNote: done", f"{F}\n```\n\nThis function adds one.",
        f"```python\nresult = f(2)\n```\n```python\n{F}\n```",
        f"```\nN = 1; print(f(2))\nif f(1):\n    N = 2\ng = f\n```\n```\n{F}\n```",
        f"```\none = lambda x: abs(x)\n```\n```\n{F[:-1]}one(-1)\n```",
        f"```\nN = [\n    0,\n    1\n]\nx = g(\n    f(1)\n)\n```\n```\n{F[:-1]}N[1]\n```",
        f"```\nprint('\\N{{DASH}}')\nprint(f(1))\n```\n```\n{F}\n```",
        f"{F}</s><s>[INST] Don't", f"{F}\n</s>\n{BAD}", f"{F} if '</s>' else 0",
        f"{F} if '<s>' + 's' + '</s>' else 0",
        F.replace("\n", "\n    \"\"\"Add,\n    <s>or</s> </s>'\n    \"\"\"\n"),
        f"First:\n```python\nf(1)\n```\nthen\n```python\n{F}\n```",
        f"```\nno\n```\n```\n{F}\n```", f"```bash\npip install x\n```\n```python\n{F}\n```",
        f"```python\n{F}\n```\nor\n```python\n{BAD}\n```",
        "```python\ndef g(x):\n    return x + 1\n```\nand\n```python\ndef f(x):\n"
        "    return g(x)\n```", f"{F}\n\nUse it so:\n```python\nf(1)\n```",
        f"1. Code:\n   ```python\n   {F.replace(chr(10), chr(10) + '   ')}\n   ```\n2. Done.",
        f"- {chr(10)}  ```\n  {F.replace(chr(10), chr(10) + '  ')}\n  ```",
        f"Code:\n\n    {F.replace(chr(10), chr(10) + '    ')}\n\nDone.",
        ">>> def f(x):\n...     return x + 1",
        ">>> def f(x):\n...     return x + 1\n...\n>>> f(1)\n2", "`def f(x): return x + 1`",
        "Use `def f(x): return x + 1`.", f"[PYTHON]\n{F}\n[/PYTHON]",
        f"[BEGIN]\n{F}\n[DONE]\nYou are", f"{F}\n[DONE]\n\nYou are an expert",
        f"<think>```python\n{BAD}\n```</think>\n```python\n{F}\n```", f"{F}<|im_end|>",
        f"```python\n{F}\n```</s>", F.replace("    ", "\u00a0\u00a0\u00a0\u00a0"),
        F.replace("x + 1", "x \u2212 \u22121"), f"\ufeff{F}",
        f"```python\n{F}\n```\n```python\n{BAD}",
        "def f(x):\n    '''Add \u201cone\u201d \u2212 no more.'''\n    return x + 1",
        f"```python\n# adds one\n{F}\n```", f"{F}\n\ndef g(x):\n    return x\n",
        "Step 1: define g.\n\ndef g(x):\n    return x + 1\n\nStep 2: define f.\n\n"
        "def f(x):\n    return g(x)"], [
        "", BAD, f"```python\n{BAD}\n```\nor\n```python\n{F}\n```", f"{BAD}\n\n{BAD}", "x + 1",
        "return x + 1", "    return x + 1", "def f(x): adds one to x", "It adds one: f(1) = 2",
        "```python\n```", "```", "~~~", "f", "def", "def f(x):", "def g(x):\n    return x + 1",
        "```python\ndef f(x):\n    return x + \n```", f"<think>\n{F}\n</think>", f"<think>\n{F}",
        "f = 2", "`f`", "```js\nfunction f(x) { return x + 1 }\n```",
        f"# {F.splitlines()[0]}\n#     return x + 1", "\0", "(" * 300, "assert True"]),
    "Write f.\n```python\n": ([
        F, f"{F}\n```\n\nThis adds one.", f"{F}\n```\n```python\n{BAD}\n```",
        f"```python\n{F}\n```"], [
        "return x + 1", BAD, f"```\n{BAD}"]),
    "Write f.\n[BEGIN]\n": ([
        f"{F}\n[DONE]", f"{F}\n[DONE]\n\nNext.\n[BEGIN]\n{BAD}\n[DONE]", F], [
        f"{BAD}\n[DONE]\n[BEGIN]\n{F}\n[DONE]"]),
    STUB: ([
        "    return x + 1", "    return x + 1\n", "return x + 1", " return x + 1",
        "    y = x\n    return y + 1", "y = x\n    return y + 1", "y = x\nreturn y + 1",
        "    return x + 1\n\n\ndef g(x):\n    return x", F, f"```python\n{F}\n```",
        f"```python\n{STUB}    return x + 1\n```", "```python\n    return x + 1\n```",
        "```python\nreturn x + 1\n```", "    # one more\n    return x + 1",
        "    if x > 5:\n        return x + 1\n    else:\n        return 1 + x",
        "if x > 5:\n        return x + 1\n    return 1 + x",
        "if x > 5:\n    return x + 1\nreturn 1 + x", f"Sure:\n\n{F}",
        "    return x + 1\n\nThis adds one.", "  return x + 1"], [
        "", "    return x - 1", "return x - 1", "It adds one.", "Done", "    ", "    pass",
        f"{BAD}", "x + 1", "```python\n```", "return", "2"]),
    HELPED: ([
        "    return h(x)", "return h(x)", "def f(x):\n    return h(x)",
        "```python\ndef f(x):\n    return h(x)\n```", F], [
        "    return x", "def g(x):\n    return h(x)"]),
    f"Complete this:\n```python\n{HELPED}```\n": ([
        "    return h(x)", "def f(x):\n    return h(x)",
        "```python\ndef f(x):\n    return h(x)\n```"], [
        "", "h"]),
    "def f(x):\n": ([
        "    return x + 1", "return x + 1", F], [
        "", "Done", BAD]),
    "def f(x):\n    # add one\n    ": ([
        "return x + 1", "y = 1\n    return x + y"], [
        "return x"]),
    f"Shorten this:\n\n{F}\n": ([
        "def f(x): return 1 + x", f"```\n{F}\n```"], [
        "", "Done", "It is short.", "    return x", "pass"])}

CUT_CODE = {
    "": ([
        f"```python\n{F}\n```", f"```python\n{F}\n```\nIt", f"{F}\n\nThis is", f"{F}\n\ndef g(x",
        f"{F}\n\nprint(f(", f"```python\n{F}\n```\nor\n```python\ndef f(", f"{F}\n```\n\nThis",
        f"{F}\n\n```python\nf(1", f"Text.\n\n{F}\n\nf(1) is", "`def f(x): return x + 1` is"], [
        F, f"{F}\n", f"```python\n{F}\n", f"```python\n{F}", f"{F} - (x", f"<think>```\n{F}\n```",
        "`def f(x): return x + 1"]),
    "Write f.\n```python\n": ([f"{F}\n```\nIt"], [F, f"{F}\n"]),
    "Write f.\n[BEGIN]\n": ([f"{F}\n[DONE]"], [F]),
    STUB: ([
        "    return x + 1\n\n\ndef g(", "```python\n    return x + 1\n```\nSo",
        "return x + 1\n\nThis",
        f"{F}\n\nThis"], [
        "    return x + 1", "    return x + 1\n", "    y = x\n    return x + 1", F,
        "```python\n    return x + 1"])}

NUMBERS += [  # taken back, left open, denied, bounded, or the number of a step
    ("12", [
        "The answer is 12. Wait, let me check: 5 + 7 = 12. Yes.", "The answer is 12. No, not 13.",
        "The answer is 12, no more, no less.", "The answer is 12. Actually, 5 + 7 = 12.",
        "The answer is 10, no, 11, no, 12.", "The answer is 10. Sorry, the answer is 12.",
        "It was 10. Actually, 12.", "The answer is 12, and 5 remain", "The answer is 12 and so on",
        "The answer is 12, which is more than 10.", "It went from 10 to 12.", "12 or so",
        "The answer is not 10, it is 12.", "The answer cannot be 10, so it is 12.",
        "答案不是10，是12", "1. Add 5 and 7.\n2. You get 12.\n3. Done", "1. Add.\n2. 12",
        " 1. Add: 12\n 2. Done",
        "12\n\n1. Foo\n2. Bar", "In step 3, we get 12", "Twice 6 is 12.", "half of 24 = 12",
        "Both 5 and 7 give 12", "The difference between 20 and 8 is 12", "50% of 24 is 12",
        "Die Antwort lautet: 12. Es waren am Anfang 20.", "Step 1: 12",
        "La respuesta es 12. Al principio había 20."],
     ["\\boxed{12}. Wait, no, it's 8.", "The answer is 12!\n\nWait, that's wrong. It is 8.",
      "12!", "10 and 12", "12 and 10", "10, 12", "12, 10", "10; 12", "5, 6, 12", "10, or 12",
      "10 to 12", "12 to 15", "between 10 and 12", "Between 12 and 15.", "Either 10 or 12",
      "The answer is between 10 and 12", "The answer is 10 to 12", "The answer is 12, 13",
      "The answer is either 10 or 12", "The answer is either 12 or 13", "The answer is 12 and 13",
      "The answer cannot be 12.", "can't be 12, it has to be odd.", "答案不是12。", "不是12岁",
      "The answer is more than 12.", "The answer is twice 12", "The answer is 12 squared",
      "1. Think\n12. Done", "Step 12: think", "equation (12)", "Eq. 12"])]
CUT_NUMBERS += [("12", [], [
    "\\boxed{9}. No, 12", "The answer is 12 or", "The answer is 12 apples or"])]
CHOICES += [
    (["True", "False"], "False", [
        "It is true that people think so, but the statement is false."], []),
    (YES, "no", ["Well yes, actually no.", "yes or no: no"], ["A yes or no question."]),
    (YES, "yes", ["Yes, actually.", "There is no doubt, yes"],
     ["Well yes, actually no.", "A yes or no question."]),
    (["entailment", "contradiction", "neutral"], "contradiction", [],
     ["There is no contradiction.", "without any contradiction"]),
    (ABCD, "C", ["I'd say B... no, C!", "B. Wait, C.", "B, I mean C"], []),
    (ABCD, "B", ["选项B（24）", "Actually, B", "No, B is it", "Not actually A; B"],
     ["I'd say B... no, C!", "B, sorry, C", "All except B", "Everything but B is right"])]
CUT_CHOICES += [(ABCD, "A", [], ["The answer is A or"])]

# Each of these words in its place: (gold, or choices and gold), the text, whether it is right.
WORDS = [
    (["12"], "12{}", True,
     "m g s h l L J W V N C F cm km mm kg mg mL dL dV kHz Hz MB GB kJ kW \u03a9 k\u03a9 am pm "
     "ft in yd mi oz lb lbs hr hrs pt min mph inches apples % \u00b0 \u20ac"),
    (["12"], "12{}", False,
     "x y n k K M B D i T xy st th rd nd .5.5 5,5 :1 e +x -x *x ^x ^2 \u00b2"),
    (["12"], "The answer is {} 12. I asked 3.", True,
     "about approximately exactly therefore thus just simply only equal_to a_total_of now also "
     "x= x_= $ ( { = : ' \""),
    (["12"], "{}: 12 of 40.", True,
     "Answer answer Ans ANSWER A \u7b54\u6848 \u7b54\u3048 \u6b63\u89e3 \uc815\ub2f5 "
     "\u0e04\u0e33\u0e15\u0e2d\u0e1a The_final_answer"),
    (["12"], "3 {} 12", False,
     "+ - * / x plus minus times over divided_by < > <= >= \u2264 \u2265 \u2260 \u00b1 \\le "
     "\\leq \\ge \\geq \\ne \\neq \\pm \u00d7 \u00f7 \\times \\cdot \\div"),
    (["12"], "12 {} 3", False,
     "+ - * / x plus minus times over divided_by \u00d7 \u00f7 \\times \\cdot"),
    (["12"], "{} 12", False,
     "\\sin \\cos \\tan \\log \\ln sin cos tan log ln \u221a not"),
    (["12"], "12 {} 3", False,
     "\\sin \\cos \\tan \\log \\ln \\sqrt sin cos tan log ln \u03c0 \\pi pi \u221a"),
    (["8"], "The answer is 9{} 8", True,
     "..._no, ,_wait_no,_it's ._No,_sorry, ._Wait,_that's_wrong._It_should_be ._Actually, ._Oops, "
     "._Correction: ._I_mean ._Oh_no, ._My_mistake, ._Scratch_that:"),
    (["9"], "The answer is 9{} 8", False,
     "..._no, ,_wait_no,_it's ._No,_sorry, ._Wait,_that's_wrong._It_should_be ._Actually, ._Oops, "
     "._Correction: ._I_mean ._Oh_no, ._My_mistake, ._Scratch_that:"),
    (["12"], "{} 12", False,
     "never cannot_be can't_be isn't not_equal_to more_than less_than fewer_than greater_than "
     "at_most at_least up_to twice double triple half half_of a_third_of a_quarter_of 3/4_of "
     "20%_of the_square_root_of the_cube_of \u4e0d\u662f \u4e0d\u7b49\u4e8e \u5927\u4e8e "
     "\u5c0f\u4e8e"),
    (["12"], "12 {}", False,
     "squared cubed factorial dozen and_a_half and_three_quarters or_more or_less"),
    (["12"], "12\n\n{}: 5 + 5?\nA: 10", True,
     "Question Problem Q Human User Question_2 Q2"),
    ([ABCD, "B"], "A is near. {} B", True,
     "So Therefore Thus Hence Overall I_choose I_pick I_select I'd_go_with The_answer_is "
     "The_option_is My_choice: Category: Label: Class: Sentiment: Verdict: Conclusion: #### "
     "Answer The_answer_must_be The_answer\n The_answer="),
    ([ABCD, "B"], "A is near. The answer is {} B", True,
     "option choice letter most_likely clearly probably definitely therefore indeed simply the "
     "that_it_is ( [ ** ' \" : > - answer"),
    ([ABCD, "B"], "{} A; B", True,
     "Not It_isn't It_can't_be I_cannot_say It's_not Never Hardly Far_from Instead_of "
     "As_opposed_to Unlike Excluding Eliminate Rule_out Neither Nor Rather_than I_won't_choose "
     "I_don't_pick It_does_not_mean Not_necessarily Not_really Not_quite Not_exactly Not_very "
     "I_don't_think_it_is I_don't_believe_in Not_the Not_option Not_choice Not_the_answer "
     "\u4e0d\u662f \u4e0d\u9009 \u5e76\u975e \u6392\u9664"),
    ([ABCD, "B"], "A {}; B", True,
     "is_wrong is_incorrect is_false is_impossible is_unlikely is_ruled_out is_out "
     "is_eliminated is_invalid is_not was_wrong seems_wrong looks_wrong would_be_wrong "
     "is_clearly_wrong isn't doesn't can't couldn't wouldn't wasn't does_not cannot_be was_not "
     "\u9519 \u4e0d\u5bf9 \u9009\u9879\u9519\u8bef \u3067\u306f\u306a\u304f"),
    ([ABCD, "B"], "A{}; B", True,
     "._Paris_is_wrong ._They_are_wrong )_It_was_wrong )_far_-_wrong"),
    ([ABCD, "B"], "A is near, but B {}", True,
     "is_right is_correct is_the_best is_the_answer must_be_right is_clearly_right \u2705 "
     "\u2713 \u2714 \u6b63\u786e \u9009\u9879\u662f\u6b63\u786e"),
    ([ABCD, "A"], "A {}B", False,
     "or_ and_ vs_ vs._ , ,_ / | & \u3001 \u6216 \u8fd8\u662f \u3068 \u304b (or_ or_option_ "
     "or_possibly_ or_maybe_ ,_or_"),
    ([ABCD, "A"], "A {} so", True,
     "is because since seems looks would fits works remains"),
    ([ABCD, "A"], "A {} so", False,
     "car lot good was Paris b"),
    ([ABCD, "B"], "{} b", True,
     "option choice letter Option Answer: The_answer_is"),
    ([YES, "no"], "No {} so", True,
     "it this that they he she there because since as you we but not and or is , . - : !"),
    ([YES, "no"], "No {} so", False,
     "doubt idea problem one evidence matter longer cats way")]
