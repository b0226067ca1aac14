"""Addresses of people's own pages, and of those that say who may come in."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
