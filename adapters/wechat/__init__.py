"""WeChat Official Account: webhook in three modes, passive answers, customer-service messages."""
