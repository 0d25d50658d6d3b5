"""The HTTP side: webhooks, pages, health and metrics."""
