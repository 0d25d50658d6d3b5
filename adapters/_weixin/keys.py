"""The forms of what a console shows: both platforms check them alike."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints

# Console rules: a token has 3 to 32 letters and digits, an EncodingAESKey exactly 43. An empty
# token would make every signature forgeable, so the pattern also keeps the door locked.
Token = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]{3,32}$")]
AesKey = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9+/]{43}$")]
