"""What is asked, and how an answer is judged.

problem.py: a problem, its judge, its split; families.py: the built-in ones; corpus.py: the text of
pretraining; interpreter.py: runs a model's code; jsonl.py: a user's tasks; english.py: some of ours.
"""
