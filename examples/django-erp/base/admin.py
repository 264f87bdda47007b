"""Every model of the project, in the admin."""

from django.apps import apps
from django.contrib import admin
from django.contrib.admin.sites import AlreadyRegistered

APPS = ["base", "partners", "catalog", "inventory", "sales", "purchasing", "accounting", "manufacturing", "people", "crm", "projects", "support"]

for label in APPS:
    for model in apps.get_app_config(label).get_models():
        # A through table of its own has a page as well.
        try:
            admin.site.register(model)
        except AlreadyRegistered:
            continue
