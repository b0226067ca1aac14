"""What is due: reminders to officials, once per step and per start of its clock."""
