"""What is told of a partnership by mail: one code each, the same for the business and for staff."""

#: Of every stage of its life, of its end coming near, and of what happens in its room.
ABOUT = frozenset(
    {
        "moved",
        "invited",
        "ends",
        "message",
        "meeting",
        "meeting_moved",
        "meeting_off",
        "meeting_soon",
        "draft",
        "approval",
        "duty",
        "monitoring",
    }
)
