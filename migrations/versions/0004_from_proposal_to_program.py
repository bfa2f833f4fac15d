"""From proposal to partnership to program: businesses, readiness, agreements, the catalogue, planning.

Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

#: In the order in which they can be made; each points to earlier ones only.
TABLES = (
    "planning_round",
    "nomenclature_version",
    "upload",
    "nomenclature_code",
    "quick_step",
    "business_invitation",
    "business_member",
    "business_photo",
    "business_verification",
    "licence",
    "planning_proposal",
    "program_agency",
    "program_budget",
    "program_indicator",
    "program_member",
    "readiness_task",
    "result_vote",
    "agreement_draft",
    "duty",
    "endorsement",
    "monitoring_form",
    "package_change",
    "package_photo",
    "package_point",
    "partnership_agency",
    "partnership_meeting",
    "partnership_message",
    "partnership_word",
    "program_partnership",
    "program_photo",
    "selection_finding",
    "signature_tick",
    "visitor_question",
    "agreement_approval",
)


#: The catalogue's filters read columns; what older packages say is copied into them once.
FILTERS = {
    "sqlite": (
        "UPDATE package SET tour_kind = coalesce(json_extract(data, '$.tour_kind'), ''),"
        " price = json_extract(data, '$.price_per_person'), hours = json_extract(data, '$.duration_hours'),"
        " ward_code = (SELECT ward_code FROM business WHERE business.id = package.business_id),"
        " words = lower(title)",
    ),
    "postgresql": (
        "UPDATE package SET tour_kind = coalesce(data ->> 'tour_kind', ''),"
        " price = CAST(data ->> 'price_per_person' AS BIGINT),"
        " hours = CAST(data ->> 'duration_hours' AS DOUBLE PRECISION),"
        " ward_code = (SELECT ward_code FROM business WHERE business.id = package.business_id),"
        " words = lower(title)",
    ),
}


def upgrade() -> None:
    op.create_table(
        "planning_round",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("level", sa.String(length=40), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=True),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_planning_round"),
        sa.UniqueConstraint("year", "level", name="uq_planning_round_year_level"),
    )
    op.create_index("ix_planning_round_closes", "planning_round", ["closes_on"])

    op.create_table(
        "nomenclature_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("decree", sa.String(length=120), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("imported_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["imported_by_id"],
            ["user.id"],
            name="fk_nomenclature_version_imported_by_id_user",
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_nomenclature_version"),
        sa.UniqueConstraint("decree", name="uq_nomenclature_version_decree"),
    )
    op.create_table(
        "upload",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=40), nullable=False),
        sa.Column("storage_key", sa.String(length=80), nullable=False),
        sa.Column("thumbnail_key", sa.String(length=80), nullable=False),
        sa.Column("mime", sa.String(length=60), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("file_name", sa.String(length=120), nullable=False),
        sa.Column("uploaded_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["uploaded_by_id"], ["user.id"], name="fk_upload_uploaded_by_id_user", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_upload"),
        sa.UniqueConstraint("token", name="uq_upload_token"),
    )
    op.create_table(
        "nomenclature_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("level", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["nomenclature_version.id"],
            name="fk_nomenclature_code_version_id_nomenclature_version",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_nomenclature_code"),
        sa.UniqueConstraint("version_id", "code", name="uq_nomenclature_code_version_id_code"),
    )
    op.create_table(
        "quick_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text_id", sa.String(length=300), nullable=False),
        sa.Column("text_en", sa.String(length=300), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["category_id"], ["category.id"], name="fk_quick_step_category_id_category"),
        sa.PrimaryKeyConstraint("id", name="pk_quick_step"),
    )
    op.create_index("ix_quick_step_category_id", "quick_step", ["category_id"])

    op.create_table(
        "business_invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("business_id", sa.Integer(), nullable=False),
        sa.Column("contact_hash", sa.String(length=64), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["business_id"], ["business.id"], name="fk_business_invitation_business_id_business"
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["user.id"],
            name="fk_business_invitation_created_by_id_user",
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_business_invitation"),
        sa.UniqueConstraint(
            "business_id", "contact_hash", name="uq_business_invitation_business_id_contact_hash"
        ),
    )
    op.create_index("ix_business_invitation_contact_hash", "business_invitation", ["contact_hash"])

    op.create_table(
        "business_member",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("business_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["business_id"], ["business.id"], name="fk_business_member_business_id_business"
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["user.id"], name="fk_business_member_created_by_id_user", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name="fk_business_member_user_id_user", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_business_member"),
        sa.UniqueConstraint("business_id", "user_id", name="uq_business_member_business_id_user_id"),
    )
    op.create_index("ix_business_member_user_id", "business_member", ["user_id"])

    op.create_table(
        "business_photo",
        sa.Column("upload_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("business_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("alt", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["business_id"], ["business.id"], name="fk_business_photo_business_id_business"
        ),
        sa.ForeignKeyConstraint(["upload_id"], ["upload.id"], name="fk_business_photo_upload_id_upload"),
        sa.PrimaryKeyConstraint("upload_id", name="pk_business_photo"),
    )
    op.create_index("ix_business_photo_business_id", "business_photo", ["business_id"])

    op.create_table(
        "business_verification",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("business_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("agency_id", sa.Integer(), nullable=True),
        sa.Column("result", sa.String(length=40), nullable=False),
        sa.Column("checked", sa.JSON(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name="fk_business_verification_agency_id_agency"
        ),
        sa.ForeignKeyConstraint(
            ["business_id"], ["business.id"], name="fk_business_verification_business_id_business"
        ),
        sa.ForeignKeyConstraint(
            ["by_id"], ["user.id"], name="fk_business_verification_by_id_user", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_business_verification"),
    )
    op.create_index("ix_business_verification_business_id", "business_verification", ["business_id"])

    op.create_table(
        "licence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("business_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("issuer", sa.String(length=120), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("upload_id", sa.Integer(), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("checked_by_id", sa.Integer(), nullable=True),
        sa.Column("reminded", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["business_id"], ["business.id"], name="fk_licence_business_id_business"),
        sa.ForeignKeyConstraint(
            ["checked_by_id"], ["user.id"], name="fk_licence_checked_by_id_user", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["upload_id"], ["upload.id"], name="fk_licence_upload_id_upload"),
        sa.PrimaryKeyConstraint("id", name="pk_licence"),
    )
    op.create_index("ix_licence_business_id", "licence", ["business_id"])

    op.create_table(
        "planning_proposal",
        sa.Column("submission_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("background", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("volume", sa.Numeric(precision=14, scale=2, asdecimal=False), nullable=True),
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("budget", sa.BigInteger(), nullable=True),
        sa.Column("agency_id", sa.Integer(), nullable=True),
        sa.Column("land_status", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name="fk_planning_proposal_agency_id_agency"),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["user.id"],
            name="fk_planning_proposal_created_by_id_user",
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name="fk_planning_proposal_submission_id_submission"
        ),
        sa.PrimaryKeyConstraint("submission_id", name="pk_planning_proposal"),
    )
    op.create_index("ix_planning_proposal_agency_id", "planning_proposal", ["agency_id"])
    op.create_index("ix_planning_proposal_year", "planning_proposal", ["year", "submission_id"])

    op.create_table(
        "program_agency",
        sa.Column("program_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("agency_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name="fk_program_agency_agency_id_agency"),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name="fk_program_agency_program_id_program"),
        sa.PrimaryKeyConstraint("program_id", "agency_id", name="pk_program_agency"),
    )
    op.create_index("ix_program_agency_agency_id", "program_agency", ["agency_id"])

    op.create_table(
        "program_budget",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("program_id", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(length=40), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("source", sa.String(length=160), nullable=False),
        sa.CheckConstraint("amount >= 0", name="ck_program_budget_amount_not_negative"),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name="fk_program_budget_program_id_program"),
        sa.PrimaryKeyConstraint("id", name="pk_program_budget"),
        sa.UniqueConstraint("program_id", "stage", name="uq_program_budget_program_id_stage"),
    )
    op.create_table(
        "program_indicator",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("program_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title_id", sa.String(length=200), nullable=False),
        sa.Column("title_en", sa.String(length=200), nullable=False),
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("baseline", sa.Numeric(precision=14, scale=2, asdecimal=False), nullable=False),
        sa.Column("target", sa.Numeric(precision=14, scale=2, asdecimal=False), nullable=False),
        sa.Column("realised", sa.Numeric(precision=14, scale=2, asdecimal=False), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["program_id"], ["program.id"], name="fk_program_indicator_program_id_program"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_program_indicator"),
    )
    op.create_index("ix_program_indicator_program_id", "program_indicator", ["program_id"])

    op.create_table(
        "program_member",
        sa.Column("program_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name="fk_program_member_program_id_program"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name="fk_program_member_user_id_user", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("program_id", "user_id", name="pk_program_member"),
    )
    op.create_index("ix_program_member_user_id", "program_member", ["user_id"])

    op.create_table(
        "readiness_task",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(length=40), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=True),
        sa.Column("program_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("first_due_on", sa.Date(), nullable=True),
        sa.Column("upload_id", sa.Integer(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by_id", sa.Integer(), nullable=True),
        sa.Column("dropped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("escalated", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name="fk_readiness_task_agency_id_agency"),
        sa.ForeignKeyConstraint(
            ["done_by_id"], ["user.id"], name="fk_readiness_task_done_by_id_user", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name="fk_readiness_task_program_id_program"),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name="fk_readiness_task_submission_id_submission"
        ),
        sa.ForeignKeyConstraint(["upload_id"], ["upload.id"], name="fk_readiness_task_upload_id_upload"),
        sa.PrimaryKeyConstraint("id", name="pk_readiness_task"),
        sa.UniqueConstraint("submission_id", "item", name="uq_readiness_task_submission_id_item"),
    )
    op.create_index("ix_readiness_task_agency_id", "readiness_task", ["agency_id"])
    op.create_index("ix_readiness_task_open", "readiness_task", ["done_at", "due_on"])

    op.create_table(
        "result_vote",
        sa.Column("program_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("felt", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name="fk_result_vote_program_id_program"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name="fk_result_vote_user_id_user", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("program_id", "user_id", name="pk_result_vote"),
    )
    op.create_index("ix_result_vote_user_id", "result_vote", ["user_id"])

    op.create_table(
        "agreement_draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("partnership_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("upload_id", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("party", sa.String(length=40), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_id"], ["user.id"], name="fk_agreement_draft_by_id_user", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id"], ["partnership.id"], name="fk_agreement_draft_partnership_id_partnership"
        ),
        sa.ForeignKeyConstraint(["upload_id"], ["upload.id"], name="fk_agreement_draft_upload_id_upload"),
        sa.PrimaryKeyConstraint("id", name="pk_agreement_draft"),
        sa.UniqueConstraint(
            "partnership_id", "kind", "number", name="uq_agreement_draft_partnership_id_kind_number"
        ),
    )
    op.create_table(
        "duty",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("partnership_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("party", sa.String(length=40), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=True),
        sa.Column("title_id", sa.String(length=200), nullable=False),
        sa.Column("title_en", sa.String(length=200), nullable=False),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("done_by_id", sa.Integer(), nullable=True),
        sa.Column("reminded", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name="fk_duty_agency_id_agency"),
        sa.ForeignKeyConstraint(
            ["done_by_id"], ["user.id"], name="fk_duty_done_by_id_user", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id"], ["partnership.id"], name="fk_duty_partnership_id_partnership"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_duty"),
    )
    op.create_index("ix_duty_partnership", "duty", ["partnership_id", "due_on", "id"])

    op.create_table(
        "endorsement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("endorser", sa.String(length=40), nullable=False),
        sa.Column("verdict", sa.String(length=40), nullable=False),
        sa.Column("volume", sa.Numeric(precision=14, scale=2, asdecimal=False), nullable=True),
        sa.Column("budget", sa.BigInteger(), nullable=True),
        sa.Column("remark", sa.String(length=500), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["by_id"], ["user.id"], name="fk_endorsement_by_id_user", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["planning_proposal.submission_id"],
            name="fk_endorsement_submission_id_planning_proposal",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_endorsement"),
        sa.UniqueConstraint("submission_id", "endorser", name="uq_endorsement_submission_id_endorser"),
    )
    op.create_table(
        "monitoring_form",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("partnership_id", sa.Integer(), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("party", sa.String(length=40), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_id"], ["user.id"], name="fk_monitoring_form_by_id_user", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id"], ["partnership.id"], name="fk_monitoring_form_partnership_id_partnership"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_monitoring_form"),
        sa.UniqueConstraint(
            "partnership_id",
            "period_start",
            "party",
            name="uq_monitoring_form_partnership_id_period_start_party",
        ),
    )
    op.create_table(
        "package_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("package_id", sa.Integer(), nullable=False),
        sa.Column("package_version", sa.Integer(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("proposed_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["user.id"], name="fk_package_change_decided_by_id_user", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["package_id"], ["package.id"], name="fk_package_change_package_id_package", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by_id"], ["user.id"], name="fk_package_change_proposed_by_id_user", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_package_change"),
    )
    op.create_index("ix_package_change_package_id", "package_change", ["package_id"])
    op.create_index("ix_package_change_state", "package_change", ["state", "id"])

    op.create_table(
        "package_photo",
        sa.Column("upload_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("package_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("alt", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["package_id"], ["package.id"], name="fk_package_photo_package_id_package", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["upload_id"], ["upload.id"], name="fk_package_photo_upload_id_upload"),
        sa.PrimaryKeyConstraint("upload_id", name="pk_package_photo"),
    )
    op.create_index("ix_package_photo_package_id", "package_photo", ["package_id"])

    op.create_table(
        "package_point",
        sa.Column("package_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("latitude", sa.Double(), nullable=False),
        sa.Column("longitude", sa.Double(), nullable=False),
        sa.CheckConstraint("latitude BETWEEN -90 AND 90", name="ck_package_point_latitude"),
        sa.CheckConstraint("longitude BETWEEN -180 AND 180", name="ck_package_point_longitude"),
        sa.ForeignKeyConstraint(
            ["package_id"], ["package.id"], name="fk_package_point_package_id_package", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("package_id", "position", name="pk_package_point"),
    )
    op.create_table(
        "partnership_agency",
        sa.Column("partnership_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("agency_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("invited_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name="fk_partnership_agency_agency_id_agency"),
        sa.ForeignKeyConstraint(
            ["invited_by_id"],
            ["user.id"],
            name="fk_partnership_agency_invited_by_id_user",
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id"], ["partnership.id"], name="fk_partnership_agency_partnership_id_partnership"
        ),
        sa.PrimaryKeyConstraint("partnership_id", "agency_id", name="pk_partnership_agency"),
    )
    op.create_index("ix_partnership_agency_agency_id", "partnership_agency", ["agency_id"])

    op.create_table(
        "partnership_meeting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("partnership_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("place", sa.String(length=160), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_reason", sa.String(length=300), nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["user.id"],
            name="fk_partnership_meeting_created_by_id_user",
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id"], ["partnership.id"], name="fk_partnership_meeting_partnership_id_partnership"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_partnership_meeting"),
    )
    op.create_index("ix_partnership_meeting_room", "partnership_meeting", ["partnership_id", "starts_at"])

    op.create_table(
        "partnership_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("partnership_id", sa.Integer(), nullable=False),
        sa.Column("internal", sa.Boolean(), nullable=False),
        sa.Column("party", sa.String(length=40), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=True),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("upload_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name="fk_partnership_message_agency_id_agency"),
        sa.ForeignKeyConstraint(
            ["author_id"], ["user.id"], name="fk_partnership_message_author_id_user", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id"], ["partnership.id"], name="fk_partnership_message_partnership_id_partnership"
        ),
        sa.ForeignKeyConstraint(["upload_id"], ["upload.id"], name="fk_partnership_message_upload_id_upload"),
        sa.PrimaryKeyConstraint("id", name="pk_partnership_message"),
    )
    op.create_index(
        "ix_partnership_message_room", "partnership_message", ["partnership_id", "internal", "id"]
    )

    op.create_table(
        "partnership_word",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("partnership_id", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("to_stage", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["by_id"], ["user.id"], name="fk_partnership_word_by_id_user", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id"], ["partnership.id"], name="fk_partnership_word_partnership_id_partnership"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_partnership_word"),
    )
    op.create_index("ix_partnership_word_partnership_id", "partnership_word", ["partnership_id"])

    op.create_table(
        "program_partnership",
        sa.Column("program_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("partnership_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("type", sa.String(length=40), nullable=False),
        sa.Column("sentence", sa.String(length=300), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["user.id"],
            name="fk_program_partnership_created_by_id_user",
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id"], ["partnership.id"], name="fk_program_partnership_partnership_id_partnership"
        ),
        sa.ForeignKeyConstraint(
            ["program_id"], ["program.id"], name="fk_program_partnership_program_id_program"
        ),
        sa.PrimaryKeyConstraint("program_id", "partnership_id", name="pk_program_partnership"),
    )
    op.create_index("ix_program_partnership_partnership_id", "program_partnership", ["partnership_id"])

    op.create_table(
        "program_photo",
        sa.Column("upload_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("update_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("alt", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["update_id"], ["program_update.id"], name="fk_program_photo_update_id_program_update"
        ),
        sa.ForeignKeyConstraint(["upload_id"], ["upload.id"], name="fk_program_photo_upload_id_upload"),
        sa.PrimaryKeyConstraint("upload_id", name="pk_program_photo"),
    )
    op.create_index("ix_program_photo_update_id", "program_photo", ["update_id"])

    op.create_table(
        "selection_finding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("partnership_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=40), nullable=False),
        sa.Column("result", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["by_id"], ["user.id"], name="fk_selection_finding_by_id_user", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id"], ["partnership.id"], name="fk_selection_finding_partnership_id_partnership"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_selection_finding"),
        sa.UniqueConstraint("partnership_id", "step", name="uq_selection_finding_partnership_id_step"),
    )
    op.create_table(
        "signature_tick",
        sa.Column("partnership_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("item", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_id"], ["user.id"], name="fk_signature_tick_by_id_user", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id"], ["partnership.id"], name="fk_signature_tick_partnership_id_partnership"
        ),
        sa.PrimaryKeyConstraint("partnership_id", "item", name="pk_signature_tick"),
    )
    op.create_table(
        "visitor_question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("package_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("locale", sa.String(length=5), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["answered_by_id"],
            ["user.id"],
            name="fk_visitor_question_answered_by_id_user",
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["package_id"], ["package.id"], name="fk_visitor_question_package_id_package", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_visitor_question"),
        sa.UniqueConstraint("token_hash", name="uq_visitor_question_token_hash"),
    )
    op.create_table(
        "agreement_approval",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column("party", sa.String(length=40), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("approved", sa.Boolean(), nullable=False),
        sa.Column("remark", sa.String(length=500), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_id"], ["user.id"], name="fk_agreement_approval_by_id_user", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["agreement_draft.id"], name="fk_agreement_approval_draft_id_agreement_draft"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_agreement_approval"),
        sa.UniqueConstraint(
            "draft_id", "party", "agency_id", name="uq_agreement_approval_draft_id_party_agency_id"
        ),
    )
    op.create_index("ix_visitor_question_package", "visitor_question", ["package_id", "id"])
    op.add_column("business", sa.Column("slug", sa.String(length=80), nullable=True))
    op.add_column(
        "business", sa.Column("published", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.add_column(
        "business", sa.Column("owner_name", sa.String(length=120), server_default="", nullable=False)
    )
    op.add_column(
        "business", sa.Column("show_owner", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.add_column("business", sa.Column("about_id", sa.Text(), server_default="", nullable=False))
    op.add_column("business", sa.Column("about_en", sa.Text(), server_default="", nullable=False))
    op.add_column("business", sa.Column("address", sa.String(length=200), server_default="", nullable=False))
    op.add_column("business", sa.Column("hours", sa.String(length=120), server_default="", nullable=False))
    op.add_column(
        "business", sa.Column("languages", sa.JSON(), server_default=sa.text("'[]'"), nullable=False)
    )
    op.add_column("business", sa.Column("npwp_hash", sa.String(length=64), server_default="", nullable=False))
    op.add_column("business", sa.Column("npwp_tail", sa.String(length=4), server_default="", nullable=False))
    op.add_column("business", sa.Column("verified_until", sa.Date(), nullable=True))
    op.add_column("business", sa.Column("updated_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("business", sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    op.create_index("ix_business_published", "business", ["published", "name", "id"])
    op.create_index("uq_business_slug", "business", ["slug"], unique=True)

    op.add_column("milestone", sa.Column("first_due_on", sa.Date(), nullable=True))
    op.add_column("milestone", sa.Column("reason", sa.String(length=300), server_default="", nullable=False))

    op.add_column("package", sa.Column("tour_kind", sa.String(length=20), server_default="", nullable=False))
    op.add_column("package", sa.Column("ward_code", sa.String(length=13), nullable=True))
    op.add_column("package", sa.Column("price", sa.BigInteger(), nullable=True))
    op.add_column("package", sa.Column("hours", sa.Double(), nullable=True))
    op.add_column("package", sa.Column("months", sa.Integer(), server_default="4095", nullable=False))
    op.add_column("package", sa.Column("accessible", sa.Boolean(), nullable=True))
    op.add_column("package", sa.Column("words", sa.Text(), server_default="", nullable=False))
    op.add_column("package", sa.Column("readiness", sa.Integer(), server_default="0", nullable=False))
    op.add_column("package", sa.Column("safety_checked_on", sa.Date(), nullable=True))
    op.add_column("package", sa.Column("safety_checked_by_id", sa.Integer(), nullable=True))
    op.add_column("package", sa.Column("updated_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("package", sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    op.create_index("ix_package_filters", "package", ["listed", "tour_kind", "ward_code", "price", "hours"])

    op.add_column("partnership", sa.Column("stage_since", sa.DateTime(timezone=True), nullable=True))
    op.add_column("partnership", sa.Column("purpose_id", sa.Text(), server_default="", nullable=False))
    op.add_column("partnership", sa.Column("purpose_en", sa.Text(), server_default="", nullable=False))
    op.add_column(
        "partnership", sa.Column("unsolicited", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.add_column(
        "partnership", sa.Column("agreement_number", sa.String(length=80), server_default="", nullable=False)
    )
    op.add_column("partnership", sa.Column("signed_on", sa.Date(), nullable=True))
    op.add_column("partnership", sa.Column("starts_on", sa.Date(), nullable=True))
    op.add_column("partnership", sa.Column("ends_on", sa.Date(), nullable=True))
    op.add_column("partnership", sa.Column("reminded", sa.Integer(), nullable=True))
    op.add_column("partnership", sa.Column("reason_code", sa.String(length=40), nullable=True))
    op.add_column("partnership", sa.Column("updated_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("partnership", sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    op.create_index("ix_partnership_ends", "partnership", ["ends_on"])
    op.create_index("ix_partnership_stage", "partnership", ["stage", "id"])

    with op.batch_alter_table("program") as program:
        program.add_column(sa.Column("level", sa.String(length=40), server_default="program", nullable=False))
        program.add_column(sa.Column("parent_id", sa.Integer(), nullable=True))
        program.add_column(sa.Column("weight", sa.Integer(), server_default="1", nullable=False))
        program.add_column(
            sa.Column("nomenclature_code", sa.String(length=40), server_default="", nullable=False)
        )
        program.add_column(sa.Column("nomenclature_version_id", sa.Integer(), nullable=True))
        program.create_index("ix_program_parent_id", ["parent_id"], unique=False)
        program.create_foreign_key("fk_program_parent_id_program", "program", ["parent_id"], ["id"])
        program.create_foreign_key(
            "fk_program_nomenclature_version_id_nomenclature_version",
            "nomenclature_version",
            ["nomenclature_version_id"],
            ["id"],
        )

    op.add_column("submission", sa.Column("planning_year", sa.Integer(), nullable=True))

    op.add_column(
        "user_session",
        sa.Column("second_factor", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    for statement in FILTERS[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    # what the older code cannot send, follow or show
    op.execute("DELETE FROM outbox_message WHERE recipient_kind IN ('visitor', 'invited')")
    op.execute("DELETE FROM follow WHERE subject IN ('partnership', 'package', 'business')")
    op.execute("DELETE FROM report WHERE subject IN ('partnership', 'package', 'business')")
    op.drop_column("user_session", "second_factor")
    op.drop_index("ix_business_published", "business")
    op.drop_index("uq_business_slug", "business")
    op.drop_index("ix_package_filters", "package")
    op.drop_index("ix_partnership_ends", "partnership")
    op.drop_index("ix_partnership_stage", "partnership")
    op.drop_column("submission", "planning_year")
    op.drop_column("partnership", "version")
    op.drop_column("partnership", "updated_at")
    op.drop_column("partnership", "reason_code")
    op.drop_column("partnership", "reminded")
    op.drop_column("partnership", "ends_on")
    op.drop_column("partnership", "starts_on")
    op.drop_column("partnership", "signed_on")
    op.drop_column("partnership", "agreement_number")
    op.drop_column("partnership", "unsolicited")
    op.drop_column("partnership", "purpose_en")
    op.drop_column("partnership", "purpose_id")
    op.drop_column("partnership", "stage_since")
    op.drop_column("package", "version")
    op.drop_column("package", "updated_at")
    op.drop_column("package", "safety_checked_by_id")
    op.drop_column("package", "safety_checked_on")
    op.drop_column("package", "readiness")
    op.drop_column("package", "words")
    op.drop_column("package", "accessible")
    op.drop_column("package", "months")
    op.drop_column("package", "hours")
    op.drop_column("package", "price")
    op.drop_column("package", "ward_code")
    op.drop_column("package", "tour_kind")
    op.drop_column("milestone", "reason")
    op.drop_column("milestone", "first_due_on")
    op.drop_column("business", "version")
    op.drop_column("business", "updated_at")
    op.drop_column("business", "verified_until")
    op.drop_column("business", "npwp_tail")
    op.drop_column("business", "npwp_hash")
    op.drop_column("business", "languages")
    op.drop_column("business", "hours")
    op.drop_column("business", "address")
    op.drop_column("business", "about_en")
    op.drop_column("business", "about_id")
    op.drop_column("business", "show_owner")
    op.drop_column("business", "owner_name")
    op.drop_column("business", "published")
    op.drop_column("business", "slug")
    with op.batch_alter_table("program") as program:
        program.drop_constraint("fk_program_nomenclature_version_id_nomenclature_version", type_="foreignkey")
        program.drop_constraint("fk_program_parent_id_program", type_="foreignkey")
        program.drop_index("ix_program_parent_id")
        for column in ("nomenclature_version_id", "nomenclature_code", "weight", "parent_id", "level"):
            program.drop_column(column)
    for table in reversed(TABLES):
        op.drop_table(table)
