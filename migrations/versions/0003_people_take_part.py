"""People take part: accounts, follows, discussion, moderation, consultations, the calendar.

Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

#: In the order in which they can be made; each points to earlier ones only.
TABLES = (
    "audit_entry",
    "done_vote",
    "held_form",
    "stopped_address",
    "contact",
    "draft_owner",
    "external_login",
    "follow",
    "moderation_decision",
    "notification_choice",
    "one_time_code",
    "passkey",
    "recovery_code",
    "second_factor",
    "thread",
    "appeal",
    "comment",
    "consultation",
    "report",
    "comment_version",
    "comment_vote",
    "consultation_question",
    "consultation_response",
    "gathering",
    "ownership",
    "identity_contact",
    "consultation_option",
    "gathering_item",
    "gathering_submission",
    "registration",
    "consultation_answer",
)

#: Like an event, what was noted stays as it was noted.
GUARDED = {
    "sqlite": (
        "CREATE TRIGGER audit_entry_no_update BEFORE UPDATE ON audit_entry"
        " BEGIN SELECT RAISE(ABORT, 'audit_entry is append-only'); END",
        "CREATE TRIGGER audit_entry_no_delete BEFORE DELETE ON audit_entry"
        " BEGIN SELECT RAISE(ABORT, 'audit_entry is append-only'); END",
    ),
    "postgresql": (
        "CREATE TRIGGER audit_entry_append_only BEFORE UPDATE OR DELETE ON audit_entry"
        " FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    ),
}
UNGUARDED = {
    "sqlite": ("DROP TRIGGER audit_entry_no_update", "DROP TRIGGER audit_entry_no_delete"),
    "postgresql": ("DROP TRIGGER audit_entry_append_only ON audit_entry",),
}


def upgrade() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=True),
        sa.Column("data", sa.Text(), server_default=sa.text("'{}'"), nullable=False),
        sa.CheckConstraint("actor_id IS NULL OR actor_id > 0", name="ck_audit_entry_actor_id"),
        sa.PrimaryKeyConstraint("id", name="pk_audit_entry"),
    )
    op.create_index("ix_audit_entry_at", "audit_entry", ["at"])
    op.create_index("ix_audit_entry_subject", "audit_entry", ["subject", "subject_id", "id"])

    op.create_table(
        "done_vote",
        sa.Column("support_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("event_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("done", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_done_vote_event_id_event"),
        sa.ForeignKeyConstraint(
            ["support_id"], ["support.id"], name="fk_done_vote_support_id_support", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("support_id", "event_id", name="pk_done_vote"),
    )
    op.create_index("ix_done_vote_event", "done_vote", ["event_id", "done"])

    op.create_table(
        "held_form",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("path", sa.String(length=400), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_held_form"),
        sa.UniqueConstraint("token_hash", name="uq_held_form_token_hash"),
    )
    op.create_index("ix_held_form_created_at", "held_form", ["created_at"])

    op.create_table(
        "stopped_address",
        sa.Column("address_hash", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("bounces", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("address_hash", name="pk_stopped_address"),
    )
    op.create_table(
        "contact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("value_hash", sa.String(length=64), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("preferred", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_contact_user_id_user", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_contact"),
        sa.UniqueConstraint("value_hash", name="uq_contact_value_hash"),
    )
    op.create_index("ix_contact_user_id", "contact", ["user_id"])

    op.create_table(
        "draft_owner",
        sa.Column("draft_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["draft.id"], name="fk_draft_owner_draft_id_draft", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name="fk_draft_owner_user_id_user", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("draft_id", name="pk_draft_owner"),
    )
    op.create_index("ix_draft_owner_user_id", "draft_owner", ["user_id"])

    op.create_table(
        "external_login",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("issuer", sa.String(length=300), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name="fk_external_login_user_id_user", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_external_login"),
        sa.UniqueConstraint("issuer", "subject", name="uq_external_login_issuer_subject"),
    )
    op.create_index("ix_external_login_user_id", "external_login", ["user_id"])

    op.create_table(
        "follow",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_follow_user_id_user", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_follow"),
        sa.UniqueConstraint("user_id", "subject", "subject_id", name="uq_follow_user_id_subject_subject_id"),
    )
    op.create_index("ix_follow_subject", "follow", ["subject", "subject_id", "user_id"])

    op.create_table(
        "moderation_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("act", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("code", sa.String(length=40), nullable=True),
        sa.Column("sentence", sa.String(length=300), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("appeal_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["by_id"], ["user.id"], name="fk_moderation_decision_by_id_user", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name="fk_moderation_decision_user_id_user", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_moderation_decision"),
    )
    op.create_index("ix_moderation_decision_at", "moderation_decision", ["at"])
    op.create_index("ix_moderation_decision_subject", "moderation_decision", ["subject", "subject_id", "id"])
    op.create_index("ix_moderation_decision_user_id", "moderation_decision", ["user_id"])

    op.create_table(
        "notification_choice",
        sa.Column("user_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("topic", sa.String(length=40), nullable=False),
        sa.Column("pace", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name="fk_notification_choice_user_id_user", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "topic", name="pk_notification_choice"),
    )
    op.create_table(
        "one_time_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("contact_kind", sa.String(length=40), nullable=False),
        sa.Column("contact_hash", sa.String(length=64), nullable=False),
        sa.Column("destination", sa.Text(), nullable=False),
        sa.Column("route", sa.String(length=40), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("browser_hash", sa.String(length=64), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("locale", sa.String(length=5), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name="fk_one_time_code_user_id_user", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_one_time_code"),
    )
    op.create_index("ix_one_time_code_browser_hash", "one_time_code", ["browser_hash"])
    op.create_index("ix_one_time_code_contact", "one_time_code", ["contact_hash", "purpose"])
    op.create_index("ix_one_time_code_expires_at", "one_time_code", ["expires_at"])

    op.create_table(
        "passkey",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("credential_id", sa.String(length=1400), nullable=False),
        sa.Column("public_key", sa.Text(), nullable=False),
        sa.Column("sign_count", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_passkey_user_id_user", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_passkey"),
        sa.UniqueConstraint("credential_id", name="uq_passkey_credential_id"),
    )
    op.create_index("ix_passkey_user_id", "passkey", ["user_id"])

    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name="fk_recovery_code_user_id_user", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_recovery_code"),
    )
    op.create_index("ix_recovery_code_user_id", "recovery_code", ["user_id"])

    op.create_table(
        "second_factor",
        sa.Column("user_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name="fk_second_factor_user_id_user", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", name="pk_second_factor"),
    )
    op.create_table(
        "thread",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("comment_count", sa.Integer(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by_id", sa.Integer(), nullable=True),
        sa.Column("closed_reason", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ["closed_by_id"], ["user.id"], name="fk_thread_closed_by_id_user", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_thread"),
        sa.UniqueConstraint("subject", "subject_id", name="uq_thread_subject_subject_id"),
    )
    op.create_table(
        "appeal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(length=2000), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("granted", sa.Boolean(), nullable=True),
        sa.Column("sentence", sa.String(length=300), server_default=sa.text("('')"), nullable=False),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["user.id"], name="fk_appeal_decided_by_id_user", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["moderation_decision.id"], name="fk_appeal_decision_id_moderation_decision"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_appeal"),
        sa.UniqueConstraint("decision_id", name="uq_appeal_decision_id"),
    )
    op.create_index("ix_appeal_open", "appeal", ["decided_at", "created_at", "id"])

    op.create_table(
        "comment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=24), nullable=False),
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("by_reporter", sa.Boolean(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=True),
        sa.Column("author_name", sa.String(length=120), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.Column("screen_codes", sa.String(length=200), nullable=False),
        sa.Column("hidden_code", sa.String(length=40), nullable=True),
        sa.Column("hidden_reason", sa.String(length=300), nullable=False),
        sa.Column("helpful_count", sa.Integer(), nullable=False),
        sa.Column("reply_count", sa.Integer(), nullable=False),
        sa.Column("report_count", sa.Integer(), nullable=False),
        sa.Column("idempotency_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("parent_id IS NULL OR parent_id <> id", name="ck_comment_not_its_own_parent"),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name="fk_comment_agency_id_agency"),
        sa.ForeignKeyConstraint(
            ["author_id"], ["user.id"], name="fk_comment_author_id_user", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["parent_id"], ["comment.id"], name="fk_comment_parent_id_comment"),
        sa.ForeignKeyConstraint(["thread_id"], ["thread.id"], name="fk_comment_thread_id_thread"),
        sa.PrimaryKeyConstraint("id", name="pk_comment"),
        sa.UniqueConstraint("idempotency_hash", name="uq_comment_idempotency_hash"),
        sa.UniqueConstraint("token", name="uq_comment_token"),
    )
    op.create_index("ix_comment_author", "comment", ["author_id", "id"])
    op.create_index(
        "ix_comment_helpful", "comment", ["thread_id", "parent_id", "listed", "helpful_count", "id"]
    )
    op.create_index("ix_comment_page", "comment", ["thread_id", "parent_id", "listed", "id"])
    op.create_index("ix_comment_state", "comment", ["state", "id"])

    op.create_table(
        "consultation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("program_id", sa.Integer(), nullable=True),
        sa.Column("title_id", sa.String(length=160), nullable=False),
        sa.Column("title_en", sa.String(length=160), nullable=False),
        sa.Column("background_id", sa.Text(), nullable=False),
        sa.Column("background_en", sa.Text(), nullable=False),
        sa.Column("eligibility", sa.String(length=40), nullable=False),
        sa.Column("ward_code", sa.String(length=13), nullable=True),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome_id", sa.Text(), nullable=False),
        sa.Column("outcome_en", sa.Text(), nullable=False),
        sa.Column("outcome_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("response_count", sa.Integer(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "archived_at IS NULL OR outcome_at IS NOT NULL", name="ck_consultation_outcome_first"
        ),
        sa.CheckConstraint("closes_at > opens_at", name="ck_consultation_in_order"),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name="fk_consultation_agency_id_agency"),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["user.id"], name="fk_consultation_created_by_id_user", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name="fk_consultation_program_id_program"),
        sa.ForeignKeyConstraint(["ward_code"], ["ward.code"], name="fk_consultation_ward_code_ward"),
        sa.PrimaryKeyConstraint("id", name="pk_consultation"),
        sa.UniqueConstraint("slug", name="uq_consultation_slug"),
    )
    op.create_index("ix_consultation_agency_id", "consultation", ["agency_id"])
    op.create_index("ix_consultation_program_id", "consultation", ["program_id"])
    op.create_index("ix_consultation_published", "consultation", ["published_at", "closes_at", "id"])

    op.create_table(
        "report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("words", sa.String(length=1000), nullable=False),
        sa.Column("person_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["moderation_decision.id"], name="fk_report_decision_id_moderation_decision"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_report"),
        sa.UniqueConstraint(
            "subject", "subject_id", "person_hash", name="uq_report_subject_subject_id_person_hash"
        ),
    )
    op.create_index("ix_report_open", "report", ["closed_at", "created_at", "id"])

    op.create_table(
        "comment_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("comment_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comment.id"], name="fk_comment_version_comment_id_comment", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_comment_version"),
        sa.UniqueConstraint("comment_id", "number", name="uq_comment_version_comment_id_number"),
    )
    op.create_table(
        "comment_vote",
        sa.Column("comment_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comment.id"], name="fk_comment_vote_comment_id_comment", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name="fk_comment_vote_user_id_user", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("comment_id", "user_id", name="pk_comment_vote"),
    )
    op.create_index("ix_comment_vote_user_id", "comment_vote", ["user_id"])

    op.create_table(
        "consultation_question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("text_id", sa.String(length=300), nullable=False),
        sa.Column("text_en", sa.String(length=300), nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("most", sa.Integer(), nullable=True),
        sa.Column("points", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["consultation.id"],
            name="fk_consultation_question_consultation_id_consultation",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_consultation_question"),
    )
    op.create_index("ix_consultation_question_consultation_id", "consultation_question", ["consultation_id"])

    op.create_table(
        "consultation_response",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("person_hash", sa.String(length=64), nullable=False),
        sa.Column("ward_code", sa.String(length=13), nullable=True),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["consultation.id"],
            name="fk_consultation_response_consultation_id_consultation",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["ward_code"], ["ward.code"], name="fk_consultation_response_ward_code_ward"),
        sa.PrimaryKeyConstraint("id", name="pk_consultation_response"),
        sa.UniqueConstraint(
            "consultation_id", "person_hash", name="uq_consultation_response_consultation_id_person_hash"
        ),
    )
    op.create_table(
        "gathering",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("program_id", sa.Integer(), nullable=True),
        sa.Column("consultation_id", sa.Integer(), nullable=True),
        sa.Column("title_id", sa.String(length=160), nullable=False),
        sa.Column("title_en", sa.String(length=160), nullable=False),
        sa.Column("text_id", sa.Text(), nullable=False),
        sa.Column("text_en", sa.Text(), nullable=False),
        sa.Column("place", sa.String(length=160), nullable=False),
        sa.Column("ward_code", sa.String(length=13), nullable=True),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("registration_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_reason", sa.String(length=300), nullable=False),
        sa.Column("minutes_id", sa.Text(), nullable=False),
        sa.Column("minutes_en", sa.Text(), nullable=False),
        sa.Column("minutes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("capacity IS NULL OR capacity > 0", name="ck_gathering_capacity"),
        sa.CheckConstraint("ends_at > starts_at", name="ck_gathering_in_order"),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name="fk_gathering_agency_id_agency"),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["consultation.id"], name="fk_gathering_consultation_id_consultation"
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["user.id"], name="fk_gathering_created_by_id_user", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name="fk_gathering_program_id_program"),
        sa.ForeignKeyConstraint(["ward_code"], ["ward.code"], name="fk_gathering_ward_code_ward"),
        sa.PrimaryKeyConstraint("id", name="pk_gathering"),
        sa.UniqueConstraint("slug", name="uq_gathering_slug"),
    )
    op.create_index("ix_gathering_agency_id", "gathering", ["agency_id"])
    op.create_index("ix_gathering_consultation_id", "gathering", ["consultation_id"])
    op.create_index("ix_gathering_program_id", "gathering", ["program_id"])
    op.create_index("ix_gathering_published", "gathering", ["published_at", "starts_at", "id"])

    op.create_table(
        "ownership",
        sa.Column("submission_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("owner_hash", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name="fk_ownership_submission_id_submission"
        ),
        sa.PrimaryKeyConstraint("submission_id", "owner_hash", name="pk_ownership"),
    )
    op.create_index("ix_ownership_owner_hash", "ownership", ["owner_hash"])

    op.create_table(
        "identity_contact",
        sa.Column("submission_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("contact_hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name="fk_identity_contact_submission_id_submission"
        ),
        sa.PrimaryKeyConstraint("submission_id", "contact_hash", name="pk_identity_contact"),
    )
    op.create_index("ix_identity_contact_contact_hash", "identity_contact", ["contact_hash"])

    op.create_table(
        "consultation_option",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text_id", sa.String(length=300), nullable=False),
        sa.Column("text_en", sa.String(length=300), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["question_id"],
            ["consultation_question.id"],
            name="fk_consultation_option_question_id_consultation_question",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name="fk_consultation_option_submission_id_submission"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_consultation_option"),
    )
    op.create_index("ix_consultation_option_question_id", "consultation_option", ["question_id"])
    op.create_index("ix_consultation_option_submission_id", "consultation_option", ["submission_id"])

    op.create_table(
        "gathering_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("gathering_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("text_id", sa.String(length=200), nullable=False),
        sa.Column("text_en", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["gathering_id"],
            ["gathering.id"],
            name="fk_gathering_item_gathering_id_gathering",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_gathering_item"),
    )
    op.create_index("ix_gathering_item_gathering_id", "gathering_item", ["gathering_id"])

    op.create_table(
        "gathering_submission",
        sa.Column("gathering_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("submission_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["gathering_id"],
            ["gathering.id"],
            name="fk_gathering_submission_gathering_id_gathering",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name="fk_gathering_submission_submission_id_submission"
        ),
        sa.PrimaryKeyConstraint("gathering_id", "submission_id", name="pk_gathering_submission"),
    )
    op.create_index("ix_gathering_submission_submission_id", "gathering_submission", ["submission_id"])

    op.create_table(
        "registration",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("gathering_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("needs", sa.Text(), nullable=False),
        sa.CheckConstraint("seats BETWEEN 1 AND 5", name="ck_registration_seats"),
        sa.ForeignKeyConstraint(
            ["gathering_id"],
            ["gathering.id"],
            name="fk_registration_gathering_id_gathering",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name="fk_registration_user_id_user", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_registration"),
        sa.UniqueConstraint("gathering_id", "user_id", name="uq_registration_gathering_id_user_id"),
    )
    op.create_index("ix_registration_queue", "registration", ["gathering_id", "state", "id"])
    op.create_index("ix_registration_user_id", "registration", ["user_id"])

    op.create_table(
        "consultation_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("response_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("option_id", sa.Integer(), nullable=True),
        sa.Column("value", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["option_id"],
            ["consultation_option.id"],
            name="fk_consultation_answer_option_id_consultation_option",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["question_id"],
            ["consultation_question.id"],
            name="fk_consultation_answer_question_id_consultation_question",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["response_id"],
            ["consultation_response.id"],
            name="fk_consultation_answer_response_id_consultation_response",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_consultation_answer"),
    )
    op.create_index("ix_consultation_answer_question", "consultation_answer", ["question_id", "option_id"])
    op.create_index(
        "ix_consultation_answer_response",
        "consultation_answer",
        ["response_id", "question_id", "option_id", "value"],
    )

    op.add_column(
        "category", sa.Column("premoderation", sa.String(length=40), server_default="off", nullable=False)
    )

    op.add_column(
        "outbox_message", sa.Column("person_key", sa.String(length=40), server_default="", nullable=False)
    )
    op.create_index("ix_outbox_message_person", "outbox_message", ["person_key", "state", "due_at"])

    op.create_index(
        "uq_support_user",
        "support",
        ["user_id", "submission_id"],
        unique=True,
        sqlite_where=sa.text("user_id IS NOT NULL"),
        postgresql_where=sa.text("user_id IS NOT NULL"),
    )

    op.create_index(
        "ix_submission_map",
        "submission",
        ["listed", "ward_code", "place", "kind", "status", "category_id", "agency_id"],
    )

    op.add_column("user", sa.Column("citizen", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("user", sa.Column("ward_code", sa.String(length=13), nullable=True))
    op.add_column("user", sa.Column("route", sa.String(length=40), server_default="email", nullable=False))
    op.add_column("user", sa.Column("erase_at", sa.DateTime(timezone=True), nullable=True))
    for wish in ("erase_comments", "erase_cases"):
        op.add_column("user", sa.Column(wish, sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("user", sa.Column("blocked_until", sa.DateTime(timezone=True), nullable=True))
    # a citizen may have a telephone only
    with op.batch_alter_table("user") as user:
        user.alter_column("email", existing_type=sa.String(length=254), nullable=True)

    op.add_column("user_session", sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "user_session", sa.Column("device", sa.String(length=60), server_default="", nullable=False)
    )
    op.add_column(
        "user_session", sa.Column("method", sa.String(length=40), server_default="password", nullable=False)
    )
    op.add_column("user_session", sa.Column("proved_at", sa.DateTime(timezone=True), nullable=True))
    for statement in GUARDED[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    for statement in UNGUARDED[op.get_bind().dialect.name]:
        op.execute(statement)
    # what the older code cannot send
    op.execute("DELETE FROM outbox_message WHERE recipient_kind IN ('follower', 'code')")
    # an address that can reach nobody (RFC 2606) stands in for none
    op.execute("UPDATE \"user\" SET email = 'warga-' || id || '@tanpa.invalid' WHERE email IS NULL")
    with op.batch_alter_table("user") as user:
        user.alter_column("email", existing_type=sa.String(length=254), nullable=False)
    for column in ("proved_at", "method", "device", "seen_at"):
        op.drop_column("user_session", column)
    for column in (
        "blocked_until",
        "erase_cases",
        "erase_comments",
        "erase_at",
        "route",
        "ward_code",
        "citizen",
    ):
        op.drop_column("user", column)
    op.drop_index("uq_support_user", "support")
    op.drop_index("ix_submission_map", "submission")
    op.drop_index("ix_outbox_message_person", "outbox_message")
    op.drop_column("outbox_message", "person_key")
    op.drop_column("category", "premoderation")
    for table in reversed(TABLES):
        op.drop_table(table)
