"""The verbs of this package: remind, propose, confirm, guide."""
