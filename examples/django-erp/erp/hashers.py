from django.contrib.auth.hashers import PBKDF2PasswordHasher


class SampleHasher(PBKDF2PasswordHasher):
    """Django's own, with few rounds: a hundred users log in at once, and the passwords are a sample's."""

    iterations = 20_000
