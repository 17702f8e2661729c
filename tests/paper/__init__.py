"""The paper's claims, again in miniature: see __main__."""
