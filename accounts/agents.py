"""A browser's way of naming itself, as a person would say it; for reading only, since anything can stand there."""

BROWSERS = (
    ("MicroMessenger", "微信"),
    ("DingTalk", "钉钉"),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("Windows", "Windows"),
    ("Android", "安卓"),
    ("HarmonyOS", "鸿蒙"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


def in_words(agent: str) -> str:
    """«Windows 上的 Edge»; its own first words where neither is known."""
    browser, system = named(agent, BROWSERS), named(agent, SYSTEMS)
    if browser and system:
        return f"{system} 上的 {browser}"
    return browser or system or agent[:40] or "未知浏览器"


def named(agent: str, names: tuple[tuple[str, str], ...]) -> str:
    return next((said for mark, said in names if mark in agent), "")
