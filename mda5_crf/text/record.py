"""What may not be recorded, and why a redaction may not stand."""

MESSAGES: dict[str, tuple[str, str]] = {
    "too_long": (
        "This text is too long to be sent to another PC: shorten it to {most} characters. Nothing was stored.",
        "文字过长，无法发送到其他电脑，请缩短至 {most} 个字以内。未保存任何内容。",
    ),
    "redaction_shape": (
        "This redaction does not say which records, why, and by which two different persons.",
        "该涂除记录未完整写明所涉记录、理由以及两名不同的人员。",
    ),
    "redaction_unknown": (
        "This redaction names {record}, which is not here, so its signatures cannot be checked.",
        "该涂除记录所指的 {record} 不在此处，无法核验其签名。",
    ),
    "redaction_proof": (
        "This redaction names {record}, which other records are proved by.",
        "该涂除记录所指的 {record} 是其他记录的证明依据，不得涂除。",
    ),
    "redaction_unsigned": (
        "Nobody certified here signed to {act} this redaction, and one person alone cannot redact.",
        "没有在此获认证的人员为{act}该涂除签名，而一人不能单独涂除。",
    ),
    "redaction_not_entitled": (
        "Who signed to {act} this redaction had no right to.",
        "签名{act}该涂除的人员当时无此权限。",
    ),
    "act_propose": ("propose", "提议"),
    "act_confirm": ("confirm", "确认"),
}
