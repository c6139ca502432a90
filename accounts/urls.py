from django.urls import path

from accounts import factor_views, views

urlpatterns = [
    path("login/", views.Login.as_view(), name="login"),
    path("logout/", views.Logout.as_view(), name="logout"),
    path("password/", views.PasswordChange.as_view(), name="password_change"),
    path("sessions/", views.sessions, name="sessions"),
    path("login/second/", factor_views.second_step, name="second-step"),
    path("factors/", factor_views.mine, name="factors"),
    path("factors/authenticator/", factor_views.add_authenticator, name="factor-authenticator"),
    path("factors/passkey/", factor_views.add_passkey, name="factor-passkey"),
    path("factors/remove/", factor_views.remove, name="factor-remove"),
    path("factors/codes/", factor_views.renew, name="factor-codes"),
]
