"""An example plugin: a customer asks to be called back."""
