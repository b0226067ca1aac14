"""The pages of a subject's file and of one's own data."""
