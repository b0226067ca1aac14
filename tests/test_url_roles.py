"""The URL × role table: every address against every kind of person. An address without a row fails.

How to read it: one line an address, one column a kind of person, each cell what that person is answered:

    ok    the page or file (200)         ->    done, or led on (302)
    in    sent to sign in (302)          no    it does not exist for them (404)

The case is an application that lies with the credit office (submitted), on a record of the authority; the
draft is another application of the same subject. Columns:

    anon      nobody is signed in                  stranger  signed in, neither official nor applicant
    clerk     acts for the subject                 other     acts for another subject
    was       a clerk whose mandate has ended      data      imports data at the credit office
    intake    takes in at the credit office        verifier, approver  of the authority
    superv    supervises at the credit office      foreign   intake, verifier and approver elsewhere
    left      intake here until yesterday          root      a superuser without any membership
    window    at the counter of the credit office  auditor   of the credit office
    subst     no role but data elsewhere; stands in for the intake officer, all of whose work they do
    sysadm, secadm, audadm    the three administrators: system, security, audit
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from axes.models import AccessAttempt
from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from credit_repair.cases.models import Case, CaseDocument
from credit_repair.core import clock
from credit_repair.core.models import AuditEntry
from credit_repair.home.views import errors
from credit_repair.mail.models import Mail
from credit_repair.notices.services import render
from credit_repair.people.manage_selectors import key_of
from credit_repair.people.models import (
    Absence,
    Invitation,
    Mandate,
    MandateApplication,
    Role,
    Substitution,
    User,
)
from credit_repair.people.services import apply_for_mandate
from credit_repair.registry.law import current_book
from credit_repair.registry.models import (
    CalendarDay,
    ImportBatch,
    ImportLine,
    NameConflict,
    Office,
    Record,
    RecordFlag,
    RuleOverride,
    Subject,
    SupplyCount,
)
from credit_repair.registry.services.flags import put_flag
from credit_repair.registry.services.law import set_calendar_day, set_rule
from credit_repair.reminders.feeds import make_feed
from credit_repair.repairs.urls import urlpatterns
from credit_repair.repairs.views.sides import WINDOW
from tests import world as county
from tests.people.invited import invite, lock_out, secret_of
from tests.registry.factories import OfficeFactory, RecordFactory, SubjectFactory
from tests.sides import Sided, online_side, window_side

TABLE = """
address                  method anon stranger clerk other was data intake verifier approver superv foreign left root window auditor subst sysadm secadm audadm
front                    GET    ok   ok       ok    ok    ok  ok   ok     ok       ok       ok     ok      ok   ok   ok     ok      ok    ok     ok     ok
guide                    GET    ok   ok       ok    ok    ok  ok   ok     ok       ok       ok     ok      ok   ok   ok     ok      ok    ok     ok     ok
choose                   GET    ok   ok       ok    ok    ok  ok   ok     ok       ok       ok     ok      ok   ok   ok     ok      ok    ok     ok     ok
accessibility            GET    ok   ok       ok    ok    ok  ok   ok     ok       ok       ok     ok      ok   ok   ok     ok      ok    ok     ok     ok
case_status              GET    ok   ok       ok    ok    ok  ok   ok     ok       ok       ok     ok      ok   ok   ok     ok      ok    ok     ok     ok
case_status              POST   422  422      422   422   422  422  422    422      422      422    422     422  422  422    422     422   422    422    422
set_display              POST   ->   ->       ->    ->    ->  ->   ->     ->       ->       ->     ->      ->   ->   ->     ->      ->    ->     ->     ->
account_login            GET    ok   ->       ->    ->    ->  ->   ->     ->       ->       ->     ->      ->   ->   ->     ->      ->    ->     ->     ->
account_logout           POST   ->   ->       ->    ->    ->  ->   ->     ->       ->       ->     ->      ->   ->   ->     ->      ->    ->     ->     ->
account_home             GET    in   ok       ok    ok    ok  ok   ok     ok       ok       ok     ok      ok   ok   ok     ok      ok    ok     ok     ok
account_session          GET    in   ->       ->    ->    ->  ->   ->     ->       ->       ->     ->      ->   ->   ->     ->      ->    ->     ->     ->
account_session          POST   in   ->       ->    ->    ->  ->   ->     ->       ->       ->     ->      ->   ->   ->     ->      ->    ->     ->     ->
usersessions_list        GET    in   ok       ok    ok    ok  ok   ok     ok       ok       ok     ok      ok   ok   ok     ok      ok    ok     ok     ok
usersessions_list        POST   in   ->       ->    ->    ->  ->   ->     ->       ->       ->     ->      ->   ->   ->     ->      ->    ->     ->     ->
account_session_end      POST   in   ->       ->    ->    ->  ->   ->     ->       ->       ->     ->      ->   ->   ->     ->      ->    ->     ->     ->
account_logout           GET    ->   ok       ok    ok    ok  ok   ok     ok       ok       ok     ok      ok   ok   ok     ok      ok    ok     ok     ok
account_login            POST   ok   ->       ->    ->    ->  ->   ->     ->       ->       ->     ->      ->   ->   ->     ->      ->    ->     ->     ->
account_inactive         GET    ok   ok       ok    ok    ok  ok   ok     ok       ok       ok     ok      ok   ok   ok     ok      ok    ok     ok     ok
account_signup           GET    ok   ->       ->    ->    ->  ->   ->     ->       ->       ->     ->      ->   ->   ->     ->      ->    ->     ->     ->
account_signup           POST   ok   ->       ->    ->    ->  ->   ->     ->       ->       ->     ->      ->   ->   ->     ->      ->    ->     ->     ->
account_reauthenticate   GET    in   403      403   403   403 403  403    403      403      403    403     403  403  403    403     403   403    403    403
account_reauthenticate   POST   in   403      403   403   403 403  403    403      403      403    403     403  403  403    403     403   403    403    403
account_email            GET    in   ok       ok    ok    ok  ok   ok     ok       ok       ok     ok      ok   ok   ok     ok      ok    ok     ok     ok
account_email            POST   in   ->       ->    ->    ->  ->   ->     ->       ->       ->     ->      ->   ->   ->     ->      ->    ->     ->     ->
account_email_verification_sent GET  in   ->       ->    ->    ->  ->   ->     ->       ->       ->     ->      ->   ->   ->     ->      ->    ->     ->     ->
account_email_verification_sent POST in   ->       ->    ->    ->  ->   ->     ->       ->       ->     ->      ->   ->   ->     ->      ->    ->     ->     ->
account_change_password  GET    in   ->       ->    ->    ->  ->   ->     ->       ->       ->     ->      ->   ->   ->     ->      ->    ->     ->     ->
account_change_password  POST   in   ->       ->    ->    ->  ->   ->     ->       ->       ->     ->      ->   ->   ->     ->      ->    ->     ->     ->
account_set_password     GET    in   ok       ok    ok    ok  ok   ok     ok       ok       ok     ok      ok   ok   ok     ok      ok    ok     ok     ok
account_set_password     POST   in   ok       ok    ok    ok  ok   ok     ok       ok       ok     ok      ok   ok   ok     ok      ok    ok     ok     ok
account_reset_password   GET    ok   ok       ok    ok    ok  ok   ok     ok       ok       ok     ok      ok   ok   ok     ok      ok    ok     ok     ok
account_reset_password   POST   ok   ok       ok    ok    ok  ok   ok     ok       ok       ok     ok      ok   ok   ok     ok      ok    ok     ok     ok
account_confirm_login_code GET  in   ->       ->    ->    ->  ->   ->     ->       ->       ->     ->      ->   ->   ->     ->      ->    ->     ->     ->
account_confirm_login_code POST in   ->       ->    ->    ->  ->   ->     ->       ->       ->     ->      ->   ->   ->     ->      ->    ->     ->     ->
account_confirm_password_reset_code GET  in   in       in    in    in  in   in     in       in       in     in      in   in   in     in      in    in     in     in
account_confirm_password_reset_code POST in   in       in    in    in  in   in     in       in       in     in      in   in   in     in      in    in     in     in
account_complete_password_reset GET  ->   ->       ->    ->    ->  ->   ->     ->       ->       ->     ->      ->   ->   ->     ->      ->    ->     ->     ->
account_complete_password_reset POST ->   ->       ->    ->    ->  ->   ->     ->       ->       ->     ->      ->   ->   ->     ->      ->    ->     ->     ->
account_password_reset_completed GET  ok   ok       ok    ok    ok  ok   ok     ok       ok       ok     ok      ok   ok   ok     ok      ok    ok     ok     ok
mfa_index                GET    in   ok       ok    ok    ok  ok   ok     ok       ok       ok     ok      ok   ok   ok     ok      ok    ok     ok     ok
mfa_authenticate         GET    in   ->       ->    ->    ->  ->   ->     ->       ->       ->     ->      ->   ->   ->     ->      ->    ->     ->     ->
mfa_authenticate         POST   in   ->       ->    ->    ->  ->   ->     ->       ->       ->     ->      ->   ->   ->     ->      ->    ->     ->     ->
mfa_reauthenticate       GET    in   403      403   403   403 403  403    403      403      403    403     403  403  403    403     403   403    403    403
mfa_reauthenticate       POST   in   403      403   403   403 403  403    403      403      403    403     403  403  403    403     403   403    403    403
mfa_activate_totp        GET    in   ok       ok    ok    ok  ok   ok     ok       ok       ok     ok      ok   ok   ok     ok      ok    ok     ok     ok
mfa_activate_totp        POST   in   ok       ok    ok    ok  ok   ok     ok       ok       ok     ok      ok   ok   ok     ok      ok    ok     ok     ok
mfa_deactivate_totp      GET    in   no       no    no    no  no   no     no       no       no     no      no   no   no     no      no    no     no     no
mfa_deactivate_totp      POST   in   no       no    no    no  no   no     no       no       no     no      no   no   no     no      no    no     no     no
mfa_view_recovery_codes  GET    in   no       no    no    no  no   no     no       no       no     no      no   no   no     no      no    no     no     no
mfa_generate_recovery_codes GET  in   ok       ok    ok    ok  ok   ok     ok       ok       ok     ok      ok   ok   ok     ok      ok    ok     ok     ok
mfa_generate_recovery_codes POST in   ok       ok    ok    ok  ok   ok     ok       ok       ok     ok      ok   ok   ok     ok      ok    ok     ok     ok
mfa_download_recovery_codes GET  in   no       no    no    no  no   no     no       no       no     no      no   no   no     no      no    no     no     no
mfa_list_webauthn        GET    in   ok       ok    ok    ok  ok   ok     ok       ok       ok     ok      ok   ok   ok     ok      ok    ok     ok     ok
mfa_add_webauthn         GET    in   ok       ok    ok    ok  ok   ok     ok       ok       ok     ok      ok   ok   ok     ok      ok    ok     ok     ok
mfa_add_webauthn         POST   in   ok       ok    ok    ok  ok   ok     ok       ok       ok     ok      ok   ok   ok     ok      ok    ok     ok     ok
mfa_remove_webauthn      GET    in   no       no    no    no  no   no     no       no       no     no      no   no   no     no      no    no     no     no
mfa_remove_webauthn      POST   in   no       no    no    no  no   no     no       no       no     no      no   no   no     no      no    no     no     no
mfa_edit_webauthn        GET    in   no       no    no    no  no   no     no       no       no     no      no   no   no     no      no    no     no     no
mfa_edit_webauthn        POST   in   no       no    no    no  no   no     no       no       no     no      no   no   no     no      no    no     no     no
mfa_reauthenticate_webauthn GET  in   403      403   403   403 403  403    403      403      403    403     403  403  403    403     403   403    403    403
mfa_reauthenticate_webauthn POST in   403      403   403   403 403  403    403      403      403    403     403  403  403    403     403   403    403    403
mfa_login_webauthn       GET    in   ->       ->    ->    ->  ->   ->     ->       ->       ->     ->      ->   ->   ->     ->      ->    ->     ->     ->
mfa_login_webauthn       POST   in   ->       ->    ->    ->  ->   ->     ->       ->       ->     ->      ->   ->   ->     ->      ->    ->     ->     ->
set_language             POST   ->   ->       ->    ->    ->  ->   ->     ->       ->       ->     ->      ->   ->   ->     ->      ->    ->     ->     ->
after_sign_in            GET    in   ->       ->    ->    ->  ->   ->     ->       ->       ->     ->      ->   ->   ->     ->      ->    ->     ->     ->
me                       GET    in   ok       ok    ok    ok  no   no     no       no       no     no      ok   ok   no     no      no    no     no     no
my_cases                 GET    in   ok       ok    ok    ok  no   no     no       no       no     no      ok   ok   no     no      no    no     no     no
my_letters               GET    in   ok       ok    ok    ok  no   no     no       no       no     no      ok   ok   no     no      no    no     no     no
my_mails                 GET    in   ok       ok    ok    ok  no   no     no       no       no     no      ok   ok   no     no      no    no     no     no
my_mail                  GET    in   no       ok    no    no  no   no     no       no       no     no      no   no   no     no      no    no     no     no
my_calendar              GET    in   ok       ok    ok    ok  no   no     no       no       no     no      ok   ok   no     no      no    no     no     no
my_calendar_file         GET    in   no       ok    ok    no  no   no     no       no       no     no      no   no   no     no      no    no     no     no
my_calendar_address      POST   in   no       ok    ok    no  no   no     no       no       no     no      no   no   no     no      no    no     no     no
my_calendar_revoke       POST   in   no       ->    ->    no  no   no     no       no       no     no      no   no   no     no      no    no     no     no
repair_calendar_ics      GET    ok   ok       ok    ok    ok  ok   ok     ok       ok       ok     ok      ok   ok   ok     ok      ok    ok     ok     ok
my_subjects              GET    in   ok       ok    ok    ok  ok   ok     ok       ok       ok     ok      ok   ok   ok     ok      ok    no     no     no
my_subject_switch        POST   in   no       ->    no    no  no   no     no       no       no     no      no   no   no     no      no    no     no     no
my_subject               GET    in   no       ok    no    no  no   no     no       no       no     no      no   no   no     no      no    no     no     no
my_subject_end           GET    in   no       ok    no    no  no   no     no       no       no     no      no   no   no     no      no    no     no     no
my_subject_end           POST   in   no       ->    no    no  no   no     no       no       no     no      no   no   no     no      no    no     no     no
my_mandate_new           GET    in   ok       ok    ok    ok  ok   ok     ok       ok       ok     ok      ok   ok   ok     ok      ok    no     no     no
my_mandate_new           POST   in   ok       ok    ok    ok  ok   ok     ok       ok       ok     ok      ok   ok   ok     ok      ok    no     no     no
my_mandate_template      GET    in   ok       ok    ok    ok  ok   ok     ok       ok       ok     ok      ok   ok   ok     ok      ok    no     no     no
my_mandate               GET    in   ok       no    no    no  no   no     no       no       no     no      no   no   no     no      no    no     no     no
my_mandate_withdraw      POST   in   ->       no    no    no  no   no     no       no       no     no      no   no   no     no      no    no     no     no
my_mandate_letter        GET    in   ok       no    no    no  no   no     no       no       no     no      no   no   no     no      no    no     no     no
office_mandates          GET    in   no       no    no    no  no   ok     no       no       no     ok      no   no   no     no      ok    no     no     no
office_mandate           GET    in   no       no    no    no  no   ok     no       no       no     no      no   no   no     no      ok    no     no     no
office_mandate           POST   in   no       no    no    no  no   ok     no       no       no     no      no   no   no     no      ok    no     no     no
office_mandate_letter    GET    in   no       no    no    no  no   ok     no       no       no     no      no   no   no     no      ok    no     no     no
office_mandate_end       GET    in   no       no    no    no  no   ok     no       no       no     no      no   no   no     no      ok    no     no     no
office_mandate_end       POST   in   no       no    no    no  no   ok     no       no       no     no      no   no   no     no      ok    no     no     no
my_record                GET    in   no       ok    no    no  no   no     no       no       no     no      no   no   no     no      no    no     no     no
my_repair_choose         GET    in   ok       ok    ok    ok  no   no     no       no       no     no      ok   ok   no     no      no    no     no     no
my_repair_choose         POST   in   ok       ok    ok    ok  no   no     no       no       no     no      ok   ok   no     no      no    no     no     no
my_repair_start          POST   in   no       ->    no    no  no   no     no       no       no     no      no   no   no     no      no    no     no     no
my_repair                GET    in   no       ok    no    no  no   no     no       no       no     no      no   no   no     no      no    no     no     no
my_repair_withdraw       GET    in   no       ok    no    no  no   no     no       no       no     no      no   no   no     no      no    no     no     no
my_repair_withdraw       POST   in   no       ->    no    no  no   no     no       no       no     no      no   no   no     no      no    no     no     no
my_repair_unschedule     POST   in   no       ->    no    no  no   no     no       no       no     no      no   no   no     no      no    no     no     no
my_repair_urge           GET    in   no       ->    no    no  no   no     no       no       no     no      no   no   no     no      no    no     no     no
my_repair_urge           POST   in   no       ->    no    no  no   no     no       no       no     no      no   no   no     no      no    no     no     no
my_repair_contact        GET    in   no       ok    no    no  no   no     no       no       no     no      no   no   no     no      no    no     no     no
my_repair_contact        POST   in   no       ok    no    no  no   no     no       no       no     no      no   no   no     no      no    no     no     no
my_repair_rate           GET    in   no       ->    no    no  no   no     no       no       no     no      no   no   no     no      no    no     no     no
my_repair_rate           POST   in   no       ->    no    no  no   no     no       no       no     no      no   no   no     no      no    no     no     no
my_filing                GET    in   no       ok    no    no  no   no     no       no       no     no      no   no   no     no      no    no     no     no
my_filing_records        GET    in   no       ok    no    no  no   no     no       no       no     no      no   no   no     no      no    no     no     no
my_filing_drop_record    POST   in   no       ->    no    no  no   no     no       no       no     no      no   no   no     no      no    no     no     no
my_filing_statement      GET    in   no       ok    no    no  no   no     no       no       no     no      no   no   no     no      no    no     no     no
my_filing_statement      POST   in   no       ok    no    no  no   no     no       no       no     no      no   no   no     no      no    no     no     no
my_filing_check          GET    in   no       ok    no    no  no   no     no       no       no     no      no   no   no     no      no    no     no     no
my_filing_check          POST   in   no       ->    no    no  no   no     no       no       no     no      no   no   no     no      no    no     no     no
my_filing_filed          GET    in   no       ok    no    no  no   no     no       no       no     no      no   no   no     no      no    no     no     no
my_filing_discard        GET    in   no       ok    no    no  no   no     no       no       no     no      no   no   no     no      no    no     no     no
my_filing_discard        POST   in   no       ->    no    no  no   no     no       no       no     no      no   no   no     no      no    no     no     no
my_filing_letters        GET    in   no       ok    no    no  no   no     no       no       no     no      no   no   no     no      no    no     no     no
my_filing_sign           POST   in   no       ->    no    no  no   no     no       no       no     no      no   no   no     no      no    no     no     no
my_filing_letters_pdf    GET    in   no       ok    no    no  no   no     no       no       no     no      no   no   no     no      no    no     no     no
my_filing_letter         GET    in   no       ok    no    no  no   no     no       no       no     no      no   no   no     no      no    no     no     no
my_filing_unsign         POST   in   no       ->    no    no  no   no     no       no       no     no      no   no   no     no      no    no     no     no
my_filing_form           GET    in   no       ok    no    no  no   no     no       no       no     no      no   no   no     no      no    no     no     no
my_filing_statement_pdf  GET    in   no       ok    no    no  no   no     no       no       no     no      no   no   no     no      no    no     no     no
my_filing_authorisation  GET    in   no       ok    no    no  no   no     no       no       no     no      no   no   no     no      no    no     no     no
my_filing_findings       GET    in   no       ok    no    no  no   no     no       no       no     no      no   no   no     no      no    no     no     no
my_repair_again          POST   in   no       ->    no    no  no   no     no       no       no     no      no   no   no     no      no    no     no     no
my_repair_correction     GET    in   no       ok    no    no  no   no     no       no       no     no      no   no   no     no      no    no     no     no
my_repair_correction     POST   in   no       ->    no    no  no   no     no       no       no     no      no   no   no     no      no    no     no     no
my_repair_correction_letter GET in   no       ->    no    no  no   no     no       no       no     no      no   no   no     no      no    no     no     no
my_repair_correction_drop POST  in   no       ->    no    no  no   no     no       no       no     no      no   no   no     no      no    no     no     no
blank_paper              GET    ok   ok       ok    ok    ok  ok   ok     ok       ok       ok     ok      ok   ok   ok     ok      ok    ok     ok     ok
window                   GET    in   no       no    no    no  no   no     no       no       no     no      no   no   ok     no      no    no     no     no
window                   POST   in   no       no    no    no  no   no     no       no       no     no      no   no   ok     no      no    no     no     no
window_subject           GET    in   no       no    no    no  no   no     no       no       no     no      no   no   ok     no      no    no     no     no
window_subject           POST   in   no       no    no    no  no   no     no       no       no     no      no   no   ok     no      no    no     no     no
window_papers            GET    in   no       no    no    no  no   no     no       no       no     no      no   no   ok     no      no    no     no     no
window_slip              GET    in   no       no    no    no  no   no     no       no       no     no      no   no   ok     no      no    no     no     no
window_withdrawal        GET    in   no       no    no    no  no   no     no       no       no     no      no   no   ok     no      no    no     no     no
window_withdrawal        POST   in   no       no    no    no  no   no     no       no       no     no      no   no   ok     no      no    no     no     no
window_withdrawal_form   GET    in   no       no    no    no  no   no     no       no       no     no      no   no   ok     no      no    no     no     no
window_filing            GET    in   no       no    no    no  no   no     no       no       no     no      no   no   ok     no      no    no     no     no
window_filing_records    GET    in   no       no    no    no  no   no     no       no       no     no      no   no   ok     no      no    no     no     no
window_filing_drop_record POST  in   no       no    no    no  no   no     no       no       no     no      no   no   ->     no      no    no     no     no
window_filing_statement  GET    in   no       no    no    no  no   no     no       no       no     no      no   no   ok     no      no    no     no     no
window_filing_statement  POST   in   no       no    no    no  no   no     no       no       no     no      no   no   ok     no      no    no     no     no
window_filing_check      GET    in   no       no    no    no  no   no     no       no       no     no      no   no   ok     no      no    no     no     no
window_filing_check      POST   in   no       no    no    no  no   no     no       no       no     no      no   no   ->     no      no    no     no     no
window_filing_filed      GET    in   no       no    no    no  no   no     no       no       no     no      no   no   ok     no      no    no     no     no
window_filing_discard    GET    in   no       no    no    no  no   no     no       no       no     no      no   no   ok     no      no    no     no     no
window_filing_discard    POST   in   no       no    no    no  no   no     no       no       no     no      no   no   ->     no      no    no     no     no
window_filing_letters    GET    in   no       no    no    no  no   no     no       no       no     no      no   no   ok     no      no    no     no     no
window_filing_sign       POST   in   no       no    no    no  no   no     no       no       no     no      no   no   ->     no      no    no     no     no
window_filing_letters_pdf GET   in   no       no    no    no  no   no     no       no       no     no      no   no   ok     no      no    no     no     no
window_filing_letter     GET    in   no       no    no    no  no   no     no       no       no     no      no   no   ok     no      no    no     no     no
window_filing_unsign     POST   in   no       no    no    no  no   no     no       no       no     no      no   no   ->     no      no    no     no     no
window_filing_form       GET    in   no       no    no    no  no   no     no       no       no     no      no   no   ok     no      no    no     no     no
window_filing_statement_pdf GET in   no       no    no    no  no   no     no       no       no     no      no   no   ok     no      no    no     no     no
window_filing_authorisation GET in   no       no    no    no  no   no     no       no       no     no      no   no   ok     no      no    no     no     no
window_filing_findings   GET    in   no       no    no    no  no   no     no       no       no     no      no   no   ok     no      no    no     no     no
window_repair_again      POST   in   no       no    no    no  no   no     no       no       no     no      no   no   ->     no      no    no     no     no
window_repair_correction GET    in   no       no    no    no  no   no     no       no       no     no      no   no   ok     no      no    no     no     no
window_repair_correction POST   in   no       no    no    no  no   no     no       no       no     no      no   no   ->     no      no    no     no     no
window_repair_correction_letter GET in no     no    no    no  no   no     no       no       no     no      no   no   ->     no      no    no     no     no
window_repair_correction_drop POST in no      no    no    no  no   no     no       no       no     no      no   no   ->     no      no    no     no     no
office_repair_correction GET    in   no       no    no    no  no   ok     no       no       no     no      no   no   no     no      ok    no     no     no
office_repair_correction POST   in   no       no    no    no  no   422    no       no       no     no      no   no   no     no      422   no     no     no
window_repair            GET    in   no       no    no    no  no   no     no       no       no     no      no   no   ok     no      no    no     no     no
window_repair_withdraw   GET    in   no       no    no    no  no   no     no       no       no     no      no   no   ->     no      no    no     no     no
window_repair_withdraw   POST   in   no       no    no    no  no   no     no       no       no     no      no   no   ->     no      no    no     no     no
window_repair_unschedule POST   in   no       no    no    no  no   no     no       no       no     no      no   no   ->     no      no    no     no     no
window_repair_urge       GET    in   no       no    no    no  no   no     no       no       no     no      no   no   ->     no      no    no     no     no
window_repair_urge       POST   in   no       no    no    no  no   no     no       no       no     no      no   no   ->     no      no    no     no     no
window_repair_contact    GET    in   no       no    no    no  no   no     no       no       no     no      no   no   ok     no      no    no     no     no
window_repair_contact    POST   in   no       no    no    no  no   no     no       no       no     no      no   no   ok     no      no    no     no     no
window_repair_rate       GET    in   no       no    no    no  no   no     no       no       no     no      no   no   no     no      no    no     no     no
window_repair_rate       POST   in   no       no    no    no  no   no     no       no       no     no      no   no   no     no      no    no     no     no
my_filing_materials      GET    in   no       ok    no    no  no   no     no       no       no     no      no   no   no     no      no    no     no     no
my_filing_materials      POST   in   no       ok    no    no  no   no     no       no       no     no      no   no   no     no      no    no     no     no
my_filing_use_material   POST   in   no       ->    no    no  no   no     no       no       no     no      no   no   no     no      no    no     no     no
my_filing_drop_material  POST   in   no       ->    no    no  no   no     no       no       no     no      no   no   no     no      no    no     no     no
my_upload_begin          POST   in   no       422   no    no  no   no     no       no       no     no      no   no   no     no      no    no     no     no
my_upload_part           POST   in   no       409   no    no  no   no     no       no       no     no      no   no   no     no      no    no     no     no
my_upload_end            POST   in   no       409   no    no  no   no     no       no       no     no      no   no   no     no      no    no     no     no
window_filing_materials  GET    in   no       no    no    no  no   no     no       no       no     no      no   no   ok     no      no    no     no     no
window_filing_materials  POST   in   no       no    no    no  no   no     no       no       no     no      no   no   ok     no      no    no     no     no
window_filing_use_material POST   in   no       no    no    no  no   no     no       no       no     no      no   no   ->     no      no    no     no     no
window_filing_drop_material POST   in   no       no    no    no  no   no     no       no       no     no      no   no   ->     no      no    no     no     no
window_upload_begin      POST   in   no       no    no    no  no   no     no       no       no     no      no   no   422    no      no    no     no     no
window_upload_part       POST   in   no       no    no    no  no   no     no       no       no     no      no   no   409    no      no    no     no     no
window_upload_end        POST   in   no       no    no    no  no   no     no       no       no     no      no   no   409    no      no    no     no     no
attachment               GET    in   no       ok    no    no  no   ok     ok       ok       ok     no      no   no   no     no      ok    no     no     no
document                 GET    in   no       ok    no    no  no   ok     ok       ok       ok     no      no   no   no     no      ok    no     no     no
office                   GET    in   no       no    no    no  ok   ok     ok       ok       ok     ok      no   no   ok     ok      ok    no     no     no
office_repair            GET    in   no       no    no    no  no   ok     ok       ok       ok     no      no   no   no     no      ok    no     no     no
office_repair_act        POST   in   no       no    no    no  no   ->     no       no       no     no      no   no   no     no      ->    no     no     no
office_search            GET    in   no       no    no    no  ok   ok     ok       ok       ok     ok      no   no   no     no      ok    no     no     no
office_search            POST   in   no       no    no    no  ->   ->     ->       ->       ->     ->      no   no   no     no      ->    no     no     no
office_records           GET    in   no       no    no    no  ok   ok     ok       ok       ok     ok      no   no   no     no      ok    no     no     no
office_record            GET    in   no       no    no    no  ok   ok     ok       ok       ok     no      no   no   no     no      ok    no     no     no
office_record_adjust     GET    in   no       no    no    no  ok   no     no       ok       no     no      no   no   no     no      no    no     no     no
office_record_adjust     POST   in   no       no    no    no  ok   no     no       ok       no     no      no   no   no     no      no    no     no     no
office_held              GET    in   no       no    no    no  ok   ok     ok       ok       ok     ok      no   no   no     no      ok    no     no     no
office_held_settle       GET    in   no       no    no    no  ok   no     no       ok       no     no      no   no   no     no      no    no     no     no
office_held_settle       POST   in   no       no    no    no  ok   no     no       ok       no     no      no   no   no     no      no    no     no     no
office_messages          GET    in   no       no    no    no  ok   no     no       no       ok     no      no   no   no     no      ok    no     no     no
office_people            GET    in   no       no    no    no  ok   ok     ok       ok       ok     ok      no   no   ok     ok      ok    no     no     no
office_absence_new       GET    in   no       no    no    no  ok   ok     ok       ok       ok     ok      no   no   ok     ok      ok    no     no     no
office_absence_new       POST   in   no       no    no    no  ok   ok     ok       ok       ok     ok      no   no   ok     ok      ok    no     no     no
office_absence           GET    in   no       no    no    no  no   ok     no       no       ok     no      no   no   no     no      no    no     no     no
office_absence           POST   in   no       no    no    no  no   ok     no       no       ok     no      no   no   no     no      no    no     no     no
office_substitution_new  GET    in   no       no    no    no  ok   ok     ok       ok       ok     ok      no   no   ok     ok      ok    no     no     no
office_substitution_new  POST   in   no       no    no    no  ok   ok     ok       ok       ok     ok      no   no   ok     ok      ok    no     no     no
office_substitution_end  GET    in   no       no    no    no  no   ok     no       no       ok     no      no   no   no     no      no    no     no     no
office_substitution_end  POST   in   no       no    no    no  no   ok     no       no       ok     no      no   no   no     no      no    no     no     no
office_unmask            POST   in   no       no    no    no  ok   ok     ok       ok       ok     no      no   no   no     no      ok    no     no     no
office_imports           GET    in   no       no    no    no  ok   no     no       no       no     no      no   no   no     no      ok    no     no     no
office_import_new        GET    in   no       no    no    no  ok   no     no       no       no     no      no   no   no     no      ok    no     no     no
office_import_new        POST   in   no       no    no    no  ok   no     no       no       no     no      no   no   no     no      ok    no     no     no
office_import            GET    in   no       no    no    no  ok   no     no       no       no     no      no   no   no     no      no    no     no     no
office_import_report     GET    in   no       no    no    no  ok   no     no       no       no     no      no   no   no     no      no    no     no     no
office_supply            GET    in   no       no    no    no  ok   no     no       no       ok     no      no   no   no     no      ok    no     no     no
office_supply_source     GET    in   no       no    no    no  ok   no     no       no       ok     no      no   no   no     no      no    no     no     no
office_wrong_codes       GET    in   no       no    no    no  ok   no     no       no       ok     no      no   no   no     no      ok    no     no     no
office_import_progress   GET    in   no       no    no    no  ->   no     no       no       no     no      no   no   no     no      no    no     no     no
office_import_resume     POST   in   no       no    no    no  ->   no     no       no       no     no      no   no   no     no      no    no     no     no
office_import_undo       GET    in   no       no    no    no  ok   no     no       no       no     no      no   no   no     no      no    no     no     no
office_import_undo       POST   in   no       no    no    no  ->   no     no       no       no     no      no   no   no     no      no    no     no     no
office_import_refused    GET    in   no       no    no    no  ok   no     no       no       no     no      no   no   no     no      no    no     no     no
office_conflicts         GET    in   no       no    no    no  ok   no     no       no       no     no      no   no   no     no      ok    no     no     no
office_conflict          GET    in   no       no    no    no  ok   no     no       no       no     no      no   no   no     no      no    no     no     no
office_conflict          POST   in   no       no    no    no  ok   no     no       no       no     no      no   no   no     no      no    no     no     no
office_conflict_take_up  POST   in   no       no    no    no  ->   no     no       no       no     no      no   no   no     no      no    no     no     no
office_rules             GET    in   no       no    no    no  ok   ok     ok       ok       ok     ok      no   no   ok     ok      ok    no     no     no
office_rule_words        GET    in   no       no    no    no  ok   ok     ok       ok       ok     ok      no   no   ok     ok      ok    no     no     no
office_rule_set          GET    in   no       no    no    no  ok   ok     ok       ok       ok     ok      no   no   ok     ok      ok    no     no     no
office_rule              GET    in   no       no    no    no  ok   ok     ok       ok       ok     ok      no   no   ok     ok      ok    no     no     no
office_rule              POST   in   no       no    no    no  no   no     no       no       ok     no      no   no   no     no      no    no     no     no
office_rule_withdraw     GET    in   no       no    no    no  no   no     no       no       ok     no      no   no   no     no      no    no     no     no
office_rule_withdraw     POST   in   no       no    no    no  no   no     no       no       ok     no      no   no   no     no      no    no     no     no
office_rule_editions     GET    in   no       no    no    no  ok   ok     ok       ok       ok     ok      no   no   ok     ok      ok    no     no     no
office_rule_edition      GET    in   no       no    no    no  ok   ok     ok       ok       ok     ok      no   no   ok     ok      ok    no     no     no
office_calendar          GET    in   no       no    no    no  ok   ok     ok       ok       ok     ok      no   no   ok     ok      ok    no     no     no
office_calendar_year     GET    in   no       no    no    no  ok   ok     ok       ok       ok     ok      no   no   ok     ok      ok    no     no     no
office_calendar_set      GET    in   no       no    no    no  no   no     no       no       ok     no      no   no   no     no      no    no     no     no
office_calendar_set      POST   in   no       no    no    no  no   no     no       no       ok     no      no   no   no     no      no    no     no     no
office_calendar_announce GET    in   no       no    no    no  no   no     no       no       ok     no      no   no   no     no      no    no     no     no
office_calendar_announce POST   in   no       no    no    no  no   no     no       no       ok     no      no   no   no     no      no    no     no     no
office_calendar_clear    POST   in   no       no    no    no  no   no     no       no       ->     no      no   no   no     no      no    no     no     no
openid_connect_login     GET    no   no       no    no    no  no   no     no       no       no     no      no   no   no     no      no    no     no     no
openid_connect_login     POST   no   no       no    no    no  no   no     no       no       no     no      no   no   no     no      no    no     no     no
openid_connect_callback  GET    no   no       no    no    no  no   no     no       no       no     no      no   no   no     no      no    no     no     no
socialaccount_login_cancelled GET ok ok       ok    ok    ok  ok   ok     ok       ok       ok     ok      ok   ok   ok     ok      ok    ok     ok     ok
socialaccount_login_error GET   401  401      401   401   401 401  401    401      401      401    401     401  401  401    401     401   401    401    401
socialaccount_signup     GET    in   in       in    in    in  in   in     in       in       in     in      in   in   in     in      in    in     in     in
socialaccount_signup     POST   in   in       in    in    in  in   in     in       in       in     in      in   in   in     in      in    in     in     in
socialaccount_connections GET   in   ok       ok    ok    ok  ok   ok     ok       ok       ok     ok      ok   ok   ok     ok      ok    ok     ok     ok
socialaccount_connections POST  in   ok       ok    ok    ok  ok   ok     ok       ok       ok     ok      ok   ok   ok     ok      ok    ok     ok     ok
csp_report               POST   415  415      415   415   415 415  415    415      415      415    415     415  415  415    415     415   415    415    415
account_invitation       GET    ok   ok       ok    ok    ok  ok   ok     ok       ok       ok     ok      ok   ok   ok     ok      ok    ok     ok     ok
account_invitation       POST   ok   ok       ok    ok    ok  ok   ok     ok       ok       ok     ok      ok   ok   ok     ok      ok    ok     ok     ok
manage                   GET    in   no       no    no    no  no   no     no       no       no     no      no   no   no     no      no    ->     ->     ->
manage_people            GET    in   no       no    no    no  no   no     no       no       no     no      no   no   no     no      no    no     ok     no
manage_person            GET    in   no       no    no    no  no   no     no       no       no     no      no   no   no     no      no    no     ok     no
manage_membership_new    GET    in   no       no    no    no  no   no     no       no       no     no      no   no   no     no      no    no     ok     no
manage_membership_new    POST   in   no       no    no    no  no   no     no       no       no     no      no   no   no     no      no    no     ok     no
manage_administration_new GET    in   no       no    no    no  no   no     no       no       no     no      no   no   no     no      no    no     ok     no
manage_administration_new POST   in   no       no    no    no  no   no     no       no       no     no      no   no   no     no      no    no     ok     no
manage_regain            GET    in   no       no    no    no  no   no     no       no       no     no      no   no   no     no      no    no     ok     no
manage_regain            POST   in   no       no    no    no  no   no     no       no       no     no      no   no   no     no      no    no     ok     no
manage_sessions          GET    in   no       no    no    no  no   no     no       no       no     no      no   no   no     no      no    no     ok     no
manage_sessions          POST   in   no       no    no    no  no   no     no       no       no     no      no   no   no     no      no    no     ok     no
manage_close             GET    in   no       no    no    no  no   no     no       no       no     no      no   no   no     no      no    no     ok     no
manage_close             POST   in   no       no    no    no  no   no     no       no       no     no      no   no   no     no      no    no     ok     no
manage_membership        GET    in   no       no    no    no  no   no     no       no       no     no      no   no   no     no      no    no     ok     no
manage_membership        POST   in   no       no    no    no  no   no     no       no       no     no      no   no   no     no      no    no     ok     no
manage_administration    GET    in   no       no    no    no  no   no     no       no       no     no      no   no   no     no      no    no     ok     no
manage_administration    POST   in   no       no    no    no  no   no     no       no       no     no      no   no   no     no      no    no     ok     no
manage_invitations       GET    in   no       no    no    no  no   no     no       no       no     no      no   no   no     no      no    no     ok     no
manage_invite            GET    in   no       no    no    no  no   no     no       no       no     no      no   no   no     no      no    no     ok     no
manage_invite            POST   in   no       no    no    no  no   no     no       no       no     no      no   no   no     no      no    no     ok     no
manage_invitation_resend POST   in   no       no    no    no  no   no     no       no       no     no      no   no   no     no      no    no     ->     no
manage_invitation_revoke POST   in   no       no    no    no  no   no     no       no       no     no      no   no   no     no      no    no     ->     no
manage_lockouts          GET    in   no       no    no    no  no   no     no       no       no     no      no   no   no     no      no    no     ok     no
manage_lockout           GET    in   no       no    no    no  no   no     no       no       no     no      no   no   no     no      no    no     ok     no
manage_lockout           POST   in   no       no    no    no  no   no     no       no       no     no      no   no   no     no      no    no     ok     no
manage_audit             GET    in   no       no    no    no  no   no     no       no       no     no      no   no   no     no      no    no     no     ok
manage_audit_entry       GET    in   no       no    no    no  no   no     no       no       no     no      no   no   no     no      no    no     no     ok
manage_sign_ins          GET    in   no       no    no    no  no   no     no       no       no     no      no   no   no     no      no    no     no     ok
manage_failures          GET    in   no       no    no    no  no   no     no       no       no     no      no   no   no     no      no    no     no     ok
manage_unmaskings        GET    in   no       no    no    no  no   no     no       no       no     no      no   no   no     no      no    no     no     ok
manage_system            GET    in   no       no    no    no  no   no     no       no       no     no      no   no   no     no      no    ok     no     no
demo_mails               GET    no   no       no    no    no  no   no     no       no       no     no      no   no   no     no      no    no     no     no
demo_mail                GET    no   no       no    no    no  no   no     no       no       no     no      no   no   no     no      no    no     no     no
"""

#: The addresses of a basket and of an application that the applicant and the window both have.
SIDED = {pattern.name for pattern in urlpatterns if pattern.default_args.get("side") is WINDOW}
REDIRECTS = {"django.views.generic.base"}
STATUS = {"ok": 200, "->": 302, "no": 404, "in": 302}
LINES = [line.split() for line in TABLE.strip().splitlines()]
PEOPLE = LINES[0][2:]
FOR_ALL = ("anon", "clerk", "intake", "root", "sysadm")
ROWS = [(line[0], line[1], dict(zip(PEOPLE, line[2:], strict=True))) for line in LINES[1:]]


@dataclass
class Site:
    """The county of the table, and what its addresses are about."""

    people: dict[str, User | None]
    case: Case
    draft: Case
    record: Record
    free_record: Record
    held_record: Record
    batch: ImportBatch
    conflict: NameConflict
    asked: MandateApplication
    feed_secret: str
    invitation: Invitation
    online: Sided
    at_window: Sided

    def address(self, name: str) -> str:
        """The address of the table's case, draft, record or batch."""
        if name.startswith("manage_") or name == "account_invitation":
            return reverse(name, args=self._managed(name))
        if name.startswith("my_") and f"window_{name[3:]}" in SIDED:
            return self.online.address(name)
        if name in SIDED:
            return self.at_window.address(name)
        arguments: dict[str, Callable[[], list[Any]]] = {
            "my_subject_switch": lambda: [self.case.subject.uuid],  # type: ignore[union-attr]
            "my_subject": lambda: [self.case.subject.uuid],  # type: ignore[union-attr]
            "my_subject_end": lambda: [self.case.subject.uuid],  # type: ignore[union-attr]
            "my_mandate": lambda: [self.asked.uuid],
            "my_mandate_withdraw": lambda: [self.asked.uuid],
            "my_mandate_letter": lambda: [self.asked.uuid],
            "office_mandate": lambda: [self.asked.uuid],
            "office_mandate_letter": lambda: [self.asked.uuid],
            "office_mandate_end": lambda: [Mandate.objects.get(user=self.people["clerk"]).uuid],
            "my_record": lambda: [self.record.uuid],
            "my_repair_start": lambda: [self.free_record.uuid],
            "blank_paper": lambda: ["form"],
            "window_subject": lambda: [self.case.subject.uuid],  # type: ignore[union-attr]
            "window_papers": lambda: [self.at_window.draft.filing.uuid],
            "window_slip": lambda: [self.at_window.case.filing.uuid],
            "window_withdrawal": lambda: [self.at_window.case.uuid],
            "window_withdrawal_form": lambda: [self.at_window.case.uuid],
            "attachment": lambda: [self.case.attachments.first().uuid],
            "document": lambda: [CaseDocument.objects.filter(case=self.case).last().document.uuid],
            "office_repair": lambda: [self.case.uuid],
            "office_repair_correction": lambda: [self.case.uuid],
            "office_repair_act": lambda: [self.case.uuid, "accept"],
            "office_record": lambda: [self.record.uuid],
            "office_record_adjust": lambda: [self.record.uuid],
            "office_held_settle": lambda: [self.held_record.uuid],
            "office_import": lambda: [self.batch.uuid],
            "office_import_report": lambda: [self.batch.uuid],
            "office_import_progress": lambda: [self.batch.uuid],
            "office_import_resume": lambda: [self.batch.uuid],
            "office_import_undo": lambda: [self.batch.uuid],
            "office_import_refused": lambda: [self.batch.uuid, "xlsx"],
            "office_conflict": lambda: [self.conflict.uuid],
            "office_absence": lambda: [Absence.objects.get().uuid],
            "office_substitution_end": lambda: [Substitution.objects.get().uuid],
            "office_unmask": lambda: [self.record.subject.uuid],
            "office_conflict_take_up": lambda: [self.conflict.uuid],
            "office_rule_set": lambda: ["ndrc-36"],
            "office_rule": lambda: ["ndrc-36", "class.general.min_months"],
            "office_rule_withdraw": lambda: [RuleOverride.objects.get().uuid],
            "office_rule_edition": lambda: [current_book().content_hash],
            "office_calendar_year": lambda: [2027],
            "office_calendar_clear": lambda: [CalendarDay.objects.get().day],
            "demo_mail": lambda: ["some.log"],
            "my_mail": lambda: [Mail.objects.filter(kind="repair_submitted").first().uuid],
            "account_session_end": lambda: [0],
            "mfa_remove_webauthn": lambda: [0],
            "mfa_edit_webauthn": lambda: [0],
            "openid_connect_login": lambda: ["enterprise"],
            "openid_connect_callback": lambda: ["enterprise"],
            "repair_calendar_ics": lambda: [self.feed_secret],
        }
        if name == "office_supply_source":
            return f"{reverse(name)}?code={self.record.authority.code}"
        return reverse(name, args=arguments[name]() if name in arguments else [])

    def _managed(self, name: str) -> list[Any]:
        """What the administrators' pages are about: the intake officer, and somebody who is invited."""
        official, auditor = self.people["intake"], self.people["audadm"]
        assert official is not None
        assert auditor is not None
        if name in {
            "manage_person",
            "manage_membership_new",
            "manage_administration_new",
            "manage_regain",
            "manage_sessions",
            "manage_close",
        }:
            return [key_of(official)]
        arguments: dict[str, Callable[[], list[Any]]] = {
            "account_invitation": lambda: [secret_of(self.invitation)],
            "manage_membership": lambda: [official.memberships.get().uuid],
            "manage_administration": lambda: [auditor.administrations.get().uuid],
            "manage_invitation_resend": lambda: [self.invitation.uuid],
            "manage_invitation_revoke": lambda: [self.invitation.uuid],
            "manage_lockout": lambda: [AccessAttempt.objects.get().pk],
            "manage_audit_entry": lambda: [AuditEntry.objects.latest("pk").pk],
        }
        return arguments[name]() if name in arguments else []


def build_site() -> Site:
    """Build the county with one person of every kind."""
    made = county.build_world()
    Subject.objects.filter(pk=made.subject.pk).update(representative_number="340621198001010011")
    elsewhere = OfficeFactory(credit=True, name="桓台县信用办")
    yesterday = county.TODAY - timedelta(days=1)
    records = [_record_of(made.subject, made.authority) for _number in range(2)]
    EmailAddress.objects.create(user=made.clerk, email=made.clerk.email, verified=True, primary=True)
    case = county.submitted_case(made)
    render(document_id=CaseDocument.objects.filter(case=case).last().document_id)  # type: ignore[union-attr]
    data = county.member(made.credit, Role.DATA)
    _change_the_law(data)
    batch = _batch(data)
    SupplyCount.objects.create(
        batch=batch, month=county.TODAY.replace(day=1), source_code=made.authority.code
    )
    stranger = county.make_user("路人")
    draft = county.complete_draft(made, record=records[0])
    window = county.member(made.credit, Role.WINDOW)
    lock_out(made.intake)
    _leave(made.intake)
    return Site(
        people={
            "anon": None,
            "stranger": stranger,
            "clerk": made.clerk,
            "other": county.clerk_of(SubjectFactory()),
            "was": county.clerk_of(made.subject, until=yesterday),
            "data": data,
            "intake": made.intake,
            "verifier": made.verifier,
            "approver": made.approver,
            "superv": county.member(made.credit, Role.SUPERVISOR),
            "foreign": county.member(elsewhere, Role.INTAKE, Role.VERIFIER, Role.APPROVER),
            "left": county.member(made.credit, Role.INTAKE, until=yesterday),
            "root": county.make_user("超级用户", is_superuser=True, is_staff=True),
            "window": window,
            "auditor": county.member(made.credit, Role.AUDITOR),
            "subst": county.substitute_of(made.intake, elsewhere),
            "sysadm": county.administrator("system"),
            "secadm": county.administrator("security"),
            "audadm": county.administrator("audit"),
        },
        case=case,
        draft=draft,
        record=made.record,
        free_record=records[1],
        held_record=_held(made.subject, made.authority),
        batch=batch,
        conflict=_conflict(batch, made.subject),
        asked=_asked(stranger, made),
        feed_secret=make_feed(user=made.clerk, subject=made.subject, today=county.TODAY)[1],
        invitation=invite(county.administrator("security")),
        online=online_side(made, case=case, draft=draft),
        at_window=window_side(made, window),
    )


def _record_of(subject: Subject, authority: Office) -> Record:
    record: Record = RecordFactory(subject=subject, authority=authority)
    return record


def _change_the_law(actor: User) -> None:
    """A local rule and a day off, both later than anything that the table asks about."""
    set_rule(
        rule_set="ndrc-36",
        path="class.general.min_months",
        value=6,
        level="city",
        sector=None,
        in_force_from=date(2028, 1, 3),
        in_force_to=None,
        basis="本市规定",
        reason="测试",
        actor=actor,
    )
    set_calendar_day(day=date(2028, 1, 4), working=False, reason="测试", actor=actor)


def _held(subject: Subject, authority: Office) -> Record:
    record = _record_of(subject, authority)
    put_flag(record=record, kind=RecordFlag.Kind.HELD, reason="待核", actor_label="系统", at=clock.now())
    return record


def _asked(person: User, made: county.World) -> MandateApplication:
    """The stranger asks to act for the subject, too."""
    return apply_for_mandate(
        user=person,
        name=made.subject.name,
        number=made.subject.code or "",
        capacity=MandateApplication.Capacity.CLERK,
        purpose=MandateApplication.Purpose.NEW,
        office=made.credit,
        letter=county.upload("授权书.pdf"),
        until=county.TODAY + timedelta(days=365),
        today=county.TODAY,
    )


def _batch(imported_by: User) -> ImportBatch:
    return ImportBatch.objects.create(
        file_name="penalties.csv",
        sha256="0" * 64,
        as_of=county.TODAY,
        started_at=clock.now(),
        finished_at=clock.now(),
        imported_by=imported_by,
    )


def _leave(user: User) -> None:
    """An absence later than anything that the table asks about."""
    Absence.objects.create(
        user=user,
        since=county.TODAY + timedelta(days=30),
        until=county.TODAY + timedelta(days=37),
        handover=Absence.Handover.OFFICE,
        made_by=user,
        made_at=clock.now(),
    )


def _conflict(batch: ImportBatch, subject: Subject) -> NameConflict:
    line = ImportLine.objects.create(batch=batch, row=1, outcome="refused", code="name_code_conflict")
    return NameConflict.objects.create(line=line, subject=subject, known_name=subject.name, name="别的名称")


@pytest.mark.parametrize("part", range(4))  # so that several workers share the work
@pytest.mark.django_db
def test_every_person_is_answered_as_the_table_says(part: int, monkeypatch: pytest.MonkeyPatch) -> None:
    # Most of what is asked here does not exist for who asks; how that is said is looked at elsewhere.
    monkeypatch.setattr(errors, "_page", lambda _request, status: HttpResponse(status=status))
    people = PEOPLE[part::4]
    with clock.assume(county.TODAY):
        site = build_site()
        keys = {person: _key(site, person) for person in people}
        found = {
            (name, method, person): _answer(keys[person], method, site.address(name))
            for name, method, answers in ROWS
            for person in people
            if _is_asked(person, answers)
        }

    expected = {
        (name, method, person): (STATUS.get(answers[person]) or int(answers[person]), answers[person] == "in")
        for name, method, answers in ROWS
        for person in people
    }
    assert {key: found[key] for key in found if found[key] != expected[key]} == {}


def _is_asked(person: str, answers: dict[str, str]) -> bool:
    """Where everybody who is signed in gets the same answer, five kinds of people ask for all."""
    return person in FOR_ALL or len({answers[each] for each in PEOPLE if each != "anon"}) > 1


def _key(site: Site, person: str) -> str:
    """Sign the person in; return the key of their session, none for a stranger."""
    client = Client()
    user = site.people[person]
    if user is not None:
        client.force_login(user)
    return client.session.session_key or "" if user is not None else ""


def _answer(key: str, method: str, address: str) -> tuple[int, bool]:
    """Return the status, and whether it leads to the sign-in page; what the request did is undone."""
    client = Client()
    if key:
        client.cookies[settings.SESSION_COOKIE_NAME] = key
    with transaction.atomic():
        response = client.get(address) if method == "GET" else client.post(address, _shown(client, address))
        led_in = response.status_code == 302 and response["Location"].startswith(reverse("account_login"))
        transaction.set_rollback(True)
    return response.status_code, led_in


def _shown(client: Client, address: str) -> dict[str, str]:
    """The mark of what a check page shows, without which it is shown again; nothing for any other page."""
    if not address.endswith("/check/"):
        return {}
    mark = re.search(r'name="seen" value="([^"]+)"', client.get(address).content.decode())
    return {"seen": mark[1]} if mark else {}


def test_every_address_of_the_site_has_a_row() -> None:
    assert {row[0] for row in ROWS} == set(_names(get_resolver()))


def _names(resolver: URLResolver) -> list[str]:
    """Return the names of all addresses; the admin's have a table of their own, in test_admin_roles.py."""
    names: list[str] = []
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver) and entry.namespace == "admin":
            continue
        if isinstance(entry, URLPattern) and not entry.name and entry.callback.__module__ in REDIRECTS:
            continue  # allauth keeps its old addresses: nothing but a way to the new ones
        if isinstance(entry, URLResolver):
            names += _names(entry)
        elif isinstance(entry, URLPattern):
            assert entry.name, f"{entry.pattern} has no name"
            names.append(entry.name)
    return names


@pytest.mark.django_db
def test_the_demo_pages_are_there_in_the_demo_alone(settings: Any, client: Client, tmp_path: Any) -> None:
    settings.EMAIL_FILE_PATH = tmp_path
    assert client.get(reverse("demo_mails")).status_code == 404

    settings.DEMO = True
    assert client.get(reverse("demo_mails")).status_code == 200


def test_the_table_is_read_on_an_explicit_day() -> None:
    assert date(2026, 11, 20) == county.TODAY
    assert settings.ASSUMED_TODAY is None
