"""A lawful content for every kind of record: what the fuzzer changes, so that its inputs reach the folds.

``{name}`` stands for what the vault in question has: subject, record (an id), person, device, other (device),
hash, study, vault, key (a public key), sig (a signature of right length), day, at.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from mda5_crf.db import projection

VAULT, SUBJECT, EVENT, FORM, ROWS, ITEM = (
    "",
    "{subject}",
    "{subject}/BL",
    "{subject}/BL/VS",
    "{subject}/LOG/CM/ROWS",
    ("{subject}/BL/VS/VITALS/SYSBP_VSORRES"),
)
_SECOND: Final = {"person": "{other_person}", "sig": "{sig}"}
_REASON: Final = {"code": "OTHER", "text": "entered for the wrong visit"}
_CERTIFICATE: Final = {
    "by": "authority",
    "sig": "{sig}",
    "certificate": {
        "author": "{key}",
        "box": "{box}",
        "login": "n55",
        "name": "Qian Yu",
        "person": "{other_person}",
        "serial": 1,
        "sign": "{key}",
        "site": "01",
        "study": "{study}",
        "vault": "{vault}",
        "tasks": [{"from": "{day}", "role": "data_entry", "to": ""}],
    },
}
_LIST: Final = {
    "version": 1,
    "study": "{study}",
    "number": 1,
    "made": "{at}",
    "authority": "{key}",
    "entries": [
        {
            "device": "{other}",
            "name": "Ward 3",
            "site": "01",
            "last": 1,
            "reason": "lost",
            "at": "{at}",
            "person": "",
            "key": "",
        },
    ],
}
_CARD: Final = {
    "study": "{study}",
    "device": "{other}",
    "name": "Ward 3",
    "site": "01",
    "sign": "{key}",
    "box": "{box}",
    "authority": "{key}",
    "definition": "{hash}",
    "demo": False,
}

CONTENTS: Final[Mapping[str, tuple[str, tuple[dict[str, Any], ...]]]] = {
    "device": (
        VAULT,
        (
            {
                "device": "{device}",
                "name": "Ward",
                "site": "01",
                "sign": "{key}",
                "box": "{box}",
                "parent": "",
                "authority": "{key}",
                "vault": "{vault}",
                "post": "{other}",
            },
        ),
    ),
    "definition": (VAULT, ({"hash": "{hash}", "oid": "{study}", "version": "2.2.1"},)),
    "certificate": (VAULT, (_CERTIFICATE,)),
    "import": (
        VAULT,
        (
            {"what": "taken", "sha256": "{hash}", "file": "other.xml", "answers": 3},
            {"what": "root", "n": 0, "part": 0, "of": 1, "nodes": [[0, "ODM", ["FileOID", "F"], None]]},
        ),
    ),
    "frame": (
        SUBJECT,
        ({"import": "{nonce}", "n": 0, "part": 0, "of": 1, "nodes": [[0, "SubjectData", [], None]]},),
    ),
    "user": (
        VAULT,
        ({"person": "{other_person}", "state": "active"}, {"person": "{other_person}", "state": "disabled"}),
    ),
    "delegation": (
        VAULT,
        (
            {
                "sig": "{sig}",
                "delegation": {
                    "study": "{study}",
                    "site": "01",
                    "vault": "{vault}",
                    "code": "Q5",
                    "name": "Qian Yu",
                    "serial": 1,
                    "duties": [{"duty": "JOINTS", "from": "{day}", "to": ""}],
                },
            },
        ),
    ),
    "password": (VAULT, ({"login": "i01"},)),
    "recovery": (
        VAULT,
        (
            {
                "act": "made",
                "set": 1,
                "box": "{box}",
                "sign": "{key}",
                "sig": "{sig}",
                "holders": ["A", "B"],
                "second": "{other_person}",
            },
            {"act": "used", "set": 1, "sheets": [1, 2], "person": "{person}", "reason": "lost"},
        ),
    ),
    "identities": (
        VAULT,
        (
            {"act": "created"},
            {"act": "granted", "person": "{other_person}"},
            {"act": "revoked", "person": "{other_person}"},
            {"act": "renewed"},
        ),
    ),
    "peer": (
        VAULT,
        (
            {**_CARD, "state": "approved", "label": "W", "second": _SECOND, "sig": "{sig}"},
            {**_CARD, "state": "revoked", "sig": "{sig}"},
        ),
    ),
    "invitation": (
        VAULT,
        (
            {
                "state": "made",
                "nonce": "{nonce}",
                "site": "03",
                "name": "Ward 3",
                "made": "{at}",
                "expires": "{at}",
                "sha256": "{hash}",
                "definition": "{hash}",
            },
            {"state": "used", "nonce": "{nonce}", "name": "Ward 3", "device": "{other}", "request": "{hash}"},
        ),
    ),
    "joining": (
        VAULT,
        (
            {
                "state": "asked",
                "nonce": "{nonce}",
                "centre": "{other}",
                "name": "Centre",
                "invitation": "{hash}",
                "request": "AAAA",
                "card": _CARD,
                "expires": "{at}",
            },
            {"state": "joined", "nonce": "{nonce}", "centre": "{other}", "name": "Centre"},
        ),
    ),
    "revocation": (
        VAULT,
        (
            {"act": "heard", "list": _LIST, "sig": "{sig}"},
            {"act": "made", "list": _LIST, "sig": "{sig}", "second": _SECOND},
        ),
    ),
    "login": (VAULT, ({"login": "i01", "result": "ok", "failures": 2},)),
    "logout": (VAULT, ({"login": "i01", "reason": "idle"},)),
    "clock": (
        VAULT,
        (
            {"flag": "behind", "wall": "{at}", "latest": "{at}"},
            {"flag": "corrected", "wall": "{at}", "latest": "{at}", "reason": "battery", "second": _SECOND},
        ),
    ),
    "reference": (
        VAULT,
        (
            {
                "table": "range",
                "state": "live",
                "reason": "",
                "row": {
                    "age_from": "",
                    "age_to": "",
                    "from": "",
                    "high": "9.5",
                    "laboratory": "LAB01",
                    "low": "3.5",
                    "sex": "",
                    "testcd": "WBC",
                    "to": "",
                    "unit": "10\u2079/L",
                },
            },
        ),
    ),
    "subject": (VAULT, ({"site": "01", "subjid": "01-0{two}"},)),
    "event": (SUBJECT, ({"event": "UNS"},)),
    "form": (EVENT, ({"form": "HRCT"},)),
    "row": (
        ROWS,
        ({}, {"origin": {"check": "SV-02", "place": "{record}"}}, {"origin": {"moved": "{record}"}}),
    ),
    "strike": (
        ROWS + "[{record}]",
        ({"state": "struck", "reason": "twice"}, {"state": "restored", "reason": "not"}),
    ),
    "value": (
        ITEM,
        (
            {"text": "120"},
            {"text": "12.0", "unit": "mmHg", "reason": _REASON, "typed": "{at}"},
            {"text": "5", "origin": "pasted", "prompt": ["VS-01"]},
        ),
    ),
    "missing": (ITEM, ({"code": "ND"},)),
    "confirm": (ITEM, ({"check": "VS-01", "text": "120"},)),
    "status": (FORM, ({"status": "complete"}, {"status": "incomplete"})),
    "pin": (FORM, ({"definition": "{hash}"},)),
    "second": (
        ITEM,
        (
            {"text": "120", "unit": "", "of": ["{record}"], "result": "same"},
            {"code": "ND", "of": ["{record}"], "result": "differs"},
        ),
    ),
    "second-row": (ROWS, ({}, {"state": "struck"}, {"state": "paired", "first": "{record}"})),
    "second-resolved": (
        ITEM,
        (
            {
                "choice": "first",
                "first": ["{record}"],
                "second": "{record}",
                "stands": ["{record}"],
                "note": "n",
            },
        ),
    ),
    "query": (
        ITEM,
        (
            {"query": "{nonce}", "source": "manual", "state": "Open", "text": "Which arm?"},
            {
                "query": "{nonce}",
                "state": "Answered",
                "answer": "left",
                "text": "",
                "paper": {"code": "X", "issue": 1, "by": "Q", "written": "{day}"},
            },
            {"query": "{nonce}", "state": "Closed", "note": "ok", "own": True},
        ),
    ),
    "backup": (
        VAULT,
        (
            {
                "act": "made",
                "name": "x",
                "reason": "hand",
                "records": 5,
                "bytes": 9,
                "second": "failed",
                "manifest": "{hash}",
            },
            {"act": "plan", "hours": 4, "days": 7},
        ),
    ),
    "restore": (
        VAULT,
        (
            {"act": "copied", "device": "{device}", "parent": "{other}", "second": _SECOND},
            {
                "act": "restored",
                "device": "{device}",
                "parent": "{other}",
                "second": "{person}",
                "lost": {"{other}": {"first": 1, "last": 2, "hash": "{hash}"}},
            },
        ),
    ),
    "drill": (
        VAULT,
        ({"name": "x", "place": "backups", "result": "good", "records": 5, "since": 1, "troubles": []},),
    ),
    "print": (
        SUBJECT,
        (
            {
                "kind": "casebook",
                "order": "{nonce}",
                "number": "01-001",
                "language": "en",
                "gen": 1,
                "definition": "{hash}",
                "made": "{at}",
                "by": "Li Na",
                "program": "0.6.0",
                "heads": {"{device}": 3},
                "numbers": [1, 2],
                "codes": ["TKKJ-K0G7-RMWH"],
                "texts": ["{hash}"],
                "sha256": "{hash}",
                "as_of": "{at}",
            },
        ),
    ),
    "export": (VAULT, ({"kind": "csv", "sha256": "{hash}", "heads": {"{device}": 3}, "records": 5},)),
    "bundle": (
        VAULT,
        (
            {
                "direction": "out",
                "number": 1,
                "peer": "{other}",
                "sha256": "{hash}",
                "prev": "",
                "made": "{at}",
                "records": 5,
                "from": {},
                "to": {"{device}": 5},
            },
            {
                "direction": "in",
                "number": 1,
                "peer": "{other}",
                "sha256": "{hash}",
                "prev": "",
                "made": "{at}",
                "from": {},
                "to": {"{other}": 5},
                "have": {"{device}": 2},
                "receipts": [1],
                "new": 5,
                "known": 0,
                "aside": ["{record}"],
                "stubs": {"{other}": 1},
            },
        ),
    ),
    "view": (FORM, ({}, {"as": "second"})),
    "trail-review": (
        VAULT,
        ({"remark": "read", "filter": {"kind": ["value"]}, "records": 5, "heads": {"{device}": 5}},),
    ),
    "redaction": (
        VAULT,
        (
            {
                "records": ["{record}"],
                "reason": _REASON,
                "still_contains": ["paper"],
                "proposed": {"person": "{person}", "sig": "{sig}"},
                "confirmed": _SECOND,
            },
        ),
    ),
    "void": (
        FORM,
        ({"upto": {"{device}": 3}, "moved_to": "{subject}/SCR", "reason": _REASON, "second": _SECOND},),
    ),
    "unvoid": (FORM, ({"voids": ["{record}"], "reason": _REASON, "second": _SECOND},)),
    "signature": (
        FORM,
        (
            {
                "meaning": "REVIEWED",
                "name": "Li Na",
                "program": "0.6.0",
                "records": {"{device}": "1-3,5"},
                "computed": None,
                "computed_hash": "{hash}",
                "manifest": "{hash}",
                "batch": ["{hash}"],
                "sig": "{sig}",
            },
        ),
    ),
    "endorse": (ITEM, ({"records": ["{record}"]},)),
    "coding": (
        ITEM,
        (
            {
                "state": "coded",
                "verbatim": "fever",
                "dictionary": "MEDDRA",
                "version": "27.1",
                "codes": {"pt": {"code": "10000001", "en": "Made up", "zh": "虚构"}},
                "coder": "Li Na",
                "coded": "2026-09-01",
                "file": {"name": "back.xlsx", "sha256": "{hash}", "row": 2},
                "reason": "",
            },
        ),
    ),
    "mapping": (
        VAULT,
        (
            {
                "layout": "{hash}",
                "columns": [{"heading": "结果", "role": "result"}],
                "tests": [{"name": "wbc", "item": "LBH.WBC_LBORRES", "unit": "10⁹/L"}],
                "laboratory": "LAB01",
                "file": {"name": "lab.xlsx", "sha256": "{hash}"},
            },
        ),
    ),
    "lock": (
        FORM,
        (
            {"state": "frozen", "reason": "", "seen": {"{device}": 4}},
            {"state": "locked", "seen": {"{device}": 4}, "counts": {"subjects": 1}},
            {"state": "unlocked", "reason": "data", "second": _SECOND},
        ),
    ),
    "amendment": (
        VAULT,
        (
            {
                "hash": "{nonce}{nonce}",
                "oid": "{study}",
                "version": "9.0.0",
                "base": "{hash}",
                "reason": "dose",
                "sig": "{sig}",
                "second": _SECOND,
            },
        ),
    ),
    "site-approval": (
        VAULT,
        (
            {
                "definition": "{hash}",
                "version": "9.0.0",
                "site": "01",
                "approved": "{day}",
                "from": "{day}",
                "sig": "{sig}",
            },
        ),
    ),
    "overlay": (
        VAULT,
        (
            {
                "act": "set",
                "check": "VS-01",
                "action": "warning",
                "from": "{day}",
                "until": "",
                "reason": {"en": "x", "zh": "y"},
                "tried": ["{hash}"],
                "sig": "{sig}",
                "second": _SECOND,
            },
            {
                "act": "withdrawn",
                "overlay": "{record}",
                "reason": {"en": "x", "zh": "y"},
                "sig": "{sig}",
                "second": _SECOND,
            },
        ),
    ),
    "released": (VAULT, ({"cause": "take", "program": "0.6.0", "records": ["{record}"], "reasons": ["x"]},)),
    "verify": (
        ITEM,
        ({"state": "verified", "of": "{record}", "hash": "{hash}"}, {"state": "withdrawn", "note": "n"}),
    ),
    "review": (ITEM, ({"state": "seen"},)),
    "rekey": (VAULT, ({"gen": 2, "reason": "lost"},)),
}


def unknown_kinds() -> frozenset[str]:
    """Kinds that the program knows and this table does not, or the other way round: empty."""
    return projection.KINDS ^ frozenset(CONTENTS)


def filled(value: Any, facts: Mapping[str, str]) -> Any:  # noqa: ANN401 - JSON
    """A copy in which ``{name}`` is what ``facts`` say; their texts need no escapes."""
    whole = json.dumps(value)
    for name, said in facts.items():
        whole = whole.replace("{" + name + "}", said)
    return json.loads(whole)
