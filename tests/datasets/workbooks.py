"""Excel workbooks written part by part, so that each part can be wrong."""

import io
import zipfile

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
#: The second style is a date, the third a date with its time.
STYLES = (
    f'<styleSheet xmlns="{MAIN}"><cellXfs count="3"><xf numFmtId="0"/>'
    '<xf numFmtId="14"/><xf numFmtId="22"/></cellXfs></styleSheet>'
)


def cell(place, value, style=0):
    if isinstance(value, str):
        return f'<c r="{place}" t="inlineStr"><is><t>{value}</t></is></c>'
    return f'<c r="{place}" s="{style}"><v>{value}</v></c>'


def sheet(*rows, after=""):
    text = "".join(
        f'<row r="{n}">{"".join(cells)}</row>' for n, cells in enumerate(rows, 1)
    )
    return f'<worksheet xmlns="{MAIN}"><sheetData>{text}</sheetData>{after}</worksheet>'


def related(parts):
    return f'<Relationships xmlns="{PACKAGE}/relationships">{parts}</Relationships>'


def workbook(**sheets):
    names = list(sheets)
    listed = "".join(
        f'<sheet name="{name}" sheetId="{n}" r:id="rId{n}"/>'
        for n, name in enumerate(names, 1)
    )
    targets = "".join(
        f'<Relationship Id="rId{n}" Type="{OFFICE}/worksheet" '
        f'Target="worksheets/s{n}.xml"/>'
        for n in range(1, len(names) + 1)
    )
    root = f'<Relationship Id="a" Type="{OFFICE}/officeDocument" '
    root += 'Target="xl/workbook.xml"/>'
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"/>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">'
        f"<sheets>{listed}</sheets></workbook>",
        "_rels/.rels": related(root),
        "xl/_rels/workbook.xml.rels": related(targets),
        "xl/styles.xml": STYLES,
    }
    parts |= {
        f"xl/worksheets/s{n}.xml": sheets[name] for n, name in enumerate(names, 1)
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return buffer.getvalue()
