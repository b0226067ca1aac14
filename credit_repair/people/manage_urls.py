"""Addresses of invitations, and of the administrators' pages."""

from django.urls import path

from credit_repair.people.views import (
    invitation,
    manage,
    manage_audit,
    manage_invitations,
    manage_people,
    manage_person,
)

urlpatterns = [
    path("account/invitation/<str:secret>/", invitation.open_invitation, name="account_invitation"),
    path("manage/", manage.landing, name="manage"),
    path("manage/people/", manage_people.people, name="manage_people"),
    path("manage/people/<str:key>/", manage_people.person, name="manage_person"),
    path("manage/people/<str:key>/roles/", manage_person.new_membership, name="manage_membership_new"),
    path(
        "manage/people/<str:key>/appoint/", manage_person.new_administration, name="manage_administration_new"
    ),
    path("manage/people/<str:key>/regain/", manage_person.regain, name="manage_regain"),
    path("manage/people/<str:key>/sessions/", manage_person.sessions, name="manage_sessions"),
    path("manage/people/<str:key>/close/", manage_person.close, name="manage_close"),
    path("manage/roles/<uuid:uuid>/", manage_person.membership, name="manage_membership"),
    path("manage/administrators/<uuid:uuid>/", manage_person.administration, name="manage_administration"),
    path("manage/invitations/", manage_invitations.listed, name="manage_invitations"),
    path("manage/invitations/new/", manage_invitations.invite, name="manage_invite"),
    path(
        "manage/invitations/<uuid:uuid>/resend/", manage_invitations.resend, name="manage_invitation_resend"
    ),
    path(
        "manage/invitations/<uuid:uuid>/revoke/", manage_invitations.revoke, name="manage_invitation_revoke"
    ),
    path("manage/lockouts/", manage_person.lock_outs, name="manage_lockouts"),
    path("manage/lockouts/<int:number>/", manage_person.lock_out, name="manage_lockout"),
    path("manage/audit/", manage_audit.entries, name="manage_audit"),
    path("manage/audit/<int:number>/", manage_audit.entry, name="manage_audit_entry"),
    path("manage/sign-ins/", manage_audit.sign_ins, name="manage_sign_ins"),
    path("manage/sign-ins/failed/", manage_audit.failures, name="manage_failures"),
    path("manage/unmaskings/", manage_audit.unmaskings, name="manage_unmaskings"),
]
