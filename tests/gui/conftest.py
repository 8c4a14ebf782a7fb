"""Fixtures of the window's tests."""

from __future__ import annotations

from tests.gui.form_fixtures import english, open_page

__all__ = ["english", "open_page"]
