"""A press that comes twice: a double click, or a second try while the answer was under way."""

from datetime import timedelta

#: The same by the same person within this time is the same press.
SAME_PRESS = timedelta(minutes=1)
#: Who asked as a visitor may try again for longer: nobody sees a list of what was sent.
SAME_QUESTION = timedelta(minutes=10)
