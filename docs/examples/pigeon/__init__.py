"""An example adapter: Pigeon Post, a platform that does not exist."""
