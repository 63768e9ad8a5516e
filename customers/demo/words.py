"""The words of made-up rows: many scripts, quotes, line breaks, leading signs."""

import json
from itertools import product
from typing import Final, NamedTuple


class Locale(NamedTuple):
    """Where a made-up company is from; ``form`` holds its name."""

    country: str
    city: str
    postal_code: str
    street: str
    form: str
    names: tuple[str, ...]


LOCALES: Final = (
    Locale("GB", "Leeds", "LS1 4AP", "Park Row", "{} Limited", ("Ashdown", "Fernley")),
    Locale("DE", "Köln", "50667", "Hohe Straße", "{} GmbH", ("Müller", "Groß & Söhne")),
    Locale("FR", "Besançon", "25000", "rue des Écoles", "{} SARL", ("Élan", "Château")),
    Locale("ES", "Logroño", "26001", "Calle Peñas", "{} S.L.", ("Peña", "Añil")),
    Locale("PL", "Łódź", "90-001", "ul. Żwirki", "{} Sp. z o.o.", ("Żubr", "Świt")),
    Locale("GR", "Αθήνα", "105 57", "Ερμού", "{} Α.Ε.", ("Ήλιος", "Θάλασσα")),
    Locale("UA", "Київ", "01001", "вул. Хрещатик", "ТОВ «{}»", ("Вишня", "Їжак")),
    Locale("IL", "חיפה", "3303134", "דרך העצמאות", 'בע"מ {}', ("כרמל", "ארז")),
    Locale("AE", "دبي", "00000", "شارع الخليج", "{} ش.م.م", ("النور", "الواحة")),
    Locale("IN", "मुंबई", "400001", "महात्मा गांधी मार्ग", "{} प्रा. लि.", ("सूर्य", "नदी")),
    Locale("TH", "กรุงเทพ", "10110", "ถนนสุขุมวิท", "บริษัท {} จำกัด", ("ไทยทอง", "ดาว")),
    Locale("JP", "東京", "100-0001", "丸の内", "株式会社{}", ("桜井", "ヤマト")),
    Locale("CN", "上海", "200000", "南京东路", "{}有限公司", ("長江", "华夏")),
    Locale("KR", "서울", "04524", "세종대로", "주식회사 {}", ("한빛", "가람")),
)

INDUSTRIES: Final = (
    ("62012", "Business and domestic software development"),
    ("46900", "Non-specialised wholesale trade"),
    ("70229", "Management consultancy activities"),
    ("41202", "Construction of domestic buildings"),
    (None, None),
)

PEOPLE: Final = (
    ("Rosa Meier", "rosa.meier@example.com"),
    ("Dara O’Shea", "dara.oshea@example.com"),
    ("Łukasz Wójcik", "lukasz.wojcik@example.com"),
    ("Nguyễn Thị Mai", "mai.nguyen@example.com"),
    ("山田 花子", "hanako.yamada@example.com"),
    ("أمينة حداد", "amina.haddad@example.com"),
)

NOTES: Final = (
    "",
    "",
    "",
    "Registered office confirmed by letter.",
    'Director signs as "J. Smith, jr."',
    "Awaiting:\n- articles of association\n- proof of address",
    "+44 number does not answer",
    "=> see earlier check",
    "Adresse geprüft; Gewerbeanmeldung liegt vor.",
    "住所を確認しました。",
    "تم التحقق من العنوان",
)

FEES: Final = ("0.00", "9.90", "25.00", "49.00", "120.00")

# status, and how many in a hundred
STATUSES: Final = (
    *["completed"] * 72,
    *["failed"] * 8,
    *["pending"] * 8,
    *["in_review"] * 7,
    *["expired"] * 5,
)

CHECKS: Final = tuple(
    json.dumps(
        [
            {"name": name, "result": result}
            for name, result in zip(
                ("registry", "sanctions", "address", "ownership"), results, strict=True
            )
        ]
    )
    for results in product(("pass", "fail", "manual"), repeat=4)
)

ACTIONS: Final = (
    ("login", "session"),
    ("verification.create", "verification"),
    ("verification.read", "verification"),
    ("company.update", "company"),
    ("export.download", "export"),
)

ADDRESSES: Final = ("203.0.113.{}", "198.51.100.{}", "192.0.2.{}", "2001:db8::{}")

AGENTS: Final = (
    "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) AppleWebKit/605.1.15 Safari/605.1.15",
    "kyb-client/2.1",
)

PRODUCTS: Final = (
    ("KYB-01", "Registry extract", "4.9000"),
    ("KYB-02", "Ownership chart", "19.5000"),
    ("KYB-03", "Sanctions check", "2.2500"),
    ("KYB-04", "Überprüfung vor Ort", "149.0000"),
    ("0005", "Monitoring, a year", "89.9900"),
)
