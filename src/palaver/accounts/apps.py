from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "palaver.accounts"
    label = "accounts"
