"""The pages of a repair application. Thin: door, form, service, response."""
