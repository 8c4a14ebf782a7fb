"""MDA5-CRF: offline case report forms for trial NCT04966884."""

__version__ = "0.8.0"
