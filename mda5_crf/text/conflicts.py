"""Answers that differ between PCs: what stands where, who decides, what becomes of the others."""

MESSAGES: dict[str, tuple[str, str]] = {
    # -- what cannot be done
    "changed": (
        "{item}: other answers stand there now than those that were shown. Nothing was written; look at it"
        " again and decide then.",
        "{item}：现有答案与刚才显示的已不相同，未写入任何内容。须重新查看后再作决定。",
    ),
    "item_unknown": (
        "The definition in force does not have this item, so no answer can be given to it. Both answers stay"
        " in the history.",
        "现行研究定义中没有该条目，无法再为其给出答案。各答案均保留在历史记录中。",
    ),
    "refused_role": (
        "Whoever may enter data at the site decides which answer is right.",
        "由该中心有录入权限的人员决定以何者为准。",
    ),
    "refused_site": (
        "The data belong to site {site}: it is decided there which answer is right.",
        "数据归中心 {site} 所有，须由该中心决定以何者为准。",
    ),
    "no_side": (
        "Name one of the {count} answers by its number, or give another value.",
        "须以编号指明 {count} 个答案中的一个，或另行给出数值。",
    ),
    "absent_side": (
        "The words of this answer were taken away or are not held here. Type the right answer.",
        "该答案的内容已被涂除或未保存在本机，须录入正确答案。",
    ),
    "text_needed": ("Type the right answer of {item}.", "须录入{item}的正确答案。"),
    "reason_needed": (
        "A decision needs its reason: {known}.",
        "作出决定须说明理由：{known}。",
    ),
    "unknown": (
        'There is no open conflict "{word}". List them: mda5-crf conflicts VAULT list',
        "没有编号为“{word}”的未解决冲突。列出全部：mda5-crf conflicts VAULT list",
    ),
    # -- answers in words
    "absent": ("(taken away or not held here)", "（已涂除或本机未保存）"),
    "cleared": ("(cleared)", "（已清空）"),
    "missing": ("{code} {words}", "{code} {words}"),
    "bundle": ("bundle {number} from {name}", "来自 {name} 的第 {number} 号数据包"),
    "shown_clock": (
        "The form shows the answer that comes later in the order of all records ({clock} after {other})."
        " Every PC shows the same; it does not mean that the answer is right.",
        "表单显示在全部记录的次序中较晚的答案（{clock} 晚于 {other}）。各电脑显示一致，但不表示该答案正确。",
    ),
    "shown_device": (
        "Both answers have the same place in the order of all records ({clock}), so the form shows that of"
        " the PC with the higher id ({device}). Every PC shows the same; it does not mean that the answer is"
        " right.",
        "各答案在全部记录中的次序相同（{clock}），表单显示标识较大的电脑（{device}）的答案。各电脑显示一致，"
        "但不表示该答案正确。",
    ),
    "signature_void": (
        "The signature of {name} ({meaning}, {at}) does not cover a new answer: it has to be signed again"
        " after the decision.",
        "{name} 的签名（{meaning}，{at}）不涵盖新答案，作出决定后须重新签名。",
    ),
    # -- what became of them
    "kept": ("Kept by {name}, {at}.", "由 {name} 于 {at} 决定保留。"),
    "lost": ("Lost to the answer that {name} gave, {at}.", "未被采用：{name} 于 {at} 给出了其他答案。"),
    "with_reason": ("{words} Reason: {reason}.", "{words}理由：{reason}。"),
    "note": (
        "Different PCs had different answers here. A new answer settled it; all of them stay in the history.",
        "此处在不同电脑上曾有不同答案，已由新答案解决；各答案均保留在历史记录中。",
    ),
    "ask_plain": (
        "This item has {count} different answers from different PCs. Which one does the source show?",
        "该条目在不同电脑上有 {count} 个不同答案，原始资料中以何者为准？",
    ),
    "task_one": ("1 value differs between PCs", "1 项在各电脑间不同"),
    "task_many": ("{count} values differ between PCs", "{count} 项在各电脑间不同"),
    # -- the command
    "cli_words": (
        "list takes a participant or nothing; show, resolve and ask take one number of the list.",
        "list 后可跟参与者编号；show、resolve、ask 后须跟列表中的一个编号。",
    ),
    "cli_answer": (
        "resolve takes either --take with the number of an answer or --value with another one.",
        "resolve 须指定 --take（答案编号）或 --value（其他答案）之一。",
    ),
    "cli_reason": (
        "resolve needs --reason: CODE or CODE:text.",
        "resolve 须指定 --reason：CODE 或 CODE:文字。",
    ),
    "cli_double": ("{says}. {proposal}", "{says}。{proposal}"),
    "head_number": ("No.", "序号"),
    "head_id": ("Id", "标识"),
    "head_subject": ("Participant", "参与者"),
    "head_place": ("Place", "位置"),
    "head_item": ("Item", "条目"),
    "head_days": ("Days", "天数"),
    "head_answers": ("Answers", "各答案"),
    # -- possibly twice
    "double_number": (
        "Two participants carry the number {subject}: {first} and {second}",
        "两名参与者使用同一编号 {subject}：{first} 与 {second}",
    ),
    "double_two": ("{first} and {second} say the same", "{first} 与 {second} 内容相同"),
    "double_line": ("{subject} · {says}", "{subject} · {says}"),
    "propose_number": (
        "Two persons: give one of them another number (mda5-crf renumber). One person enrolled twice: void one"
        " of the two (menu Record, Entered at the wrong place).",
        "若为两人：为其中一人更改编号（mda5-crf renumber）；若为一人重复登记：作废其中之一"
        "（菜单“记录”中的“录错位置”）。",
    ),
    "propose_row": (
        "Two PCs added these rows. If it is one event, strike one of them (Ctrl+Delete in its row); if there"
        " were two, nothing has to be done.",
        "这两行由两台电脑分别添加。若为同一事件，须划除其中一行（在该行按 Ctrl+Delete）；若确为两次，则无需处理。",
    ),
    "propose_visit": (
        "Two PCs added these visits for the same day. If it was one visit, void one of them (menu Record,"
        " Entered at the wrong place).",
        "这两次访视由两台电脑为同一日期分别添加。若为同一次访视，须作废其中之一（菜单“记录”中的“录错位置”）。",
    ),
    "propose_form": (
        "Two PCs added these forms. If it is one examination, void one of them (menu Record, Entered at the"
        " wrong place).",
        "这两份表单由两台电脑分别添加。若为同一次检查，须作废其中之一（菜单“记录”中的“录错位置”）。",
    ),
    "at_field": (
        "{item}: PCs have different answers; one of them is shown. Ctrl+K compares them.",
        "{item}：各电脑的答案不同，此处仅显示其中之一。按 Ctrl+K 对照。",
    ),
    "printed": (
        "Answers differ between PCs, not decided – {item}: {values}",
        "各电脑间答案不同，尚未确定 – {item}：{values}",
    ),
    # -- the page
    "title": ("Conflicts", "冲突"),
    "nothing": ("No answers differ between PCs.", "各电脑之间没有不同的答案。"),
    "choose": ("Choose a conflict with the arrows.", "用方向键选择一个冲突。"),
    "heading": ("{subject}: {count} in conflict", "{subject}：{count} 处冲突"),
    "doubles_heading": ("Possibly entered twice: {count}", "可能重复录入：{count} 处"),
    "line": ("{item} · {place}", "{item} · {place}"),
    "place": ("{subject} · {place} · {item}", "{subject} · {place} · {item}"),
    "days": ("{days} d", "{days} 天"),
    "column_item": ("Item", "条目"),
    "column_age": ("Age", "未决"),
    "table": ("Answers side by side", "答案对照"),
    "column_before": ("Before", "此前"),
    "column_side": ("{number}  {name}", "{number}  {name}"),
    "fact_value": ("Answer", "答案"),
    "fact_who": ("Author", "录入者"),
    "fact_where": ("Site and PC", "中心与电脑"),
    "fact_when": ("Stored", "保存时间"),
    "fact_reason": ("Reason", "理由"),
    "fact_way": ("Came by", "来源"),
    "fact_says": ("Checks", "核查"),
    "fact_shown": ("On the form", "表单显示"),
    "differs_spoken": ("{fact}, differs: {words}", "{fact}，不同：{words}"),
    "who": ("{name}, {roles}", "{name}，{roles}"),
    "where": ("Site {site}, {name}", "中心 {site}，{name}"),
    "where_here": ("Site {site}, {name} (this PC)", "中心 {site}，{name}（本机）"),
    "typed": ("{at} (typed {typed})", "{at}（键入于 {typed}）"),
    "no_reason": ("none given", "未填写"),
    "written_here": ("written on this PC", "在本机录入"),
    "way_unknown": ("not known", "不详"),
    "nothing_found": ("No check objects.", "核查未提出问题。"),
    "finding": ("{severity} {check}: {words}", "{severity} {check}：{words}"),
    "finding_confirmed": ("{words} (confirmed)", "{words}（已确认）"),
    "on_form": ("Shown now.", "当前显示。"),
    "not_on_form": ("Not shown.", "未显示。"),
    "before_empty": ("(empty)", "（空）"),
    "before_apart": (
        "(each side replaced an answer of its own; see the history)",
        "（各方替换的答案不同，见历史记录）",
    ),
    "struck": (
        "The row, form or visit is struck out; the decision changes nothing that counts.",
        "所在的行、表单或访视已划除，决定不影响有效数据。",
    ),
    "asked": ("Asked already: {text}", "已提出质疑：{text}"),
    # -- the decision
    "question": ("{item}: which answer is right?", "{item}：以何者为准？"),
    "side": ("{value} ({name})", "{value}（{name}）"),
    "other": ("another answer", "其他答案"),
    "other_name": ("{item}, another answer", "{item}，其他答案"),
    "why": ("Why?", "理由"),
    "own_words": ("Reason in own words, or a remark", "自述理由或备注"),
    "decide": ("Decide", "确定"),
    "later": ("Later", "稍后"),
    "choose_side": ("Choose an answer by its number.", "须按编号选择答案。"),
    "done_one": ("{item}: decided. 1 conflict is left.", "{item}：已确定，还有 1 处冲突。"),
    "done": (
        "{item}: decided. {left} conflicts are left.",
        "{item}：已确定，还有 {left} 处冲突。",
    ),
    "done_last": ("{item}: decided. No conflict is left.", "{item}：已确定，已无冲突。"),
    "ask": ("Ask the site", "质疑中心"),
    "ask_name": ("Question to the site; empty asks in plain words", "对中心的质疑；留空则使用常规语句"),
    "asked_now": ("{item}: the site is asked by a query.", "{item}：已向中心发出质疑。"),
    "open": ("Open the form", "打开表单"),
}
