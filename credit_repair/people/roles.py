"""What each role may do at its office: the one table from which groups get their permissions."""

from credit_repair.people.models import Role

#: Permissions are few, on the stable object Office; a case is reached through the offices of its steps.
OFFICE_PERMISSIONS: dict[str, tuple[str, ...]] = {
    Role.WINDOW: ("file_at_window",),
    Role.DATA: ("import_records", "adjust_records"),
    Role.INTAKE: ("see_cases", "intake"),
    Role.VERIFIER: ("see_cases", "verify"),
    Role.APPROVER: ("see_cases", "approve", "adjust_records"),
    Role.SUPERVISOR: ("see_cases", "supervise", "set_rules"),
    Role.AUDITOR: (),
}


def roles_with(permission: str) -> list[str]:
    """Return the roles that hold `permission` at their office."""
    return [role for role, permissions in OFFICE_PERMISSIONS.items() if permission in permissions]
