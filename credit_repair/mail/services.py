"""Write a mail, send what waits."""

import logging
from datetime import timedelta
from email.utils import formataddr
from functools import partial

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.template import Context, Engine
from django.utils import timezone

from credit_repair.core.jobs import dispatch
from credit_repair.core.languages import in_site_language
from credit_repair.mail.models import Mail

logger = logging.getLogger(__name__)

RETRY_DELAYS = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=8),
)


@in_site_language()
def queue_mail(
    *,
    key: str,
    kind: str,
    to_address: str,
    to_name: str,
    context: dict[str, object],
    first_time: bool = False,
    secret: bool = False,
) -> bool:
    """Write a mail of `kind` in the caller's transaction; return False where `key` was mailed before.

    A `secret` mail holds what opens an account: its text lies encrypted until it was sent, then no longer.

    The template `mails/<kind>.txt` has the subject in its first line and the text below. A reader
    without an address gets none: the timeline has it too. `first_time` spares the look for a mail whose key
    is made of an event that has just happened.
    """
    if not to_address or not first_time and Mail.objects.filter(key=key).exists():
        return False
    # Plain text: a name with & or quotes must not come out as HTML.
    text = (
        Engine.get_default()
        .get_template(f"mails/{kind}.txt")
        .render(Context({**context, "to_name": to_name, "site_url": settings.SITE_URL}, autoescape=False))
    )
    subject, _, body = text.strip().partition("\n")
    return write_mail(
        key=key,
        kind=kind,
        to_address=to_address,
        to_name=to_name,
        subject=subject,
        body=body,
        secret=secret,
    )


def write_mail(
    *, key: str, kind: str, to_address: str, to_name: str, subject: str, body: str, secret: bool = False
) -> bool:
    """Write a mail whose words are there already; see queue_mail. Return True."""
    now = timezone.now()
    body = body.strip() + "\n"
    mail = Mail(
        key=key,
        kind=kind,
        to_address=to_address,
        to_name=to_name,
        subject=subject.strip()[:200],
        body="" if secret else body,
        secret_body=body if secret else "",
        next_attempt_at=now,
        created_at=now,
    )
    # The key holds where somebody writes the same mail in the same moment.
    Mail.objects.bulk_create([mail], ignore_conflicts=True)
    # After commit: the waiting job is one row for all, and to insert it here would make every transaction
    # that mails wait for the others. If this process dies in between, the minute's round sends the mail.
    transaction.on_commit(partial(dispatch, "send_mails", key="send_mails"), robust=True)
    return True


def send_waiting(*, limit: int = 200) -> int:
    """Send what is due, one mail a transaction; return how many went out.

    A mail is claimed by moving its next attempt ahead before it is sent, so that two senders never send
    one mail twice; a sender that dies in between leaves it to the next pass.
    """
    connection = get_connection()
    sent = 0
    for mail in Mail.objects.filter(state=Mail.State.WAITING, next_attempt_at__lte=timezone.now()).order_by(
        "next_attempt_at"
    )[:limit]:
        if _claim(mail):
            sent += _send(mail, connection)
    return sent


def _claim(mail: Mail) -> bool:
    delay = RETRY_DELAYS[min(mail.attempts, len(RETRY_DELAYS) - 1)]
    return bool(
        Mail.objects.filter(
            pk=mail.pk, state=Mail.State.WAITING, next_attempt_at=mail.next_attempt_at
        ).update(next_attempt_at=timezone.now() + delay, attempts=mail.attempts + 1)
    )


def _send(mail: Mail, connection: BaseEmailBackend) -> int:
    message = EmailMessage(
        subject=mail.subject,
        body=mail.secret_body or mail.body,
        to=[formataddr((mail.to_name, mail.to_address))],
        headers={"Message-ID": f"<{mail.uuid}@credit-repair>"},
        connection=connection,
    )
    try:
        message.send()
    except Exception as error:
        logger.warning("mail %s not sent", mail.uuid, exc_info=True)
        over = mail.attempts + 1 >= len(RETRY_DELAYS)
        Mail.objects.filter(pk=mail.pk).update(
            last_error=f"{type(error).__name__}: {error}"[:1000],
            state=Mail.State.FAILED if over else Mail.State.WAITING,
            **({"secret_body": ""} if over else {}),
        )
        return 0
    Mail.objects.filter(pk=mail.pk).update(
        state=Mail.State.SENT, sent_at=timezone.now(), last_error="", secret_body=""
    )
    return 1
