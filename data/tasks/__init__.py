"""What is asked, and how an answer is judged: problem.py (a problem, its judge, its split),
families.py (those built in), corpus.py (the text of pretraining, and the vocabulary made of it).
A user's own tasks: jsonl.py (lines of a file), rows.py (the forms that they may have), splits.py
(which split a prompt goes to), judge.py (how a text is judged), tally.py (what became of all
answers). The code that a model wrote: programs.py (where it is in a text), interpreter.py
(runs it), compiler.py (what each node does), machine.py (its values and its budget), builtin.py
(the names that it finds)."""
