"""What must hold of accounts and their memberships, told in words."""

from typing import Any

from django.core.exceptions import ValidationError
from django.forms import BaseInlineFormSet
from django.utils.translation import gettext_lazy as _
from unfold.forms import UserChangeForm

from customers.models import Membership, User


class StaffForm(UserChangeForm):  # type: ignore[misc] # unfold has no types
    editor: User
    """Who is at the form; the admin sets it."""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        governs = all(
            cleaned.get(name) for name in ("is_active", "is_staff", "is_superuser")
        )
        if not governs and self.instance.pk == self.editor.pk:
            raise ValidationError(
                _("You cannot take your own rights: another superuser can.")
            )
        return cleaned


class MembershipFormSet(BaseInlineFormSet[Membership, User, Any]):
    def clean(self) -> None:
        """One in each business, and one in all: no role may stand beside another."""
        super().clean()
        seen = set()
        for form in self.forms:
            row = getattr(form, "cleaned_data", {})
            if "role" not in row or row.get("DELETE"):
                continue
            if row["business"] in seen:
                raise ValidationError(_twice(row["business"]))
            seen.add(row["business"])


def _twice(business: Any) -> Any:
    if business is None:
        return _("There are two memberships for all businesses: leave one.")
    told = _("There are two memberships for %(business)s: leave one.")
    return told % {"business": business}
