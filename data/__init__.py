"""What stands around the paper, below it and above it.

On the ground floor: tokenizer.py, files.py, safetensors.py, processes.py, replay.py. tasks/ (what
is asked and judged) and llama/ (published weights) stand on it, then the paper, and then run/.
"""
import sys
from pathlib import Path

if sys.version_info < (3, 10):  # noqa: UP036  (here, before anything of newer syntax is read)
    raise SystemExit(f"t2 needs Python 3.10 or later, found {sys.version.split()[0]}")
HERE = Path(__file__).parent
