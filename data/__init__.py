"""All that stands around the paper: what the model reads and is judged on, and how a run is run.

What it reads:
    tasks.py        the families of problems, their splits and their rewards
    corpus.py       the noisy text from which the base model learns; pretrain.py makes the base
    tokenizer.py    a tiktoken Encoding over tokenizer.model (Llama 3's file format)
    interpreter.py  runs the code that a model wrote, without eval or exec
    fmt.py      what stands around a prompt, and where an answer ends
    jsonl.py        a user's own tasks; english.py writes some for a real model
    weights.py      folders of open weights; bpe.py reads their tokenizers
    *.pt            the base model and the experts that come with the project

How it is run:
    flags.py        what a user may ask for        terminal.py  what a user sees meanwhile
    workshop.py     a command's model and experts  report.py    and at the end
    answers.py      many prompts in batches        files.py     to disk and back, whole
    runs.py         runs that go on after a stop   shelf.py     bases and experts on disk
    machine.py      threads, devices, processes

Those that a command needs before it works, to answer --help, import no torch: tasks, flags,
terminal, report, files and jsonl.
"""
import sys
from pathlib import Path

if sys.version_info < (3, 10):  # noqa: UP036  (here, before anything of newer syntax is read)
    raise SystemExit(f"t2 needs Python 3.10 or later, found {sys.version.split()[0]}")
HERE = Path(__file__).parent
