"""One folder a platform: its bytes, signatures, limits and error codes, and nothing else."""
