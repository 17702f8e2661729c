"""The paper's claims, again in miniature: see __main__."""
import warnings

warnings.filterwarnings("ignore", message="Failed to initialize NumPy")  # not needed here
