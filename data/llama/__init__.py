"""Open weights as they are published, read without trust: data/run/checkpoints.py makes a model.

weights.py: settings and tensors, of which pickles.py reads Meta's; bpe.py: tokenizers; chat.py:
prompt formats. out.py writes folders of the same kind.
"""
