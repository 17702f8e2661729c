"""What the model reads and is judged on. No torch here: `t2.py --help` stays quick.

    tokenizer.py    a tiktoken Encoding over tokenizer.model (Llama 3's file format)
    tasks.py        the families of problems, their splits and their rewards
    corpus.py       the noisy text from which the base model learns
    interpreter.py  runs the code that a model wrote, without eval or exec
    *.pt            the base model and the experts that come with the project
"""
from pathlib import Path

HERE = Path(__file__).parent
