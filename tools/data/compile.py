#!/usr/bin/env python3
"""Compile data/*.csv from the folder of source data and the judgement tables beside this script.

    python3 tools/data/compile.py FOLDER

FOLDER holds india-gov/ and igot-catalogue/ (data/README.md names their origin). Running it again with the same
sources gives the same files byte for byte. Standard library only.
"""
import csv
import pathlib
import re
import sys
import unicodedata

HERE = pathlib.Path(__file__).resolve().parent
OUT = HERE.parent.parent / "data"

# ---------------------------------------------------------------- names of the Government of India
# Present name, Hindi name, and the other spellings and historic names under which the sources list the same body.
MINISTRIES = [
    ("Ministry of Agriculture and Farmers Welfare", "कृषि एवं किसान कल्याण मंत्रालय", []),
    ("Ministry of Ayush", "आयुष मंत्रालय", []),
    ("Ministry of Chemicals and Fertilizers", "रसायन एवं उर्वरक मंत्रालय", []),
    ("Ministry of Civil Aviation", "नागर विमानन मंत्रालय", []),
    ("Ministry of Coal", "कोयला मंत्रालय", []),
    ("Ministry of Commerce and Industry", "वाणिज्य एवं उद्योग मंत्रालय", []),
    ("Ministry of Communications", "संचार मंत्रालय", ["Ministry of Communication"]),
    ("Ministry of Consumer Affairs, Food and Public Distribution", "उपभोक्ता मामले, खाद्य और सार्वजनिक वितरण मंत्रालय", []),
    ("Ministry of Corporate Affairs", "कारपोरेट कार्य मंत्रालय", []),
    ("Ministry of Culture", "संस्कृति मंत्रालय", []),
    ("Ministry of Defence", "रक्षा मंत्रालय", []),
    ("Ministry of Development of North Eastern Region", "पूर्वोत्तर क्षेत्र विकास मंत्रालय", []),
    ("Ministry of Earth Sciences", "पृथ्वी विज्ञान मंत्रालय", []),
    ("Ministry of Education", "शिक्षा मंत्रालय", ["Ministry of Human Resource Development", "Department of Human Resource and Development"]),
    ("Ministry of Electronics and Information Technology", "इलेक्ट्रॉनिकी और सूचना प्रौद्योगिकी मंत्रालय",
     ["Ministry of Communication and IT", "DIT"]),
    ("Ministry of Environment, Forest and Climate Change", "पर्यावरण, वन एवं जलवायु परिवर्तन मंत्रालय",
     ["Ministry of Environment,forests and climate change", "Department of Forest and Environment"]),
    ("Ministry of External Affairs", "विदेश मंत्रालय", ["Department of External Affairs"]),
    ("Ministry of Finance", "वित्त मंत्रालय", []),
    ("Ministry of Fisheries, Animal Husbandry and Dairying", "मत्स्यपालन, पशुपालन एवं डेयरी मंत्रालय", ["Ministry of Fisheries"]),
    ("Ministry of Food Processing Industries", "खाद्य प्रसंस्करण उद्योग मंत्रालय", []),
    ("Ministry of Health and Family Welfare", "स्वास्थ्य एवं परिवार कल्याण मंत्रालय", []),
    ("Ministry of Heavy Industries", "भारी उद्योग मंत्रालय", ["Ministry of Heavy Industries and Public Enterprises", "Department of Heavy Industry"]),
    ("Ministry of Home Affairs", "गृह मंत्रालय", []),
    ("Ministry of Housing and Urban Affairs", "आवासन और शहरी कार्य मंत्रालय", ["Ministry of Urban Development", "Department of Urban Development"]),
    ("Ministry of Information and Broadcasting", "सूचना और प्रसारण मंत्रालय", []),
    ("Ministry of Jal Shakti", "जल शक्ति मंत्रालय", ["Ministry of Water Resources, River Development and Ganga Rejuvenation"]),
    ("Ministry of Labour and Employment", "श्रम और रोजगार मंत्रालय", ["Ministry of Labour"]),
    ("Ministry of Law and Justice", "विधि और न्याय मंत्रालय", []),
    ("Ministry of Micro, Small and Medium Enterprises", "सूक्ष्म, लघु और मध्यम उद्यम मंत्रालय", []),
    ("Ministry of Mines", "खान मंत्रालय", []),
    ("Ministry of Minority Affairs", "अल्पसंख्यक कार्य मंत्रालय", []),
    ("Ministry of New and Renewable Energy", "नवीन और नवीकरणीय ऊर्जा मंत्रालय", ["Department of New and Renewable Energy"]),
    ("Ministry of Panchayati Raj", "पंचायती राज मंत्रालय", ["Panchayati Raj Department"]),
    ("Ministry of Parliamentary Affairs", "संसदीय कार्य मंत्रालय", []),
    ("Ministry of Personnel, Public Grievances and Pensions", "कार्मिक, लोक शिकायत और पेंशन मंत्रालय", []),
    ("Ministry of Petroleum and Natural Gas", "पेट्रोलियम और प्राकृतिक गैस मंत्रालय", []),
    ("Ministry of Ports, Shipping and Waterways", "पत्तन, पोत परिवहन और जलमार्ग मंत्रालय", ["Ministry of Shipping"]),
    ("Ministry of Power", "विद्युत मंत्रालय", ["Department of Power"]),
    ("Ministry of Railways", "रेल मंत्रालय", []),
    ("Ministry of Road Transport and Highways", "सड़क परिवहन और राजमार्ग मंत्रालय", ["Department of National Highways"]),
    ("Ministry of Rural Development", "ग्रामीण विकास मंत्रालय", []),
    ("Ministry of Science and Technology", "विज्ञान और प्रौद्योगिकी मंत्रालय", []),
    ("Ministry of Skill Development and Entrepreneurship", "कौशल विकास और उद्यमशीलता मंत्रालय", []),
    ("Ministry of Social Justice and Empowerment", "सामाजिक न्याय और अधिकारिता मंत्रालय", []),
    ("Ministry of Statistics and Programme Implementation", "सांख्यिकी और कार्यक्रम कार्यान्वयन मंत्रालय",
     ["Department of Statistics", "Department of Programme Implementation"]),
    ("Ministry of Steel", "इस्पात मंत्रालय", []),
    ("Ministry of Textiles", "वस्त्र मंत्रालय", []),
    ("Ministry of Tourism", "पर्यटन मंत्रालय", []),
    ("Ministry of Tribal Affairs", "जनजातीय कार्य मंत्रालय", ["Ministry of Tribal Affarirs"]),
    ("Ministry of Women and Child Development", "महिला एवं बाल विकास मंत्रालय",
     ["Ministry of Woman and Child Development", "Department of Women and Child Development"]),
    ("Ministry of Youth Affairs and Sports", "युवा कार्यक्रम और खेल मंत्रालय", []),
]

# Department, its Ministry ("" where it stands directly under the Government), Hindi name, other names.
DEPARTMENTS = [
    ("Department of Agriculture and Farmers Welfare", "Ministry of Agriculture and Farmers Welfare", "कृषि एवं किसान कल्याण विभाग",
     ["Department of Agriculture and Cooperation", "Department of Agriculture, Cooperation and Farmers Welfare"]),
    ("Department of Agricultural Research and Education", "Ministry of Agriculture and Farmers Welfare", "कृषि अनुसंधान एवं शिक्षा विभाग",
     ["Department of Agriculture Research and Education", "Department of Agricultural Research and Education (DARE)"]),
    ("Department of Chemicals and Petrochemicals", "Ministry of Chemicals and Fertilizers", "रसायन एवं पेट्रोरसायन विभाग", []),
    ("Department of Fertilizers", "Ministry of Chemicals and Fertilizers", "उर्वरक विभाग", []),
    ("Department of Pharmaceuticals", "Ministry of Chemicals and Fertilizers", "औषध विभाग", []),
    ("Department for Promotion of Industry and Internal Trade", "Ministry of Commerce and Industry", "उद्योग संवर्धन और आंतरिक व्यापार विभाग", []),
    ("Department of Commerce", "Ministry of Commerce and Industry", "वाणिज्य विभाग", []),
    ("Department of Posts", "Ministry of Communications", "डाक विभाग", ["India Post"]),
    ("Department of Telecommunications", "Ministry of Communications", "दूरसंचार विभाग",
     ["Department of Telecommunication", "Department of Telecommunications (DOT)"]),
    ("Department of Consumer Affairs", "Ministry of Consumer Affairs, Food and Public Distribution", "उपभोक्ता मामले विभाग", []),
    ("Department of Food and Public Distribution", "Ministry of Consumer Affairs, Food and Public Distribution", "खाद्य और सार्वजनिक वितरण विभाग", []),
    ("Department of Defence", "Ministry of Defence", "रक्षा विभाग", []),
    ("Department of Defence Production", "Ministry of Defence", "रक्षा उत्पादन विभाग", []),
    ("Department of Defence Research and Development", "Ministry of Defence", "रक्षा अनुसंधान और विकास विभाग", []),
    ("Department of Ex-Servicemen Welfare", "Ministry of Defence", "भूतपूर्व सैनिक कल्याण विभाग", []),
    ("Department of Military Affairs", "Ministry of Defence", "सैन्य कार्य विभाग", []),
    ("Department of School Education and Literacy", "Ministry of Education", "स्कूल शिक्षा और साक्षरता विभाग", []),
    ("Department of Higher Education", "Ministry of Education", "उच्चतर शिक्षा विभाग", []),
    ("Department of Economic Affairs", "Ministry of Finance", "आर्थिक कार्य विभाग", []),
    ("Department of Expenditure", "Ministry of Finance", "व्यय विभाग", []),
    ("Department of Financial Services", "Ministry of Finance", "वित्तीय सेवाएं विभाग", ["Department of Financial Service"]),
    ("Department of Investment and Public Asset Management", "Ministry of Finance", "निवेश और लोक परिसंपत्ति प्रबंधन विभाग", []),
    ("Department of Public Enterprises", "Ministry of Finance", "लोक उद्यम विभाग", []),
    ("Department of Revenue", "Ministry of Finance", "राजस्व विभाग", []),
    ("Department of Animal Husbandry and Dairying", "Ministry of Fisheries, Animal Husbandry and Dairying", "पशुपालन और डेयरी विभाग",
     ["Department of Animal Husbandary, Diary and Fisheries"]),
    ("Department of Fisheries", "Ministry of Fisheries, Animal Husbandry and Dairying", "मत्स्यपालन विभाग", []),
    ("Department of Health and Family Welfare", "Ministry of Health and Family Welfare", "स्वास्थ्य एवं परिवार कल्याण विभाग", []),
    ("Department of Health Research", "Ministry of Health and Family Welfare", "स्वास्थ्य अनुसंधान विभाग",
     ["Department of Health Research, Ministry of Health and Family Welfare"]),
    ("Department of Border Management", "Ministry of Home Affairs", "सीमा प्रबंधन विभाग", []),
    ("Department of Home", "Ministry of Home Affairs", "गृह विभाग", []),
    ("Department of Internal Security", "Ministry of Home Affairs", "आंतरिक सुरक्षा विभाग", []),
    ("Department of Jammu, Kashmir and Ladakh Affairs", "Ministry of Home Affairs", "जम्मू, कश्मीर और लद्दाख कार्य विभाग",
     ["Department of Jammu and Kashmir (J and K) Affairs"]),
    ("Department of Official Language", "Ministry of Home Affairs", "राजभाषा विभाग", []),
    ("Department of States", "Ministry of Home Affairs", "राज्य विभाग", []),
    ("Department of Drinking Water and Sanitation", "Ministry of Jal Shakti", "पेयजल और स्वच्छता विभाग", ["Department of Drinking Water Supply"]),
    ("Department of Water Resources, River Development and Ganga Rejuvenation", "Ministry of Jal Shakti", "जल संसाधन, नदी विकास और गंगा संरक्षण विभाग", []),
    ("Department of Justice", "Ministry of Law and Justice", "न्याय विभाग", []),
    ("Department of Legal Affairs", "Ministry of Law and Justice", "विधि कार्य विभाग", []),
    ("Legislative Department", "Ministry of Law and Justice", "विधायी विभाग", []),
    ("Department of Administrative Reforms and Public Grievances", "Ministry of Personnel, Public Grievances and Pensions", "प्रशासनिक सुधार और लोक शिकायत विभाग",
     ["Department of Administrative Reforms and Public Grievances (DARPG)"]),
    ("Department of Pension and Pensioners' Welfare", "Ministry of Personnel, Public Grievances and Pensions", "पेंशन और पेंशनभोगी कल्याण विभाग",
     ["Department of Pension and Pensioners Welfare", "Department of Pension and Pensioner's Welfare"]),
    ("Department of Personnel and Training", "Ministry of Personnel, Public Grievances and Pensions", "कार्मिक और प्रशिक्षण विभाग", []),
    ("Department of Land Resources", "Ministry of Rural Development", "भूमि संसाधन विभाग", ["Department of Land Resources (DLR)"]),
    ("Department of Rural Development", "Ministry of Rural Development", "ग्रामीण विकास विभाग", ["Department of Rural Development (DRD)"]),
    ("Department of Biotechnology", "Ministry of Science and Technology", "जैव प्रौद्योगिकी विभाग", ["Department of Biotechnology (DBT), Government of India"]),
    ("Department of Science and Technology", "Ministry of Science and Technology", "विज्ञान और प्रौद्योगिकी विभाग", ["Department of Science and Technology (DST)"]),
    ("Department of Scientific and Industrial Research", "Ministry of Science and Technology", "वैज्ञानिक और औद्योगिक अनुसंधान विभाग",
     ["Department of Scientific and Industrial Research (DSIR)"]),
    ("Department of Empowerment of Persons with Disabilities", "Ministry of Social Justice and Empowerment", "दिव्यांगजन सशक्तिकरण विभाग", []),
    ("Department of Social Justice and Empowerment", "Ministry of Social Justice and Empowerment", "सामाजिक न्याय और अधिकारिता विभाग",
     ["Department of Socail Justice"]),
    ("Department of Sports", "Ministry of Youth Affairs and Sports", "खेल विभाग", []),
    ("Department of Youth Affairs", "Ministry of Youth Affairs and Sports", "युवा कार्यक्रम विभाग", []),
    ("Department of Atomic Energy", "", "परमाणु ऊर्जा विभाग", ["Dept. of Atomic Energy"]),
    ("Department of Space", "", "अंतरिक्ष विभाग", ["Dept. of Space"]),
]

STATES = {
    "Andaman and Nicobar Islands": "अंडमान और निकोबार द्वीपसमूह", "Andhra Pradesh": "आंध्र प्रदेश", "Arunachal Pradesh": "अरुणाचल प्रदेश",
    "Assam": "असम", "Bihar": "बिहार", "Chandigarh": "चंडीगढ़", "Chhattisgarh": "छत्तीसगढ़", "Delhi": "दिल्ली", "Goa": "गोवा",
    "Gujarat": "गुजरात", "Haryana": "हरियाणा", "Himachal Pradesh": "हिमाचल प्रदेश", "Jammu and Kashmir": "जम्मू और कश्मीर",
    "Jharkhand": "झारखंड", "Karnataka": "कर्नाटक", "Kerala": "केरल", "Ladakh": "लद्दाख", "Lakshadweep": "लक्षद्वीप",
    "Madhya Pradesh": "मध्य प्रदेश", "Maharashtra": "महाराष्ट्र", "Manipur": "मणिपुर", "Meghalaya": "मेघालय", "Mizoram": "मिजोरम",
    "Nagaland": "नागालैंड", "Odisha": "ओडिशा", "Puducherry": "पुदुचेरी", "Punjab": "पंजाब", "Rajasthan": "राजस्थान", "Sikkim": "सिक्किम",
    "Tamil Nadu": "तमिलनाडु", "Telangana": "तेलंगाना", "Dadra and Nagar Haveli and Daman and Diu": "दादरा और नगर हवेली तथा दमन और दीव",
    "Tripura": "त्रिपुरा", "Uttarakhand": "उत्तराखंड", "Uttar Pradesh": "उत्तर प्रदेश", "West Bengal": "पश्चिम बंगाल",
}

# ---------------------------------------------------------------- small tools


def rows(path):
    with open(path, encoding="utf-8-sig", newline="") as f:
        return list(csv.DictReader(f))


def table(name):
    """A judgement table beside this script: tab separated, a header row, no quoting."""
    lines = (HERE / name).read_text(encoding="utf-8").splitlines()
    head = lines[0].split("\t")
    out = []
    for n, line in enumerate(lines[1:], 2):
        if not line.strip() or line.startswith("#"):
            continue
        cells = line.split("\t")
        if len(cells) > len(head):
            sys.exit(f"{name}:{n}: {len(cells)} cells, {len(head)} columns")
        out.append(dict(zip(head, [c.strip() for c in cells] + [""] * (len(head) - len(cells)))))
    return out


def write(name, columns, data):
    with open(OUT / name, "w", encoding="utf-8", newline="") as f:
        w = csv.writer(f, lineterminator="\n")
        w.writerow(columns)
        w.writerows([r[c] for c in columns] for r in data)
    print(f"{name}: {len(data)} rows")


def slug(name, room):
    s = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    s = s.replace("&", " and ").replace("'", "")
    s = re.sub(r"[^a-z0-9]+", "-", s).strip("-")
    if len(s) > room:
        s = "-".join(w for w in s.split("-") if w not in SMALL)
    if len(s) > room:
        s = s[:room + 1].rpartition("-")[0] or s[:room]
    return s


def norm(name):
    """The same for spellings that differ only in case, "&"/"and", a leading "the", dots and spaces."""
    s = name.lower().replace("&", " and ").replace(".", "")
    s = re.sub(r"[^a-z0-9]+", " ", s)
    return " ".join(w for w in s.split() if w not in ("the", "and"))


SMALL = {"of", "and", "for", "in", "on", "the", "to", "with", "at"}
ABBREVIATIONS = {
    "ltd": "Limited", "ltd,": "Limited", "corpn": "Corporation", "corp": "Corporation", "corp.ltd": "Corporation Limited",
    "corpn.ltd": "Corporation Limited", "dev.corpn": "Development Corporation", "dev.corp.ltd": "Development Corporation Limited",
    "plant.dev.corp.ltd": "Plantation Development Corporation Limited", "co": "Company", "devp": "Development", "devt": "Development",
    "devt.agency": "Development Agency", "devp.co": "Development Company", "devpt": "Development", "dev": "Development",
    "engg": "Engineering", "mfg": "Manufacturing", "isl": "Islands", "costn": "Construction", "fright": "Freight", "agri": "Agricultural",
    "pvt": "Private", "tranmission": "Transmission", "coalfieldls": "Coalfields", "hoogly": "Hooghly",
    "pharemaceuticals": "Pharmaceuticals", "securitsation": "Securitisation",
    "brahamputra": "Brahmaputra", "chhattishgarh": "Chhattisgarh", "visakhapatanam": "Visakhapatnam",
}
CAPITALS = set("""BEML BEL HMT HLL HSCC HIL IDPL IFCI IIFCL IREL ITI EPI EPIUIDL FCI ECGC STCL PEC MMTC MSTC BSNL TCIL NTPC NHPC NHDC
NLC NMDC CMDC NBCC NPCIL NALCO ONGC OIL GAIL HPCL BPCL KIAL PFC REC RITES SAIL SJVN THDC WAPCOS MECON MOIL KIOCL MJSJ MNH CSR CONCOR
IRCON PB AAI GN LNG JPDA WRSS XXI(A) NM SIDCUL BHEL NEPA MAMC CERSAI IDBI NMDC-CMDC BPCL-KIAL UCO BEL-THALES (EPIUIDL) (CERSAI) VAPI-II
J K""".split())
CAPITALS.discard("OIL")
CAPITALS.discard("NEPA")


def tidy(name):
    """Title case for a name in capitals, the usual abbreviations written out."""
    words = re.sub(r"(?<=[A-Z])\.\s*(?=[A-Z]{2})", ". ", name).replace("&", "and").split()
    loud = sum(c.isupper() for c in name) > 0.6 * sum(c.isalpha() for c in name)
    out = []
    for i, w in enumerate(words):
        bare = w.rstrip(".,").lower()
        if bare in ABBREVIATIONS:
            out.append(ABBREVIATIONS[bare])
        elif bare == "j" and words[i + 1:i + 3] == ["and", "K"]:
            out.append("J")
        elif w.rstrip(",") in CAPITALS or not loud and w.isupper():
            out.append(w)
        elif i and w.lower() in SMALL:
            out.append(w.lower())
        elif loud:
            out.append(re.sub(r"[a-z]+", lambda m: m.group().capitalize(), w.lower()))
        else:
            out.append(w[0].upper() + w[1:])
    return " ".join(out)


# ---------------------------------------------------------------- organisations


def organisations(source):
    gov = source / "india-gov"
    ministries = rows(gov / "ministries_departments.csv")
    tree = rows(gov / "lgd_central_parents.csv") + rows(gov / "lgd_central_organisations.csv")
    out, by_name, taken = [], {}, set()

    def put(prefix, short, parent, kind, en, hi, src, others=()):
        code = prefix + slug(short, 64 - len(prefix))
        if code in taken:
            sys.exit(f"organisations: {code} twice ({en})")
        taken.add(code)
        out.append(dict(code=code, parent=parent, kind=kind, name_en=en, name_hi=hi, source=src))
        for n in (en, *others):
            by_name[norm(n)] = code
        return code

    igot = {norm(r["name"]) for r in ministries}
    listed = {norm(r["name"]) for r in tree}

    def origin(en, others):
        names = {norm(n) for n in (en, *others)}
        if names & listed:
            return "LGD"
        if names & igot:
            return "iGOT"
        return "iGOT" if norm(en) in {norm(r["name"]) for r in rows(gov / "igot_org_master.csv")} else sys.exit(f"no source lists {en}")

    out.append(dict(code="india", parent="", kind="government", name_en="Government of India", name_hi="भारत सरकार", source="LGD"))
    taken.add("india")
    for en, hi, others in MINISTRIES:
        put("min.", re.sub(r"^Ministry of ", "", en), "india", "ministry", en, hi, origin(en, others), others)
    for en, ministry, hi, others in DEPARTMENTS:
        short = re.sub(r"^Department (of|for) | Department$", "", en)
        put("dep.", short, by_name[norm(ministry)] if ministry else "india", "department", en, hi, origin(en, others), others)

    by_lgd = {}
    fixes = {r["org_code"]: r for r in table("lgd_fixes.tsv")}
    unused = set(fixes)
    extra = table("organisations_extra.tsv")
    master = {norm(r["name"]) for r in rows(gov / "igot_org_master.csv")} | igot
    master |= {norm(r["provider"]) for r in rows(source / "igot-catalogue" / "courses.csv")}
    for r in extra:
        if norm(r["master_name"]) not in master:
            sys.exit(f"organisations_extra.tsv: not in the iGOT lists: {r['master_name']}")
        put("org.", r["slug"] or r["name_en"], r["parent"], r["kind"], r["name_en"], r["name_hi"], "iGOT", (r["master_name"],))

    for r in tree:
        code = r["org_code"]
        fix = fixes.get(code, {})
        unused.discard(code)
        if fix.get("action") == "drop":
            continue
        if "(NGO)" in r["name"] or r.get("parent_code") in ("1560", "1617") and fix.get("action") != "keep":
            continue
        name = fix.get("name") or re.sub("^The ", "", tidy(r["name"]))
        seen = by_name.get(norm(name)) or by_name.get(norm(r["name"]))
        if seen:
            by_lgd[code] = seen
            continue
        parent = fix.get("parent") or by_lgd.get(r.get("parent_code", ""))
        if not parent:
            sys.exit(f"organisations: {code} {r['name']}: no parent")
        by_lgd[code] = put("org.", name, parent, fix.get("kind") or "office", name, fix.get("name_hi", ""), "LGD", (r["name"],))
    if unused:
        sys.exit(f"lgd_fixes.tsv: not in the source: {sorted(unused)}")
    for r in rows(gov / "lgd_states.csv"):
        name = tidy(re.sub(r"^THE ", "", r["state_name"]))
        put("st.", name, "india", "state", name, STATES[name], "LGD")
    codes = {r["code"] for r in out}
    for r in out:
        if r["parent"] and r["parent"] not in codes:
            sys.exit(f"organisations: {r['code']}: unknown parent {r['parent']}")
    write("organisations.csv", ["code", "parent", "kind", "name_en", "name_hi", "source"], out)
    return codes


# ---------------------------------------------------------------- services, designations, providers


def services(source):
    hindi = {r["seq"]: r for r in table("services.tsv")}
    out = []
    for r in rows(source / "india-gov" / "services.csv"):
        t = hindi[r["seq"]]
        name = t["name_en"] or r["name"]
        out.append(dict(code="svc." + slug(name, 60), name_en=name, name_hi=t["name_hi"]))
    write("services.csv", ["code", "name_en", "name_hi"], unique("services", out))


def designations(source):
    keys = {r["key"] for r in rows(source / "india-gov" / "designations.csv")}
    out = []
    for r in table("designations.tsv"):
        # an empty key: a post that exists but that the source list lacks
        if r["key"] and r["key"] not in keys:
            sys.exit(f"designations.tsv: not in the source: {r['key']}")
        out.append(dict(code="des." + slug(r["name_en"], 60), name_en=r["name_en"], name_hi=r["name_hi"]))
    write("designations.csv", ["code", "name_en", "name_hi"], unique("designations", out))


def unique(what, data):
    codes = [r["code"] for r in data]
    if len(set(codes)) != len(codes):
        sys.exit(f"{what}: twice: {sorted(c for c in set(codes) if codes.count(c) > 1)}")
    return data


def providers(source, organisation_codes):
    """Write providers.csv; give the code of each catalogue provider."""
    names = {r["provider"] for r in rows(source / "igot-catalogue" / "courses.csv")}
    out = [dict(code="prv.igot-commons", organisation="", name_en="iGOT Commons", name_hi="आईगॉट कॉमन्स")]
    codes = {}
    for r in table("providers.tsv"):
        if r["catalogue_name"] not in names:
            sys.exit(f"providers.tsv: not in the catalogue: {r['catalogue_name']}")
        name = r["name_en"] or r["catalogue_name"]
        code = codes[r["catalogue_name"]] = "prv." + slug(r["slug"] or name, 60)
        if r["organisation"] and r["organisation"] not in organisation_codes:
            sys.exit(f"providers.tsv: unknown organisation {r['organisation']}")
        out.append(dict(code=code, organisation=r["organisation"], name_en=name, name_hi=r["name_hi"]))
    if names - set(codes):
        sys.exit(f"providers.tsv: missing: {sorted(names - set(codes))}")
    write("providers.csv", ["code", "organisation", "name_en", "name_hi"], unique("providers", out))
    return codes


# ---------------------------------------------------------------- courses and what they teach


def language(title):
    for c in title:
        if "\u0900" <= c <= "\u097f":
            return "hi"
        if "\u0c00" <= c <= "\u0c7f":
            return "te"
    return "en"


def levels(course, text):
    out = []
    for part in text.split(", "):
        m = re.fullmatch(r"((?:beh|fun|dom)\.[a-z-]+) ([1-5])-([1-5])", part)
        if not m or not (m[2] < m[3] or m[2] == m[3] == "1"):
            sys.exit(f"{course}: not a competency with entry and exit levels: {part}")
        out.append((m[1], m[2], m[3]))
    if not 1 <= len(out) <= 3 or len({c for c, _, _ in out}) != len(out):
        sys.exit(f"{course}: one to three different competencies wanted: {text}")
    return out


def courses(source, provider_codes):
    out, teaches = [], []

    def put(code, competencies, **cells):
        out.append(dict(code=code, **cells))
        teaches.extend(dict(course=code, competency=c, entry=a, exit=b, reviewed="no") for c, a, b in levels(code, competencies))

    studied = {}  # the stated duration of our own courses is that of their modules
    for path in sorted(OUT.glob("modules-*.csv")):
        for m in rows(path):
            studied[m["course"]] = studied.get(m["course"], 0) + int(m["minutes"])
    for r in table("own_courses.tsv"):
        put(r["code"], r["competencies"], provider="prv.igot-commons", language=r["language"], title_en=r["title_en"], title_hi=r["title_hi"],
            summary_en=r["summary_en"], summary_hi=r["summary_hi"], minutes=studied.get(r["code"], 60), category="Course", source_id="")
    catalogue = {r["identifier"]: r for r in rows(source / "igot-catalogue" / "courses.csv")}
    for r in table("catalogue_courses.tsv"):
        c = catalogue.get(r["identifier"]) or sys.exit(f"catalogue_courses.tsv: not in the catalogue: {r['identifier']}")
        name = " ".join(c["name"].split())
        title = r["title"] or name
        lang = r["language"] or language(name)
        hindi = lang == "hi"
        minutes = max(1, int(float(c["duration_s"] or 0) / 60 + 0.5))
        put("cat." + r["identifier"][-12:], r["competencies"], provider=provider_codes[c["provider"]], language=lang,
            title_en="" if hindi else title, title_hi=title if hindi else "", summary_en="" if hindi else r["summary"],
            summary_hi=r["summary"] if hindi else "", minutes=minutes, category=c["primary_category"], source_id=r["identifier"])
    columns = ["code", "provider", "language", "title_en", "title_hi", "summary_en", "summary_hi", "minutes", "category", "source_id"]
    write("courses.csv", columns, unique("courses", out))
    write("course_competencies.csv", ["course", "competency", "entry", "exit", "reviewed"], teaches)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    source = pathlib.Path(sys.argv[1])
    OUT.mkdir(exist_ok=True)
    organisation_codes = organisations(source)
    services(source)
    designations(source)
    courses(source, providers(source, organisation_codes))


if __name__ == "__main__":
    main()
