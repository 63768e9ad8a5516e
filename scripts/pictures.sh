#!/usr/bin/env bash
# scripts/pictures.sh NORTHWIND: docs/pictures anew, of a customer of this folder's.
set -euo pipefail
cd "$(dirname "$0")/.."
northwind=$(realpath "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export VAR_DIR="$work" DATABASE_URL="sqlite:///$work/db.sqlite3" REDIS_URL=""
manage() { .venv/bin/python manage.py "$@"; }

manage migrate --no-input --verbosity 0
manage create_business northwind --name "Northwind Traders" --currency USD
manage import_orders --layout northwind --business northwind "$northwind"
manage shell --no-imports <<'PYTHON'
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from customers.clearance import Clearance
from customers.models import Customer, Note, Segment, SupportTicket, Tag
from customers.view360 import open_view
from customers.view360.shape import Sections
from exports.customer360.formats import FORMATS

now = datetime(1998, 5, 7, 12, tzinfo=UTC)  # the day after the last order
buyer = Customer.objects.get(external_id="ERNSH")
buyer.email, buyer.loyalty_level, buyer.loyalty_points = "kontakt@example.com", "gold", 2480
buyer.save()
mine = {"business_id": "northwind", "customer": buyer}
for name in ("wholesale", "top-10"):
    Segment.objects.create(**mine, name=name)
for name in ("newsletter", "pays-on-time", "vip"):
    Tag.objects.create(**mine, name=name)
SupportTicket.objects.create(**mine, subject="Late", opened_at=now - timedelta(days=6))
for days, author, body in (
    (4, "Amara Okafor", "Called about the late delivery; shipping is free next time."),
    (41, "Jonas Weber", "Asked for the autumn price list.\nSent it the same day."),
):
    Note.objects.create(
        **mine, author=author, body=body, created_at=now - timedelta(days=days)
    )
made = {"pdf": (FORMATS["pdf"], 12), "book": (FORMATS["xlsx"], 6)}
for name, (form, limit) in made.items():
    view = open_view(
        buyer.pk,
        business_ids=frozenset({"northwind"}),
        sections=Sections(analytics=True, order_limit=limit),
        clearance=Clearance.SENSITIVE,
        now=now,
    )
    with view as read:
        path = Path(os.environ["VAR_DIR"], f"{name}.{form.extension}")
        path.write_bytes(b"".join(form.body(read)))
PYTHON
soffice --headless "-env:UserInstallation=file://$work/office" \
  --convert-to pdf --outdir "$work" "$work/book.xlsx" > /dev/null
mkdir -p docs/pictures
rm -f docs/pictures/report-*.png docs/pictures/sheet-*.png
pdftoppm -png -r 72 "$work/pdf.pdf" docs/pictures/report
pdftoppm -png -r 110 "$work/book.pdf" docs/pictures/sheet
# Of a sheet, the cells alone.
.venv/bin/python - docs/pictures/sheet-*.png <<'PYTHON'
import sys

from PIL import Image, ImageChops

for name in sys.argv[1:]:
    page = Image.open(name).convert("RGB")
    blank = Image.new("RGB", page.size, "white")
    left, top, right, bottom = ImageChops.difference(page, blank).getbbox()
    page.crop((left - 8, top - 8, right + 8, bottom + 8)).save(name, optimize=True)
PYTHON
ls -l docs/pictures
