"""Documents: what goes out over an office's name, numbered, frozen, and always rendered in the end.

contexts, parts   what each document needs, as frozen dataclasses
glyphs, fonts/    the font chain; every character is checked before a number is given
render, seal      the PDF; only here is WeasyPrint imported
freezing          a document's context as JSON, kept so that it can be made again years later
models, services  numbering and issuing
"""
