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
from datetime import date
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from credit_repair.core import clock
from credit_repair.home.views import errors
from tests import world as county
from tests.whole_site import Site, build_site

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
my_filing_power          GET    in   no       ok    no    no  no   no     no       no       no     no      no   no   no     no      no    no     no     no
my_filing_representative GET    in   no       ok    no    no  no   no     no       no       no     no      no   no   no     no      no    no     no     no
my_filing_findings       GET    in   no       ok    no    no  no   no     no       no       no     no      no   no   no     no      no    no     no     no
my_repair_certificate    POST   in   no       ->    no    no  no   no     no       no       no     no      no   no   no     no      no    no     no     no
my_repair_answer         GET    in   no       ->    no    no  no   no     no       no       no     no      no   no   no     no      no    no     no     no
my_repair_answer         POST   in   no       422   no    no  no   no     no       no       no     no      no   no   no     no      no    no     no     no
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
window_filing_power         GET in   no       no    no    no  no   no     no       no       no     no      no   no   ok     no      no    no     no     no
window_filing_representative GET in   no       no    no    no  no   no     no       no       no     no      no   no   ok     no      no    no     no     no
window_filing_findings   GET    in   no       no    no    no  no   no     no       no       no     no      no   no   ok     no      no    no     no     no
window_repair_certificate POST   in   no       no    no    no  no   no     no       no       no     no      no   no   ->     no      no    no     no     no
window_repair_answer     GET    in   no       no    no    no  no   no     no       no       no     no      no   no   ->     no      no    no     no     no
window_repair_answer     POST   in   no       no    no    no  no   no     no       no       no     no      no   no   422    no      no    no     no     no
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
paper                    GET    in   no       no    no    no  no   no     no       no       no     no      no   no   no     no      no    no     no     no
document                 GET    in   no       ok    no    no  no   ok     ok       ok       ok     no      no   no   no     no      ok    no     no     no
office                   GET    in   no       no    no    no  ok   ok     ok       ok       ok     ok      no   no   ok     ok      ok    no     no     no
office_steps             POST   in   no       no    no    no  ->   ->     ->       ->       ->     ->      no   no   ->     ->      ->    no     no     no
office_step_claim        POST   in   no       no    no    no  no   ->     no       no       no     no      no   no   no     no      ->    no     no     no
office_step_give_back    POST   in   no       no    no    no  no   ->     no       no       no     no      no   no   no     no      ->    no     no     no
office_step_hand_over    POST   in   no       no    no    no  no   ->     ->       ->       ->     no      no   no   no     no      ->    no     no     no
office_step_assign       POST   in   no       no    no    no  no   no     no       no       ->     no      no   no   no     no      no    no     no     no
office_filter_save       POST   in   no       no    no    no  ->   ->     ->       ->       ->     ->      no   no   ->     ->      ->    no     no     no
office_filter_delete     POST   in   no       no    no    no  no   ->     no       no       no     no      no   no   no     no      no    no     no     no
office_repair            GET    in   no       no    no    no  no   ok     ok       ok       ok     no      no   no   no     no      ok    no     no     no
office_repair_note       POST   in   no       no    no    no  no   422    422      422      422    no      no   no   no     no      422   no     no     no
office_repair_check      POST   in   no       no    no    no  no   ->     ->       ->       ->     no      no   no   no     no      ->    no     no     no
office_evidence          GET    in   no       no    no    no  no   ok     ok       ok       ok     no      no   no   no     no      ok    no     no     no
office_repair_act        POST   in   no       no    no    no  no   ->     no       no       no     no      no   no   no     no      ->    no     no     no
office_repair_preview    POST   in   no       no    no    no  no   422    no       no       no     no      no   no   no     no      422   no     no     no
office_batch             GET    in   no       no    no    no  no   no     no       ok       no     ok      no   no   no     no      no    no     no     no
office_batch             POST   in   no       no    no    no  no   no     no       422      no     422     no   no   no     no      no    no     no     no
office_batch_done        GET    in   no       no    no    no  no   no     no       ->       no     ->      no   no   no     no      no    no     no     no
office_search            GET    in   no       no    no    no  ok   ok     ok       ok       ok     ok      no   no   no     no      ok    no     no     no
office_search            POST   in   no       no    no    no  ->   ->     ->       ->       ->     ->      no   no   no     no      ->    no     no     no
office_records           GET    in   no       no    no    no  ok   ok     ok       ok       ok     ok      no   no   no     no      ok    no     no     no
office_record            GET    in   no       no    no    no  ok   ok     ok       ok       ok     no      no   no   no     no      ok    no     no     no
office_review_new        GET    in   no       no    no    no  no   ok     no       ok       no     no      no   no   no     no      ok    no     no     no
office_review_new        POST   in   no       no    no    no  no   422    no       422      no     no      no   no   no     no      422   no     no     no
office_review            GET    in   no       no    no    no  no   ok     no       ok       no     no      no   no   no     no      ok    no     no     no
office_review            POST   in   no       no    no    no  no   422    no       422      no     no      no   no   no     no      422   no     no     no
office_record_adjust     GET    in   no       no    no    no  ok   no     no       ok       no     no      no   no   no     no      no    no     no     no
office_record_adjust     POST   in   no       no    no    no  ok   no     no       ok       no     no      no   no   no     no      no    no     no     no
office_held              GET    in   no       no    no    no  ok   ok     ok       ok       ok     ok      no   no   no     no      ok    no     no     no
office_held_settle       GET    in   no       no    no    no  ok   no     no       ok       no     no      no   no   no     no      no    no     no     no
office_held_settle       POST   in   no       no    no    no  ok   no     no       ok       no     no      no   no   no     no      no    no     no     no
office_messages          GET    in   no       no    no    no  ok   no     no       no       ok     no      no   no   no     no      ok    no     no     no
office_platforms         GET    in   no    no    no    no    ok    no    no    no    ok    no    no    no    no    no    ok    no    no    no
office_platform          GET    in   no    no    no    no    ok    no    no    no    ok    no    no    no    no    no    ok    no    no    no
office_message           GET    in   no    no    no    no    ok    no    no    no    ok    no    no    no    no    no    ok    no    no    no
office_messages_replay   POST   in   no    no    no    no    ->    no    no    no    ->    no    no    no    no    no    ->    no    no    no
office_message_give_up   GET    in   no    no    no    no    ok    no    no    no    ok    no    no    no    no    no    no    no    no    no
office_message_give_up   POST   in   no    no    no    no    422   no    no    no    422   no    no    no    no    no    no    no    no    no
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
office_routes            GET    in   no       no    no    no  no   ok     ok       ok       ok     ok      no   no   no     no      ok    no     no     no
office_route_edit        GET    in   no       no    no    no  no   no     no       no       ok     no      no   no   no     no      no    no     no     no
office_route_edit        POST   in   no       no    no    no  no   no     no       no       ok     no      no   no   no     no      no    no     no     no
office_route_drop        GET    in   no       no    no    no  no   no     no       no       ->     no      no   no   no     no      no    no     no     no
office_route_drop        POST   in   no       no    no    no  no   no     no       no       422    no      no   no   no     no      no    no     no     no
office_route_editions    GET    in   no       no    no    no  no   ok     ok       ok       ok     ok      no   no   no     no      ok    no     no     no
check_documents          GET    ok   ok       ok    ok    ok  ok   ok     ok       ok       ok     ok      ok   ok   ok     ok      ok    ok     ok     ok
check_documents          POST   422  422      422   422   422 422  422    422      422      422    422     422  422  422    422     422   422    422    422
public_notices           GET    ok   ok       ok    ok    ok  ok   ok     ok       ok       ok     ok      ok   ok   ok     ok      ok    ok     ok     ok
public_notice            GET    ok   ok       ok    ok    ok  ok   ok     ok       ok       ok     ok      ok   ok   ok     ok      ok    ok     ok     ok
check_document           GET    ok   ok       ok    ok    ok  ok   ok     ok       ok       ok     ok      ok   ok   ok     ok      ok    ok     ok     ok
check_document           POST   422  422      422   422   422 422  422    422      422      422    422     422  422  422    422     422   422    422    422
office_documents         GET    in   no       no    no    no  no   ok     ok       ok       ok     ok      no   no   no     no      ok    no     no     no
office_documents         POST   in   no       no       no    no  no   422    422      422      422    422     no   no   no     no      422   no     no     no
office_document_packs    GET    in   no       no       no    no  no   ok     ok       ok       ok     ok      no   no   no     no      ok    no     no     no
office_document_pack     GET    in   no       no       no    no  no   ok     no       no       no     no      no   no   no     no      no    no     no     no
office_document_pack_progress GET    in   no       no       no    no  no   ->     no       no       no     no      no   no   no     no      no    no     no     no
office_document_pack_file GET    in   no       no       no    no  no   ok     no       no       no     no      no   no   no     no      no    no     no     no
office_document_pack_again POST   in   no       no       no    no  no   ->     no       no       no     no      no   no   no     no      no    no     no     no
office_document_numbers  GET    in   no       no    no    no  no   ok     ok       ok       ok     ok      no   no   no     no      ok    no     no     no
office_document          GET    in   no       no    no    no  no   ok     no       no       ok     no      no   no   no     no      ok    no     no     no
office_document_deliveries GET  in   no       no    no    no  no   ok     no       no       ok     no      no   no   no     no      ok    no     no     no
office_document_file     GET    in   no       no    no    no  no   ok     no       no       ok     no      no   no   no     no      ok    no     no     no
office_document_revoke   GET    in   no       no    no    no  no   no     no       no       ok     no      no   no   no     no      no    no     no     no
office_document_revoke   POST   in   no       no    no    no  no   no     no       no       422    no      no   no   no     no      no    no     no     no
office_document_correct  GET    in   no       no    no    no  no   no     no       no       ok     no      no   no   no     no      no    no     no     no
office_document_correct  POST   in   no       no    no    no  no   no     no       no       422    no      no   no   no     no      no    no     no     no
office_document_replace  GET    in   no       no    no    no  no   no     no       no       ->     no      no   no   no     no      no    no     no     no
office_document_replace  POST   in   no       no    no    no  no   no     no       no       ->     no      no   no   no     no      no    no     no     no
office_document_void     GET    in   no       no    no    no  no   no     no       no       ok     no      no   no   no     no      no    no     no     no
office_document_void     POST   in   no       no    no    no  no   no     no       no       422    no      no   no   no     no      no    no     no     no
office_reasons           GET    in   no       no    no    no  no   ok     ok       ok       ok     ok      no   no   no     no      ok    no     no     no
office_texts             GET    in   no       no    no    no  no   ok     ok       ok       ok     ok      no   no   no     no      ok    no     no     no
office_text_new          GET    in   no       no    no    no  no   no     no       no       ok     no      no   no   no     no      no    no     no     no
office_text_new          POST   in   no       no    no    no  no   no     no       no       422    no      no   no   no     no      no    no     no     no
office_text              GET    in   no       no    no    no  no   no     no       no       ok     no      no   no   no     no      no    no     no     no
office_text              POST   in   no       no    no    no  no   no     no       no       422    no      no   no   no     no      no    no     no     no
office_text_move         POST   in   no       no    no    no  no   no     no       no       ->     no      no   no   no     no      no    no     no     no
office_letters           GET    in   no       no    no    no  no   no     no       no       ok     no      no   no   no     no      no    no     no     no
office_letter_style      GET    in   no       no    no    no  no   no     no       no       ok     no      no   no   no     no      no    no     no     no
office_letter_style      POST   in   no       no    no    no  no   no     no       no       422    no      no   no   no     no      no    no     no     no
office_letter_font       POST   in   no       no    no    no  no   no     no       no       422    no      no   no   no     no      no    no     no     no
office_letter_text       GET    in   no       no    no    no  no   no     no       no       ok     no      no   no   no     no      no    no     no     no
office_letter_text       POST   in   no       no    no    no  no   no     no       no       422    no      no   no   no     no      no    no     no     no
office_letter_preview    GET    in   no       no    no    no  no   no     no       no       ok     no      no   no   no     no      no    no     no     no
office_letter_review     POST   in   no       no    no    no  no   no     no       no       422    no      no   no   no     no      no    no     no     no
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
platform_receipts        POST   415  415      415   415   415 415  415    415      415      415    415     415  415  415    415     415   415    415    415
office_repair_recusal    GET    in   no       no    no    no  no   ok     ok       ok       ok     no      no   no   no     no      ok    no     no     no
office_repair_recusal    POST   in   no       no    no    no  no   422    422      422      422    no      no   no   no     no      422   no     no     no
office_repair_override   GET    in   no       no    no    no  no   no     no       no       ok     no      no   no   no     no      no    no     no     no
office_repair_override   POST   in   no       no    no    no  no   no     no       no       422    no      no   no   no     no      no    no     no     no
office_enquiries         GET    in   no       no      no    no  no    no     ok       no       no     ok      no   no   no     no      no    no     no     no
office_enquiry           GET    in   no       no      no    no  no    no     no       no       no     ok      no   no   no     no      no    no     no     no
office_enquiry           POST   in   no       no      no    no  no    no     no       no       no     422     no   no   no     no      no    no     no     no
office_enquiry_letter    GET    in   no       no      no    no  no    no     ok       no       no     ok      no   no   no     no      no    no     no     no
office_enquiry_file      GET    in   no       no      no    no  no    ok     ok       ok       ok     ok      no   no   no     no      ok    no     no     no
office_enquiry_remind    POST   in   no       no      no    no  no    no     ->       no       no     no      no   no   no     no      no    no     no     no
office_enquiry_close     POST   in   no       no      no    no  no    no     ->       no       no     no      no   no   no     no      no    no     no     no
office_enquiry_paper     GET    in   no       no      no    no  no    no     ok       no       no     no      no   no   no     no      no    no     no     no
office_enquiry_paper     POST   in   no       no      no    no  no    no     422      no       no     no      no   no   no     no      no    no     no     no
office_enquiry_ask       GET    in   no       no      no    no  no    no     ok       no       no     no      no   no   no     no      no    no     no     no
office_enquiry_ask       POST   in   no       no      no    no  no    no     422      no       no     no      no   no   no     no      no    no     no     no
enquiry_code             GET    ok   ok       ok      ok    ok  ok    ok     ok       ok       ok     ok      ok   ok   ok     ok      ok    ok     ok     ok
enquiry_code             POST   422  422      422     422   422 422   422    422      422      422    422     422  422  422    422     422   422    422    422
enquiry                  GET    ok   ok       ok      ok    ok  ok    ok     ok       ok       ok     ok      ok   ok   ok     ok      ok    ok     ok     ok
enquiry                  POST   422  422      422     422   422 422   422    422      422      422    422     422  422  422    422     422   422    422    422
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
manage_channels          GET    in   no    no    no    no    no    no    no    no    no    no    no    no    no    no    no    ok    no    no
manage_channel           GET    in   no    no    no    no    no    no    no    no    no    no    no    no    no    no    no    ok    no    no
manage_channel           POST   in   no    no    no    no    no    no    no    no    no    no    no    no    no    no    no    422   no    no
manage_channel_try       POST   in   no    no    no    no    no    no    no    no    no    no    no    no    no    no    no    ->    no    no
metrics                  GET    no   no    no    no    no    no    no    no    no    no    no    no    no    no    no    no    no    no    no
office_deliveries        GET    in    no    no    no    no    ok    ok    ok    ok    ok    ok    no    no    ok    ok    ok    no    no    no
office_case_deliveries   GET    in    no    no    no    no    no    ok    ok    ok    ok    no    no    no    no    no    ok    no    no    no
office_delivery_enter    GET    in    no    no    no    no    no    ok    no    no    no    no    no    no    no    no    ok    no    no    no
office_delivery_enter    POST   in    no    no    no    no    no    422   no    no    no    no    no    no    no    no    422   no    no    no
office_delivery_fail     GET    in    no    no    no    no    no    ok    no    no    no    no    no    no    no    no    ok    no    no    no
office_delivery_fail     POST   in    no    no    no    no    no    422   no    no    no    no    no    no    no    no    422   no    no    no
office_delivery_announce GET    in    no    no    no    no    no    ok    no    no    no    no    no    no    no    no    ok    no    no    no
office_delivery_announce POST   in    no    no    no    no    no    422   no    no    no    no    no    no    no    no    422   no    no    no
office_delivery_prove    POST   in    no    no    no    no    no    ->    no    no    no    no    no    no    no    no    ->    no    no    no
office_delivery_scan     GET    in    no    no    no    no    no    no    no    no    no    no    no    no    no    no    no    no    no    no
my_letter                GET    in    no    ok    no    no    no    no    no    no    no    no    no    no    no    no    no    no    no    no
my_subject_service       GET    in    no    ok    no    no    no    no    no    no    no    no    no    no    no    no    no    no    no    no
my_subject_service       POST   in    no    422   no    no    no    no    no    no    no    no    no    no    no    no    no    no    no    no
office_reconciliation       GET  in    no    no    no    no    ok    no    no    no    ok    no    no    no    no    no    ok    no    no    no
office_reconciliation_start POST in    no    no    no    no    no    no    no    no    no    no    no    no    no    no    no    no    no    no
office_reconciliation_run   GET  in    no    no    no    no    ok    no    no    no    ok    no    no    no    no    no    ok    no    no    no
office_reconciliation_proof GET  in    no    no    no    no    ok    no    no    no    ok    no    no    no    no    no    ok    no    no    no
office_difference           GET  in    no    no    no    no    ok    no    no    no    ok    no    no    no    no    no    no    no    no    no
office_difference           POST in    no    no    no    no    ok    no    no    no    ok    no    no    no    no    no    no    no    no    no
office_third_parties        GET  in    no    no    no    no    ok    no    no    no    ok    no    no    no    no    no    ok    no    no    no
office_third_party          GET  in    no    no    no    no    ok    no    no    no    ok    no    no    no    no    no    ok    no    no    no
office_third_party          POST in    no    no    no    no    ok    no    no    no    ok    no    no    no    no    no    ok    no    no    no
office_sighting_evidence    GET  in    no    no    no    no    ok    no    no    no    ok    no    no    no    no    no    ok    no    no    no
office_measures             GET  in    no    no    no    no    ok    no    no    no    ok    no    no    no    no    no    ok    no    no    no
demo_mails               GET    no   no       no    no    no  no   no     no       no       no     no      no   no   no     no      no    no     no     no
demo_mail                GET    no   no       no    no    no  no   no     no       no       no     no      no   no   no     no      no    no     no     no
"""

#: The addresses of a basket and of an application that the applicant and the window both have.
REDIRECTS = {"django.views.generic.base"}
STATUS = {"ok": 200, "->": 302, "no": 404, "in": 302}
LINES = [line.split() for line in TABLE.strip().splitlines()]
PEOPLE = LINES[0][2:]
FOR_ALL = ("anon", "clerk", "intake", "root", "sysadm")
ROWS = [(line[0], line[1], dict(zip(PEOPLE, line[2:], strict=True))) for line in LINES[1:]]


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
