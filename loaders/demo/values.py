"""What the demo app's events and devices may say: filters, tools, networks, screens, search terms, phones, channels."""

from __future__ import annotations

from typing import NamedTuple

# Each catalogue has its weights, most popular first where the order is free.
FILTERS = (
    "Señorita", "벚꽃", "Ночь", "夏", "🌈 Rainbow", "Café", "Natural", "Noir", "Düş", "Portra 400",
    "Crème brûlée", "दीपावली", "غروب", "Sépia", "Golden hour", "한강", "Żubr", "O'Hara \"B&W\"",
)  # fmt: skip
FILTER_WEIGHTS = (18, 15, 12, 10, 9, 8, 7, 5, 4, 3, 2, 2, 2, 2, 1, 1, 1, 1)

TOOLS = ("crop", "rotate", "brightness", "contrast", "beautify", "blur", "text", "sticker")
TOOL_WEIGHTS = (24, 10, 16, 9, 20, 8, 7, 6)

NETWORKS = ("Instagram", "WhatsApp", "Telegram", "VK", "KakaoTalk", "TikTok", "X", "LINE")
NETWORK_WEIGHTS = (36, 25, 12, 7, 6, 8, 3, 3)

SCREENS = (
    "Camera",
    "Editor",
    "Feed",
    "Gallery",
    "Profile",
    "Search",
    "Settings",
    "Café Collection",
    "夏祭り Challenge",
)
SCREEN_WEIGHTS = (28, 16, 24, 12, 9, 5, 2, 2, 2)

MESSAGES = ("friend_joined", "new_filters", "your_photo_was_liked", "夏 filter pack", "weekly_best")
MESSAGE_WEIGHTS = (25, 20, 35, 8, 12)

# When people open the app, by the clock on their wall.
HOURS = tuple(range(24))
HOUR_WEIGHTS = (3, 2, 1, 1, 1, 2, 3, 5, 6, 6, 6, 7, 9, 8, 7, 7, 8, 9, 11, 12, 13, 12, 9, 6)

# By the first half of the language tag; others search in English.
SEARCH_TERMS = {
    "en": ("sunset", "food", "birthday", "cat", "new york", "vintage", "selfie"),
    "tr": ("gün batımı", "düğün", "İstanbul", "çiçek", "yılbaşı", "kahve", "ığdır"),
    "ru": ("закат", "ночь", "ёлка", "цветы", "кот", "Питер", "щенок"),
    "hi": ("दिवाली", "शादी", "सूर्यास्त", "मेहंदी", "चाय", "त्योहार"),
    "pt": ("pôr do sol", "verão", "praia", "São João", "açaí", "coração"),
    "ko": ("벚꽃", "한강", "카페", "셀카", "단풍", "고양이"),
    "ar": ("غروب", "عيد", "زفاف", "قهوة", "رمضان", "ورد"),
    "es": ("atardecer", "cumpleaños", "año nuevo", "niños", "playa"),
    "ja": ("夏", "桜", "猫", "カフェ", "夕焼け"),
    "de": ("Sonnenuntergang", "Frühstück", "Weihnachten", "Straße"),
    "fr": ("coucher de soleil", "été", "gâteau", "Noël"),
    "id": ("matahari terbenam", "kopi", "lebaran", "pantai"),
    "vi": ("hoàng hôn", "cà phê", "đám cưới", "tết"),
    "th": ("พระอาทิตย์ตก", "กาแฟ", "ทะเล", "แมว"),
    "zh": ("夕陽", "咖啡", "貓", "夜市"),
}


class Device(NamedTuple):
    """A phone as the export describes it."""

    platform: str
    weight: int
    brand: str
    model: str
    marketing: str
    os_version: str
    store: str


_PLAY = "com.android.vending"

DEVICES = (
    Device("ANDROID", 20, "Samsung", "SM-A155F", "Galaxy A15", "15", _PLAY),
    Device("ANDROID", 16, "Samsung", "SM-A546E", "Galaxy A54 5G", "15", _PLAY),
    Device("ANDROID", 10, "Samsung", "SM-S928N", "Galaxy S24 Ultra", "16", "com.sec.android.app.samsungapps"),
    Device("ANDROID", 18, "Xiaomi", "23129RAA4G", "Redmi Note 13", "14", _PLAY),
    Device("ANDROID", 10, "Xiaomi", "2409BRN2CA", "Redmi 14C", "14", "com.xiaomi.mipicks"),
    Device("ANDROID", 8, "Realme", "RMX3890", "C67", "14", _PLAY),
    Device("ANDROID", 6, "vivo", "V2333", "Y28", "14", _PLAY),
    Device("ANDROID", 5, "OPPO", "CPH2637", "A3", "14", _PLAY),
    Device("ANDROID", 4, "Google", "Pixel 9", "Pixel 9", "16", _PLAY),
    Device("ANDROID", 3, "Huawei", "NOH-NX9", "Mate 40 Pro", "12", "com.huawei.appmarket"),
    Device("IOS", 22, "Apple", "iPhone17,3", "iPhone 16", "26.1", "iTunes"),
    Device("IOS", 20, "Apple", "iPhone15,4", "iPhone 15", "26.1", "iTunes"),
    Device("IOS", 16, "Apple", "iPhone14,7", "iPhone 14", "18.7", "iTunes"),
    Device("IOS", 14, "Apple", "iPhone14,5", "iPhone 13", "18.7", "iTunes"),
    Device("IOS", 8, "Apple", "iPhone12,1", "iPhone 11", "18.5", "iTunes"),
    Device("IOS", 6, "Apple", "iPhone18,1", "iPhone 17 Pro", "26.1", "iTunes"),
)


class Channel(NamedTuple):
    """Where an install came from: the export's `traffic_source`."""

    platform: str
    weight: int
    name: str
    medium: str
    source: str


CHANNELS = (
    Channel("ANDROID", 62, "(direct)", "organic", "google-play"),
    Channel("ANDROID", 18, "(direct)", "(none)", "(direct)"),
    Channel("ANDROID", 12, "app_install_tr_ru_in", "cpc", "google"),
    Channel("ANDROID", 8, "creators 벚꽃", "paid_social", "instagram"),
    Channel("IOS", 80, "(direct)", "(none)", "(direct)"),
    Channel("IOS", 12, "creators 벚꽃", "paid_social", "instagram"),
    Channel("IOS", 8, "(referral)", "referral", "tiktok.com"),
)

PUSH_COUNTRY = "Brazil"
PUSH_CAMPAIGN = "Verão em foco"
