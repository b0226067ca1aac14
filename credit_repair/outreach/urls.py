"""Addresses of this package's pages."""

from django.urls import path

from credit_repair.outreach.views import batches, guidance, listing, own, proposals

urlpatterns = [
    path("office/outreach/", listing.listing, name="office_outreach"),
    path("office/outreach/figures/", listing.figures, name="office_outreach_figures"),
    path("office/outreach/remind/", listing.remind, name="office_outreach_remind"),
    path("office/outreach/letter/<uuid:uuid>.pdf", listing.letter, name="office_outreach_letter"),
    path("office/outreach/uptake/", batches.over_time, name="office_outreach_uptake"),
    path("office/outreach/batches/", batches.listing, name="office_reminder_batches"),
    path("office/outreach/batches/<uuid:uuid>/", batches.one, name="office_reminder_batch"),
    path(
        "office/outreach/batches/<uuid:uuid>/progress/",
        batches.progress,
        name="office_reminder_batch_progress",
    ),
    path("office/outreach/batches/<uuid:uuid>/stop/", batches.stop, name="office_reminder_batch_stop"),
    path("office/outreach/proposals/", proposals.listing, name="office_proposals"),
    path("office/outreach/proposals/new/", proposals.new, name="office_proposal_new"),
    path("office/outreach/proposals/<uuid:uuid>/", proposals.one, name="office_proposal"),
    path(
        "office/outreach/proposals/<uuid:uuid>/withdraw/", proposals.withdraw, name="office_proposal_withdraw"
    ),
    path("office/outreach/guidance/", guidance.listing, name="office_guidance"),
    path("office/outreach/guidance/settings/", guidance.settings, name="office_guidance_settings"),
    path("office/outreach/guidance/records/<uuid:uuid>/", guidance.make, name="office_guidance_make"),
    path("me/proposals/<uuid:uuid>/", own.proposal, name="my_proposal"),
    path("me/proposals/<uuid:uuid>/take/", own.take, name="my_proposal_take"),
    path("me/proposals/<uuid:uuid>/decline/", own.decline, name="my_proposal_decline"),
]
