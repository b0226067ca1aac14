"""How dates and numbers are written, where a language's own way in Django is not this site's."""
