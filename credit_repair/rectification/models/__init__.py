"""Rows of this package."""
