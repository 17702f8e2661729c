"""What is asked, and how an answer is judged: problem.py (a problem, its judge, its split),
families.py (those built in), corpus.py (the text of pretraining, and the vocabulary made of it),
jsonl.py (a user's own tasks), rows.py (what may stand in a line of them, and others' formats),
splits.py (which of them are for training and which for testing), judge.py (how a text is judged),
interpreter.py, machine.py and builtin.py (they run the code that a model wrote), tally.py (what
became of all answers)."""
