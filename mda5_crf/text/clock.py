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
