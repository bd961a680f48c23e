"""Filters and tags that every template has: amounts, dates, tier badges, icons."""

from django import template

register = template.Library()
