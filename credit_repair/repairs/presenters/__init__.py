"""Repair applications in the form that the pages take."""
