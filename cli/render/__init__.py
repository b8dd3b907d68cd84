"""How reports look: one small module for each output. Values in, text out; nothing here prints."""
