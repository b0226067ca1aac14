"""Addresses of this package's pages."""

from django.urls import path

from credit_repair.rectification.views import activities, office, public

urlpatterns = [
    path("me/orders/", public.order_list, name="my_orders"),
    path("me/orders/<uuid:uuid>/", public.order, name="my_order"),
    path("me/orders/<uuid:uuid>/proof/", public.proof, name="my_order_proof"),
    path("me/orders/<uuid:uuid>/interviews/<uuid:interview>/sign/", public.sign, name="my_order_sign"),
    path("me/orders/<uuid:uuid>/promise/", public.promise, name="my_order_promise"),
    path("me/orders/<uuid:uuid>/documents/<uuid:document>/", public.order_document, name="my_order_document"),
    path("me/activities/", activities.own_list, name="my_activities"),
    path("me/activities/new/", activities.own_new, name="my_activity_new"),
    path("me/activities/<uuid:uuid>/take-back/", activities.own_take_back, name="my_activity_take_back"),
    path("office/rectification/", office.order_list, name="office_orders"),
    path("office/rectification/<uuid:uuid>/", office.order, name="office_order"),
    path("office/rectification/<uuid:uuid>/preview/", office.order_preview, name="office_order_preview"),
    path("office/rectification/<uuid:uuid>/act/<slug:slug>/", office.order_act, name="office_order_act"),
    path(
        "office/rectification/<uuid:uuid>/documents/<uuid:document>/",
        office.order_document,
        name="office_order_document",
    ),
    path("office/records/<uuid:uuid>/order/", office.order_new, name="office_order_new"),
    path("office/records/<uuid:uuid>/activity/", activities.office_new, name="office_activity_new"),
    path("office/activities/", activities.office_list, name="office_activities"),
    path("office/activities/<uuid:uuid>/confirm/", activities.confirm, name="office_activity_confirm"),
    path("office/activities/<uuid:uuid>/decline/", activities.decline, name="office_activity_decline"),
]
