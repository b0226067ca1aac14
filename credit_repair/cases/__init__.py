"""What every case has: filing, number, timeline, steps, actors, clocks, attachments, documents, and the one
service by which a case moves.

models       the tables
kinds        the registry of workflows (repair; later objection and complaint)
flow         what a workflow's states.py is written with: Act, guards, effects
parts        who is who in a case: applicant, intake, verifier, approver, supervisor, the system
services     transition(): the one way to act; filing; clocks; attachments
selectors    the inbox, and what may be seen
"""
