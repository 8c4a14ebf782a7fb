"""The window. PySide6 lives only here and in ``app``; nothing here knows a rule or a table."""
