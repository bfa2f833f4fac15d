"""What is asked of a business: the structure of its number in the national register."""

#: Digits of a Nomor Induk Berusaha (Peraturan Pemerintah 5/2021).
NIB_DIGITS = 13


def normalise_nib(typed: str) -> str:
    """Return the 13 digits of a NIB typed with spaces, dots or hyphens ("" stays ""). Raises ValueError.

    Only the structure is checked: the register itself is not asked.
    """
    digits = "".join(sign for sign in typed if sign not in " .-\u2013")
    if not digits:
        return ""
    if len(digits) != NIB_DIGITS or not (digits.isascii() and digits.isdigit()) or len(set(digits)) == 1:
        raise ValueError("a NIB has 13 digits")
    return digits
