from django.db import transaction
from django.urls import path

from . import views

urlpatterns = [
    *[path(view.__name__, view) for view in (views.write, views.write_in, views.slow, views.read, views.read_and_write, views.visit, views.stream)],
    path("two_transactions", transaction.non_atomic_requests(views.two_transactions)),
    path("awrite", transaction.non_atomic_requests(views.awrite)),
    path("aread", transaction.non_atomic_requests(views.aread)),
]
