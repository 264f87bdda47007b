from django.contrib import admin
from django.contrib.auth.views import LoginView
from django.urls import path

from . import views

urlpatterns = [
    path("", views.home),
    path("login/", LoginView.as_view(template_name="login.html")),
    path("orders/", views.orders),
    path("orders/new", views.order_new),
    path("orders/<int:pk>/", views.order),
    path("orders/<int:pk>/pay", views.order_pay),
    path("stock/", views.stock),
    path("stock/move", views.stock_move),
    path("partners/<int:pk>/note", views.partner_note),
    path("preferences", views.preferences),
    path("reports/sales", views.sales_report),
    path("admin/", admin.site.urls),
]
