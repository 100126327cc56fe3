"""References that a patient can read out on a bad line."""

import secrets

# No vowels, so no words; nothing that is taken for another sign in print or by hand (0 O, 1 I L, 2 Z, 5 S, 6 G, 8 B).
ALPHABET = "3479CDFHJKMNPQRTVWX"
LENGTH = 5


def new_reference():
    """A random reference like R-4K7MX: 2.4 million of them.

    It names a request and opens nothing. Two may meet: the caller tries again when the unique column refuses it.
    """
    return "R-" + "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
