"""The admin's view of people and roles. Every change is an action."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.contrib.auth.admin import GroupAdmin
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import Group
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from accounts import actions, agents, calendar_admin, factor_actions, guesses, signins  # noqa: F401
from accounts.admin_base import ActionAdmin, AdminForm, ReadOnlyAdmin
from accounts.forms_base import Bounded
from accounts.models import LONGEST_PASSWORD, FactorRule, Session, SignIn, User
from accounts.permissions import MAY
from accounts.roles import ROLES
from audit.errors import Refused
from audit.frame import Action

admin.site.site_header = "订单管理 · 系统设置"
admin.site.site_title = "订单管理"
admin.site.index_title = "系统设置"


def log_in(request: HttpRequest, extra_context: Any = None) -> HttpResponse:
    """There is one page to log in on; who is logged in already and came here has no business in the settings."""
    if request.user.is_authenticated:
        raise PermissionDenied
    return redirect_to_login(request.GET.get("next") or reverse("admin:index"))


def change_password(request: HttpRequest, extra_context: Any = None) -> HttpResponse:
    return redirect("password_change")


admin.site.login = login_not_required(log_in)  # type: ignore[method-assign,assignment]
admin.site.password_change = change_password  # type: ignore[method-assign,assignment]


class ReasonForm(Bounded, ActionForm):
    """The bar above a list: what is done with the ticked rows, and why."""

    reason = forms.CharField(label="原因：", required=False, max_length=500)


class RolesField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return ROLES.get(obj.name, obj.name)


class PersonForm(AdminForm):
    groups = RolesField(
        label="角色", queryset=Group.objects.filter(name__in=ROLES), widget=forms.CheckboxSelectMultiple, required=False
    )
    password = forms.CharField(
        label="设置密码",
        required=False,
        max_length=LONGEST_PASSWORD,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="新建时必填；修改时留空则不变",
    )

    class Meta:
        model = User
        fields = ["username", "name", "email", "groups", "supervisor", "is_production_head", "is_active"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "supervisor" in self.fields:
            people: Any = self.fields["supervisor"]
            people.queryset = User.objects.filter(is_active=True, groups__name="supervisor").distinct()


@admin.register(User)
class UserAdmin(ActionAdmin):
    form = PersonForm
    fields = ["username", "name", "password", "groups", "supervisor", "is_production_head", "email", "is_active"]
    list_display = ["username", "name", "role_names", "supervisor", "is_production_head", "is_active", "last_login"]
    list_filter = ["is_active", "is_production_head"]
    search_fields = ["username", "name"]
    ordering = ["username"]
    action_form = ReasonForm
    actions = ["free_log_in", "end_log_ins", "reset_factors"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).select_related("supervisor").prefetch_related("groups")

    @admin.display(description="角色")
    def role_names(self, person: User) -> str:
        return "、".join(ROLES.get(group.name, group.name) for group in person.groups.all())

    @admin.action(description="解除登录等候", permissions=["change"])
    def free_log_in(self, request: HttpRequest, people: QuerySet[User]) -> None:
        for person in people:
            guesses.free(person)
            signins.record(SignIn.Kind.FREED, person, request, by=request.user)  # type: ignore[arg-type]
        messages.success(request, "已解除登录等候，可以立即再试。")

    @admin.action(description="结束全部登录（须写原因）", permissions=["change"])
    def end_log_ins(self, request: HttpRequest, people: QuerySet[User]) -> None:
        for_each(request, people, actions.end_sessions, "已结束 {} 人的全部登录。")

    @admin.action(description="重置双重验证（须写原因）", permissions=["change"])
    def reset_factors(self, request: HttpRequest, people: QuerySet[User]) -> None:
        for_each(request, people, factor_actions.reset_factors, "已重置 {} 人的双重验证，可仅凭密码登录后重新添加。")

    def carry_out(self, record: Any, form: AdminForm, formsets: list[Any], **common: Any) -> User:
        # Without the key: its digest of what was typed would be one of the password too. A name is taken only once.
        return actions.change_person(record, **form.given(), **{**common, "key": None})


def for_each(request: HttpRequest, people: Iterable[User], action: Action, said: str, **given: Any) -> None:
    """Carry `action` out on each of them with the reason from the bar; what is refused is told."""
    done = 0
    for person in people:
        try:
            action(person, by=request.user, reason=request.POST.get("reason", ""), **given)
        except Refused as refusal:
            messages.error(request, f"{person}：{refusal.message}")
        else:
            done += 1
    if done:
        messages.success(request, said.format(done))


@admin.register(Session)
class SessionAdmin(ReadOnlyAdmin):
    """Who is logged in, where; each can be ended with a reason. Their keys are shown to nobody."""

    list_display = ["user", "browser", "address", "began_at", "seen_at"]
    list_display_links = None
    list_select_related = ["user"]
    search_fields = ["user__username", "user__name", "address"]
    ordering = ["-seen_at"]
    action_form = ReasonForm
    actions = ["end_these"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Session]:
        return super().get_queryset(request).filter(user__isnull=False, expire_date__gt=timezone.now())

    @admin.action(description="结束登录（须写原因）", permissions=["view"])
    def end_these(self, request: HttpRequest, sessions: QuerySet[Session]) -> None:
        keys = set(sessions.values_list("pk", flat=True))
        people = User.objects.filter(sessions__in=keys).distinct()
        for_each(request, people, actions.end_sessions, "已结束 {} 人的所选登录。", sessions=keys)


admin.site.unregister(Group)


@admin.register(Group)
class RoleAdmin(ReadOnlyAdmin, GroupAdmin):
    """The roles to look at: who may do what is declared in one table and applied by `migrate`."""

    list_display = ["title", "people", "rights"]
    fields = ["title", "people", "rights"]
    readonly_fields = ["title", "people", "rights"]
    search_fields = ()
    ordering = ["name"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Group]:
        return super().get_queryset(request).filter(name__in=ROLES).prefetch_related("user_set")

    @admin.display(description="角色")
    def title(self, group: Group) -> str:
        return f"{ROLES[group.name]}（{group.name}）"

    @admin.display(description="人员")
    def people(self, group: Group) -> str:
        return "、".join(str(person) for person in group.user_set.all() if person.is_active) or "—"

    @admin.display(description="可办理事项数")
    def rights(self, group: Group) -> int:
        return sum(group.name in roles for roles in MAY.values())


@admin.register(SignIn)
class SignInAdmin(ReadOnlyAdmin):
    """The audit of the door: append-only, for the application's database role too."""

    list_display = ["at", "kind", "user", "name", "by", "ip", "browser", "is_new", "note"]
    list_filter = ["kind", "is_new", "at"]
    list_select_related = ["user", "by"]
    search_fields = ["user__username", "user__name", "name", "ip", "device"]
    date_hierarchy = "at"
    fields = ["at", "kind", "user", "name", "by", "ip", "agent", "device", "is_new", "note"]
    show_full_result_count = False

    @admin.display(description="浏览器")
    def browser(self, row: SignIn) -> str:
        return agents.in_words(row.agent)


class FactorRuleForm(AdminForm):
    class Meta:
        model = FactorRule
        fields = ["role"]


@admin.register(FactorRule)
class FactorRuleAdmin(ActionAdmin):
    """The roles whose people must have a second factor; nobody must unless a role stands here."""

    form = FactorRuleForm
    list_display = ["role"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return admin.ModelAdmin.has_delete_permission(self, request, obj)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        factor_actions.drop_factor_rule(obj, by=request.user)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for rule in queryset:
            factor_actions.drop_factor_rule(rule, by=request.user)

    def carry_out(self, record: Any, form: AdminForm, formsets: list[Any], **common: Any) -> FactorRule:
        return factor_actions.change_factor_rule(record, **form.given(), **common)
