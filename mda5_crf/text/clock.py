"""The clock of serious adverse events, and what is said of a PC clock that cannot be right."""

MESSAGES: dict[str, tuple[str, str]] = {
    "behind": (
        "The PC's clock shows {wall}, but this vault has already seen {latest}. It is recorded; entry goes on, and "
        "deadlines count from the later time. Set date and time right.",
        "本机时钟显示 {wall}，但本数据库此前已记录到 {latest}。此情况已记入记录；录入可继续，时限按较晚的时间计算。"
        "请校正日期和时间。",
    ),
    "ahead": (
        "The PC's clock was moved: it shows {wall}, while {latest} was to be expected. It is recorded; entry goes "
        "on, and deadlines count from the later time. Check date and time.",
        "本机时钟被调整：现显示 {wall}，而按计时应为 {latest}。此情况已记入记录；录入可继续，时限按较晚的时间计算。"
        "请检查日期和时间。",
    ),
    "stale": (
        "The PC's clock shows {wall}, but a bundle taken here, or this program, was made at {latest}. It is recorded; "
        "entry goes on. Set date and time right.",
        "本机时钟显示 {wall}，但已接收的数据包或本程序生成于 {latest}。此情况已记入记录；录入可继续。请校正日期和时间。",
    ),
    "reason_needed": (
        "Say why the clock was wrong, and how it was put right.",
        "须说明时钟错误的原因及校正方式。",
    ),
    "title": ("The PC's clock", "本机时钟"),
    "notes": ("What was recorded of the clock", "时钟记录"),
    "head_when": ("Recorded", "记录时间"),
    "head_what": ("What", "情况"),
    "head_wall": ("Clock showed", "时钟显示"),
    "head_latest": ("Expected at least", "应不早于"),
    "head_who": ("By", "操作人"),
    "head_why": ("Why", "理由"),
    "right": ("The clock is right now …", "时钟现已正确…"),
    "why": ("Why it was wrong, how it was set", "错误原因及校正方式"),
    "about": (
        "Set date and time in the system first. What was seen before counts no longer; no record changes.",
        "须先在系统中校正日期和时间。此前所见时间不再计入；任何记录均不改变。",
    ),
    "second_why": (
        "One of the two is an administrator, the other an investigator or a second administrator.",
        "两人中一名为管理员，另一名为研究者或另一名管理员。",
    ),
    "later": (
        "{count} own records carry a later time; their order is kept by the chain.",
        "{count} 条本机记录的时间晚于当前；其顺序由记录链保证。",
    ),
    "now": ("The PC's clock shows {wall} ({zone}).", "本机时钟显示 {wall}（{zone}）。"),
    "done": ("The clock counts as right from now on.", "自此以当前时钟为准。"),
    "note_behind": ("clock behind what was seen", "时钟早于此前记录"),
    "note_jumped": ("clock moved while running", "运行中时钟被调整"),
    "note_stale": ("clock before the newest bundle or the program", "时钟早于最新数据包或程序生成时间"),
    "note_corrected": ("clock declared right by two persons", "由两人确认时钟正确"),
    "note_other": ("clock noted", "时钟记录"),
    "running": (
        "Serious event {subject} {place}: report due {due}, {left} left (aware {awareness})",
        "严重不良事件 {subject} {place}：应于 {due} 前上报，剩余 {left}（获知 {awareness}）",
    ),
    "overdue": (
        "SERIOUS EVENT {subject} {place}: report was due {due}, overdue by {left} (aware {awareness})",
        "严重不良事件 {subject} {place}：应于 {due} 前上报，已超时 {left}（获知 {awareness}）",
    ),
    "basis_serious": (
        "no time of awareness is entered; counted from when the event was marked serious",
        "未录入获知时间；自该事件被标记为严重时起算",
    ),
    "basis_report": (
        "no time of awareness is entered; counted from when the report was begun",
        "未录入获知时间；自开始填写报告时起算",
    ),
    "basis_day": (
        "only the day of awareness is entered; counted from its beginning",
        "仅录入获知日期；自当日零时起算",
    ),
    "left": ("{hours} h {minutes} min", "{hours}小时{minutes}分"),
}
