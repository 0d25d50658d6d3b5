"""Bilibili livestream through the official open-live interface: comments in, nothing out."""
