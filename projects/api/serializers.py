"""What the API takes and gives about people and projects."""

from __future__ import annotations

import json
import re
from typing import Any

from rest_framework import serializers

from projects.addresses import is_proved
from projects.choices import Role, Scope
from projects.models import (
    Activity,
    Delivery,
    Invitation,
    Membership,
    Project,
    User,
    Webhook,
)
from projects.webhooks import secret_of

METADATA_BYTES = 10_000
#: As JSON writes it; PostgreSQL keeps no such character.
NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")


class MeSerializer(serializers.ModelSerializer):
    """The person who asks."""

    class Meta:
        model = User
        fields = [
            "id",
            "username",
            "email",
            "full_name",
            "avatar_url",
            "theme",
            "language",
            "notify_in_pages",
            "notify_by_mail",
            "is_staff",
            "is_superuser",
            "date_joined",
            "updated_at",
        ]
        read_only_fields = ["username", "is_staff", "is_superuser", "date_joined"]
        extra_kwargs = {
            "email": {"error_messages": {"unique": "This address cannot be used."}}
        }

    def validate_email(self, email: str) -> str:
        others = User.objects.exclude(pk=self.instance.pk)
        if others.filter(email__iexact=email).exists():
            raise serializers.ValidationError("This address cannot be used.", "unique")
        return email.lower()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        is_same = attrs.get("email", self.instance.email) == self.instance.email
        if attrs.get("notify_by_mail") and not (is_same and is_proved(self.instance)):
            raise serializers.ValidationError(
                {"notify_by_mail": "Prove your address first; then switch on."}
            )
        return attrs


class PersonSerializer(serializers.ModelSerializer):
    """A person as others see them; never the e-mail address."""

    class Meta:
        model = User
        fields = ["id", "username", "full_name"]


class LoginSerializer(serializers.Serializer):
    username = serializers.CharField(max_length=150)
    password = serializers.CharField(
        max_length=4096, trim_whitespace=False, write_only=True
    )
    code = serializers.CharField(
        max_length=20,
        required=False,
        write_only=True,
        help_text="Of the second factor, where the account has one.",
    )
    scope = serializers.ChoiceField(choices=Scope.choices, default=Scope.ADMIN)
    name = serializers.CharField(max_length=100, default="log-in by the API")


class LoginAnswerSerializer(serializers.Serializer):
    token = serializers.CharField()
    expiry = serializers.DateTimeField()
    scope = serializers.ChoiceField(choices=Scope.choices)
    user = MeSerializer()


class ProjectSerializer(serializers.ModelSerializer):
    role = serializers.ChoiceField(
        choices=Role.choices,
        read_only=True,
        allow_null=True,
        help_text="Yours; null: none.",
    )
    members_count = serializers.IntegerField(read_only=True)

    class Meta:
        model = Project
        fields = [
            "id",
            "key",
            "name",
            "description",
            "is_public",
            "needs_second_owner",
            "status",
            "metadata",
            "role",
            "members_count",
            "created_at",
            "updated_at",
        ]
        read_only_fields = ["key"]

    def validate_metadata(self, metadata: Any) -> dict[str, Any]:
        if not isinstance(metadata, dict):
            raise serializers.ValidationError("metadata must be an object.")
        text = json.dumps(metadata)
        if len(text) > METADATA_BYTES:
            raise serializers.ValidationError(
                f"metadata must be at most {METADATA_BYTES} bytes as JSON."
            )
        if NUL.search(text):
            raise serializers.ValidationError("Null characters are not allowed.")
        return metadata


class MemberSerializer(serializers.ModelSerializer):
    user = PersonSerializer(read_only=True)

    class Meta:
        model = Membership
        fields = ["id", "user", "role", "added_at"]


class NewMemberSerializer(serializers.Serializer):
    user = serializers.CharField(
        max_length=254, help_text="User name or e-mail address."
    )
    role = serializers.ChoiceField(choices=Role.choices, default=Role.VIEWER)


class RoleSerializer(serializers.Serializer):
    role = serializers.ChoiceField(choices=Role.choices)


class HandOverSerializer(serializers.Serializer):
    member = serializers.IntegerField(
        min_value=1, max_value=2**63 - 1, help_text="Id of the membership that takes."
    )


class InvitationSerializer(serializers.ModelSerializer):
    """A link that makes whoever has it a member, once."""

    created_by = PersonSerializer(read_only=True, allow_null=True)

    class Meta:
        model = Invitation
        fields = [
            "id",
            "name",
            "email",
            "role",
            "created_by",
            "created_at",
            "expires_at",
        ]
        read_only_fields = ["expires_at"]


class NewInvitationSerializer(InvitationSerializer):
    """The same with its link, which is told only once."""

    link = serializers.CharField(read_only=True)

    class Meta(InvitationSerializer.Meta):
        fields = [*InvitationSerializer.Meta.fields, "link"]


class ActivitySerializer(serializers.ModelSerializer):
    user = PersonSerializer(read_only=True, allow_null=True)

    class Meta:
        model = Activity
        fields = [
            "id",
            "user",
            "action",
            "resource_type",
            "resource_id",
            "details",
            "created_at",
        ]


class WebhookSerializer(serializers.ModelSerializer):
    """An address that is told what happens in a project."""

    class Meta:
        model = Webhook
        fields = [
            "id", "url", "on_session_end", "on_activation", "is_active", "created_at",
        ]  # fmt: skip


class WebhookDetailSerializer(WebhookSerializer):
    """The same with what signs its messages; nothing keeps that but the key."""

    secret = serializers.SerializerMethodField()

    class Meta(WebhookSerializer.Meta):
        fields = [*WebhookSerializer.Meta.fields, "secret"]

    def get_secret(self, webhook: Webhook) -> str:
        return secret_of(webhook)


class TrySerializer(serializers.Serializer):
    at = serializers.DateTimeField()
    answer = serializers.IntegerField(
        allow_null=True, help_text="The status of the answer; null: there was none."
    )
    error = serializers.CharField(help_text="What was wrong; empty: nothing.")
    seconds = serializers.FloatField()


class DeliverySerializer(serializers.ModelSerializer):
    """One thing a webhook was told, and each try to tell it."""

    payload = serializers.DictField(read_only=True)
    tries = TrySerializer(many=True, read_only=True)

    class Meta:
        model = Delivery
        fields = [
            "id", "event", "payload", "status", "tries", "next_try_at", "created_at",
        ]  # fmt: skip
        read_only_fields = fields
