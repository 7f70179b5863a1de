from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import mixins
from rest_framework.decorators import action
from rest_framework.response import Response

from accounts.permissions import Permission
from accounts.scoped_api import MemberRequest
from policies.api.base import PoliciesViewSet, told_as_problems
from policies.api.serializers import (
    AssignmentResultSerializer,
    AssignmentSerializer,
    GroupPatchSerializer,
    GroupSerializer,
    GroupWriteSerializer,
    PolicySerializer,
)
from policies.domain import assignment, groups
from policies.domain.queries import groups_of, ids_of, policies_of, policy_called
from policies.models import Device, DeviceGroup, Policy


class DeviceGroupViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, PoliciesViewSet):
    """Device groups. Put in by name: the same again changes nothing."""

    queryset_model = DeviceGroup
    serializer_class = GroupSerializer
    action_permissions = dict.fromkeys(("create", "partial_update"), Permission.MANAGE_POLICIES)

    def get_queryset(self) -> QuerySet[Any]:
        if getattr(self, "swagger_fake_view", False):
            return super().get_queryset()
        return groups_of(company=self.request.company, viewer=self.request.user)  # type: ignore[attr-defined, arg-type]

    @extend_schema(
        request=GroupWriteSerializer,
        responses={201: GroupSerializer, 200: OpenApiResponse(GroupSerializer, "It was there already.")},
    )
    def create(self, request: MemberRequest) -> Response:
        """Make a group, or change the one of that name."""
        said = self.said(GroupWriteSerializer, request)
        found = self.get_queryset().filter(name__iexact=said["name"]).first()
        if found is not None:
            return Response(self._changed(request, found, said))
        with told_as_problems():
            policy = policy_called(company=request.company, name=said.get("policy", ""))
            made = groups.create_group(
                company=request.company, name=said["name"], policy=policy, actor=request.user, at=timezone.now()
            )
        return Response(self._told(made), status=201)

    @extend_schema(request=GroupPatchSerializer, responses=GroupSerializer)
    def partial_update(self, request: MemberRequest, **kwargs: Any) -> Response:  # noqa: ARG002
        """Rename a group, or put another policy on its managed devices."""
        return Response(self._changed(request, self.get_object(), self.said(GroupPatchSerializer, request)))

    def _changed(self, request: MemberRequest, group: DeviceGroup, said: dict[str, Any]) -> dict[str, Any]:
        with told_as_problems():
            policy = policy_called(company=request.company, name=said["policy"]) if "policy" in said else group.policy
            stored = groups.change_group(
                group=group, name=said.get("name", group.name), policy=policy, actor=request.user, at=timezone.now()
            )
        return self._told(stored)

    def _told(self, group: DeviceGroup) -> dict[str, Any]:
        return dict(GroupSerializer(self.get_queryset().get(pk=group.pk)).data)


class PolicyViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, PoliciesViewSet):
    """Policies, and where they are assigned. Their switches are set on the page *Policies*."""

    queryset_model = Policy
    serializer_class = PolicySerializer
    action_permissions = dict.fromkeys(("assign", "unassign"), Permission.ASSIGN_POLICIES)

    def get_queryset(self) -> QuerySet[Any]:
        if getattr(self, "swagger_fake_view", False):
            return super().get_queryset()
        return policies_of(company=self.request.company, viewer=self.request.user)  # type: ignore[attr-defined, arg-type]

    @extend_schema(request=AssignmentSerializer, responses=AssignmentResultSerializer)
    @action(detail=True, methods=["post"])
    def assign(self, request: MemberRequest, **kwargs: Any) -> Response:  # noqa: ARG002
        """Put the policy on managed devices, and on groups. It replaces what they have."""
        return self._assign(request, self.get_object())

    @extend_schema(request=AssignmentSerializer, responses=AssignmentResultSerializer)
    @action(detail=False, methods=["post"], pagination_class=None)
    def unassign(self, request: MemberRequest) -> Response:
        """Take from devices and groups whatever policy they have of their own."""
        return self._assign(request, None)

    def _assign(self, request: MemberRequest, policy: Policy | None) -> Response:
        said = self.said(AssignmentSerializer, request)
        company, at = request.company, timezone.now()
        # One transaction: all or none.
        with told_as_problems(), transaction.atomic():
            devices = assignment.assign_to_devices(
                company=company,
                device_ids=ids_of(Device, company=company, public_ids=said["devices"]),
                policy=policy,
                actor=request.user,
                at=at,
            )
            of_groups = assignment.assign_to_groups(
                company=company,
                group_ids=ids_of(DeviceGroup, company=company, public_ids=said["device_groups"]),
                policy=policy,
                actor=request.user,
                at=at,
            )
        return Response({"devices_changed": devices, "device_groups_changed": of_groups})
