"""Approved texts and permanent OIDs of a definition, and how two definitions differ."""

MESSAGES: dict[str, tuple[str, str]] = {
    "english_changed": (
        'The English changed and the Chinese did not: "{en}" beside "{zh}". '
        "Correct the other language, or approve the pair with study approve.",
        "英文已改而中文未改：“{en}”与“{zh}”。请修改另一语言，或用 study approve 批准。",
    ),
    "chinese_changed": (
        'The Chinese changed and the English did not: "{en}" beside "{zh}". '
        "Correct the other language, or approve the pair with study approve.",
        "中文已改而英文未改：“{en}”与“{zh}”。请修改另一语言，或用 study approve 批准。",
    ),
    "bad_line": (
        "This line was not written by study approve.",
        "此行不是由 study approve 写入的。",
    ),
    "oid_gone": (
        "The {name} has been given out and is missing now; OIDs are permanent.",
        "{name} 已启用，现已缺失；OID 不得删除。",
    ),
    "added": ("added", "新增"),
    "removed": ("removed", "删除"),
    "changed": ("{key} was {was}, is {now}", "{key} 原为 {was}，现为 {now}"),
    "text_changed": ('was "{was}", is "{now}"', "原为“{was}”，现为“{now}”"),
    "oid_retyped": (
        "The {name} was {was} and is {now} now; the type of an OID is permanent.",
        "{name} 原为 {was}，现为 {now}；OID 的类型不得更改。",
    ),
}
