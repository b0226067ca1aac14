"""Pages of this package."""
