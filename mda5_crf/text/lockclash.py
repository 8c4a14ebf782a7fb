"""A lock that was refused where newer data lie: the same sentence at the ward and at the centre."""

MESSAGES: dict[str, tuple[str, str]] = {
    "sentence_locked": (
        "{name} locked {what} on {at}; {refused}. Newer data: {items}.",
        "{name} 于 {at} 锁定 {what}；{refused}。较新的数据：{items}。",
    ),
    "sentence_frozen": (
        "{name} froze {what} on {at}; {refused}. Newer data: {items}.",
        "{name} 于 {at} 冻结 {what}；{refused}。较新的数据：{items}。",
    ),
    "refused": ("refused at {pc} on {at}", "{pc} 已于 {at} 拒绝"),
    "not_yet": (
        "it does not hold at newer data of {pc}, which has not confirmed that it came there",
        "{pc} 尚未确认收到，对其较新的数据不生效",
    ),
    "again": ("Look at them and lock again.", "请查看这些数据后重新锁定。"),
    "goes_back": (
        "Entry there goes on; the next bundle tells the centre, which looks at them and locks again.",
        "该处可继续录入；下一个数据包会告知协调中心，由其查看后重新锁定。",
    ),
    "more": ("{some}; and {count} more", "{some}；另有 {count} 处"),
    # The work list and the page of locks.
    "task": ("{words} {after}", "{words}{after}"),
    "list_one": ("1 lock was refused because newer data lie there:", "有 1 项锁定因存在较新的数据而被拒绝："),
    "list_many": (
        "{count} locks were refused because newer data lie there:",
        "有 {count} 项锁定因存在较新的数据而被拒绝：",
    ),
}
