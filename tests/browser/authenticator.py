"""An operator's authenticator app: codes by time (RFC 6238) from the key that the portal shows."""

import base64
import hmac
import time

STEP_SECONDS, DIGITS = 30, 6


class Authenticator:
    """Gives each code once, as the portal takes it."""

    def __init__(self) -> None:
        self.secret, self.used = b"", 0

    def add(self, key: str) -> None:
        self.secret = base64.b32decode(key.replace(" ", ""))

    def is_ready(self) -> bool:
        """Whether there is a code that was not used yet: that of the step ahead, which the portal takes too, counts."""
        return self.used <= int(time.time()) // STEP_SECONDS

    def code(self) -> str:
        self.used = max(int(time.time()) // STEP_SECONDS, self.used + 1)
        digest = hmac.digest(self.secret, self.used.to_bytes(8, "big"), "sha1")
        at = digest[-1] & 15
        number = int.from_bytes(digest[at:at + 4], "big") & 0x7FFFFFFF
        return f"{number % 10 ** DIGITS:0{DIGITS}}"
