"""The first tables, the search index of either engine, and the triggers that keep history as it was.

Revises: nothing
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

#: In the order in which they can be made; each points to earlier ones only.
TABLES = (
    "agency",
    "district",
    "draft",
    "holiday",
    "institution",
    "page_version",
    "scoped_token",
    "setting",
    "user",
    "category",
    "membership",
    "program",
    "user_session",
    "ward",
    "business",
    "milestone",
    "program_update",
    "submission",
    "access_log",
    "answer",
    "event",
    "identity",
    "named_staff",
    "note",
    "package",
    "partnership",
    "program_link",
    "proposal",
    "question",
    "search_document",
    "statement",
    "support",
    "answer_version",
    "attachment",
    "outbox_message",
)

# The stems are written by services.search on both engines: no triggers, which a rebuilt table would lose.
SEARCH_SQLITE = "CREATE VIRTUAL TABLE search_index USING fts5(stems, tokenize='ascii', detail=none)"
# Stored: whoever walks the newest submissions for a word would else build each one's vector anew. And more
# statistics than usual, for which words are common decides between walking and the index.
SEARCH_POSTGRESQL = (
    "ALTER TABLE search_document ADD COLUMN words tsvector"
    " GENERATED ALWAYS AS (to_tsvector('simple', stems)) STORED",
    "ALTER TABLE search_document ALTER COLUMN words SET STATISTICS 1000",
    "CREATE INDEX ix_search_document_words ON search_document USING gin (words)",
)

APPEND_ONLY_SQLITE = (
    "CREATE TRIGGER event_no_update BEFORE UPDATE ON event"
    " BEGIN SELECT RAISE(ABORT, 'events are append-only'); END",
    "CREATE TRIGGER event_no_delete BEFORE DELETE ON event"
    " BEGIN SELECT RAISE(ABORT, 'events are append-only'); END",
    # INSERT OR REPLACE deletes without asking the trigger above
    "CREATE TRIGGER event_no_replace BEFORE INSERT ON event"
    " WHEN EXISTS (SELECT 1 FROM event WHERE id = NEW.id)"
    " BEGIN SELECT RAISE(ABORT, 'events are append-only'); END",
)
APPEND_ONLY_POSTGRESQL = (
    "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS"
    " $$ BEGIN RAISE EXCEPTION 'events are append-only'; END $$",
    "CREATE TRIGGER event_append_only BEFORE UPDATE OR DELETE ON event"
    " FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER event_no_truncate BEFORE TRUNCATE ON event"
    " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
)


def upgrade() -> None:
    op.create_table(
        "agency",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("name_id", sa.String(length=160), nullable=False),
        sa.Column("name_en", sa.String(length=160), nullable=False),
        sa.Column("short_id", sa.String(length=60), nullable=False),
        sa.Column("short_en", sa.String(length=60), nullable=False),
        sa.Column("phone_public", sa.String(length=30), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_agency"),
        sa.UniqueConstraint("code", name="uq_agency_code"),
        sa.UniqueConstraint("slug", name="uq_agency_slug"),
    )
    op.create_table(
        "district",
        sa.Column("code", sa.String(length=13), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_district"),
    )
    op.create_table(
        "draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("flow", sa.String(length=20), nullable=False),
        sa.Column("idempotency_key", sa.String(length=64), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_draft"),
        sa.UniqueConstraint("idempotency_key", name="uq_draft_idempotency_key"),
        sa.UniqueConstraint("token_hash", name="uq_draft_token_hash"),
    )
    op.create_index("ix_draft_updated_at", "draft", ["updated_at"])

    op.create_table(
        "holiday",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name_id", sa.String(length=120), nullable=False),
        sa.Column("name_en", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("day", name="pk_holiday"),
    )
    op.create_table(
        "institution",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name_id", sa.String(length=160), nullable=False),
        sa.Column("name_en", sa.String(length=160), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_institution"),
        sa.UniqueConstraint("name_id", name="uq_institution_name_id"),
    )
    op.create_table(
        "page_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("reference_number", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_page_version"),
    )
    op.create_table(
        "scoped_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_scoped_token"),
        sa.UniqueConstraint("token_hash", name="uq_scoped_token_token_hash"),
    )
    op.create_table(
        "setting",
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_setting"),
    )
    op.create_table(
        "user",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("locale", sa.String(length=5), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_user"),
        sa.UniqueConstraint("email", name="uq_user_email"),
    )
    op.create_table(
        "category",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("name_id", sa.String(length=80), nullable=False),
        sa.Column("name_en", sa.String(length=80), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=True),
        sa.Column("answer_days", sa.Integer(), nullable=False),
        sa.Column("verify_first", sa.Boolean(), nullable=False),
        sa.Column("words", sa.String(length=2000), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name="fk_category_agency_id_agency"),
        sa.PrimaryKeyConstraint("id", name="pk_category"),
        sa.UniqueConstraint("slug", name="uq_category_slug"),
    )
    op.create_table(
        "membership",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=True),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("publisher", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "role NOT IN ('officer', 'head') OR agency_id IS NOT NULL", name="ck_membership_agency_role"
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name="fk_membership_agency_id_agency"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name="fk_membership_user_id_user", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_membership"),
        sa.UniqueConstraint("user_id", "agency_id", "role", name="uq_membership_user_id_agency_id_role"),
    )
    op.create_index("ix_membership_agency_id", "membership", ["agency_id"])

    op.create_table(
        "program",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("nomenclature", sa.String(length=200), nullable=False),
        sa.Column("title_id", sa.String(length=160), nullable=False),
        sa.Column("title_en", sa.String(length=160), nullable=False),
        sa.Column("summary_id", sa.Text(), nullable=False),
        sa.Column("summary_en", sa.Text(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("budget", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("progress", sa.Integer(), nullable=False),
        sa.Column("indicator_id", sa.String(length=200), nullable=False),
        sa.Column("indicator_en", sa.String(length=200), nullable=False),
        sa.Column("target", sa.String(length=60), nullable=False),
        sa.Column("realised", sa.String(length=60), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("budget >= 0", name="ck_program_budget_not_negative"),
        sa.CheckConstraint("progress BETWEEN 0 AND 100", name="ck_program_progress_percent"),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name="fk_program_agency_id_agency"),
        sa.PrimaryKeyConstraint("id", name="pk_program"),
        sa.UniqueConstraint("code", name="uq_program_code"),
    )
    op.create_index("ix_program_agency_id", "program", ["agency_id"])
    op.create_index("ix_program_year_code", "program", ["year", "code"])

    op.create_table(
        "user_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name="fk_user_session_user_id_user", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_user_session"),
        sa.UniqueConstraint("token_hash", name="uq_user_session_token_hash"),
    )
    op.create_index("ix_user_session_user_id", "user_session", ["user_id"])

    op.create_table(
        "ward",
        sa.Column("code", sa.String(length=13), nullable=False),
        sa.Column("district_code", sa.String(length=13), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(["district_code"], ["district.code"], name="fk_ward_district_code_district"),
        sa.PrimaryKeyConstraint("code", name="pk_ward"),
    )
    op.create_index("ix_ward_district_code", "ward", ["district_code"])

    op.create_table(
        "business",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("nib", sa.String(length=13), nullable=False),
        sa.Column("ward_code", sa.String(length=13), nullable=True),
        sa.Column("public_phone", sa.String(length=20), nullable=False),
        sa.Column("public_email", sa.String(length=254), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["ward_code"], ["ward.code"], name="fk_business_ward_code_ward"),
        sa.PrimaryKeyConstraint("id", name="pk_business"),
    )
    op.create_table(
        "milestone",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("program_id", sa.Integer(), nullable=False),
        sa.Column("title_id", sa.String(length=160), nullable=False),
        sa.Column("title_en", sa.String(length=160), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name="fk_milestone_program_id_program"),
        sa.PrimaryKeyConstraint("id", name="pk_milestone"),
    )
    op.create_index("ix_milestone_program_id", "milestone", ["program_id"])

    op.create_table(
        "program_update",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("program_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("text_id", sa.Text(), nullable=False),
        sa.Column("text_en", sa.Text(), nullable=False),
        sa.Column("progress", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name="fk_program_update_author_id_user"),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name="fk_program_update_program_id_program"),
        sa.PrimaryKeyConstraint("id", name="pk_program_update"),
    )
    op.create_index("ix_program_update_program_id", "program_update", ["program_id"])

    op.create_table(
        "submission",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=20), nullable=False),
        sa.Column("tracking_hash", sa.String(length=64), nullable=False),
        sa.Column("idempotency_hash", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("place", sa.String(length=40), nullable=False),
        sa.Column("ward_code", sa.String(length=13), nullable=True),
        sa.Column("landmark", sa.String(length=160), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("category_id", sa.Integer(), nullable=True),
        sa.Column("agency_id", sa.Integer(), nullable=True),
        sa.Column("officer_id", sa.Integer(), nullable=True),
        sa.Column("identity_mode", sa.String(length=40), nullable=False),
        sa.Column("secret", sa.Boolean(), nullable=False),
        sa.Column("shown_name", sa.String(length=120), nullable=False),
        sa.Column("text_public", sa.Boolean(), nullable=False),
        sa.Column("files_public", sa.Boolean(), nullable=False),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.Column("screen_codes", sa.JSON(), nullable=False),
        sa.Column("hidden_code", sa.String(length=40), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_on_time", sa.Boolean(), nullable=True),
        sa.Column("answered_in_days", sa.Integer(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("escalated", sa.Integer(), nullable=False),
        sa.Column("promised_on", sa.Date(), nullable=True),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.Column("contest_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason_code", sa.String(length=40), nullable=True),
        sa.Column("institution", sa.String(length=160), nullable=False),
        sa.Column("resume_status", sa.String(length=40), nullable=True),
        sa.Column("merged_into_id", sa.Integer(), nullable=True),
        sa.Column("handovers", sa.Integer(), nullable=False),
        sa.Column("objected", sa.Boolean(), nullable=False),
        sa.Column("reopened", sa.Integer(), nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=True),
        sa.Column("support_count", sa.Integer(), nullable=False),
        sa.Column("file_count", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("NOT (secret AND listed)", name="ck_submission_secret_unlisted"),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name="fk_submission_agency_id_agency"),
        sa.ForeignKeyConstraint(["category_id"], ["category.id"], name="fk_submission_category_id_category"),
        sa.ForeignKeyConstraint(
            ["merged_into_id"], ["submission.id"], name="fk_submission_merged_into_id_submission"
        ),
        sa.ForeignKeyConstraint(["officer_id"], ["user.id"], name="fk_submission_officer_id_user"),
        sa.ForeignKeyConstraint(["ward_code"], ["ward.code"], name="fk_submission_ward_code_ward"),
        sa.PrimaryKeyConstraint("id", name="pk_submission"),
        sa.UniqueConstraint("idempotency_hash", name="uq_submission_idempotency_hash"),
        sa.UniqueConstraint("reference", name="uq_submission_reference"),
    )
    op.create_index("ix_submission_agency", "submission", ["agency_id", "id"])
    op.create_index("ix_submission_agency_status_due", "submission", ["agency_id", "status", "due_at", "id"])
    op.create_index(
        "ix_submission_listed_agency",
        "submission",
        ["listed", "agency_id", sa.text("received_at DESC"), sa.text("id DESC")],
    )
    op.create_index(
        "ix_submission_listed_answered",
        "submission",
        ["listed", sa.text("answered_at DESC"), sa.text("id DESC")],
    )
    op.create_index(
        "ix_submission_listed_category",
        "submission",
        ["listed", "category_id", sa.text("received_at DESC"), sa.text("id DESC")],
    )
    op.create_index(
        "ix_submission_listed_kind",
        "submission",
        ["listed", "kind", sa.text("received_at DESC"), sa.text("id DESC")],
    )
    op.create_index(
        "ix_submission_listed_received",
        "submission",
        ["listed", sa.text("received_at DESC"), sa.text("id DESC")],
    )
    op.create_index(
        "ix_submission_listed_status",
        "submission",
        ["listed", "status", sa.text("received_at DESC"), sa.text("id DESC")],
    )
    op.create_index(
        "ix_submission_listed_ward",
        "submission",
        ["listed", "ward_code", sa.text("received_at DESC"), sa.text("id DESC")],
    )
    op.create_index("ix_submission_merged_into_id", "submission", ["merged_into_id"])
    op.create_index(
        "ix_submission_officer_status_due", "submission", ["officer_id", "status", "due_at", "id"]
    )
    op.create_index("ix_submission_received_at", "submission", ["received_at"])
    op.create_index("ix_submission_status_due", "submission", ["status", "due_at", "id"])

    op.create_table(
        "access_log",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("submission_id", sa.Integer(), nullable=True),
        sa.Column("what", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name="fk_access_log_submission_id_submission"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_access_log_user_id_user"),
        sa.PrimaryKeyConstraint("id", name="pk_access_log"),
    )
    op.create_index("ix_access_log_submission_id", "access_log", ["submission_id"])

    op.create_table(
        "answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=True),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name="fk_answer_agency_id_agency"),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name="fk_answer_author_id_user"),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name="fk_answer_submission_id_submission"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_answer"),
    )
    op.create_index("ix_answer_submission_id", "answer", ["submission_id"])

    op.create_table(
        "event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("actor_kind", sa.String(length=12), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("from_status", sa.String(length=40), nullable=True),
        sa.Column("to_status", sa.String(length=40), nullable=True),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["user.id"], name="fk_event_actor_id_user"),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name="fk_event_submission_id_submission"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_event"),
    )
    op.create_index("ix_event_at", "event", ["at"])
    op.create_index("ix_event_submission", "event", ["submission_id", "id"])

    op.create_table(
        "identity",
        sa.Column("submission_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("alias", sa.String(length=20), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("locale", sa.String(length=5), nullable=False),
        sa.Column("consent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("mail_stopped", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name="fk_identity_submission_id_submission"
        ),
        sa.PrimaryKeyConstraint("submission_id", name="pk_identity"),
        sa.UniqueConstraint("alias", name="uq_identity_alias"),
    )
    op.create_table(
        "named_staff",
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name="fk_named_staff_submission_id_submission"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_named_staff_user_id_user"),
        sa.PrimaryKeyConstraint("submission_id", "user_id", name="pk_named_staff"),
    )
    op.create_table(
        "note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name="fk_note_author_id_user"),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name="fk_note_submission_id_submission"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_note"),
    )
    op.create_index("ix_note_submission_id", "note", ["submission_id"])

    op.create_table(
        "package",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("business_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["business_id"], ["business.id"], name="fk_package_business_id_business"),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name="fk_package_submission_id_submission"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_package"),
        sa.UniqueConstraint("submission_id", name="uq_package_submission_id"),
    )
    op.create_index("ix_package_business_id", "package", ["business_id"])
    op.create_index(
        "ix_package_listed", "package", ["listed", sa.text("created_at DESC"), sa.text("id DESC")]
    )

    op.create_table(
        "partnership",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("business_id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name="fk_partnership_agency_id_agency"),
        sa.ForeignKeyConstraint(["business_id"], ["business.id"], name="fk_partnership_business_id_business"),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name="fk_partnership_submission_id_submission"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_partnership"),
        sa.UniqueConstraint("submission_id", name="uq_partnership_submission_id"),
    )
    op.create_index("ix_partnership_agency_id", "partnership", ["agency_id"])
    op.create_index("ix_partnership_business_id", "partnership", ["business_id"])

    op.create_table(
        "program_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("program_id", sa.Integer(), nullable=False),
        sa.Column("type", sa.String(length=40), nullable=False),
        sa.Column("sentence", sa.String(length=300), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["created_by_id"], ["user.id"], name="fk_program_link_created_by_id_user"),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name="fk_program_link_program_id_program"),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name="fk_program_link_submission_id_submission"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_program_link"),
        sa.UniqueConstraint("submission_id", "program_id", name="uq_program_link_submission_id_program_id"),
    )
    op.create_index("ix_program_link_program_id", "program_link", ["program_id"])

    op.create_table(
        "proposal",
        sa.Column("submission_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("business_id", sa.Integer(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("proprietary", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["business_id"], ["business.id"], name="fk_proposal_business_id_business"),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name="fk_proposal_submission_id_submission"
        ),
        sa.PrimaryKeyConstraint("submission_id", name="pk_proposal"),
    )
    op.create_index("ix_proposal_business_id", "proposal", ["business_id"])

    op.create_table(
        "question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.Column("replied_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["asked_by_id"], ["user.id"], name="fk_question_asked_by_id_user"),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name="fk_question_submission_id_submission"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_question"),
    )
    op.create_index("ix_question_submission_id", "question", ["submission_id"])

    op.create_table(
        "search_document",
        sa.Column("submission_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("stems", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name="fk_search_document_submission_id_submission"
        ),
        sa.PrimaryKeyConstraint("submission_id", name="pk_search_document"),
    )
    op.create_table(
        "statement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by_reporter", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name="fk_statement_submission_id_submission"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_statement"),
    )
    op.create_index("ix_statement_submission_id", "statement", ["submission_id"])

    op.create_table(
        "support",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("person_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("locale", sa.String(length=5), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mail_stopped", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name="fk_support_submission_id_submission"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_support_user_id_user"),
        sa.PrimaryKeyConstraint("id", name="pk_support"),
        sa.UniqueConstraint("submission_id", "person_hash", name="uq_support_submission_id_person_hash"),
    )
    op.create_table(
        "answer_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("answer_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("replaced_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["answer_id"], ["answer.id"], name="fk_answer_version_answer_id_answer"),
        sa.ForeignKeyConstraint(
            ["replaced_by_id"], ["user.id"], name="fk_answer_version_replaced_by_id_user"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_answer_version"),
        sa.UniqueConstraint("answer_id", "number", name="uq_answer_version_answer_id_number"),
    )
    op.create_table(
        "attachment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=40), nullable=False),
        sa.Column("draft_id", sa.Integer(), nullable=True),
        sa.Column("submission_id", sa.Integer(), nullable=True),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("proprietary", sa.Boolean(), nullable=False),
        sa.Column("storage_key", sa.String(length=80), nullable=False),
        sa.Column("thumbnail_key", sa.String(length=80), nullable=False),
        sa.Column("mime", sa.String(length=60), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("file_name", sa.String(length=120), nullable=False),
        sa.Column("cleared", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["draft.id"], name="fk_attachment_draft_id_draft", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_attachment_event_id_event"),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name="fk_attachment_submission_id_submission"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_attachment"),
        sa.UniqueConstraint("token", name="uq_attachment_token"),
    )
    op.create_index("ix_attachment_draft_id", "attachment", ["draft_id"])
    op.create_index("ix_attachment_event_id", "attachment", ["event_id"])
    op.create_index("ix_attachment_submission_id", "attachment", ["submission_id"])

    op.create_table(
        "outbox_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dedupe_key", sa.String(length=120), nullable=False),
        sa.Column("message_id", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("recipient_kind", sa.String(length=40), nullable=False),
        sa.Column("recipient_id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=True),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("digest", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.String(length=40), nullable=False),
        sa.Column("folded_into_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_outbox_message_event_id_event"),
        sa.ForeignKeyConstraint(
            ["folded_into_id"], ["outbox_message.id"], name="fk_outbox_message_folded_into_id_outbox_message"
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name="fk_outbox_message_submission_id_submission"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_outbox_message"),
        sa.UniqueConstraint("dedupe_key", name="uq_outbox_message_dedupe_key"),
    )
    op.create_index("ix_outbox_message_state_due", "outbox_message", ["state", "due_at", "id"])
    op.create_index("ix_outbox_message_submission_id", "outbox_message", ["submission_id"])

    # The one row that cached pages are keyed by.
    op.execute("INSERT INTO page_version (id, number) VALUES (1, 1)")
    if op.get_bind().dialect.name == "sqlite":
        statements = (SEARCH_SQLITE, *APPEND_ONLY_SQLITE)
    else:
        statements = (*SEARCH_POSTGRESQL, *APPEND_ONLY_POSTGRESQL)
    for statement in statements:
        # not op.execute: it would read ":name" as a parameter
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    if on_sqlite:
        op.drop_table("search_index")
    for table in reversed(TABLES):
        op.drop_table(table)
    if not on_sqlite:
        op.execute("DROP FUNCTION refuse_change()")
