"""Which way is the right one: a decision table of a few questions, in plain words.

Pure: answers in, what comes next out. A page asks one question; its address carries the answers so far, so
that "back" works and a result can be sent to somebody else. Words with %(…)s take the numbers of the law.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Choice:
    """One answer to a question; `leads_to` names the next question or the outcome."""

    value: str
    label: Any
    leads_to: str
    hint: Any = ""


@dataclass(frozen=True)
class Question:
    """One question; `short` is how its answer is listed on the result."""

    name: str
    text: Any
    short: Any
    choices: tuple[Choice, ...]
    hint: Any = ""

    def choice(self, value: str | None) -> Choice | None:
        """Return the answer of this value, or None."""
        return next((choice for choice in self.choices if choice.value == value), None)


@dataclass(frozen=True)
class Outcome:
    """The way to go.

    online  whether this site does it now; where not, the page says whom to call and where to go
    steps   what to do, one after the other
    """

    name: str
    title: Any
    text: Any
    steps: tuple[Any, ...] = ()
    online: bool = False
    tone: str = "info"


@dataclass(frozen=True)
class Place:
    """Where somebody stands: what they have answered, and the question or the outcome that follows."""

    answered: tuple[tuple[Question, Choice], ...]
    question: Question | None = None
    outcome: Outcome | None = None


QUESTIONS = {
    question.name: question
    for question in (
        Question(
            "trouble",
            _("您遇到的是哪一种情况？"),
            _("遇到的情况"),
            (
                Choice(
                    "shown",
                    _("受过处罚，想让公示的信息早一点撤下"),
                    "still",
                    _("信息本身没有错，义务正在履行或者已经履行"),
                ),
                Choice(
                    "wrong",
                    _("公示的信息不对"),
                    "objection",
                    _("例如不是我单位的、内容有错、处罚已经撤销、早该撤下却还在"),
                ),
                Choice("penalty", _("我认为处罚决定本身不该作"), "known", _("对罚不罚、罚多少不服")),
                Choice(
                    "answer",
                    _("申请过修复，对不予受理或者不予修复的决定不服"),
                    "known",
                ),
                Choice(
                    "service",
                    _("办事的单位或者人员做得不对"),
                    "complaint",
                    _("例如超过期限不答复、推诿、态度差、收费或者指定中介"),
                ),
            ),
        ),
        Question(
            "still",
            _("这条信息现在还在网上公示吗？"),
            _("公示情况"),
            (
                Choice("yes", _("还在公示"), "duties"),
                Choice("no", _("已经查不到了"), "nothing"),
                Choice("unsure", _("不清楚"), "duties", _("登录以后可以看到每一条")),
            ),
            _("在“信用中国”网站搜索单位名称，可以看到正在公示的信息。"),
        ),
        Question(
            "duties",
            _("处罚决定要求的都做到了吗？"),
            _("履行情况"),
            (
                Choice("done", _("都做到了"), "period", _("罚款已缴清，违法行为已改正")),
                Choice("partly", _("还没有，或者只做了一部分"), "perform"),
            ),
            _("例如罚款是否缴清、违法行为是否改正、责令做的事是否做完。"),
        ),
        Question(
            "period",
            _("最短公示期过了吗？"),
            _("最短公示期"),
            (
                Choice("over", _("已经过了"), "repair_now"),
                Choice("running", _("还没有过"), "repair_later"),
                Choice("unsure", _("不清楚"), "repair_later"),
            ),
            _(
                "从处罚决定书的日期算起：一般失信%(general_min)s，严重失信%(serious_min)s。"
                "多数罚款属于一般失信。"
            ),
        ),
        Question(
            "known",
            _("您知道这个决定有多久了？"),
            _("知道决定的时间"),
            (
                Choice("review", _("不到%(review_days)s日"), "review"),
                Choice("court", _("已过%(review_days)s日，不到%(lawsuit_months)s个月"), "court"),
                Choice("late", _("已过%(lawsuit_months)s个月"), "too_late"),
            ),
            _("从收到决定书，或者知道有这个决定的那一天算起。"),
        ),
    )
}
FIRST = "trouble"

_KEEPS_RUNNING = _("申请复议或者起诉期间，公示一般不停止；同时符合修复条件的，也可以申请修复。")

OUTCOMES = {
    outcome.name: outcome
    for outcome in (
        Outcome(
            "repair_now",
            _("您现在可以申请信用修复"),
            _("全程网上办理，不收任何费用。收到申请后%(answer_days)s个工作日内答复。"),
            (
                _("登录，选择要修复的那条信息。系统会逐条告诉您条件是否都符合。"),
                _("签署信用修复承诺书，上传履行义务的证明，例如缴款凭证。"),
                _("提交。办到哪一步、哪一天到期，登录后随时能看到。"),
            ),
            online=True,
            tone="success",
        ),
        Outcome(
            "repair_later",
            _("等最短公示期满，就可以申请修复"),
            _("最短公示期满的次日起可以申请。哪一天能申请，系统已经为每条信息算好了。"),
            (
                _("登录，在“我的办事台”看每条信息“自哪一天起可申请修复”。"),
                _("打开“修复日历”，把日期订阅到手机或者电脑的日历里，到时会提醒您。"),
                _("现在就可以准备缴款凭证等证明材料。"),
            ),
            online=True,
        ),
        Outcome(
            "perform",
            _("请先履行义务，再申请修复"),
            _("义务全部履行、违法行为改正以后，才能修复。公示时间从决定日期算起，不会因为晚履行而重新计算。"),
            (
                _("按处罚决定书缴清罚款、完成整改；分期缴纳的，最后一期缴清才算履行完毕。"),
                _("保存缴款凭证、整改验收意见等证明。"),
                _("履行困难的，向作出处罚的机关申请延期或者分期缴纳罚款。"),
                _("履行完毕后登录申请；哪一天起可以申请，登录后在“修复日历”里能看到。"),
            ),
            online=True,
        ),
        Outcome(
            "nothing",
            _("您不用做什么"),
            _("已经停止公示的信息不用修复。公示期满的信息由系统通知各平台撤下，也不用申请。"),
            (
                _("如果别的网站还能查到，它多半是从前转载的，请联系那家网站；联系不上的，打信用办电话。"),
                _("有人说交钱才能“彻底删除”的，不要相信。"),
            ),
            tone="success",
        ),
        Outcome(
            "objection",
            _("请提出异议，要求核查更正"),
            _("信息有错不用修复：核实以后直接更正或者撤下，不收费，也不受最短公示期限制。"),
            (
                _("准备证明有错的材料，例如决定书原件、撤销决定、营业执照。"),
                _("打信用办电话，或者到窗口递交异议申请，说明哪一条、错在哪里。"),
                _("处罚已经变更、撤销的，相关信息在%(changed_days)s个工作日内撤下。"),
            ),
        ),
        Outcome(
            "complaint",
            _("请向信用办投诉"),
            _("不收费。被投诉的人不会经手您的投诉。"),
            (
                _("写下时间、单位或者人员、办件编号和经过，有截图、录音的一并保存。"),
                _("打信用办电话，或者到窗口递交。"),
                _("有人以“信用修复”为名收费的，请保留转账记录，并同时报警。"),
            ),
        ),
        Outcome(
            "review",
            _("您可以申请行政复议，也可以向法院起诉"),
            _(
                "自知道决定之日起%(review_days)s日内可以申请行政复议，"
                "%(lawsuit_months)s个月内可以提起行政诉讼。期限按自然日、自然月计算。"
            ),
            (
                _("看决定书最后一段：它写明向哪个复议机关申请、向哪个法院起诉。"),
                _("复议不收费。对复议决定不服的，还可以在收到复议决定书之日起15日内起诉。"),
                _KEEPS_RUNNING,
            ),
            tone="warning",
        ),
        Outcome(
            "court",
            _("复议期限已过，还可以向法院起诉"),
            _("自知道决定之日起%(lawsuit_months)s个月内，可以提起行政诉讼。请尽快准备。"),
            (
                _("看决定书最后一段：它写明向哪个法院起诉。"),
                _("因不可抗力等正当理由耽误复议期限的，可以向复议机关说明，障碍消除后期限继续计算。"),
                _KEEPS_RUNNING,
            ),
            tone="warning",
        ),
        Outcome(
            "too_late",
            _("复议和起诉的期限一般都过了"),
            _(
                "复议期限是%(review_days)s日，起诉期限是%(lawsuit_months)s个月，都从知道决定之日算起；"
                "决定书没有写明权利和期限的，期限可能更长，最长不超过一年。"
            ),
            (
                _(
                    "找出决定书，看是否写明了复议和起诉的权利；没有写明的，请咨询律师或者法律援助，电话12348。"
                ),
                _("可以向作出决定的机关反映，请它自行纠正。"),
                _("决定仍然有效的，履行义务、满最短公示期以后，可以申请信用修复。"),
            ),
        ),
    )
}


def most_questions() -> int:
    """Return how many questions the longest way through the table asks."""
    return max(len(path) for path in paths())


def place(answers: Mapping[str, str]) -> Place:
    """Return where these answers lead. The first one that is missing or unknown is where the asking goes on;
    what was answered beyond it does not count."""
    answered: list[tuple[Question, Choice]] = []
    question = QUESTIONS[FIRST]
    while True:
        choice = question.choice(answers.get(question.name))
        if choice is None:
            return Place(tuple(answered), question=question)
        answered.append((question, choice))
        if choice.leads_to in OUTCOMES:
            return Place(tuple(answered), outcome=OUTCOMES[choice.leads_to])
        question = QUESTIONS[choice.leads_to]


def paths(start: str = FIRST) -> Iterator[tuple[tuple[str, str], ...]]:
    """Yield every way through the table as (question, answer) pairs: for tests and for whoever checks it."""
    for choice in QUESTIONS[start].choices:
        step = ((start, choice.value),)
        if choice.leads_to in OUTCOMES:
            yield step
        else:
            yield from (step + rest for rest in paths(choice.leads_to))
