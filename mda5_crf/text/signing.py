"""Electronic signatures of forms: what they mean, why one cannot be given, what has become of one."""

MESSAGES: dict[str, tuple[str, str]] = {
    # The words that a person signs. A signature holds the code; what a code means never changes.
    "meaning_eligibility": (
        "I have checked the criteria and confirm the eligibility stated on this form.",
        "本人已逐项核对入选与排除标准，确认本表所载的入组资格。",
    ),
    "meaning_reviewed": (
        "I have reviewed this form and confirm that it is complete and accurate.",
        "本人已审阅本表，确认内容完整、准确。",
    ),
    "meaning_approved": (
        "I approve these data as the investigator responsible.",
        "本人作为负责的研究者，批准这些数据。",
    ),
    # Why a signature may not stand.
    "shape": (
        "This signature does not say what was signed, with which meaning and by which key.",
        "该签名记录未完整写明签名的内容、含义和所用密钥。",
    ),
    "not_by_author": (
        "No key of the author that was confirmed at that time made this signature.",
        "该签名并非由其作者当时已获确认的密钥生成。",
    ),
    "other_name": (
        "This signature prints another name than its author's.",
        "该签名所显示的姓名并非其作者的姓名。",
    ),
    "made_elsewhere": (
        "This signature was made for something else: another form, vault, time or other values.",
        "该签名是为其他表单、数据库、时间或其他数据生成的。",
    ),
    # Why nothing can be signed now.
    "unknown_meaning": (
        "{meaning} is not what {form} is signed with. Choose one of {known}.",
        "{form} 不使用签名含义 {meaning}，可选：{known}。",
    ),
    "other_site": (
        "This participant belongs to site {site}; its investigators sign there.",
        "该参与者属于中心 {site}，由该中心的研究者签名。",
    ),
    "computed": (
        "{form} is calculated by the program: sign the forms that its values come from.",
        "{form} 由程序计算，请在其数据来源的表单上签名。",
    ),
    "not_complete": (
        "{event} {form} is not complete. Complete it first (F12), then sign.",
        "{event} {form} 尚未完成，请先完成表单（F12）再签名。",
    ),
    "nothing_complete": (
        "No form of {event} is complete, so there is nothing to sign.",
        "{event} 没有已完成的表单，无可签名的内容。",
    ),
    "open_finding": (
        "{event} {form} cannot be signed while this stands: {finding} Correct it, confirm it or put it to query.",
        "{event} {form} 存在以下问题，不能签名：{finding} 请更正、确认或提出质疑。",
    ),
    "conflict": (
        "{event} {form} has two different answers to {item}: decide between them first.",
        "{event} {form} 的“{item}”有两个不同的答案，请先确定其中之一。",
    ),
    "too_much": (
        "{event} holds more than one signature can name. Sign its forms one by one.",
        "{event} 的内容超出一个签名可涵盖的范围，请逐个表单签名。",
    ),
    "key_not_current": (
        "Your account or your key no longer counts in this vault, so you cannot sign. Log in again.",
        "您的账户或密钥在本数据库已不再有效，不能签名。请重新登录。",
    ),
    "login_differs": (
        "The first signature of a sitting needs your own log-in name and password; the name was not yours.",
        "登录后首次签名须输入本人的登录名和密码，所输登录名不是您的。",
    ),
    # What has become of a signature.
    "state_valid": ("Signed by {name}, {at}.", "{name} 已于 {at} 签名。"),
    "state_void": (
        "The signature by {name}, {at}, is void: {item} is other than it was when signed.",
        "{name} 于 {at} 的签名已失效：{item} 与签名时不同。",
    ),
    "state_unconfirmed": (
        "The key of the signature by {name}, {at}, is not confirmed; {by} recorded it. It does not count.",
        "{name} 于 {at} 签名所用的密钥未获确认（由 {by} 登记），该签名无效。",
    ),
    "state_false": (
        "The signature in the name of {name}, {at}, was not made by that person for this form. It does not count.",
        "以 {name} 之名于 {at} 所作的签名并非其本人为本表所签，该签名无效。",
    ),
    "state_incomplete": (
        "Not everything that {name} signed at {at} has arrived here, so the signature cannot be checked yet.",
        "{name} 于 {at} 所签的内容尚未全部到达此处，暂时无法核验该签名。",
    ),
    "note_redacted": (
        "Something of what was signed has been redacted since.",
        "所签内容中有部分已在之后被涂除。",
    ),
    "note_recomputed": (
        "This version of the program computes {item} otherwise than when it was signed.",
        "本版本程序对 {item} 的计算结果与签名时不同。",
    ),
    # Asking for one, and what a form says of its own.
    "title": ("Sign {place} as {name}", "由 {name} 签署：{place}"),
    "covers": (
        "Your signature covers everything that stands in this form. It becomes void as soon as any of it changes.",
        "签名涵盖本表的全部内容；任何内容更改后，签名即失效。",
    ),
    "meaning": ("What the signature means", "签名含义"),
    "choose_meaning": ("Choose what your signature means.", "请选择签名含义。"),
    "sign": ("Sign", "签名"),
    "signing": ("Signing …", "正在签名…"),
    "uncommitted": (
        "Something on this form is not saved yet. Give the reason or put the value back, then sign.",
        "本表尚有未保存的内容。请先填写原因或恢复原值，再签名。",
    ),
    "signatures": ("Signatures of this form", "本表的签名"),
    "line": ('{state} "{meaning}"', "{state}“{meaning}”"),
    "history": ("signed: {meaning}", "签名：{meaning}"),
    "signed": ("{subject} {event} {form} is signed: {meaning}", "{subject} {event} {form} 已签名：{meaning}"),
    "signed_visit": ("{subject} {event} is signed: {meaning}", "{subject} {event} 已签名：{meaning}"),
}
