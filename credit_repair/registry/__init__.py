"""The register: offices, sectors, subjects, platforms, records, and where each record is published."""
