"""What is known already and taken by one key (F7), and the preference for going on by itself."""

MESSAGES: dict[str, tuple[str, str]] = {
    "known": ("F7 takes what is known – {what}", "F7 带入已知内容 – {what}"),
    "hint": ("F7 {what}", "F7 {what}"),
    "between": ("; ", "；"),
    "answer": ("{item}: {words}", "{item}：{words}"),
    "unit": ("{items} in {unit}", "{items}单位 {unit}"),
    "units": ("{count} results in {unit}", "{count} 项结果单位 {unit}"),
    "and": (", ", "、"),
    "limits_one": ("limits of 1 result", "1 项结果的参考限"),
    "limits": ("limits of {count} results", "{count} 项结果的参考限"),
    "taken": ("Filled in – {what}", "已带入 – {what}"),
    "none": (
        "Nothing to take here now. Visit date, laboratory and results open more.",
        "目前没有可带入的内容。录入访视日期、实验室和结果后会有更多。",
    ),
    "reason": ("Why is this filled in? {what}", "为何带入以下内容？{what}"),
    "advance_on": (
        "Digits of coded answers now go on by themselves.",
        "编码答案输入数字后将自动跳到下一项。",
    ),
    "advance_off": (
        "Digits of coded answers now wait for Enter.",
        "编码答案输入数字后需按 Enter 才跳到下一项。",
    ),
}
