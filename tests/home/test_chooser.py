"""The chooser: every way through its table ends, and the page asks one question after the other."""

import pytest
from django.urls import reverse

from credit_repair.home import chooser

URL = reverse("choose")
PATHS = [dict(path) for path in chooser.paths()]


def test_every_path_ends_and_asks_no_question_twice():
    for path in chooser.paths():
        names = [name for name, _value in path]
        assert len(names) == len(set(names)) <= 5
        assert chooser.place(dict(path)).outcome is not None


def test_every_question_and_every_outcome_can_be_reached():
    asked = {name for path in chooser.paths() for name, _value in path}
    reached = {chooser.place(path).outcome.name for path in PATHS}
    assert asked == set(chooser.QUESTIONS)
    assert reached == set(chooser.OUTCOMES)
    assert len(chooser.QUESTIONS) == 5


@pytest.mark.parametrize(
    ("answers", "outcome"),
    [
        ({"trouble": "shown", "still": "yes", "duties": "done", "period": "over"}, "repair_now"),
        ({"trouble": "shown", "still": "unsure", "duties": "done", "period": "running"}, "repair_later"),
        ({"trouble": "shown", "still": "yes", "duties": "done", "period": "unsure"}, "repair_later"),
        ({"trouble": "shown", "still": "yes", "duties": "partly"}, "perform"),
        ({"trouble": "shown", "still": "no"}, "nothing"),
        ({"trouble": "wrong"}, "objection"),
        ({"trouble": "service"}, "complaint"),
        ({"trouble": "penalty", "known": "review"}, "review"),
        ({"trouble": "answer", "known": "court"}, "court"),
        ({"trouble": "answer", "known": "late"}, "too_late"),
    ],
)
def test_the_table_leads_where_it_should(answers, outcome):
    assert chooser.place(answers).outcome.name == outcome


@pytest.mark.parametrize(
    "answers",
    [{}, {"trouble": "nonsense"}, {"still": "yes"}, {"trouble": "nonsense", "still": "no"}, {"x": "y"}],
)
def test_without_a_known_first_answer_the_asking_begins_anew(answers):
    place = chooser.place(answers)
    assert place.question.name == chooser.FIRST
    assert place.answered == ()


def test_what_was_answered_beyond_a_gap_does_not_count():
    place = chooser.place({"trouble": "shown", "duties": "done", "period": "over"})
    assert place.question.name == "still"


def test_what_is_not_asked_on_this_way_changes_nothing():
    place = chooser.place({"trouble": "wrong", "still": "no", "known": "late"})
    assert place.outcome.name == "objection"
    assert [question.name for question, _choice in place.answered] == ["trouble"]


@pytest.mark.django_db
@pytest.mark.parametrize("path", PATHS, ids=lambda path: "-".join(path.values()))
def test_every_result_has_its_words_with_numbers_and_the_answers(client, path):
    page = client.get(URL, path).content.decode()
    assert "您的回答" in page
    assert "%(" not in page
    assert page.count("修改<") == len(path)
    assert 'type="radio"' not in page


@pytest.mark.django_db
def test_a_page_asks_one_question_and_carries_the_answers_before(client):
    page = client.get(URL, {"trouble": "shown", "still": "yes"}).content.decode()
    assert "处罚决定要求的都做到了吗" in page
    assert page.count("<h1>") == 1
    assert '<input type="hidden" name="trouble" value="shown">' in page
    assert '<input type="hidden" name="still" value="yes">' in page
    assert f'href="{URL}?trouble=shown"' in page  # the question before


@pytest.mark.django_db
def test_as_many_questions_are_announced_as_the_longest_way_has(client):
    assert max(len(path) for path in PATHS) == 4
    assert "最多4个问题" in client.get(URL).content.decode()


@pytest.mark.django_db
def test_after_a_refusal_one_may_also_mend_and_ask_again(client):
    words = "按通知写明的理由改正后，也可以再申请修复"
    refused = client.get(URL, {"trouble": "answer", "known": "review"}).content.decode()
    assert words in refused
    assert f'href="{reverse("my_cases")}"' in refused
    assert words not in client.get(URL, {"trouble": "penalty", "known": "review"}).content.decode()


@pytest.mark.django_db
def test_sent_without_an_answer_the_page_says_what_to_do(client):
    page = client.get(URL, {"trouble": "shown", "asked": "still"}).content.decode()
    assert "<title>错误：" in page
    assert 'href="#answer-1"' in page
    assert "请选择一项，再继续。" in page
    assert "错误：" not in client.get(URL, {"trouble": "shown", "asked": "trouble"}).content.decode()


@pytest.mark.django_db
def test_what_the_site_does_not_do_online_says_whom_to_call(client, settings):
    settings.SITE_PHONE = "0561-7654321"
    page = client.get(URL, {"trouble": "wrong"}).content.decode()
    assert "还不能在本网站上办理" in page
    assert "tel:0561-7654321" in page
    review = client.get(URL, {"trouble": "penalty", "known": "review"}).content.decode()
    assert "60日内可以申请行政复议" in review
    assert "6个月内可以提起行政诉讼" in review
