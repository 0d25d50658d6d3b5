"""Forms: what must be known before something can be done, asked for turn by turn."""

from core.forms.form import Form, ask

__all__ = ["Form", "ask"]
