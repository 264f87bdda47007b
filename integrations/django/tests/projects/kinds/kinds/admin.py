from django.contrib import admin

from . import models

admin.site.register([models.Every, models.Tag, models.Place, models.Note, models.Odd])
