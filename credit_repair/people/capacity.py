"""In what capacity a person signs for a subject: clerk, representative, the person itself."""

from datetime import date

from django.utils.translation import gettext_lazy

from credit_repair.people.models import Mandate, MandateApplication, User
from credit_repair.registry.models import Subject

_CAPACITIES = {
    MandateApplication.Capacity.CLERK: gettext_lazy("经办人"),
    MandateApplication.Capacity.REPRESENTATIVE: gettext_lazy("法定代表人（负责人）"),
    MandateApplication.Capacity.SELF: gettext_lazy("本人"),
    MandateApplication.Capacity.ADMINISTRATOR: gettext_lazy("破产管理人"),
}


def capacity_of(user: User, *, subject: Subject | None, on: date) -> str:
    """Return in what capacity `user` signs for `subject` on that day, as their mandate was asked for."""
    return str(_CAPACITIES[_capacity(user, subject=subject, on=on)])


def signs_as_clerk(user: User, *, subject: Subject | None, on: date) -> bool:
    """Whether `user` would sign for `subject` on that day as its authorised clerk 经办人."""
    return _capacity(user, subject=subject, on=on) == MandateApplication.Capacity.CLERK


def _capacity(user: User, *, subject: Subject | None, on: date) -> MandateApplication.Capacity:
    mandates = Mandate.objects.filter(user=user, subject=subject).on(on).select_related("application")
    asked = [mandate.application for mandate in mandates.order_by("-since", "-pk") if mandate.application]
    fallback = MandateApplication.Capacity.CLERK
    if subject is not None and subject.kind == Subject.Kind.PERSON and not asked:
        fallback = MandateApplication.Capacity.SELF
    return MandateApplication.Capacity(asked[0].capacity) if asked else fallback
