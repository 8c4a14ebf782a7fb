"""Sentences about past moments and what is different since."""

MESSAGES: dict[str, tuple[str, str]] = {
    "read_only": (
        "This is a view of a past moment: it can be read and printed, and nothing can be written in it.",
        "这是某一过去时刻的视图：可以查看和打印，不能写入。",
    ),
    "form": (
        'A moment is a time with its offset, "2026-08-01T12:00+08:00", or how far the chains had come, '
        '"DEVICE:NUMBER" as printed at the foot of a page; several with commas between.',
        "时刻的写法：带时差的时间，如 2026-08-01T12:00+08:00；或页脚所印的“设备:序号”，多个用逗号隔开。",
    ),
    "no_zone": (
        "The time has no offset. Write it with one, such as {example}: without it nobody knows which moment is "
        "meant.",
        "该时间没有时差，无法确定是哪一时刻。请写上时差，例如 {example}。",
    ),
    "before_vault": (
        "This vault begins at {first}. Before that it knew nothing.",
        "此数据库始于 {first}，在此之前没有任何记录。",
    ),
    "future": (
        "{at} has not come yet: it is {now}.",
        "{at} 尚未到来：现在是 {now}。",
    ),
    "device_unknown": (
        "This vault has no records of the device {device}. Check the head that is printed at the foot of the page.",
        "此数据库没有设备 {device} 的记录。请核对页脚所印的设备与序号。",
    ),
    "ahead": (
        "Of the device {device} this vault knows {known} records so far, not {seq}. Take in its newest bundle "
        "first.",
        "设备 {device} 的记录此数据库目前只有 {known} 条，没有第 {seq} 条。请先接收其最新数据包。",
    ),
    "other_record": (
        "Record {seq} of the device {device} is another one here than the page names. Run verify.",
        "设备 {device} 的第 {seq} 条记录与该页所印不是同一条。请运行验证。",
    ),
    "before_enrolment": (
        "At {moment} this vault did not know participant {subject} yet.",
        "在 {moment}，此数据库尚无参与者 {subject}。",
    ),
    "backwards": (
        "The first of the two moments must not be later than the second.",
        "两个时刻中，前者不能晚于后者。",
    ),
    "head": ("As of {moment}", "截至 {moment}"),
    "remark": (
        "These pages show what stood at {moment}. What was entered or corrected later is not on them.",
        "本页为 {moment} 时的状态，此后的录入与更正不在其中。",
    ),
}
