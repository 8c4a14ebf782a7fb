"""Data of other systems coming in: command, preview, report, history."""

MESSAGES: dict[str, tuple[str, str]] = {
    "left_event": ("The study has no such visit.", "方案中没有这个访视。"),
    "left_form": ("The study has no such form.", "方案中没有这张表单。"),
    "left_group": ("The form has no such item group.", "表单中没有这个条目组。"),
    "left_item": ("The form has no such item.", "表单中没有这个条目。"),
    "left_repeat": (
        "The study allows one of these, and the file has a second one.",
        "方案规定此处只有一份，而文件中有第二份。",
    ),
    "left_computed": (
        "The program calculates this item itself; the value of the file is kept beside it.",
        "该条目由程序自行计算；文件中的数值另行保存。",
    ),
    "left_markup": ("The answer holds markup, no plain text.", "录入内容含有标记，并非纯文本。"),
    "left_long": (
        "Too long for an answer (a file, perhaps); kept as it is with the participant.",
        "内容过长（可能是文件），不能作为录入内容；已原样与该参与者一并保存。",
    ),
    "left_context": (
        "Sent for reference only, and something else stands here.",
        "仅供参考发送，而此处内容不同。",
    ),
    "left_removed": (
        "The other system took it away; here it stays until a person strikes it.",
        "对方系统已将其移除；此处保留，需由人员划去。",
    ),
    "left_edited": (
        "It was changed here since; the file has the value from before.",
        "此处之后已作更改；文件中是更改前的数值。",
    ),
    "left_locked": ("The form is frozen or locked.", "表单已冻结或锁定。"),
    "left_number": (
        "The participant's number is not of the form that this study demands.",
        "参与者编号不符合本研究的格式。",
    ),
    "left_site": ("The participant is of another site.", "该参与者属于另一个中心。"),
    "not_at_centre": (
        "Data are imported at a ward's vault: the centre writes no answers. Open that vault and import there.",
        "数据须在科室的数据库中导入：中心不录入数据。请打开科室数据库后再导入。",
    ),
    "file_changed": (
        "{file} changed while it was read. Nothing was taken; try again when it is at rest.",
        "读取过程中 {file} 发生了变化。未导入任何内容，请待文件不再变动后重试。",
    ),
    "file_unreadable": ("{file} cannot be read.", "无法读取 {file}。"),
    "said_file": ("{file}, from {system}", "{file}，来自 {system}"),
    "unknown_system": ("a system that does not say its name", "未注明名称的系统"),
    "said_participants": (
        "Participants: {all}, {new} of them new; forms: {forms}; new rows and repeats: {rows}",
        "参与者：{all} 名，其中新增 {new} 名；表单：{forms} 张；新增行和重复：{rows}",
    ),
    "said_values": (
        "Answers: {new} new, {changed} changed, {known} known already, {left} left out",
        "录入内容：新增 {new}，更改 {changed}，已有 {known}，未取 {left}",
    ),
    "said_nonconformant": (
        "{count} of them do not fit the type of their item; they are stored as they are and marked.",
        "其中 {count} 项不符合条目类型；已按原样保存并加标记。",
    ),
    "said_kept": ("Kept word for word beside the answers: {what}", "与录入内容一并原样保存：{what}"),
    "said_left": ("{count} × {why}", "{count} × {why}"),
    "said_left_one": ("{subject} {where}: {why}", "{subject} {where}：{why}"),
    "said_more": ("… and {count} more", "……另有 {count} 项"),
    "kept_query": ("queries {count}", "质疑 {count}"),
    "kept_signature": ("signatures {count}", "签名 {count}"),
    "kept_annotation": ("annotations {count}", "注释 {count}"),
    "kept_comment": ("comments {count}", "评论 {count}"),
    "kept_flag": ("flags {count}", "标志 {count}"),
    "kept_foreign": ("elements of that system's own {count}", "对方系统自有元素 {count}"),
    "said_nothing": ("Nothing in it is new; nothing was written.", "其中没有新内容，未写入任何记录。"),
    "said_before": (
        "This very file was taken on {at}; nothing in it is new.",
        "该文件已于 {at} 导入，没有新内容。",
    ),
    "said_dry": ("Nothing was written: this was a preview.", "未写入任何内容：这是预览。"),
    "said_done": (
        "Taken, with who entered it there, when and why. Record {record}, SHA-256 {sha256}.",
        "已导入，并保留对方系统的录入人、时间和原因。记录 {record}，SHA-256 {sha256}。",
    ),
    "said_copy": (
        "The vault as it was before is kept: backups/{copy}.",
        "导入前的数据库已另存：backups/{copy}。",
    ),
    "other_study": (
        "The file also has data of another study ({study}); what fits this one by name was looked at alike.",
        "文件中还有另一项研究（{study}）的数据；名称相符的内容一并处理。",
    ),
    "title": ("Import data", "导入数据"),
    "how": (
        "Choose an ODM file of another system (REDCap, OpenClinica, Rave, OpenEDC …). Nothing is written before "
        "you accept what it would bring.",
        "选择其他系统（REDCap、OpenClinica、Rave、OpenEDC 等）导出的 ODM 文件。在您确认预览之前不会写入任何内容。",
    ),
    "look": (
        "This is what the file would bring. Accept it, or choose another file.",
        "以下是该文件将带来的内容。请确认导入，或另选文件。",
    ),
    "what_comes": ("What the file brings", "文件内容"),
    "not_taken": ("Answers not taken", "未取的录入内容"),
    "head_participant": ("Participant", "参与者"),
    "head_place": ("Place in the file", "文件中的位置"),
    "head_why": ("Why", "原因"),
    "choose": ("Choose file …", "选择文件…"),
    "accept": ("Import", "导入"),
    "files": ("ODM (*.xml *.odm);;All files (*)", "ODM (*.xml *.odm);;所有文件 (*)"),
    "task": ("Reading the file", "正在读取文件"),
    "history": ("{words} – imported from {file}", "{words}——从 {file} 导入"),
    "history_there": (
        "{words} – imported from {file}; there entered by {user}, {time}",
        "{words}——从 {file} 导入；原系统中由 {user} 于 {time} 录入",
    ),
    "history_reason": ("{words}, reason: {reason}", "{words}，原因：{reason}"),
    "history_not_said": ("not said", "未注明"),
    "trail_part": ("part of an imported file: {what}", "导入文件的组成部分：{what}"),
    "in_trail": (
        "{file}: {new} new, {changed} changed, {left} left out; {proof}",
        "{file}：新增 {new}，更改 {changed}，未取 {left}；{proof}",
    ),
}
