"""One folder a business capability: handlers, forms, tables and settings."""
