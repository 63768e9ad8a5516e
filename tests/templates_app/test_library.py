import pytest

from customers.clearance import Clearance
from exports.errors import TemplateNotFound
from exports.pipeline.datasets import DATASETS
from exports.pipeline.spec import ExportSpec
from templates_app import library

EVERY = list(library.BUILT_IN)
# Id -> type, format, columns, sort, order.
PROMISED = {
    "verifications_csv": (
        *("verifications", "csv"),
        ("id", "business_name", "status", "score", "created_at", "updated_at"),
        *(("created_at",), "desc"),
    ),
    "analytics_excel": (
        *("analytics", "excel"),
        ("date", "verifications", "success_rate", "avg_score", "total_revenue"),
        *(("date",), "desc"),
    ),
    "audit_logs_json": (
        *("audit_logs", "json"),
        ("timestamp", "user_id", "action", "resource", "ip_address", "user_agent"),
        *(("timestamp",), "desc"),
    ),
    "business_data_pdf": (
        *("business_data", "pdf"),
        (
            *("business_id", "name", "address", "industry"),
            *("verification_status", "risk_score"),
        ),
        *(("name",), "asc"),
    ),
}


def test_built_in_templates_are_those_promised():
    found = {
        name: (each.type, each.format, each.columns, each.sort_by, each.sort_order)
        for name, each in library.BUILT_IN.items()
    }

    assert {name: found[name] for name in PROMISED} == PROMISED
    assert set(EVERY) - set(PROMISED) == {"reports_xml", "user_data_yaml"}


def test_every_dataset_has_one():
    assert sorted(each.type for each in library.BUILT_IN.values()) == sorted(DATASETS)


@pytest.mark.parametrize("template_id", EVERY)
def test_template_is_seen_whole_without_seeing_persons(template_id):
    spec, version = library.resolve(template_id, business_id="business_mine")

    parsed = ExportSpec.parse(
        spec | {"business_id": "business_mine"}, clearance=Clearance.INTERNAL
    )

    template = library.BUILT_IN[template_id]
    assert [each.column.name for each in parsed.columns] == list(template.columns)
    assert [each.treatment(pseudonym_key=b"").masked for each in parsed.columns] == [
        False
    ] * len(template.columns)
    assert version == template.version


@pytest.mark.django_db
@pytest.mark.parametrize("template_id", ["", "verification_csv", "VERIFICATIONS_CSV"])
def test_template_that_is_not_there_is_not_found(template_id):
    with pytest.raises(TemplateNotFound, match="verifications_csv, analytics_excel"):
        library.resolve(template_id, business_id="business_mine")
