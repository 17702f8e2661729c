"""What the model reads and is judged on. No torch here: `t2.py --help` stays quick.

    tokenizer.py    a tiktoken Encoding over tokenizer.model (Llama 3's file format)
    tasks.py        the families of problems, their splits and their rewards
    corpus.py       the noisy text from which the base model learns
    interpreter.py  runs the code that a model wrote, without eval or exec
    jsonl.py        a user's own tasks
    dialect.py      what stands around a prompt, and where an answer ends
    weights.py      folders of open weights; bpe.py reads their tokenizers
    files.py        how what is made gets to disk and back
    *.pt            the base model and the experts that come with the project
"""
import sys
from pathlib import Path

if sys.version_info < (3, 10):  # noqa: UP036  (here, before anything of newer syntax is read)
    raise SystemExit(f"t2 needs Python 3.10 or later, found {sys.version.split()[0]}")
HERE = Path(__file__).parent
