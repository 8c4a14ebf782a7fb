"""What the taking and making of bundles says besides ``sync``."""

MESSAGES: dict[str, tuple[str, str]] = {
    "relied_on": (
        "No new copy was made before: few records came, and the copy {name} of {at}, checked when it was made, "
        "is less than a day old.",
        "此前未另做备份：新记录很少，且备份 {name}（{at}，生成时已核对）不足一天。",
    ),
    "definition_too_large": (
        "The study definition {name} is too large to travel in a bundle. Nothing was made; tell the centre.",
        "研究定义 {name} 过大，无法放入数据包。未生成数据包，请告知协调中心。",
    ),
}
