"""Who may open what: every endpoint of the site with its rule, written by hand.

A new view needs a line here; `test_guards_access` fails until somebody decided. Rules:

public      everybody; what a row or a token opens is the view's matter
signed_in   anybody with an account
staff       officers, heads and triage; what they may do is asked per case
admin       users, settings, envelopes of mail; no case
"""

ENDPOINTS: dict[str, str] = {
    "desk.act": "staff",
    "desk.case": "staff",
    "desk.queue": "staff",
    "ops.healthz": "public",
    "public.accessibility": "public",
    "public.attachment": "public",
    "public.draft_delete": "public",
    "public.help": "public",
    "public.home": "public",
    "public.how_it_works": "public",
    "public.privacy": "public",
    "public.program": "public",
    "public.programs": "public",
    "public.question": "public",
    "public.question_reply": "public",
    "public.question_thanks": "public",
    "public.stop_mail": "public",
    "public.stop_mail_now": "public",
    "public.submission": "public",
    "public.submissions": "public",
    "public.submit_check": "public",
    "public.submit_place": "public",
    "public.submit_place_save": "public",
    "public.submit_receipt": "public",
    "public.submit_send": "public",
    "public.submit_story": "public",
    "public.submit_story_save": "public",
    "public.support": "public",
    "public.support_confirm": "public",
    "public.support_confirmed": "public",
    "public.support_request": "public",
    "public.support_sent": "public",
    "public.support_thanks": "public",
    "public.track": "public",
    "public.track_find": "public",
    "public.tracked": "public",
    "public.tracked_act": "public",
    "public.tracked_forget": "public",
    "public.transparency": "public",
    "public.transparency_csv": "public",
}
