"""What a business verifies: companies, the checks of them, the reports on them."""

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils import timezone

from customers.ids import new_id
from customers.models.rows import ExportableRow


class Company(ExportableRow):
    """A legal entity, known by its LEI or by a register's number for it."""

    class Status(models.TextChoices):
        ACTIVE = "active"
        STRIKING_OFF = "striking_off"
        DISSOLVED = "dissolved"
        LIQUIDATION = "liquidation"
        ADMINISTRATION = "administration"
        RECEIVERSHIP = "receivership"
        ARRANGEMENT = "arrangement"
        INACTIVE = "inactive"
        UNKNOWN = "unknown"

    class VerificationStatus(models.TextChoices):
        """The status of the latest verification, if there is one."""

        UNVERIFIED = "unverified"
        PENDING = "pending"
        IN_REVIEW = "in_review"
        COMPLETED = "completed"
        FAILED = "failed"
        EXPIRED = "expired"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=500)
    registration_number = models.CharField(max_length=64, null=True, blank=True)
    lei = models.CharField(max_length=20, null=True, blank=True)
    jurisdiction = models.CharField(max_length=6, blank=True)
    legal_form = models.CharField(max_length=200, null=True, blank=True)
    address = models.CharField(max_length=1000, blank=True)
    city = models.CharField(max_length=200, blank=True)
    postal_code = models.CharField(max_length=32, blank=True)
    country = models.CharField(max_length=2, blank=True)
    industry = models.CharField(max_length=500, null=True, blank=True)
    industry_code = models.CharField(max_length=32, null=True, blank=True)
    status = models.CharField(max_length=16, choices=Status, default=Status.UNKNOWN)
    incorporated_on = models.DateField(null=True, blank=True)
    verification_status = models.CharField(
        max_length=16,
        choices=VerificationStatus,
        default=VerificationStatus.UNVERIFIED,
    )
    risk_score = models.SmallIntegerField(null=True, blank=True)
    last_verified_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "companies"
        constraints = [
            models.CheckConstraint(
                condition=Q(lei__isnull=False)
                | Q(registration_number__isnull=False) & ~Q(jurisdiction=""),
                name="customers_company_identified",
            ),
            models.CheckConstraint(
                condition=~Q(lei="") & ~Q(registration_number=""),
                name="customers_company_identifiers_filled",
            ),
            models.CheckConstraint(
                condition=Q(risk_score__isnull=True) | Q(risk_score__range=(0, 100)),
                name="customers_company_risk_score_range",
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=[
                        "active",
                        "striking_off",
                        "dissolved",
                        "liquidation",
                        "administration",
                        "receivership",
                        "arrangement",
                        "inactive",
                        "unknown",
                    ]
                ),
                name="customers_company_status_known",
            ),
            models.CheckConstraint(
                condition=Q(
                    verification_status__in=[
                        "unverified",
                        "pending",
                        "in_review",
                        "completed",
                        "failed",
                        "expired",
                    ]
                ),
                name="customers_company_verification_status_known",
            ),
            models.UniqueConstraint(
                fields=["business", "lei"],
                condition=Q(lei__isnull=False),
                name="customers_company_lei_unique",
            ),
            models.UniqueConstraint(
                fields=["business", "jurisdiction", "registration_number"],
                condition=Q(registration_number__isnull=False),
                name="customers_company_registration_unique",
            ),
        ]
        indexes = [
            models.Index(
                fields=["business", "created_at", "id"],
                name="customers_company_created",
            ),
            models.Index(
                fields=["business", "verification_status", "created_at"],
                name="customers_company_status",
            ),
            models.Index(
                fields=["business", "change_seq"], name="customers_company_changes"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Verification(ExportableRow):
    """One check of one company."""

    class Status(models.TextChoices):
        PENDING = "pending"
        IN_REVIEW = "in_review"
        COMPLETED = "completed"
        FAILED = "failed"
        EXPIRED = "expired"

    class RiskLevel(models.TextChoices):
        LOW = "low"
        MEDIUM = "medium"
        HIGH = "high"
        CRITICAL = "critical"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, related_name="verifications"
    )
    status = models.CharField(max_length=16, choices=Status, default=Status.PENDING)
    score = models.DecimalField(max_digits=5, decimal_places=4, null=True, blank=True)
    risk_level = models.CharField(
        max_length=16, choices=RiskLevel, null=True, blank=True
    )
    checks = models.JSONField(default=list, blank=True)
    reviewer = models.CharField(max_length=200, blank=True)
    reviewer_email = models.CharField(max_length=254, blank=True)
    notes = models.TextField(blank=True)
    fee = models.DecimalField(max_digits=14, decimal_places=2, default=Decimal(0))
    verified_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(score__isnull=True) | Q(score__range=(0, 1)),
                name="customers_verification_score_range",
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=[
                        "pending",
                        "in_review",
                        "completed",
                        "failed",
                        "expired",
                    ]
                ),
                name="customers_verification_status_known",
            ),
            models.CheckConstraint(
                condition=Q(risk_level__isnull=True)
                | Q(risk_level__in=["low", "medium", "high", "critical"]),
                name="customers_verification_risk_level_known",
            ),
            models.CheckConstraint(
                condition=Q(verified_at__isnull=True)
                | Q(status__in=["completed", "failed", "expired"]),
                name="customers_verification_verified_when_finished",
            ),
        ]
        indexes = [
            models.Index(
                fields=["business", "created_at", "id"],
                name="customers_verification_created",
            ),
            models.Index(
                fields=["business", "status", "created_at"],
                name="customers_verification_status",
            ),
            models.Index(
                fields=["business", "risk_level", "created_at"],
                name="customers_verification_risk",
            ),
            models.Index(
                fields=["business", "change_seq"],
                name="customers_verification_changes",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.status} {self.id}"


class Report(ExportableRow):
    """A report that the platform made."""

    class Type(models.TextChoices):
        COMPLIANCE = "compliance"
        RISK = "risk"
        ACTIVITY = "activity"
        FINANCIAL = "financial"

    class Status(models.TextChoices):
        DRAFT = "draft"
        FINAL = "final"
        ARCHIVED = "archived"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    title = models.CharField(max_length=300)
    type = models.CharField(max_length=16, choices=Type)
    status = models.CharField(max_length=16, choices=Status, default=Status.DRAFT)
    period_start = models.DateField()
    period_end = models.DateField()
    summary = models.JSONField(default=dict, blank=True)
    created_by = models.CharField(max_length=254, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(period_end__gte=models.F("period_start")),
                name="customers_report_period_ordered",
            ),
            models.CheckConstraint(
                condition=Q(type__in=["compliance", "risk", "activity", "financial"]),
                name="customers_report_type_known",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "final", "archived"]),
                name="customers_report_status_known",
            ),
        ]
        indexes = [
            models.Index(
                fields=["business", "created_at", "id"], name="customers_report_created"
            ),
            models.Index(
                fields=["business", "change_seq"], name="customers_report_changes"
            ),
        ]

    def __str__(self) -> str:
        return self.title
