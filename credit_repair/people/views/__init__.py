"""Pages of people's own, and of those who say who may come in. Thin: door, form, service, response."""
