"""The gate: an optional queue before the ledger, where messages are durable while that is away.

``gate`` lets messages in, ``drain`` carries them to the ledger. Only ``broker`` and ``reader`` know
NATS, an extra.
"""


class AwayError(Exception):
    """The queue does not answer just now, or there is doubt what it has said. Try again."""
