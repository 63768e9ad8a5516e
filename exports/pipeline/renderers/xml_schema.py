"""The XML Schema that a file with given columns, root and row names keeps to."""

from collections.abc import Sequence
from typing import Final
from xml.sax.saxutils import quoteattr

from exports.pipeline.columns import ColumnType, OutColumn
from exports.pipeline.renderers.xml import tags

SIMPLE: Final = {
    ColumnType.TEXT: "xs:string",
    ColumnType.UUID: "xs:string",
    ColumnType.INTEGER: "xs:integer",
    ColumnType.DECIMAL: "xs:decimal",
    ColumnType.DATE: "xs:date",
    ColumnType.DATETIME: "xs:dateTime",
}
HEAD: Final = """\
<?xml version="1.0" encoding="UTF-8"?>
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
  <xs:element name={root}>
    <xs:complexType>
      <xs:sequence>
        <xs:element name="metadata" type="nested" minOccurs="0"/>
        <xs:element name={row} minOccurs="0" maxOccurs="unbounded">
          <xs:complexType>
            <xs:sequence>
"""
COLUMN: Final = """\
              <xs:element name={name} nillable="true">
                <xs:complexType>
                  <xs:simpleContent>
                    <xs:extension base="{base}">
                      <xs:attribute name="name" type="xs:string"/>
                    </xs:extension>
                  </xs:simpleContent>
                </xs:complexType>
              </xs:element>
"""
NESTED: Final = """\
              <xs:element name={name} type="nested" nillable="true"/>
"""
TAIL: Final = """\
            </xs:sequence>
          </xs:complexType>
        </xs:element>
      </xs:sequence>
    </xs:complexType>
  </xs:element>
  <xs:complexType name="nested" mixed="true">
    <xs:sequence>
      <xs:any processContents="skip" minOccurs="0" maxOccurs="unbounded"/>
    </xs:sequence>
    <xs:attribute name="name" type="xs:string"/>
    <xs:attribute name="type">
      <xs:simpleType>
        <xs:restriction base="xs:string">
          <xs:enumeration value="object"/>
          <xs:enumeration value="array"/>
          <xs:enumeration value="number"/>
          <xs:enumeration value="boolean"/>
          <xs:enumeration value="null"/>
        </xs:restriction>
      </xs:simpleType>
    </xs:attribute>
  </xs:complexType>
</xs:schema>
"""


def schema(
    columns: Sequence[OutColumn], *, root: str = "export", row: str = "row"
) -> bytes:
    parts = [HEAD.format(root=quoteattr(root), row=quoteattr(row))]
    for column, tag in zip(columns, tags(columns), strict=True):
        template = NESTED if column.type is ColumnType.JSON else COLUMN
        base = SIMPLE.get(column.type)
        parts.append(template.format(name=quoteattr(tag.name), base=base))
    return "".join([*parts, TAIL]).encode()
