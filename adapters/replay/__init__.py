"""A recorded live room, played from a file: for demos, load and tests."""
