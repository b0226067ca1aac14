"""Addresses of the repair application: the applicant's, the window's 窗口 and the offices'."""

from django.urls import URLPattern, path, re_path

from credit_repair.repairs.views import (
    again,
    basket,
    choose,
    correction,
    deciding,
    fairness,
    following,
    letters,
    materials,
    office,
    office_page,
    papers,
    preflight,
    reviews,
    revoking,
    uploading,
    window,
)
from credit_repair.repairs.views.sides import ME, WINDOW, Side

UUID = r"(?P<uuid>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"


def _of_a_side(root: str, side: Side) -> list[URLPattern]:
    """The pages that both sides have, below `root`."""

    def page(address: str, view: object, name: str) -> URLPattern:
        return path(f"{root}/{address}", view, {"side": side}, name=f"{side.code}_{name}")  # type: ignore[call-overload]

    filing, repair = "filings/<uuid:uuid>/", "repairs/<uuid:uuid>/"
    return [
        # One basket: records, answers, letters, materials, check, filed.
        page(filing, basket.detail, "filing"),
        page(f"{filing}records/", basket.records, "filing_records"),
        page(f"{filing}records/<uuid:case>/drop/", basket.drop_record, "filing_drop_record"),
        page(f"{filing}statement/", basket.statement, "filing_statement"),
        page(f"{filing}check/", basket.check, "filing_check"),
        page(f"{filing}filed/", basket.filed, "filing_filed"),
        page(f"{filing}discard/", basket.discard, "filing_discard"),
        page(f"{filing}letters/", letters.letters, "filing_letters"),
        page(f"{filing}letters/sign/", letters.sign, "filing_sign"),
        page(f"{filing}letters.pdf", letters.all_letters, "filing_letters_pdf"),
        page(f"{filing}letters/<uuid:case>.pdf", letters.letter, "filing_letter"),
        page(f"{filing}letters/<uuid:case>/unsign/", letters.unsign, "filing_unsign"),
        page(f"{filing}form.pdf", papers.form, "filing_form"),
        page(f"{filing}statement.pdf", papers.statement, "filing_statement_pdf"),
        page(f"{filing}authorisation.pdf", papers.authorisation, "filing_authorisation"),
        page(f"{filing}power.pdf", papers.power, "filing_power"),
        page(f"{filing}representative.pdf", papers.representative, "filing_representative"),
        # kind: commitment, proof, form
        page(f"{filing}materials/<slug:kind>/", materials.materials, "filing_materials"),
        page(f"{filing}materials/<slug:kind>/<uuid:file>/use/", materials.use, "filing_use_material"),
        page(f"{filing}materials/<slug:kind>/<uuid:file>/drop/", materials.drop, "filing_drop_material"),
        page(f"{filing}findings/", preflight.findings, "filing_findings"),
        # A file in parts: begin (or go on), a part, end.
        page(f"{filing}uploads/", uploading.begin, "upload_begin"),
        page(f"{filing}uploads/<uuid:upload>/", uploading.part, "upload_part"),
        page(f"{filing}uploads/<uuid:upload>/end/", uploading.end, "upload_end"),
        # One application after it was filed.
        page(repair, following.detail, "repair"),
        page(f"{repair}withdraw/", following.withdraw, "repair_withdraw"),
        page(f"{repair}unschedule/", following.unschedule, "repair_unschedule"),
        page(f"{repair}urge/", following.urge, "repair_urge"),
        page(f"{repair}contact/", following.contact, "repair_contact"),
        page(f"{repair}rate/", following.rate, "repair_rate"),
        page(f"{repair}certificate/", following.certificate, "repair_certificate"),
        page(f"{repair}again/", again.again, "repair_again"),
        page(f"{repair}answer/", revoking.answer, "repair_answer"),
        page(f"{repair}correction/", correction.correction, "repair_correction"),
        page(f"{repair}correction/letter.pdf", correction.letter, "repair_correction_letter"),
        page(
            f"{repair}correction/<int:position>/<uuid:attachment>/drop/",
            correction.drop_file,
            "repair_correction_drop",
        ),
    ]


urlpatterns = [
    path("me/repair/", choose.choose, name="my_repair_choose"),
    path("me/records/<uuid:uuid>/repair/", choose.start, name="my_repair_start"),
    *_of_a_side("me", ME),
    path("papers/<slug:kind>.pdf", papers.blank, name="blank_paper"),
    path("window/", window.desk, name="window"),
    path("window/subjects/<uuid:uuid>/", window.subject, name="window_subject"),
    path("window/filings/<uuid:uuid>/papers.pdf", window.papers, name="window_papers"),
    path("window/filings/<uuid:uuid>/slip/", window.slip, name="window_slip"),
    path("window/repairs/<uuid:uuid>/withdrawal/", window.withdrawal, name="window_withdrawal"),
    path("window/repairs/<uuid:uuid>/withdrawal.pdf", window.withdrawal_form, name="window_withdrawal_form"),
    *_of_a_side("window", WINDOW),
    path("office/repairs/<uuid:uuid>/", office.detail, name="office_repair"),
    path("office/batch/", deciding.batch, name="office_batch"),
    path("office/batch/done/", deciding.batch_done, name="office_batch_done"),
    re_path(
        rf"^office/repairs/{UUID}/preview/(?P<action>approve|refuse|refuse_to_accept|forward|revoke)/$",
        deciding.preview,
        name="office_repair_preview",
    ),
    path("office/repairs/<uuid:uuid>/correction/", office.ask_correction, name="office_repair_correction"),
    path("office/repairs/<uuid:uuid>/checks/<uuid:step>/", office_page.check, name="office_repair_check"),
    path("office/records/<uuid:uuid>/reviews/new/", reviews.new, name="office_review_new"),
    path("office/reviews/<uuid:uuid>/", reviews.conclude, name="office_review"),
    path("office/repairs/<uuid:uuid>/notes/", office_page.note, name="office_repair_note"),
    path("office/repairs/<uuid:uuid>/recusal/", fairness.recusal, name="office_repair_recusal"),
    path("office/repairs/<uuid:uuid>/override/", fairness.override, name="office_repair_override"),
    re_path(
        rf"^office/repairs/{UUID}/"
        r"(?P<action>accept|refuse_to_accept|give_opinion|send_back|approve|refuse|forward|extend|endorse"
        r"|propose_revocation|enter_answer|drop_revocation|revoke|reopen)/$",
        office.act,
        name="office_repair_act",
    ),
]
