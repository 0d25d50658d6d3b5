"""The way out: shaping, quota, passive answers and the sender."""
