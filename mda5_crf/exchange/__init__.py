"""Translates: what leaves the vault in the field's own languages. ``docs/formats.md`` says how."""
