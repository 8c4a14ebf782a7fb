"""What was entered at the wrong place, what two persons redact, and a clock put right."""

MESSAGES: dict[str, tuple[str, str]] = {
    # acts of two persons
    "consent_shape": (
        "This act needs two persons, and the record does not hold the second one's signature.",
        "该操作须由两人完成，而记录中没有第二人的签名。",
    ),
    "consent_same": (
        "This act needs two persons, and the record names one person twice.",
        "该操作须由两人完成，而记录中两次均为同一人。",
    ),
    "consent_unsigned": (
        "The second person of this act did not sign it with a key that is certified here.",
        "该操作的第二人未以在此获认证的密钥签名。",
    ),
    "consent_roles": (
        "The two persons of this act had no right to do it together.",
        "这两名人员无权共同完成该操作。",
    ),
    "pair_void": (
        "Voiding and moving takes two persons who enter data, at least one of them an investigator.",
        "作废或移动须由两名有录入权限的人员共同完成，其中至少一名为研究者。",
    ),
    "pair_clock": (
        "Correcting the clock takes an administrator together with an investigator or a second administrator.",
        "校正时钟须由一名管理员与一名研究者或另一名管理员共同完成。",
    ),
    "said": ("{words}", "{words}"),
    # the wrong place
    "nothing_there": ("Nothing is entered at {place}.", "{place} 尚未录入任何内容。"),
    "void_already": ("{place} is void or struck out already.", "{place} 已作废或已划除。"),
    "not_void": ("{place} is not void.", "{place} 未作废。"),
    "held": ("{place}: {why}", "{place}：{why}"),
    "not_empty": (
        "At {place} something is entered already: {what}. Void that first if it is wrong.",
        "{place} 已有录入内容：{what}。如该内容有误，须先将其作废。",
    ),
    "no_target": (
        "There is no such place to move it to. Name a visit of a participant of this site; a repeat that is needed "
        "has to be added there first.",
        "没有该目标位置。目标须为本中心参与者的访视；如需新的重复访视或表单，须先在该处添加。",
    ),
    "same_place": ("It stands at {place} already.", "内容已在 {place}。"),
    "form_not_there": (
        'The form "{form}" does not belong to {place}.',
        "表单“{form}”不属于 {place}。",
    ),
    "participant_stays": (
        "A participant cannot be moved: void the participant, or give another number.",
        "参与者不能移动：可将其作废，或更改编号。",
    ),
    "conflict_first": (
        '{place}: "{item}" has two different values. Decide between them first.',
        "{place}：“{item}”存在两个不同的值，须先确定其一。",
    ),
    "plan_old": (
        "Something was entered there meanwhile. Look at the list again.",
        "其间该处录入有变化，须重新查看清单。",
    ),
    "link_stays": (
        "stays behind: it names a row of the other participant",
        "不随同移动：所链接的行属于原参与者",
    ),
    "status_stays": (
        "stays behind: to be completed again at the right place",
        "不随同移动：须在正确位置重新完成",
    ),
    "empty_row": ("Empty row {row}", "空行 {row}"),
    "status_of": ("Status of {form}", "{form} 的状态"),
    "note_signature": (
        "The signature of {name} over {place} becomes void.",
        "{name} 对 {place} 的签名将失效。",
    ),
    "note_queries": ("{count} open queries end with it.", "{count} 条未关闭的质疑随之终止。"),
    "note_number": ("The number {subject} stays used.", "编号 {subject} 不再使用。"),
    "note_complete_again": (
        "At the right place the form is to be completed (and signed) again.",
        "在正确位置须重新完成（并签名）该表单。",
    ),
    "to_or_undo": (
        "Say where it goes with --to, or take a move back with --undo.",
        "须用 --to 指明去向，或用 --undo 撤销移动。",
    ),
    "not_moved": (
        "Nothing that was moved and still stands under this. Name the place it was moved from.",
        "此处没有仍有效的移动记录。须指明移动之前的位置。",
    ),
    "not_there_now": (
        "At {place} nothing of the move stands any more: it was voided or moved on. Undo that first.",
        "{place} 已无移动而来的内容：其已作废或再次移动，须先撤销该操作。",
    ),
    "note_later": (
        "{count} answers entered after the move become void with the rest: {what}. Enter them again where they "
        "belong.",
        "移动之后录入的 {count} 项答案将一并作废：{what}。须在正确位置重新录入。",
    ),
    "done_back": (
        "The move is undone: it stands at {place} again.",
        "移动已撤销：内容恢复至 {place}。",
    ),
    "back": ("Undo the move …", "撤销移动…"),
    "back_title": ("Undo the move from {goal} to {place}", "撤销由 {goal} 至 {place} 的移动"),
    "back_about": (
        "What was brought to {place} becomes void there, and {goal} counts again as it did. Both stay readable.",
        "移至 {place} 的内容在该处作废，{goal} 恢复计入。两处内容均仍可查看。",
    ),
    "backup_stays": (
        "The content was emptied, but an old backup in {place} could not be removed. Close what holds it open; it is "
        "removed when the vault is next opened.",
        "内容已清空，但 {place} 中的旧备份无法删除。请关闭占用它的程序，下次打开数据库时将自动删除。",
    ),
    "none": ("Nothing is void.", "没有作废的内容。"),
    "restored": ("restored", "已恢复"),
    "reason_needed": ("Say why with --reason.", "须用 --reason 说明理由。"),
    "second_needed": ("Name the second person with --second.", "须用 --second 指明第二人。"),
    "done_void": ("{place} is void; it stays readable.", "{place} 已作废，内容仍可查看。"),
    "done_unvoid": ("{place} counts again.", "{place} 已恢复。"),
    "done_move": ("It stands at {place} now.", "内容现位于 {place}。"),
    "done_renumber": ("The participant is {place} now.", "该参与者编号现为 {place}。"),
    "title": ("Entered at the wrong place", "录错位置"),
    "subject": ("Participant", "参与者"),
    "event": ("Visit", "访视"),
    "form": ("Form or row", "表单或行"),
    "to_subject": ("Belongs to participant", "应属参与者"),
    "to_event": ("at visit", "应属访视"),
    "whole_subject": ("(the whole participant)", "（整个参与者）"),
    "choose": ("(choose to move it)", "（移动时选择）"),
    "whole_visit": ("(the whole visit)", "（整个访视）"),
    "new_visit": ("new: {event}", "新增：{event}"),
    "row": ("row {row}", "行 {row}"),
    "lines": ("What stands there, and what becomes of it", "现有内容及其去向"),
    "voids": ("What was voided", "已作废的内容"),
    "stood": ("What stood there", "原有内容"),
    "read_only": (
        "What is void counts nowhere. It can be read here and not be changed.",
        "已作废的内容不计入任何统计；在此只能查看，不能更改。",
    ),
    "void_by": ("Voided {when} by {person}", "由 {person} 于 {when} 作废"),
    "void_moved": ("Moved to {place} {when} by {person}", "由 {person} 于 {when} 移至 {place}"),
    "head_by": ("Entered by", "录入人"),
    "head_entered": ("Entered", "录入时间"),
    "head_item": ("Item", "条目"),
    "head_value": ("Answer", "答案"),
    "head_goes": ("Becomes", "去向"),
    "head_place": ("Place", "位置"),
    "head_when": ("When", "时间"),
    "head_who": ("By", "操作人"),
    "head_why": ("Why", "理由"),
    "head_moved": ("Moved to", "移至"),
    "head_state": ("State", "状态"),
    "void": ("Void …", "作废…"),
    "move": ("Move …", "移动…"),
    "restore": ("Restore …", "恢复…"),
    "nobody": ("No participant is enrolled yet.", "尚未登记参与者。"),
    "becomes_void": ("void", "作废"),
    "is_void": ("void", "已作废"),
    "will_move": (
        "{place} goes to {goal}; the old place becomes void.",
        "{place} 将移至 {goal}，原位置作废。",
    ),
    "will_void": (
        "{place} can be voided. To move it, choose where it belongs.",
        "{place} 可作废；如需移动，须选择应属位置。",
    ),
    "reason": ("Reason", "理由"),
    "words": ("In words", "说明"),
    "second_why": (
        "The second person has seen it too and agrees. One of the two is an investigator.",
        "第二人已核对并同意；两人中至少一名为研究者。",
    ),
    "void_title": ("Void {place}", "作废 {place}"),
    "void_about": (
        "It counts nowhere any more and stays readable with all its history.",
        "该内容不再计入任何统计，但连同全部历史仍可查看。",
    ),
    "move_title": ("Move {place} to {goal}", "将 {place} 移至 {goal}"),
    "move_about": (
        "Every answer is entered again at the right place and names where it came from.",
        "各项答案将在正确位置重新录入，并注明来源。",
    ),
    "restore_title": ("Restore {place}", "恢复 {place}"),
    "restore_about": (
        "It counts again as it did. What was moved stays where it is now.",
        "该内容恢复计入。已移动的内容仍保留在现位置。",
    ),
    "history_void": ("Voided: entered at the wrong place", "已作废：录入位置有误"),
    "history_moved": ("Voided: moved to {place}", "已作废：移至 {place}"),
    "history_unvoid": ("Restored: counts again", "已恢复：重新计入"),
    "history_from": ("{words} (moved here)", "{words}（由他处移入）"),
    "history_redacted": ("(redacted)", "（已涂除）"),
}
