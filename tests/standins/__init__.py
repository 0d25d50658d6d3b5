"""Real servers that play the platforms, as the platforms' documents say they behave."""
