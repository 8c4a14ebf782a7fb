"""What window, paper and command say around the guides; their texts lie in ``resources/guides``."""

from __future__ import annotations

MESSAGES: dict[str, tuple[str, str]] = {
    "title": ("Guides", "使用指南"),
    "contents": ("Contents", "目录"),
    "contents_key": ("&Contents", "目录(&C)"),
    "guide": ("&Guide", "指南(&G)"),
    "guide_name": ("Guide", "指南"),
    "search": ("&Search", "搜索(&S)"),
    "search_name": ("Search all guides", "搜索全部指南"),
    "back": ("&Back", "返回(&B)"),
    "save": ("Save as PDF …", "存为 PDF …"),
    "found": ("Found in {count} places. Enter opens the first.", "找到 {count} 处，按 Enter 打开第一处。"),
    "written": ("Written: {file}, {pages} pages", "已写入：{file}，共 {pages} 页"),
    "name_needed": ("Say which guide: {known}.", "请说明是哪一份指南：{known}。"),
    "unknown": (
        "There is no guide {word}. Choose one of: {known}.",
        "没有名为 {word} 的指南，可选：{known}。",
    ),
    "foot": ("Program version {version}", "程序版本 {version}"),
    "name_quick_card": ("Quick card", "速查卡"),
    "name_clinician": ("Clinician", "临床医生"),
    "name_coordinator": ("Coordinator", "研究协调员"),
    "name_administrator": ("Administrator", "管理员"),
    "name_datamanager": ("Data manager", "数据管理员"),
}
