import json

from rest_framework.exceptions import ErrorDetail

from insights_portal.api.renderers import PlainJSONRenderer


def test_plain_values_are_written_as_json() -> None:
    assert PlainJSONRenderer().render({"a": [1, None, "é"]}) == '{"a":[1,null,"é"]}'.encode()


def test_what_is_more_than_plain_is_written_as_everywhere() -> None:
    assert json.loads(PlainJSONRenderer().render({"detail": ErrorDetail("Gone.", "gone")})) == {"detail": "Gone."}
