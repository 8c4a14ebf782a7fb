"""All cryptography of the program: the only place that imports ``cryptography`` and ``pyrage``.

Everything here is composition of those packages (docs/architecture.md, "The journal, the keys, the
bundle"). Callers use the names below; a failure is a ValueError of its own class and never quotes data:
``CanonError``, ``KeyRefused``, ``BadSignature``, ``BoxRefused``, ``WrapRefused``, ``CostRefused``,
``CertificateRefused``.
"""

from mda5_crf.crypto.box import BoxPublic, BoxRefused, BoxSecret, check_header
from mda5_crf.crypto.canon import CanonError, canon, parse_canon, whole_text
from mda5_crf.crypto.certificates import (
    AUTHORITY,
    ROLES,
    Certificate,
    CertificateRefused,
    CertifiedKey,
    Task,
    certificate_valid,
    login_ok,
)
from mda5_crf.crypto.hashes import (
    content_hash,
    digest,
    file_hash,
    genesis_hash,
    hkdf,
    keyed_hash,
    random_bytes,
    random_id,
    record_hash,
    same,
)
from mda5_crf.crypto.pagecode import CodeRefused, code_of, page_code, page_mac, read_code
from mda5_crf.crypto.phrase import join_phrase
from mda5_crf.crypto.signing import (
    BadSignature,
    KeyRefused,
    SigningKey,
    VerifyKey,
    base64_text,
    seal,
    seal_fits,
    unbase64,
)
from mda5_crf.crypto.words import draw_digits, draw_words, word_list
from mda5_crf.crypto.wrapping import (
    Cost,
    CostRefused,
    Part,
    WrapRefused,
    forget,
    new_password_key,
    normal_password,
    part_key,
    password_key,
    unwrap,
    wrap,
)

__all__ = [
    "AUTHORITY",
    "ROLES",
    "BadSignature",
    "BoxPublic",
    "BoxRefused",
    "BoxSecret",
    "CanonError",
    "Certificate",
    "CertificateRefused",
    "CertifiedKey",
    "CodeRefused",
    "Cost",
    "CostRefused",
    "KeyRefused",
    "Part",
    "SigningKey",
    "Task",
    "VerifyKey",
    "WrapRefused",
    "base64_text",
    "canon",
    "certificate_valid",
    "check_header",
    "code_of",
    "content_hash",
    "digest",
    "draw_digits",
    "draw_words",
    "file_hash",
    "forget",
    "genesis_hash",
    "hkdf",
    "join_phrase",
    "keyed_hash",
    "login_ok",
    "new_password_key",
    "normal_password",
    "page_code",
    "page_mac",
    "parse_canon",
    "part_key",
    "password_key",
    "random_bytes",
    "random_id",
    "read_code",
    "record_hash",
    "same",
    "seal",
    "seal_fits",
    "unbase64",
    "unwrap",
    "whole_text",
    "word_list",
    "wrap",
]
