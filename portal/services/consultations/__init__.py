"""Consultations: preparing one, its life before the public, answering it, reminding of what is due."""

from portal.services.consultations.answering import Answer, NotOpen, answer, declare_ward
from portal.services.consultations.life import (
    CORRECTED,
    ENDED,
    EXTENDED,
    WrongStage,
    archive,
    close,
    extend,
    publish,
    write_outcome,
)
from portal.services.consultations.preparing import (
    FIELDS,
    Frozen,
    NoteMissing,
    OptionDraft,
    QuestionDraft,
    create,
    edit,
)
from portal.services.consultations.reminding import remind

__all__ = [
    "CORRECTED",
    "ENDED",
    "EXTENDED",
    "FIELDS",
    "Answer",
    "Frozen",
    "NotOpen",
    "NoteMissing",
    "OptionDraft",
    "QuestionDraft",
    "WrongStage",
    "answer",
    "archive",
    "close",
    "create",
    "declare_ward",
    "edit",
    "extend",
    "publish",
    "remind",
    "write_outcome",
]
