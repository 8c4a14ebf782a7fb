"""Patterns in the data: what is unlike the others, in numbers. Nobody is accused of anything."""

MESSAGES: dict[str, tuple[str, str]] = {
    "title": ("Patterns in the data", "数据模式"),
    "about": (
        "What is unlike the other participants: a reason to look at the source, never a proof. Most patterns have"
        " a plain cause, such as a device that rounds.",
        "列出与其他参与者不同之处：只是查看源数据的理由，绝不是证据。多数有平常的原因，例如设备取整。",
    ),
    "by_chance": (
        "{tried} comparisons were made of {cases} participants; about {count} would show something by chance"
        " alone.",
        "共对{cases}名参与者做了{tried}次比较；仅凭偶然也会有约{count}次出现提示。",
    ),
    "nothing": ("Nothing is unlike the others.", "未见与其他参与者不同之处。"),
    "nobody": ("There are no participants yet.", "尚无参与者。"),
    "reading": ("Looking for patterns", "正在查找数据模式"),
    "again": ("Look again", "重新查找"),
    "save": ("Save as PDF …", "保存为 PDF……"),
    "save_about": (
        "The file names participants by their numbers: keep it as you keep the data.",
        "文件中以编号列出参与者：请与数据同样保管。",
    ),
    "open": ("Open the participant", "打开该参与者"),
    "head_rank": ("Rank", "名次"),
    "head_participant": ("Participant", "参与者"),
    "head_score": ("Score", "得分"),
    "head_reasons": ("What was seen", "所见"),
    "head_pattern": ("Pattern", "模式"),
    "head_numbers": ("Numbers", "数字"),
    "name_digits": ("Last digits", "末位数字"),
    "name_copied": ("Same values again", "数值重复"),
    "name_fast": ("Keying speed", "录入速度"),
    "name_flat": ("Little variation", "变化过小"),
    "name_weekend": ("Visits on days off", "休息日访视"),
    "name_planned": ("Visits exactly on the planned day", "访视恰在计划日"),
    "name_night": ("Entry at night", "夜间录入"),
    "name_corrected": ("Forms with corrections", "有更改的表单"),
    "name_closing": ("Corrections just before signing or locking", "签名或锁定前的更改"),
    "say_digits": (
        "{count} of {of} measured numbers end in {digit}; with the others {usual} % do.",
        "{of}个测量值中有{count}个以{digit}结尾；其他参与者为{usual}%。",
    ),
    "say_copied": (
        "{count} of {of} forms hold exactly the same numbers as another form, of {others} other participants among"
        " them.",
        "{of}份表单中有{count}份的数值与另一份完全相同，其中涉及其他参与者{others}名。",
    ),
    "say_fast": (
        "{count} of {of} forms were keyed four times as fast as usual or faster, the fastest at {seconds} s an"
        " answer.",
        "{of}份表单中有{count}份的录入速度达到通常的四倍以上，最快每项{seconds}秒。",
    ),
    "say_flat": (
        "{count} of {of} quantities vary less between the visits than with 95 % of the participants.",
        "{of}项指标中有{count}项在各访视间的变化小于95%的参与者。",
    ),
    "say_weekend": (
        "{count} of {of} visits fell on a weekend or public holiday; with the others {usual} % do.",
        "{of}次访视中有{count}次在周末或法定节假日；其他参与者为{usual}%。",
    ),
    "say_planned": (
        "{count} of {of} visits took place exactly on the planned day; with the others {usual} % do.",
        "{of}次访视中有{count}次恰在计划日；其他参与者为{usual}%。",
    ),
    "say_night": (
        "{count} of {of} forms were keyed between 22:00 and 5:00; with the others {usual} % are.",
        "{of}份表单中有{count}份在22:00至5:00之间录入；其他参与者为{usual}%。",
    ),
    "say_corrected": (
        "{count} of {of} forms have an answer that was changed; with the others {usual} % have.",
        "{of}份表单中有{count}份的答案被更改过；其他参与者为{usual}%。",
    ),
    "say_closing": (
        "{count} of {of} forms were changed within 24 hours before the first signature or lock; with the others"
        " {usual} % were.",
        "{of}份表单中有{count}份在首次签名或锁定前24小时内被更改；其他参与者为{usual}%。",
    ),
    "sample": ("Proposed for source verification", "建议核对源数据的参与者"),
    "sample_how": (
        "Half by score, as far as something was seen; the rest drawn with the seed {seed} from all others, so that"
        " what no pattern shows is looked at as well. The same seed and the same participants give the same"
        " proposal.",
        "一半按得分选取（以有所见者为限）；其余用种子{seed}从其他参与者中抽取，以便也查看没有模式提示者。种子与参与者相同，"
        "所得建议即相同。",
    ),
    "sample_score": ("{subject} (by score)", "{subject}（按得分）"),
    "sample_drawn": ("{subject} (drawn)", "{subject}（抽取）"),
    "saved": ("The list was saved: {file}", "列表已保存：{file}"),
    "ask_file": ("File", "文件"),
    "file_type": ("PDF files (*.pdf)", "PDF 文件 (*.pdf)"),
}
