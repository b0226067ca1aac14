"""Requests about one's own data: who may act on which state, and what an answer does."""

from datetime import UTC, date, datetime, timedelta

import pytest
from allauth.account.models import EmailAddress
from django.urls import reverse

from credit_repair.cases.papers import readable_papers
from credit_repair.core.models import AuditEntry
from credit_repair.dossier.access import own_requests, requests_for
from credit_repair.dossier.errors import DossierRefused, NotInCharge
from credit_repair.dossier.models import DataRequest
from credit_repair.dossier.services import (
    Answer,
    Asked,
    answer_request,
    ask,
    confirm_answer,
    correct_event,
    send_back,
    withdraw,
)
from credit_repair.dossier.services.events import Entry
from credit_repair.dossier.states import RequestFlow
from credit_repair.home.correspondence import mails_of
from credit_repair.mail.models import Mail
from credit_repair.people.models import Mandate, Role, User
from credit_repair.people.services import grant_mandate, join_office
from credit_repair.platforms.models import Message
from credit_repair.registry.models import Platform, Record, RecordAlias, Subject
from tests import world as county
from tests.dossier.conftest import TODAY, event
from tests.registry.factories import OfficeFactory, RecordFactory, SubjectFactory, make_code, make_resident_id

State, Outcome = DataRequest.State, DataRequest.Outcome
DECLINED = Answer(words="与营业执照一致。", remedies="可以投诉。")


def about_name(files, *, name="濉溪县新名称有限公司", asker=None):
    asked = [Asked("subject_name", name, "已经变更登记", county.upload("执照.pdf"))]
    return ask(user=asker or files.clerk, about="register", subject=files.subject, asked=asked, today=TODAY)


def about_account(files):
    return ask(
        user=files.clerk,
        about="account",
        asked=[Asked("display_name", "周晓敏", "写错了"), Asked("phone", "13900000000", "换了号码")],
        today=TODAY,
    )


def answered(request, actor, *accepted, **more):
    answer = Answer(
        words=more.pop("words", "已经核对。"),
        accepted=frozenset(accepted),
        remedies=more.pop("remedies", "可以投诉。"),
        **more,
    )
    return answer_request(request=request, actor=actor, answer=answer, today=TODAY)


def fresh(request):
    return DataRequest.objects.get(pk=request.pk)


# ---- the machine ---------------------------------------------------------------------------------------

ALLOWED = {
    ("submitted", "answer"): "answered",
    ("submitted", "propose"): "proposed",
    ("submitted", "withdraw"): "withdrawn",
    ("proposed", "confirm"): "answered",
    ("proposed", "send_back"): "submitted",
    ("proposed", "withdraw"): "withdrawn",
}


@pytest.mark.parametrize("state", State.values)
@pytest.mark.parametrize("action", ["answer", "propose", "confirm", "send_back", "withdraw"])
def test_every_pair_of_state_and_action(state, action):
    row = DataRequest(state=state)
    move = getattr(RequestFlow(row), action)
    assert move.can_proceed() == ((state, action) in ALLOWED)
    if move.can_proceed():
        move()
        assert row.state == ALLOWED[state, action]


def in_state(files, state):
    request = about_name(files)
    if state == State.PROPOSED:
        answered(request, files.data, "subject_name")
    if state == State.ANSWERED:
        answered(request, files.data)
    if state == State.WITHDRAWN:
        withdraw(request=request, actor=files.clerk, today=TODAY)
    return fresh(request)


@pytest.mark.parametrize("state", State.values)
@pytest.mark.parametrize("verb", ["propose", "confirm", "send_back", "withdraw"])
def test_the_services_hold_to_the_machine(files, state, verb):
    request, second = in_state(files, state), files.supervisor
    verbs = {
        "propose": lambda: answered(request, second, "subject_name"),
        "confirm": lambda: confirm_answer(request=request, actor=second, today=TODAY),
        "send_back": lambda: send_back(request=request, actor=second, reason="不对", today=TODAY),
        "withdraw": lambda: withdraw(request=request, actor=files.clerk, today=TODAY),
    }
    if (state, verb) in ALLOWED:
        assert verbs[verb]().state == ALLOWED[state, verb]
    else:
        with pytest.raises(DossierRefused) as refused:
            verbs[verb]()
        assert refused.value.code == "moved_on"
        assert fresh(request).state == state


# ---- asking --------------------------------------------------------------------------------------------


def test_a_request_keeps_what_stood_there_and_is_due_in_working_days(files):
    request = about_name(files)
    field = request.fields.get()
    assert (field.present, field.claimed) == (files.subject.name, "濉溪县新名称有限公司")
    assert field.paper.name == "执照.pdf"
    assert (request.due_on, request.office) == (date(2026, 12, 11), files.county.credit)
    # Nothing of it stands in the clear.
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT claimed, present FROM dossier_requestedfield")
        assert all("名称" not in value for value in cursor.fetchone())


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ([], "nothing"),
        ([Asked("phone", "13900000000", "不是登记信息")], "nothing"),
        ([Asked("subject_name", "甲公司", " ")], "no_why"),
        ([Asked("subject_number", "91340621MA2NXK8T4X", "写错了")], "bad_number"),
    ],
)
def test_what_cannot_be_asked(files, asked, code):
    with pytest.raises(DossierRefused) as refused:
        ask(user=files.clerk, about="register", subject=files.subject, asked=asked, today=TODAY)
    assert refused.value.code == code


def test_what_stands_there_already_is_not_asked(files):
    with pytest.raises(DossierRefused) as refused:
        about_name(files, name=files.subject.name)
    assert refused.value.code == "same"


def test_one_at_a_time(files):
    about_name(files)
    with pytest.raises(DossierRefused) as refused:
        about_name(files, asker=county.clerk_of(files.subject, name="另一人"))
    assert refused.value.code == "open"
    assert about_account(files).about == "account"


def test_nobody_asks_about_anothers(files):
    stranger = county.make_user()
    with pytest.raises(NotInCharge):
        about_name(files, asker=stranger)
    with pytest.raises(NotInCharge):
        ask(
            user=stranger,
            about="event",
            event=event(files),
            asked=[Asked("event_words", "没有", "不对")],
            today=TODAY,
        )


def test_a_request_about_a_subject_is_read_only_while_its_asker_acts_for_it(files):
    request, account = about_name(files), about_account(files)
    assert set(own_requests(user=files.clerk, on=TODAY)) == {request, account}
    Mandate.objects.filter(user=files.clerk, subject=files.subject).update(until=TODAY)
    after = TODAY + timedelta(days=1)
    assert list(own_requests(user=files.clerk, on=after)) == [account]
    (field,) = request.fields.all()
    assert not readable_papers(user=files.clerk, on=after).filter(requested_fields=field).exists()


def test_who_asked_takes_it_back_and_nobody_else(files):
    request = about_name(files)
    with pytest.raises(NotInCharge):
        withdraw(request=request, actor=county.clerk_of(files.subject, name="另一人"), today=TODAY)
    assert withdraw(request=request, actor=files.clerk, today=TODAY).ended_on == TODAY


# ---- who answers ---------------------------------------------------------------------------------------


def test_who_answers_what(files):
    people = {
        "intake": files.county.intake,
        "data": files.data,
        "supervisor": files.supervisor,
        "verifier": files.county.verifier,
        "approver": files.county.approver,
        "foreign": files.foreign,
    }
    requests = {
        "account": about_account(files),
        "register": about_name(files),
        "event": ask(
            user=files.clerk,
            about="event",
            event=event(files),
            asked=[Asked("event_words", "没有判", "不对")],
            today=TODAY,
        ),
        "copy": ask(user=files.clerk, about="copy", words="要纸质件", today=TODAY),
        "erasure": ask(user=files.clerk, about="erasure", words="离职", today=TODAY),
    }
    found = {
        about: {
            name
            for name, user in people.items()
            if requests_for(user=user, on=TODAY).filter(pk=request.pk).exists()
        }
        for about, request in requests.items()
    }
    assert found == {
        "account": {"intake"},
        "register": {"data", "supervisor"},
        "event": {"approver"},
        "copy": {"intake"},
        "erasure": {"intake"},
    }


@pytest.mark.parametrize("until", [None, county.SINCE])
def test_whoever_acts_or_acted_for_the_subject_keeps_away(files, until):
    requests = [about_name(files), about_account(files)]
    handlers = [files.data, files.county.intake]
    for request, handler in zip(requests, handlers, strict=True):
        grant_mandate(user=handler, subject=files.subject, since=county.SINCE, until=until)
        assert not requests_for(user=handler, on=TODAY).exists()
        with pytest.raises(NotInCharge):
            answered(request, handler)


def test_nobody_answers_their_own(files):
    ask(user=files.county.intake, about="copy", words="要一份", today=TODAY)
    assert not requests_for(user=files.county.intake, on=TODAY).exists()


# ---- what an answer does -------------------------------------------------------------------------------


def test_an_account_is_corrected_by_one_official_and_who_asked_is_told(files):
    request = answered(about_account(files), files.county.intake, "display_name")
    user = User.objects.get(pk=files.clerk.pk)
    assert (user.display_name, user.phone) == ("周晓敏", "13800000000")
    assert (request.state, request.outcome) == ("answered", "partly")
    mail = Mail.objects.get(kind="data_request_answered")
    assert mail.to_address == files.clerk.email and str(request.uuid) in mail.body
    assert "部分办理" in mail.body and "已经核对" not in mail.body


def test_a_name_is_corrected_by_two_and_the_former_one_stays(files):
    former = files.subject.name
    Platform.objects.filter(pk=files.county.platform.pk).update(actions=["correct"])
    request = answered(about_name(files), files.data, "subject_name")
    assert (request.state, Subject.objects.get(pk=files.subject.pk).name) == ("proposed", former)
    with pytest.raises(DossierRefused) as refused:
        confirm_answer(request=request, actor=files.data, today=TODAY)
    assert refused.value.code == "same_person"
    confirm_answer(request=request, actor=files.supervisor, today=TODAY)
    subject = Subject.objects.get(pk=files.subject.pk)
    assert subject.name == "濉溪县新名称有限公司"
    assert [row.name for row in subject.former_names.all()] == [former]
    assert Message.objects.filter(action="correct", cause=request.uuid).count() == 1
    assert AuditEntry.objects.filter(action="dossier.correct_register").count() == 1


def test_a_substitute_of_who_proposed_an_answer_is_no_second_person(files):
    request = answered(about_name(files), files.data, "subject_name")
    instead = county.substitute_of(files.data, OfficeFactory())
    for act in (
        lambda: confirm_answer(request=request, actor=instead, today=TODAY),
        lambda: send_back(request=request, actor=instead, reason="再查", today=TODAY),
    ):
        with pytest.raises(NotInCharge):
            act()
    address = reverse("office_data_request", args=[request.uuid])
    assert 'value="confirm"' not in county.signed_in(instead).get(address).content.decode()
    join_office(user=instead, office=files.county.credit, role=Role.SUPERVISOR, since=county.SINCE)
    assert 'value="confirm"' in county.signed_in(instead).get(address).content.decode()
    assert confirm_answer(request=request, actor=instead, today=TODAY).state == "answered"


def test_nothing_is_changed_on_the_word_of_who_acts_no_longer(files):
    asker = county.clerk_of(files.subject, name="离职的人", until=TODAY)
    request = answered(about_name(files, asker=asker), files.data, "subject_name")
    later = date(2026, 11, 23)
    with pytest.raises(DossierRefused) as refused:
        confirm_answer(request=request, actor=files.supervisor, today=later)
    assert refused.value.code == "no_mandate"
    assert fresh(request).state == "proposed"
    send_back(request=request, actor=files.supervisor, reason="授权已经结束", today=later)
    assert answer_request(request=request, actor=files.data, answer=DECLINED, today=later).state == "answered"


def test_what_is_declined_needs_no_second_person_but_remedies(files):
    request = about_name(files)
    with pytest.raises(DossierRefused) as refused:
        answered(request, files.data, remedies=" ")
    assert refused.value.code == "no_remedies"
    request = answer_request(request=request, actor=files.data, answer=DECLINED, today=TODAY)
    assert (request.state, request.outcome, request.remedies) == ("answered", "declined", "可以投诉。")


def test_what_the_second_person_sends_back_lies_with_the_first_again(files):
    request = answered(about_name(files), files.data, "subject_name")
    request = send_back(request=request, actor=files.supervisor, reason="执照看不清", today=TODAY)
    assert (request.state, request.answer, request.fields.get().outcome) == ("submitted", "", "")
    assert request.sent_back_why == "执照看不清"
    assert Subject.objects.get(pk=files.subject.pk).name == files.subject.name


def test_a_code_is_corrected_with_the_keys_of_the_records(files):
    code, keys = make_code(777_777), set(files.subject.records.values_list("natural_key", flat=True))
    asked = [Asked("subject_number", code, "写错了")]
    request = ask(user=files.clerk, about="register", subject=files.subject, asked=asked, today=TODAY)
    answered(request, files.data, "subject_number")
    confirm_answer(request=request, actor=files.supervisor, today=TODAY)
    records = Record.objects.filter(subject=files.subject)
    assert Subject.objects.get(pk=files.subject.pk).code == code
    assert all(record.natural_key.endswith(f"|{code}") for record in records)
    assert set(RecordAlias.objects.values_list("natural_key", flat=True)) == keys


def test_a_code_that_another_subject_has_is_not_taken(files):
    other = SubjectFactory()
    asked = [Asked("subject_number", other.code, "写错了")]
    request = ask(user=files.clerk, about="register", subject=files.subject, asked=asked, today=TODAY)
    answered(request, files.data, "subject_number")
    with pytest.raises(DossierRefused) as refused:
        confirm_answer(request=request, actor=files.supervisor, today=TODAY)
    assert refused.value.code == "number_taken"
    assert fresh(request).state == "proposed"


def test_a_persons_number_is_corrected_and_masked_for_officials(files):
    record = RecordFactory(
        subject=SubjectFactory(person=True, name="欧阳小明"), authority=files.county.authority
    )
    person, number = record.subject, make_resident_id(321)
    clerk = county.clerk_of(person)
    asked = [Asked("subject_number", number, "录入错误")]
    request = ask(user=clerk, about="register", subject=person, asked=asked, today=TODAY)
    page = county.signed_in(files.data).get(reverse("office_data_request", args=[request.uuid]))
    assert number not in page.content.decode() and person.personal_number not in page.content.decode()
    answered(request, files.data, "subject_number")
    confirm_answer(request=request, actor=files.supervisor, today=TODAY)
    now = Subject.objects.get(pk=person.pk)
    assert now.personal_number == number and now.number_hash != person.number_hash


def test_an_event_is_answered_corrected_once_it_was(files):
    found = event(files)
    asked = [Asked("event_words", "没有判令支付", "判决没有生效")]
    request = ask(user=files.clerk, about="event", event=found, asked=asked, today=TODAY)
    with pytest.raises(DossierRefused) as refused:
        answered(request, files.county.approver, "event_words")
    assert refused.value.code == "not_corrected"
    correct_event(
        event=found,
        entry=Entry(kind="judgement", day=found.day, body=found.body, words="没有判令支付"),
        reason="判决没有生效",
        actor=files.county.approver,
        today=TODAY,
    )
    assert answered(request, files.county.approver, "event_words").outcome == "done"


def test_nobody_is_told_that_an_account_was_closed_before_it_was(files):
    request = ask(user=files.clerk, about="erasure", words="离职", today=TODAY)
    with pytest.raises(DossierRefused) as refused:
        answered(request, files.county.intake, outcome="done")
    assert refused.value.code == "not_closed"
    User.objects.filter(pk=files.clerk.pk).update(is_active=False)
    assert answered(request, files.county.intake, outcome="done").state == "answered"


def test_a_paper_is_read_by_who_asked_and_who_answers(files):
    paper = about_name(files).fields.get().paper
    readers = {
        "clerk": files.clerk,
        "data": files.data,
        "supervisor": files.supervisor,
        "intake": files.county.intake,
        "colleague": county.clerk_of(files.subject, name="另一人"),
        "verifier": files.county.verifier,
    }
    found = {
        name
        for name, user in readers.items()
        if readable_papers(user=user, on=TODAY).filter(pk=paper.pk).exists()
    }
    assert found == {"clerk", "data", "supervisor"}


# ---- the pages -----------------------------------------------------------------------------------------


def test_who_asked_finds_the_mail_again_among_their_own(files):
    EmailAddress.objects.create(user=files.clerk, email=files.clerk.email, verified=True, primary=True)
    User.objects.filter(pk=files.clerk.pk).update(date_joined=datetime(2026, 1, 1, tzinfo=UTC))
    files.clerk.refresh_from_db()
    answered(about_account(files), files.county.intake)
    found = mails_of(user=files.clerk, on=TODAY)
    assert list(found.values_list("kind", flat=True)) == ["data_request_answered"]


def test_the_list_says_what_is_overdue(files):
    from credit_repair.core import clock

    request = about_account(files)
    client, url = county.signed_in(files.county.intake), reverse("office_data_requests")
    assert "还有15个工作日" in client.get(url).content.decode()
    with clock.assume(date(2026, 12, 11)):
        assert "今天到期" in client.get(url).content.decode()
    with clock.assume(date(2026, 12, 14)):
        late = county.signed_in(files.county.intake).get(url, {"show": "over"}).content.decode()
        assert "已逾期1个工作日" in late
    answered(request, files.county.intake)
    assert "没有等待办理的申请" in client.get(url).content.decode()
    assert "不予办理" in client.get(url, {"show": "done"}).content.decode()


def test_from_asking_to_the_correction_on_the_pages(files):
    client = county.signed_in(files.clerk)
    new = reverse("my_data_request_new", args=["register"]) + f"?subject={files.subject.uuid}"
    wrong = client.post(new, {"subject_name": "甲公司"}).content.decode()
    assert "请写明为什么要更正" in wrong and "错误：" in wrong
    said = {
        "subject_name": "甲公司",
        "subject_name_why": "变更",
        "subject_name_paper": county.upload("执照.pdf"),
    }
    where = client.post(new, said)["Location"]
    assert "甲公司" in client.get(where).content.decode()
    request = DataRequest.objects.get()
    office = reverse("office_data_request", args=[request.uuid])
    first, second = county.signed_in(files.data), county.signed_in(files.supervisor)
    answer = {"decision": "answer", "accepted": ["subject_name"], "words": "已核对", "remedies": ""}
    assert first.post(office, answer).status_code == 302
    assert "请由另一位人员复核" in first.get(office).content.decode()
    assert "已核对" not in client.get(where).content.decode()
    assert second.post(office, {"decision": "confirm"}).status_code == 302
    assert Subject.objects.get(pk=files.subject.pk).name == "甲公司"
    assert "已核对" in client.get(where).content.decode()


def test_the_list_asks_no_more_often_because_it_has_more_rows(files):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client, url = county.signed_in(files.county.intake), reverse("office_data_requests")

    def queries():
        with CaptureQueriesContext(connection) as captured:
            client.get(url)
        return len(captured)

    def add(count):
        for _ in range(count):
            user = county.member(files.county.credit, Role.VERIFIER)
            ask(user=user, about="copy", words="要一份", today=TODAY)

    add(2)
    queries()
    few = queries()
    add(8)
    assert queries() == few
