"""Where the demo app's users live: names as the export spells them, weights, clocks, languages, cities."""

from __future__ import annotations

from typing import NamedTuple


class Country(NamedTuple):
    """One country of the catalogue."""

    name: str
    weight: int  # share of the installs, relative
    android: int  # of 1,000 users, those on Android
    utc_minutes: int  # offset of the local clock, without daylight saving
    language: str
    continent: str
    sub_continent: str
    cities: tuple[str, ...]  # "region/city", the first is drawn as often as any other


COUNTRIES = (
    Country("Türkiye", 1900, 780, 180, "tr-tr", "Asia", "Western Asia",
            ("Istanbul/İstanbul", "Ankara/Ankara", "Izmir/İzmir", "Diyarbakir/Diyarbakır", "Canakkale/Çanakkale")),
    Country("Russia", 1400, 690, 180, "ru-ru", "Europe", "Eastern Europe",
            ("Moscow/Moscow", "St. Petersburg/Saint Petersburg", "Tatarstan/Казань",
             "Sverdlovsk Oblast/Yekaterinburg")),
    Country("India", 1250, 930, 330, "hi-in", "Asia", "Southern Asia",
            ("Maharashtra/Mumbai", "Delhi/New Delhi", "Karnataka/Bengaluru", "Uttar Pradesh/लखनऊ")),
    Country("Brazil", 750, 790, -180, "pt-br", "Americas", "South America",
            ("State of São Paulo/São Paulo", "State of Rio de Janeiro/Rio de Janeiro", "State of Bahia/Salvador",
             "Federal District/Brasília")),
    Country("South Korea", 720, 660, 540, "ko-kr", "Asia", "Eastern Asia",
            ("Seoul/Seoul", "Busan/부산광역시", "Gyeonggi-do/Suwon-si", "Jeju-do/제주시")),
    Country("United States", 640, 420, -300, "en-us", "Americas", "Northern America",
            ("New York/New York", "California/Los Angeles", "Texas/Austin", "Hawaii/Kailua-Kona")),
    Country("Indonesia", 270, 900, 420, "id-id", "Asia", "Southeast Asia", ("Jakarta/Jakarta", "East Java/Surabaya")),
    Country("Mexico", 240, 780, -360, "es-mx", "Americas", "Central America",
            ("Mexico City/Mexico City", "Nuevo León/Monterrey", "Yucatán/Mérida")),
    Country("Germany", 190, 570, 60, "de-de", "Europe", "Western Europe",
            ("Berlin/Berlin", "Bavaria/München", "North Rhine-Westphalia/Köln")),
    Country("Egypt", 180, 840, 120, "ar-eg", "Africa", "Northern Africa",
            ("Cairo Governorate/القاهرة", "Alexandria/Alexandria")),
    Country("Vietnam", 170, 640, 420, "vi-vn", "Asia", "Southeast Asia",
            ("Ho Chi Minh City/Thủ Đức", "Hanoi/Hà Nội")),
    Country("Thailand", 160, 700, 420, "th-th", "Asia", "Southeast Asia",
            ("Bangkok/กรุงเทพมหานคร", "Chiang Mai/Chiang Mai")),
    Country("Japan", 150, 340, 540, "ja-jp", "Asia", "Eastern Asia", ("Tokyo/渋谷区", "Osaka/Osaka", "Kyoto/Kyoto")),
    Country("Philippines", 140, 830, 480, "en-ph", "Asia", "Southeast Asia",
            ("Metro Manila/Quezon City", "Central Visayas/Cebu City")),
    Country("France", 130, 580, 60, "fr-fr", "Europe", "Western Europe",
            ("Île-de-France/Paris", "Auvergne-Rhône-Alpes/Saint-Étienne")),
    Country("United Kingdom", 130, 450, 0, "en-gb", "Europe", "Northern Europe",
            ("England/London", "Scotland/Glasgow")),
    Country("Spain", 120, 700, 60, "es-es", "Europe", "Southern Europe",
            ("Community of Madrid/Madrid", "Andalusia/Málaga")),
    Country("Italy", 110, 650, 60, "it-it", "Europe", "Southern Europe", ("Lombardy/Milan", "Lazio/Rome")),
    Country("Poland", 100, 760, 60, "pl-pl", "Europe", "Eastern Europe",
            ("Masovian Voivodeship/Warsaw", "Łódź Voivodeship/Łódź")),
    Country("Kazakhstan", 100, 700, 300, "ru-kz", "Asia", "Central Asia", ("Almaty/Алматы", "Astana/Astana")),
    Country("Azerbaijan", 80, 720, 240, "az-az", "Asia", "Western Asia", ("Baku/Bakı", "Ganja/Gəncə")),
    Country("Saudi Arabia", 80, 480, 180, "ar-sa", "Asia", "Western Asia",
            ("Riyadh Province/الرياض", "Makkah Province/Jeddah")),
    Country("Colombia", 80, 820, -300, "es-co", "Americas", "South America", ("Bogota/Bogotá", "Antioquia/Medellín")),
    Country("Argentina", 80, 860, -180, "es-ar", "Americas", "South America",
            ("Buenos Aires/Buenos Aires", "Cordoba/Córdoba")),
    Country("Malaysia", 70, 680, 480, "ms-my", "Asia", "Southeast Asia",
            ("Selangor/Shah Alam", "Penang/George Town")),
    Country("Uzbekistan", 70, 860, 300, "ru-uz", "Asia", "Central Asia", ("Tashkent/Toshkent",)),
    Country("Taiwan", 60, 440, 480, "zh-tw", "Asia", "Eastern Asia", ("Taipei City/臺北市", "Kaohsiung City/高雄市")),
    Country("Pakistan", 60, 940, 300, "en-pk", "Asia", "Southern Asia", ("Sindh/Karachi", "Punjab/لاہور")),
    Country("Iraq", 60, 790, 180, "ar-iq", "Asia", "Western Asia", ("Baghdad Governorate/بغداد",)),
    Country("Ukraine", 60, 700, 120, "uk-ua", "Europe", "Eastern Europe", ("Kyiv city/Київ", "Lviv Oblast/Львів")),
    Country("Netherlands", 50, 560, 60, "nl-nl", "Europe", "Western Europe", ("North Holland/Amsterdam",)),
    Country("Canada", 50, 400, -300, "en-ca", "Americas", "Northern America", ("Ontario/Toronto", "Quebec/Montréal")),
    Country("Morocco", 50, 850, 60, "ar-ma", "Africa", "Northern Africa", ("Casablanca-Settat/الدار البيضاء",)),
    Country("Algeria", 40, 880, 60, "ar-dz", "Africa", "Northern Africa", ("Algiers Province/Algiers",)),
    Country("Romania", 40, 760, 120, "ro-ro", "Europe", "Eastern Europe",
            ("Bucharest/București", "Iași County/Iași")),
    Country("United Arab Emirates", 30, 520, 240, "ar-ae", "Asia", "Western Asia",
            ("Dubai/دبي", "Abu Dhabi/Abu Dhabi")),
    Country("Greece", 30, 700, 120, "el-gr", "Europe", "Southern Europe", ("Attica/Αθήνα",)),
    Country("Portugal", 30, 680, 0, "pt-pt", "Europe", "Southern Europe", ("Lisbon/Lisboa", "Évora District/Évora")),
    Country("Nigeria", 30, 880, 60, "en-ng", "Africa", "Western Africa", ("Lagos/Ìkẹjà",)),
    Country("Australia", 30, 410, 600, "en-au", "Oceania", "Australasia", ("New South Wales/Sydney",)),
    Country("Chile", 30, 780, -240, "es-cl", "Americas", "South America", ("Santiago Metropolitan Region/Ñuñoa",)),
    Country("Hungary", 20, 740, 60, "hu-hu", "Europe", "Eastern Europe",
            ("Budapest/Budapest", "Győr-Moson-Sopron/Győr")),
    Country("Czechia", 20, 720, 60, "cs-cz", "Europe", "Eastern Europe", ("Prague/Praha",)),
    Country("Israel", 20, 600, 120, "he-il", "Asia", "Western Asia", ("Tel Aviv District/תל אביב-יפו",)),
    Country("Georgia", 20, 680, 240, "ka-ge", "Asia", "Western Asia", ("Tbilisi/თბილისი",)),
    Country("Myanmar (Burma)", 10, 900, 390, "my-mm", "Asia", "Southeast Asia", ("Yangon Region/ရန်ကုန်",)),
    Country("Bosnia & Herzegovina", 10, 740, 60, "bs-ba", "Europe", "Southern Europe",
            ("Canton of Sarajevo/Sarajevo",)),
    Country("Côte d’Ivoire", 10, 860, 0, "fr-ci", "Africa", "Western Africa",
            ("Abidjan Autonomous District/Abidjan",)),
    Country("Mongolia", 10, 640, 480, "mn-mn", "Asia", "Eastern Asia", ("Ulaanbaatar/Улаанбаатар",)),
    Country("Iceland", 8, 420, 0, "is-is", "Europe", "Northern Europe", ("Capital Region/Reykjavík",)),
    Country("Réunion", 6, 640, 240, "fr-re", "Africa", "Eastern Africa", ("Réunion/Saint-Denis",)),
    Country("São Tomé & Príncipe", 6, 900, 0, "pt-st", "Africa", "Middle Africa", ("São Tomé Province/São Tomé",)),
)  # fmt: skip
