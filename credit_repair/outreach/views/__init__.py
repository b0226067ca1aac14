"""The pages of this package."""
