"""Open weights as they are published, read without trust: data/run/checkpoints.py makes a model.

weights.py: settings and tensors, of which pickles.py reads Meta's; bpe.py: tokenizers, those of
SentencePiece by sentencepiece.py, all held to vocabulary.py; chat.py: prompt formats, by
running chat templates (template.py).
out.py writes folders of the same kind.
"""
