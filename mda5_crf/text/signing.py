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
        "{place} is not complete. Complete it first (F12), then sign.",
        "{place} 尚未完成，请先完成表单（F12）再签名。",
    ),
    "nothing_complete": (
        "No form of {event} is complete, so there is nothing to sign.",
        "{event} 没有已完成的表单，无可签名的内容。",
    ),
    "open_finding": (
        "{place} cannot be signed while this stands: {finding} Correct it, confirm it or put it to query.",
        "{place} 存在以下问题，不能签名：{finding} 请更正、确认或提出质疑。",
    ),
    "conflict": (
        "{place} has two different answers to {item}: decide between them first.",
        "{place} 的“{item}”有两个不同的答案，请先确定其中之一。",
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
    "note_changed": ("{item}: {before} when signed, {after} now", "{item}，签名时为 {before}，现为 {after}"),
    "note_added": ("{item}: {after} was added after it was signed", "{item}，签名后新增 {after}"),
    "empty": ("(empty)", "（空）"),
    "place": ("{where}: {item}", "{where}：{item}"),
    "row": ("{where} (row or repeat)", "{where}（行或重复项）"),
    "more_title": ("Sign several", "批量签名"),
    "more_about": (
        "Space chooses a line; Enter goes on to meaning and password. One act signs all that is chosen, and each"
        " signature falls by itself when what it covers changes.",
        "按空格键选中一行，按回车键选择含义并输入密码。一次操作签署所选全部内容；其中任何一项更改后，仅该项签名失效。",
    ),
    "more_reading": ("Participants are being read …", "正在读取参与者…"),
    "more_none": ("Nothing here can be signed now.", "此处目前没有可签署的内容。"),
    "more_what": ("Participant, visit, form", "参与者、访视、表单"),
    "more_state": ("Can it be signed?", "能否签名"),
    "more_subject": ("{subject}: {place}", "{subject}：{place}"),
    "more_signed": ("signed", "已签名"),
    "more_ready": ("can be signed", "可以签名"),
    "more_answers": (
        "{words}; endorses {count} transcribed answers",
        "{words}；同时认可 {count} 项转录的回答",
    ),
    "more_sign": ("Sign the {count} chosen …", "签署所选 {count} 项…"),
    "more_all": ("Choose all forms", "选中全部表单"),
    "more_clear": ("Choose none", "全部取消"),
    "more_every": ("All participants", "全部参与者"),
    "more_mixed": (
        "These have no meaning in common: eligibility is signed by itself. Choose fewer.",
        "所选内容没有共同的签名含义：入组资格须单独签署。请减少所选项。",
    ),
    "more_count": ("{count} forms, visits or casebooks", "{count} 项表单、访视或病历"),
    "more_of": ("{place} of {subject}", "{subject} 的 {place}"),
    "more_done": ("{count} signed: {meaning}", "已签署 {count} 项：{meaning}"),
    "casebook": ("Casebook (everything begun)", "整份病例报告表（已开始的全部内容）"),
    "nothing_chosen": ("Choose what to sign.", "请选择要签署的内容。"),
    "too_many": (
        "At most {most} are signed at once. Sign whole visits or participants instead.",
        "一次最多签署 {most} 项，请改为按访视或参与者签署。",
    ),
    # Asking for one, and what a form says of its own.
    "title": ("Sign {place} as {name}", "由 {name} 签署：{place}"),
    "covers": (
        "Your signature covers everything that stands in this form. It becomes void as soon as any of it changes.",
        "签名涵盖本表的全部内容；任何内容更改后，签名即失效。",
    ),
    "covers_more": (
        "Your signature covers everything that stands in what you chose. It becomes void as soon as any of it changes.",
        "签名涵盖所选内容的全部数据；任何内容更改后，相应签名即失效。",
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
    "signed_subject": ("{subject} is signed: {meaning}", "{subject} 已签名：{meaning}"),
    "signed_visit": ("{subject} {event} is signed: {meaning}", "{subject} {event} 已签名：{meaning}"),
}
