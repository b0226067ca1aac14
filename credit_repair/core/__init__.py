"""What every package stands on, and what knows nothing of credit.

clock      the day it is, which tests and `--as-of` may set
sequences  numbers without a gap
jobs       work outside the request: rows first, whoever runs them
schedule   what recurs, with a lease in the database
settling   what lies above finds what has happened below
audit      one plain insert for each act
fields     columns that are encrypted at rest
uploads    what may come in as a file
"""
