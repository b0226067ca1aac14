"""Pages that every kind of case shares. Thin: door, selector or service, response."""
