"""How passwords are kept."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2id(Argon2PasswordHasher):
    """Argon2id, time cost 2, 19 MiB, one lane: about 20 ms a login on an office server."""

    time_cost = 2
    memory_cost = 19 * 1024  # KiB
    parallelism = 1
