"""Pages over the register, and the way in. Thin: door, selector or service, response."""
