from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import mixins
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.response import Response

from accounts.enums import ApiScope
from accounts.permissions import Permission
from accounts.scoped_api import MemberRequest
from policies.api.base import PoliciesViewSet, told_as_problems
from policies.api.serializers import (
    BulkResultSerializer,
    DeviceBulkSerializer,
    DevicePatchSerializer,
    DeviceSerializer,
    DeviceWriteSerializer,
    LocalSerializer,
    given_columns,
)
from policies.domain import devices
from policies.domain.device_lists import read_values
from policies.domain.device_rows import put_rows
from policies.domain.queries import device_called, device_rows, patched_values
from policies.models import Device


class DeviceFilter(filters.FilterSet):
    name = filters.CharFilter("name", "iexact", max_length=120)
    group = filters.CharFilter("group__name", "iexact", max_length=80)
    customer = filters.CharFilter("customer", "iexact", max_length=120)
    managed = filters.BooleanFilter("is_managed")

    class Meta:
        model = Device
        fields: list[str] = []


class DeviceViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, PoliciesViewSet):
    """Devices, with the policy that holds for each. Put in by name: the same again changes nothing."""

    queryset_model = Device
    serializer_class = DeviceSerializer
    filterset_class = DeviceFilter
    action_permissions = dict.fromkeys(("create", "bulk", "partial_update"), Permission.MANAGE_POLICIES)

    def get_queryset(self) -> QuerySet[Any]:
        if getattr(self, "swagger_fake_view", False):
            return super().get_queryset()
        return device_rows(company=self.request.company, viewer=self.request.user)  # type: ignore[attr-defined, arg-type]

    @extend_schema(
        request=DeviceWriteSerializer,
        responses={201: DeviceSerializer, 200: OpenApiResponse(DeviceSerializer, "It was there already.")},
    )
    def create(self, request: MemberRequest) -> Response:
        """Put one device in, or change the one of that name."""
        said = self.said(DeviceWriteSerializer, request)
        new, _ = self._put(request, [said])
        stored = device_called(company=request.company, viewer=request.user, name=said["name"])
        return Response(DeviceSerializer(stored).data, status=201 if new else 200)

    @extend_schema(request=DeviceBulkSerializer, responses=BulkResultSerializer, filters=False)
    @action(detail=False, methods=["post"], filterset_class=None, pagination_class=None)
    def bulk(self, request: MemberRequest) -> Response:
        """Put up to 1,000 devices in, all or none. What is wrong is told by its place in the list."""
        wanted = self.said(DeviceBulkSerializer, request)["devices"]
        new, changed = self._put(request, wanted)
        return Response({"new": new, "changed": changed, "unchanged": len(wanted) - new - changed})

    @extend_schema(request=DevicePatchSerializer, responses=DeviceSerializer)
    def partial_update(self, request: MemberRequest, **kwargs: Any) -> Response:  # noqa: ARG002
        """Change a device, its name included."""
        device = self.get_object()
        given = given_columns(self.said(DevicePatchSerializer, request))
        with told_as_problems():
            values = patched_values(company=request.company, given=given)
            stored = devices.change_device(device=device, values=values, actor=request.user, at=timezone.now())
        return Response(DeviceSerializer(stored).data)

    def _put(self, request: MemberRequest, wanted: Sequence[dict[str, Any]]) -> tuple[int, int]:
        rows = [read_values(line=line, given=given_columns(said)) for line, said in enumerate(wanted, start=1)]
        with told_as_problems():
            return put_rows(company=request.company, rows=rows, source="API", actor=request.user, at=timezone.now())


class LocalViewSet(PoliciesViewSet):
    """For the capture client on a device."""

    queryset_model = Device
    serializer_class = LocalSerializer
    read_scope = None
    write_scope = ApiScope.SESSIONS_WRITE
    action_permissions = {"turn": Permission.GENERATE_SUMMARIES}

    @extend_schema(
        responses={200: DeviceSerializer, 409: OpenApiResponse(description="The policy is enforced.")},
    )
    def turn(self, request: MemberRequest) -> Response:
        """The device's own user turns Session Insights off, where the policy is not enforced, or on again."""
        said = self.said(LocalSerializer, request)
        device = device_called(company=request.company, viewer=request.user, name=said["device"])
        if device is None:
            raise NotFound
        with told_as_problems():
            stored = devices.set_locally_off(device=device, is_off=said["off"], actor=request.user, at=timezone.now())
        return Response(DeviceSerializer(stored).data)
