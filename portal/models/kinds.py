"""The words of the domain as enums. Values are stored; labels for people live in `portal.web.labels`."""

from enum import IntEnum, StrEnum


class Kind(StrEnum):
    """What a submission is."""

    PROBLEM = "problem"
    IDEA = "idea"
    QUESTION = "question"
    THANKS = "thanks"
    PARTNERSHIP = "partnership"
    TOURISM_PACKAGE = "tourism_package"


PROPOSALS = frozenset({Kind.PARTNERSHIP, Kind.TOURISM_PACKAGE})


class Status(StrEnum):
    """Where a submission stands. Drafts live in a table of their own and become RECEIVED."""

    RECEIVED = "received"
    IN_REVIEW = "in_review"
    NEEDS_INFO = "needs_info"
    ASSIGNED = "assigned"
    ANSWERED = "answered"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    ACCEPTED = "accepted"
    DEFERRED = "deferred"
    DECLINED = "declined"
    REFERRED = "referred"
    MERGED = "merged"
    WITHDRAWN = "withdrawn"


class Priority(IntEnum):
    """How soon the city should turn to a case; staff see it, the public does not."""

    NORMAL = 0
    HIGH = 1
    URGENT = 2


class Channel(StrEnum):
    """How a submission reached the city."""

    WEB = "web"
    COUNTER = "counter"
    PHONE = "phone"
    LETTER = "letter"


class Consent(StrEnum):
    """How a citizen agreed, to an officer, that what they said is kept (UU 27/2022)."""

    SPOKEN = "spoken"
    SIGNED = "signed"


class SuggestionSource(StrEnum):
    """Why the desk suggested an agency and a category."""

    RULE = "rule"
    SIMILAR = "similar"
    CATEGORY = "category"
    NONE = "none"


class MeetingStatus(StrEnum):
    """How far a meeting is."""

    PLANNED = "planned"
    CLOSED = "closed"


class Place(StrEnum):
    """How the citizen said where it is."""

    WARD = "ward"
    SEA = "sea"
    UNKNOWN = "unknown"


class IdentityMode(StrEnum):
    """Who may see the reporter's name (privacy of the reporter)."""

    HIDDEN = "hidden"
    SHOWN = "shown"
    SHIELDED = "shielded"


class ReasonCode(StrEnum):
    """Why something was declined or deferred."""

    BUDGET = "budget"
    AUTHORITY = "authority"
    LAND = "land"
    SKILL = "skill"
    REGULATION = "regulation"
    DUPLICATE = "duplicate"
    NOT_ENOUGH_INFORMATION = "not_enough_information"
    ALREADY_PLANNED = "already_planned"
    AGAINST_RULES = "against_rules"


class HideCode(StrEnum):
    """Why moderation hid a submission."""

    PERSONAL_DATA = "personal_data"
    INSULT = "insult"
    ACCUSATION = "accusation"
    ADVERTISING = "advertising"
    AGAINST_RULES = "against_rules"


class Role(StrEnum):
    """What a member of staff is in an agency (or in the city, where no agency is named)."""

    OFFICER = "officer"
    HEAD = "head"
    TRIAGE = "triage"
    COMPETENCY = "competency"
    ADMIN = "admin"
    EXECUTIVE = "executive"  # mayor, secretary, planning: the board, and no case content


class AnswerKind(StrEnum):
    """Which step an official text belongs to."""

    ANSWER = "answer"
    PROMISE = "promise"
    FINISH = "finish"
    ACCEPT = "accept"
    DECLINE = "decline"
    DEFER = "defer"
    REFER = "refer"


class Purpose(StrEnum):
    """What an attachment is for."""

    STORY = "story"
    PROPOSAL = "proposal"
    REPLY = "reply"
    EVIDENCE = "evidence"
    NOTE = "note"
    LETTER = "letter"  # a scanned letter taken in at the counter: for staff and the reporter only


class LinkType(StrEnum):
    """How a submission and a program hang together."""

    REASON_FOR = "reason_for"
    PART_OF = "part_of"
    ANSWERS = "answers"


class ProgramStatus(StrEnum):
    """How far a program is."""

    PLANNED = "planned"
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"


class BusinessKind(StrEnum):
    """What a business does."""

    BOAT = "boat"
    GUIDE = "guide"
    HOMESTAY = "homestay"
    FOOD = "food"
    CRAFT = "craft"
    EVENT = "event"
    TRANSPORT = "transport"
    OTHER = "other"


class PartnershipStage(StrEnum):
    """Life of a partnership after its proposal was accepted (WORKFLOW section 2)."""

    NEW = "new"
    DISCUSSION = "discussion"
    DRAFTING = "drafting"
    SIGNATURE = "signature"
    ACTIVE = "active"
    EVALUATION = "evaluation"
    CONTINUED = "continued"
    EXTENDED = "extended"
    STOPPED = "stopped"
    DECLINED = "declined"


class Recipient(StrEnum):
    """Whom an outbox row is for; the address is looked up at delivery."""

    REPORTER = "reporter"
    SUPPORTER = "supporter"
    USER = "user"
    #: Somebody who follows a case, a program or another matter; the id of the row in `follow`.
    FOLLOWER = "follower"
    #: A contact that somebody wants to prove; the id of the row in `one_time_code`.
    CODE = "code"
    #: Who asked a business something; the id of the row in `visitor_question`.
    VISITOR = "visitor"
    #: Somebody asked to speak for a business; the id of the row in `business_invitation`.
    INVITED = "invited"


class OutboxState(StrEnum):
    """What became of a mail."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    NO_ADDRESS = "no_address"


class TokenPurpose(StrEnum):
    """What a scoped one-use token from a mail may do."""

    ANSWER_QUESTION = "answer_question"
    CONFIRM_SUPPORT = "confirm_support"
    RESET_PASSWORD = "reset_password"  # noqa: S105 (a purpose, not a password)
    STOP_MAIL = "stop_mail"
    #: A supporter's word on whether a case is done.
    CONFIRM_DONE = "confirm_done"
    #: Takes a change of contact back, from the mail to the old one.
    UNDO_CONTACT = "undo_contact"
    #: Takes a wish to be erased back.
    KEEP_ACCOUNT = "keep_account"


class ContactKind(StrEnum):
    """How a citizen can be reached."""

    EMAIL = "email"
    PHONE = "phone"


class Route(StrEnum):
    """By which way news reach a person."""

    EMAIL = "email"
    SMS = "sms"
    WHATSAPP = "whatsapp"


class CodePurpose(StrEnum):
    """What a one-time code may do."""

    SIGN_IN = "sign_in"
    ADD_CONTACT = "add_contact"
    CONFIRM_SELF = "confirm_self"


class SignInMethod(StrEnum):
    """How somebody proved who they are."""

    PASSWORD = "password"  # noqa: S105 (a way, not a password)
    CODE = "code"
    PASSKEY = "passkey"
    SSO = "sso"


class Subject(StrEnum):
    """What people follow, talk about, report and moderate."""

    SUBMISSION = "submission"
    PROGRAM = "program"
    CONSULTATION = "consultation"
    COMMENT = "comment"
    PARTNERSHIP = "partnership"
    PACKAGE = "package"
    BUSINESS = "business"


class Topic(StrEnum):
    """Groups of news that a person chooses a pace for."""

    QUESTION = "question"  # the city asks you something
    OUTCOME = "outcome"  # answers, promises, decisions, done
    PROGRESS = "progress"  # assigned, linked, program progress, reopened
    DISCUSSION = "discussion"  # replies to you, comments on what you follow
    INVITATION = "invitation"  # consultations and meetings


class Pace(StrEnum):
    """How soon somebody wants to hear."""

    NOW = "now"
    DAILY = "daily"
    WEEKLY = "weekly"
    NEVER = "never"


class Premoderation(StrEnum):
    """Whose comments in a category wait for triage before everybody sees them."""

    OFF = "off"
    FIRST_TIMERS = "first_timers"
    ALL = "all"


class CommentState(StrEnum):
    """Whether everybody sees a comment."""

    PUBLISHED = "published"
    HELD = "held"  # waits for a moderator
    HIDDEN = "hidden"  # by moderation, with a reason
    DELETED = "deleted"  # by its author


class ReportReason(StrEnum):
    """Why a reader thinks that something should not stand there."""

    INSULT = "insult"
    PERSONAL_DATA = "personal_data"
    ACCUSATION = "accusation"
    ADVERTISING = "advertising"
    FALSE = "false"
    OFF_TOPIC = "off_topic"
    OTHER = "other"


class ModerationAct(StrEnum):
    """What a moderator did."""

    PUBLISH = "publish"  # let a held comment stand
    HIDE = "hide"
    RESTORE = "restore"
    DISMISS = "dismiss"  # found nothing wrong with what was reported
    WARN = "warn"
    BLOCK = "block"
    UNBLOCK = "unblock"
    CLOSE_THREAD = "close_thread"
    OPEN_THREAD = "open_thread"
    UPHOLD = "uphold"  # an appeal changed nothing


class Eligibility(StrEnum):
    """Who may answer a consultation."""

    ANYONE = "anyone"
    CONFIRMED = "confirmed"  # with a confirmed contact
    WARD = "ward"  # with a confirmed contact, living in the ward


class ConsultationKind(StrEnum):
    """What a consultation is for."""

    CONSULTATION = "consultation"
    PRIORITIES = "priorities"  # Musrenbang: points over proposals of a ward


class QuestionKind(StrEnum):
    """How a question of a consultation is answered."""

    SINGLE = "single"
    MULTIPLE = "multiple"
    RANKING = "ranking"
    TEXT = "text"
    POINTS = "points"


class RegistrationState(StrEnum):
    """What became of somebody's wish to attend."""

    REGISTERED = "registered"
    WAITING = "waiting"
    CANCELLED = "cancelled"


class BusinessRole(StrEnum):
    """What a member may do for a business."""

    OWNER = "owner"  # everything, members too
    MANAGER = "manager"  # profile, proposals, agreements
    HELPER = "helper"  # answers visitors, reads


class LicenceKind(StrEnum):
    """What a licence or certificate is about."""

    SKIPPER = "skipper"
    VESSEL = "vessel"
    GUIDE = "guide"
    HALAL = "halal"
    FOOD = "food"  # PIRT or hygiene
    LODGING = "lodging"
    INSURANCE = "insurance"
    OTHER = "other"


class VerificationResult(StrEnum):
    """What came of looking at a business."""

    VERIFIED = "verified"
    REJECTED = "rejected"
    REVOKED = "revoked"


class ChangeState(StrEnum):
    """What became of a change that a business proposed to its package."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class Party(StrEnum):
    """A side of a partnership. The three that monitor it are business, agency and coordinator."""

    BUSINESS = "business"
    AGENCY = "agency"
    COORDINATOR = "coordinator"


class AgreementKind(StrEnum):
    """What a draft is of."""

    MOU = "mou"  # nota kesepahaman
    AGREEMENT = "agreement"  # perjanjian kerja sama
    ADDENDUM = "addendum"


class DutyKind(StrEnum):
    """Whether a side owes something all the time or by a day."""

    OBLIGATION = "obligation"
    MILESTONE = "milestone"


class SelectionStep(StrEnum):
    """How a proposal that nobody asked for is examined, in this order."""

    PUBLIC_INTEREST = "public_interest"
    INFORMATION = "information"
    SELECTION = "selection"


class StepResult(StrEnum):
    """What came of a step."""

    PASSED = "passed"
    FAILED = "failed"
    #: Others were asked for information or offers.
    OPENED = "opened"
    #: It was not necessary, for the reason given.
    NOT_NEEDED = "not_needed"


class ProgramLevel(StrEnum):
    """Depth in the national nomenclature."""

    PROGRAM = "program"
    ACTIVITY = "activity"
    SUB_ACTIVITY = "sub_activity"


class BudgetStage(StrEnum):
    """How far money has come, in this order."""

    PROPOSED = "proposed"  # by citizens (Musrenbang)
    DRAFT = "draft"  # RKPD, draft budget
    ENACTED = "enacted"  # APBD
    REVISED = "revised"  # APBD perubahan
    CONTRACTED = "contracted"
    PAID = "paid"


class TeamRole(StrEnum):
    """What an officer is in the team of a program."""

    LEAD = "lead"
    MEMBER = "member"


class RoundLevel(StrEnum):
    """Stages of planning, in their order of the year."""

    WARD = "ward"  # Musrenbang kelurahan
    DISTRICT = "district"  # Musrenbang kecamatan
    FORUM = "forum"  # forum perangkat daerah
    CITY = "city"  # Musrenbang kota
    RKPD = "rkpd"  # work plan enacted


class LandStatus(StrEnum):
    """Whose the land is that an aspiration needs."""

    CITY = "city"
    VILLAGE = "village"  # adat or community
    PRIVATE_GRANTED = "private_granted"  # with a letter of grant
    PRIVATE = "private"
    NOT_NEEDED = "not_needed"
    UNKNOWN = "unknown"


class Endorser(StrEnum):
    """The chain of recommendations, in this order."""

    WARD_HEAD = "ward_head"  # lurah
    DISTRICT_HEAD = "district_head"  # camat
    AGENCY = "agency"
    BUDGET_TEAM = "budget_team"  # TAPD


class Verdict(StrEnum):
    """What an endorser said."""

    RECOMMENDED = "recommended"
    CHANGED = "changed"  # recommended with another volume or budget
    NOT_RECOMMENDED = "not_recommended"
