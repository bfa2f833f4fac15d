"""The desk: routing, templates, meetings, presence, searches, and what the counter took in.

Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

#: In the order in which they can be made; each points to earlier ones only.
TABLES = (
    "absence",
    "desk_change",
    "meeting",
    "saved_filter",
    "answer_template",
    "meeting_person",
    "routing_rule",
    "service_level",
    "absence_case",
    "desk_change_item",
    "intake",
    "meeting_item",
    "presence",
    "routing_outcome",
    "split",
    "not_duplicate",
    "watch",
    "answer_vote",
    "mention",
)

#: Without keys to other tables, so that both engines add and drop them in place: building `submission` anew
#: would lose the indexes that SQLite cannot tell (those that fall).
COLUMNS = ("later_until", "priority", "due_days", "due_from")

#: Everything the desk filters and sorts by; takes the place of an index of its first four columns.
DESK_INDEX = (
    "agency_id", "status", "due_at", "id", "kind", "ward_code", "place", "category_id", "officer_id",
    "priority", "support_count", "file_count", "reopened", "handovers", "confirmed", "received_at", "secret",
    "later_until",
)  # fmt: skip


#: What the figures of the desk are counted from.
ANSWERED_INDEX = ("agency_id", "answered_at", "answered_in_days", "answered_on_time", "reopened", "secret")
FINISHED_INDEX = ("closed_at", "status", "agency_id", "confirmed", "secret")


def upgrade() -> None:
    op.create_table(
        "absence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("deputy_id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("ends_on >= starts_on", name="ck_absence_in_order"),
        sa.CheckConstraint("user_id <> deputy_id", name="ck_absence_somebody_else"),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name="fk_absence_agency_id_agency"),
        sa.ForeignKeyConstraint(
            ["deputy_id"], ["user.id"], name="fk_absence_deputy_id_user", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_absence_user_id_user", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_absence"),
    )
    op.create_index("ix_absence_deputy_id", "absence", ["deputy_id"])
    op.create_index("ix_absence_user_id", "absence", ["user_id", "ends_on"])

    op.create_table(
        "desk_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name="fk_desk_change_user_id_user", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_desk_change"),
    )
    op.create_index("ix_desk_change_user_id", "desk_change", ["user_id", "id"])

    op.create_table(
        "meeting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("place", sa.String(length=160), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=True),
        sa.Column("chair_id", sa.Integer(), nullable=True),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("remarks", sa.Text(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name="fk_meeting_agency_id_agency"),
        sa.ForeignKeyConstraint(
            ["chair_id"], ["user.id"], name="fk_meeting_chair_id_user", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["user.id"], name="fk_meeting_created_by_id_user", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_meeting"),
        sa.UniqueConstraint("token", name="uq_meeting_token"),
    )
    op.create_index("ix_meeting_agency_id", "meeting", ["agency_id", "starts_at"])

    op.create_table(
        "saved_filter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("agency_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("queue", sa.String(length=40), nullable=False),
        sa.Column("query", sa.String(length=600), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("owner_id IS NULL OR agency_id IS NULL", name="ck_saved_filter_one_owner"),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name="fk_saved_filter_agency_id_agency"),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["user.id"], name="fk_saved_filter_created_by_id_user", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["user.id"], name="fk_saved_filter_owner_id_user", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_saved_filter"),
        sa.UniqueConstraint("agency_id", "name", name="uq_saved_filter_agency_id_name"),
        sa.UniqueConstraint("owner_id", "name", name="uq_saved_filter_owner_id_name"),
    )
    everybodys = sa.text("owner_id IS NULL AND agency_id IS NULL")
    op.create_index(
        "ix_saved_filter_name",
        "saved_filter",
        ["name"],
        unique=True,
        sqlite_where=everybodys,
        postgresql_where=everybodys,
    )
    op.create_table(
        "answer_template",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=True),
        sa.Column("category_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("reason_code", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name="fk_answer_template_agency_id_agency"),
        sa.ForeignKeyConstraint(
            ["category_id"], ["category.id"], name="fk_answer_template_category_id_category"
        ),
        sa.ForeignKeyConstraint(
            ["updated_by_id"], ["user.id"], name="fk_answer_template_updated_by_id_user", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_answer_template"),
    )
    op.create_index("ix_answer_template_agency_id", "answer_template", ["agency_id", "kind"])

    op.create_table(
        "meeting_person",
        sa.Column("meeting_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("present", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name="fk_meeting_person_meeting_id_meeting", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name="fk_meeting_person_user_id_user", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("meeting_id", "user_id", name="pk_meeting_person"),
    )
    op.create_index("ix_meeting_person_user_id", "meeting_person", ["user_id"])

    op.create_table(
        "routing_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=True),
        sa.Column("category_id", sa.Integer(), nullable=True),
        sa.Column("ward_code", sa.String(length=13), nullable=True),
        sa.Column("district_code", sa.String(length=13), nullable=True),
        sa.Column("words", sa.String(length=600), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=True),
        sa.Column("officer_id", sa.Integer(), nullable=True),
        sa.Column("set_category_id", sa.Integer(), nullable=True),
        sa.Column("priority", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("priority BETWEEN 0 AND 2", name="ck_routing_rule_priority_known"),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name="fk_routing_rule_agency_id_agency"),
        sa.ForeignKeyConstraint(
            ["category_id"], ["category.id"], name="fk_routing_rule_category_id_category"
        ),
        sa.ForeignKeyConstraint(
            ["district_code"], ["district.code"], name="fk_routing_rule_district_code_district"
        ),
        sa.ForeignKeyConstraint(
            ["officer_id"], ["user.id"], name="fk_routing_rule_officer_id_user", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["set_category_id"], ["category.id"], name="fk_routing_rule_set_category_id_category"
        ),
        sa.ForeignKeyConstraint(
            ["updated_by_id"], ["user.id"], name="fk_routing_rule_updated_by_id_user", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["ward_code"], ["ward.code"], name="fk_routing_rule_ward_code_ward"),
        sa.PrimaryKeyConstraint("id", name="pk_routing_rule"),
        sa.UniqueConstraint("name", name="uq_routing_rule_name"),
    )
    op.create_table(
        "service_level",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=True),
        sa.Column("answer_days", sa.Integer(), nullable=False),
        sa.CheckConstraint("answer_days BETWEEN 1 AND 120", name="ck_service_level_days_sensible"),
        sa.ForeignKeyConstraint(
            ["category_id"], ["category.id"], name="fk_service_level_category_id_category"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_service_level"),
        sa.UniqueConstraint("kind", "category_id", name="uq_service_level_kind_category_id"),
    )
    op.create_index(
        "uq_service_level_kind_alone",
        "service_level",
        ["kind"],
        unique=True,
        sqlite_where=sa.text("category_id IS NULL"),
        postgresql_where=sa.text("category_id IS NULL"),
    )
    op.create_table(
        "absence_case",
        sa.Column("absence_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("submission_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["absence_id"], ["absence.id"], name="fk_absence_case_absence_id_absence", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name="fk_absence_case_submission_id_submission"
        ),
        sa.PrimaryKeyConstraint("absence_id", "submission_id", name="pk_absence_case"),
    )
    op.create_index("ix_absence_case_submission_id", "absence_case", ["submission_id"])

    op.create_table(
        "desk_change_item",
        sa.Column("change_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("submission_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["change_id"],
            ["desk_change.id"],
            name="fk_desk_change_item_change_id_desk_change",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name="fk_desk_change_item_submission_id_submission"
        ),
        sa.PrimaryKeyConstraint("change_id", "submission_id", name="pk_desk_change_item"),
    )
    op.create_index("ix_desk_change_item_submission_id", "desk_change_item", ["submission_id"])

    op.create_table(
        "intake",
        sa.Column("submission_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("entered_by_id", sa.Integer(), nullable=True),
        sa.Column("consent", sa.String(length=20), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["entered_by_id"], ["user.id"], name="fk_intake_entered_by_id_user", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name="fk_intake_submission_id_submission"
        ),
        sa.PrimaryKeyConstraint("submission_id", name="pk_intake"),
    )
    op.create_index("ix_intake_entered_by_id", "intake", ["entered_by_id"])

    op.create_table(
        "meeting_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["user.id"], name="fk_meeting_item_decided_by_id_user", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name="fk_meeting_item_meeting_id_meeting", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["user.id"], name="fk_meeting_item_owner_id_user", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name="fk_meeting_item_submission_id_submission"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_meeting_item"),
        sa.UniqueConstraint("meeting_id", "submission_id", name="uq_meeting_item_meeting_id_submission_id"),
    )
    op.create_index("ix_meeting_item_submission_id", "meeting_item", ["submission_id"])

    op.create_table(
        "presence",
        sa.Column("submission_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("writing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_over_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name="fk_presence_submission_id_submission"
        ),
        sa.ForeignKeyConstraint(
            ["taken_over_by_id"], ["user.id"], name="fk_presence_taken_over_by_id_user", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name="fk_presence_user_id_user", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("submission_id", "user_id", name="pk_presence"),
    )
    op.create_index("ix_presence_seen_at", "presence", ["seen_at"])

    op.create_table(
        "routing_outcome",
        sa.Column("submission_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("rule_id", sa.Integer(), nullable=True),
        sa.Column("agency_id", sa.Integer(), nullable=True),
        sa.Column("category_id", sa.Integer(), nullable=True),
        sa.Column("agency_kept", sa.Boolean(), nullable=True),
        sa.Column("category_kept", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name="fk_routing_outcome_agency_id_agency"),
        sa.ForeignKeyConstraint(
            ["category_id"], ["category.id"], name="fk_routing_outcome_category_id_category"
        ),
        sa.ForeignKeyConstraint(
            ["rule_id"],
            ["routing_rule.id"],
            name="fk_routing_outcome_rule_id_routing_rule",
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name="fk_routing_outcome_submission_id_submission"
        ),
        sa.PrimaryKeyConstraint("submission_id", name="pk_routing_outcome"),
    )
    op.create_index("ix_routing_outcome_at", "routing_outcome", ["at"])

    op.create_table(
        "split",
        sa.Column("child_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["child_id"], ["submission.id"], name="fk_split_child_id_submission"),
        sa.ForeignKeyConstraint(["parent_id"], ["submission.id"], name="fk_split_parent_id_submission"),
        sa.PrimaryKeyConstraint("child_id", name="pk_split"),
    )
    op.create_index("ix_split_parent_id", "split", ["parent_id"])

    op.create_table(
        "not_duplicate",
        sa.Column("low_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("high_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("low_id < high_id", name="ck_not_duplicate_in_order"),
        sa.ForeignKeyConstraint(["high_id"], ["submission.id"], name="fk_not_duplicate_high_id_submission"),
        sa.ForeignKeyConstraint(["low_id"], ["submission.id"], name="fk_not_duplicate_low_id_submission"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name="fk_not_duplicate_user_id_user", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("low_id", "high_id", name="pk_not_duplicate"),
    )
    op.create_index("ix_not_duplicate_high_id", "not_duplicate", ["high_id"])

    op.create_table(
        "watch",
        sa.Column("user_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("submission_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name="fk_watch_submission_id_submission"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_watch_user_id_user", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "submission_id", name="pk_watch"),
    )
    op.create_index("ix_watch_submission_id", "watch", ["submission_id"])

    op.create_table(
        "answer_vote",
        sa.Column("answer_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("submission_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("useful", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["answer_id"], ["answer.id"], name="fk_answer_vote_answer_id_answer"),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name="fk_answer_vote_submission_id_submission"
        ),
        sa.PrimaryKeyConstraint("answer_id", "submission_id", name="pk_answer_vote"),
    )
    op.create_index("ix_answer_vote_submission_id", "answer_vote", ["submission_id"])

    op.create_table(
        "mention",
        sa.Column("note_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["note_id"], ["note.id"], name="fk_mention_note_id_note"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_mention_user_id_user", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("note_id", "user_id", name="pk_mention"),
    )
    op.create_index("ix_mention_user_id", "mention", ["user_id"])

    op.add_column("submission", sa.Column("due_from", sa.DateTime(timezone=True), nullable=True))
    op.add_column("submission", sa.Column("due_days", sa.Integer(), nullable=True))
    op.add_column("submission", sa.Column("priority", sa.Integer(), server_default="0", nullable=False))
    op.add_column("submission", sa.Column("later_until", sa.Date(), nullable=True))
    op.create_index("ix_submission_later_until", "submission", ["later_until", "id"])
    op.drop_index("ix_submission_agency_status_due", "submission")
    op.create_index("ix_submission_desk", "submission", list(DESK_INDEX))
    op.create_index("ix_submission_agency_answered", "submission", list(ANSWERED_INDEX))
    op.create_index("ix_submission_finished", "submission", list(FINISHED_INDEX))
    op.create_index(
        "ix_submission_not_done",
        "submission",
        ["agency_id", "updated_at"],
        sqlite_where=sa.text("confirmed IS 0"),
        postgresql_where=sa.text("confirmed IS false"),
    )
    op.add_column(
        "user", sa.Column("weekly_summary", sa.Boolean(), server_default=sa.text("true"), nullable=False)
    )
    op.add_column("answer", sa.Column("template_id", sa.Integer(), nullable=True))
    op.add_column("answer", sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_answer_template_id", "answer", ["template_id"])
    unpublished = sa.text("published_at IS NULL")
    op.create_index(
        "ix_answer_drafts",
        "answer",
        ["submission_id"],
        sqlite_where=unpublished,
        postgresql_where=unpublished,
    )


def downgrade() -> None:
    op.drop_column("user", "weekly_summary")
    for index in ("ix_submission_not_done", "ix_submission_finished", "ix_submission_agency_answered"):
        op.drop_index(index, "submission")
    op.drop_index("ix_answer_drafts", "answer")
    op.drop_index("ix_answer_template_id", "answer")
    for column in ("returned_at", "template_id"):
        op.drop_column("answer", column)
    op.drop_index("ix_submission_desk", "submission")
    op.create_index("ix_submission_agency_status_due", "submission", ["agency_id", "status", "due_at", "id"])
    op.drop_index("ix_submission_later_until", "submission")
    for column in COLUMNS:
        op.drop_column("submission", column)
    for table in reversed(TABLES):
        op.drop_table(table)
