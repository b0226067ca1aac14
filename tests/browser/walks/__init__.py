"""Journeys of the applicant's side on a telephone: each a test and a captioned walk in pictures at once."""
