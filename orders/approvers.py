"""Who approves: the salesperson's supervisor; the marketing director where no other active supervisor sees it."""

from django.db.models import BooleanField, Exists, F, Func, OuterRef

from accounts.models import User

IS_EDITOR = Func(
    F("pk"), OuterRef("editor_ids"), template="%(expressions)s)", arg_joiner=" = ANY(", output_field=BooleanField()
)

# Of a Revision: an active supervisor of the team who did not enter or change it.
SUPERVISOR_SEES = Exists(
    User.objects.filter(team=OuterRef("order__salesperson"), is_active=True, groups__name="supervisor").exclude(
        IS_EDITOR
    )
)
