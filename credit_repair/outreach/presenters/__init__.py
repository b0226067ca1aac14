"""What the pages' components take."""
