"""What has a form: links, addresses for mail and parcels, numbers of all kinds, dates, amounts. Pure.

The order counts: what stands first may hold what comes later, as a link holds a number. Each pattern takes
time in proportion to the text: where a run of characters may be long, it begins at one place only, or ends
soon.
"""

import re
from collections.abc import Iterator

_HAN = "㐀-鿿"
_ZH_DIGIT = "〇零一二三四五六七八九幺壹贰叁肆伍陆柒捌玖"
_DIGIT_EN = "oh|zero|nought|one|two|three|four|five|six|seven|eight|nine|double|triple"
_TLD = (
    "com|cn|net|org|io|co|uk|de|fr|eu|hk|tw|us|me|info|shop|store|top|xyz|app|dev|link|cc|vip|"
    "site|online|ly|gl"
)

# "slash t slash 9xk2", as it is said on the phone
_PATH_SAID = r"(?:\s?(?:/|斜杠|\bslash\b)\s?[\w-]+)*"

_LINK = (
    r"\b(?:https?|ftp|weixin|alipays?|taobao)\s?[:：]\s?/\s?/\s?[^\s，。；！？、（）<>\"”」]+"
    r"|\bwww\.[^\s，。；！？、（）<>\"”」]+"
    rf"|(?<![\w@.-])(?:[a-z0-9-]++\.)+(?:{_TLD})\b(?:[:/?#][^\s，。；！？、（）<>\"”」]*)?"
    rf"|(?<![\w@.-])(?:[a-z0-9-]++(?:\s?点\s?| dot )){{1,5}}(?:{_TLD})\b{_PATH_SAID}"
)
_AT = r"(?:@|\s?(?:\(at\)|\[at\]|\{at\}|艾特)\s?)"
_DOT = r"(?:\.|\s?(?:\(dot\)|\[dot\]|\{dot\}|点)\s?)"
_E_MAIL = (
    rf"(?<![\w.+%-])[\w.+%-]++{_AT}[\w-]+(?:{_DOT}[\w-]+)+"
    r"|(?<![\w.+-])[\w.+-]++ (?:@|at) [\w-]+(?: (?:\.|dot) [\w-]+)+"
    rf"{_PATH_SAID}"
)

# Handles of messengers: the cue stays, what follows it goes.
_HANDLE = (
    r"(?P<keep>(?<![a-z])(?:微信|威信|薇信|v信|加v|vx|wx|wechat|weixin|qq|企鹅|telegram|tg|whatsapp|skype|snapchat|"
    r"instagram|ins|line|支付宝|alipay|抖音|小红书|微博|淘宝|旺旺)"
    r"(?:\s?[(（]?(?:账号|帐号|账户|id|号码|号|handle|name|user))?\s?(?:[:：]|是|为|is|\s)?\s?)"
    r"(?P<gone>(?<![a-z])@?[a-z0-9][\w.@-]{3,})"
)
_BARE_HANDLE = r"\bwxid_\w+|(?<![\w@])@[a-z0-9_][\w.]{2,}"

_PLATE = (
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领]"
    r"(?:(?:[A-Z]|\s[A-Z](?=[\s·•.-]))\s?[·•.-]?\s?(?:[A-Z0-9]\s?){4,6}[A-Z0-9挂学警港澳]"
    r"|[a-z]\s?[·•.-]?\s?(?=[a-z]?\d)[a-z0-9]{5,6})"
)
_PLATE_CUED = (
    r"(?P<keep>\b(?:licen[cs]e|number|registration|reg(?:\.|istration)?|car|vehicle)?\s?plates?"
    r"(?:\s(?:number|no\.?))?(?:\sis|:)?\s)"
    r"(?P<gone>[A-Z0-9]{1,4}(?:[ -]?[A-Z0-9]{1,4}){1,2})"
)

_MONTHS = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    r"sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_DATE = (
    r"(?:\d{2,4}\s?年\s?)?\d{1,2}\s?月\s?\d{1,2}\s?[日号]"
    rf"|(?:[{_ZH_DIGIT}]{{2,4}}年)?[{_ZH_DIGIT}十]{{1,2}}月[{_ZH_DIGIT}十]{{1,3}}[日号]"
    r"|\b(?:19|20)\d{2}[-/.]\d{1,2}[-/.]\d{1,2}\b|\b\d{1,2}[/.]\d{1,2}[/.](?:19|20)?\d{2}\b"
    rf"|\b{_MONTHS}\.?\s\d{{1,2}}(?:st|nd|rd|th)?\b(?:,?\s(?:19|20)\d{{2}})?"
    rf"|\b\d{{1,2}}(?:st|nd|rd|th)?\s(?:of\s)?{_MONTHS}\b(?:,?\s(?:19|20)\d{{2}})?"
)

# An amount of this customer's, as opposed to "free from ¥99": with cents, or of three digits and more.
_SUM = r"(?<!\d)(?:\d{1,3}(?:,\d{3}){1,4}(?:\.\d{1,2})?|\d{1,9}\.\d{1,2}|\d{3,9})"
_AMOUNT = (
    rf"(?:[¥￥$€£]|(?:rmb|cny|usd|eur|gbp|hk\$|us\$)\s?)\s?{_SUM}"
    rf"|{_SUM}\s?(?:万)?(?:元|块|人民币|rmb|cny|yuan|dollars?|usd|euros?|eur|pounds?|gbp|bucks)"
)

_STREET = (
    r"(?:street|st|road|rd|avenue|ave|lane|ln|drive|dr|boulevard|blvd|court|ct|square|sq|terrace|place|pl|"
    r"close|crescent|highway|hwy|parkway|pkwy|way|row|gardens?|mews)"
)
_UNIT = r"(?:apt|apartment|flat|unit|suite|ste|room|rm|floor|fl|building|bldg|block|no|#)"
_AREA = r"(?:,\s?(?:[A-Z][\w'.-]{0,30})(?:\s[A-Z][\w'.-]{0,30}){0,3}(?:\s\d[A-Z]{2}\b)?)"
_POSTCODE = r"(?:,?\s?(?:[A-Z]{2}\s)?\d{5}(?:-\d{4})?\b|,?\s[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2}\b)"
_ADDRESS_EN = (
    rf"(?:(?i:\b{_UNIT})\.?\s?[\w-]{{1,6}},?\s){{0,3}}\b\d{{1,5}}[A-Za-z]?,?\s(?:[A-Z0-9][\w'.-]{{0,30}}\s){{1,4}}?(?i:{_STREET})\b\.?"
    rf"(?:,?\s(?i:{_UNIT})\.?\s?[\w-]{{1,6}}\b){{0,3}}{_AREA}{{0,3}}{_POSTCODE}?"
    rf"|\b(?i:\d{{1,5}}[a-z]?\s(?:[a-z'-]+\s){{1,3}}?(?:street|road|avenue|lane|drive|boulevard|crescent|terrace))\b{_AREA}{{0,3}}{_POSTCODE}?"
    rf"|\b(?i:p\.?\s?o\.?\s?box)\s\d+{_AREA}{{0,3}}{_POSTCODE}?"
    rf"|\b[A-ZÄÖÜ][\wäöüß-]{{0,30}}(?:straße|strasse|gasse|allee|platz|weg)\s\d+\w?(?:,?\s\d{{5}}(?:\s[A-Z][\w-]+)?)?"
    r"|\b[A-Z]{1,2}\d[A-Z\d]?\s\d[A-Z]{2}\b"
    rf"|\b(?:(?:[A-Z][\w'.-]{{1,30}}\s){{0,3}}[A-Z][\w'.-]{{1,30}},\s)?(?:[A-Z][\w'.-]{{1,30}}\s){{1,3}}"
    rf"(?:Street|Road|Lane|Avenue|Boulevard|Terrace|Crescent|Mews|Gardens)\b{_AREA}{{0,3}}{_POSTCODE}?"
    rf"|\b\d{{1,5}}[a-z]?,?\s(?i:rue|quai|chemin|impasse|via|viale|piazza|calle|avenida|plaza|rua|ulica)\s"
    rf"(?:(?:de|du|des|la|le|del|della|di|da|do|dos)\s){{0,2}}[A-Z][\w'.-]{{0,30}}(?:\s[A-Z][\w'.-]{{0,30}}){{0,2}}"
    rf"(?:,?\s\d{{4,5}}(?:\s[A-Z][\w-]{{0,30}})?)?"
    r"|\b(?i:unit|flat|apt|apartment|suite|block|blk|tower)\s?#?\d{1,5}[a-z]?\b(?:,?\s(?i:unit|block|blk|tower|floor)\s\w{1,4}\b){0,3}"
    rf"(?:,\s(?:[\w'-]{{1,20}}\s){{1,3}}(?i:{_STREET})\b(?:\s\d{{1,4}}\b)?)?(?:,\s[A-Za-z]{{3,20}}\s\d{{5,6}}\b)?"
    rf"|\b(?i:{_UNIT})\.?\s?\d[\w-]{{0,8}},\s(?:(?i:{_UNIT})\.?\s?\d[\w-]{{0,8}},?\s?){{0,4}}(?:[A-Z][\w'.-]{{0,30}}\s?){{1,4}}{_AREA}{{0,3}}"
)

_REGION = r"(?:特别行政区|自治区|自治州|自治县|省|(?<![城超门股夜])市|(?<![地社小专园景])区|县|旗|盟)"
_ROAD = (
    r"(?:大道|胡同|街道|小区|花园|大厦|公寓|新村|家园|园区|广场|社区|公馆|别墅|国际城|宿舍|"
    r"路|街|巷|弄|村|镇|乡|屯|苑|里|城|府|湾|庭|阁|轩)"
)
_HOUSE = r"(?:号楼|号院|号线|单元|楼层|号|弄|栋|幢|座|楼|层|室|户|门|房)"
_NUMBER = rf"[\dA-Za-z{_ZH_DIGIT}十百甲乙丙丁东西南北-]{{1,6}}"
_ADDRESS_ZH = (
    rf"(?:[{_HAN}]{{2,7}}?{_REGION}\s?){{0,4}}(?:[{_HAN}A-Za-z\d]{{1,10}}?{_ROAD}\s?){{1,2}}"
    rf"(?:[{_HAN}]{{2,10}}?)??(?:{_NUMBER}\s?{_HOUSE}\s?[-—]?\s?){{1,5}}(?:\d{{1,5}})?"
    rf"|(?:[{_HAN}]{{2,7}}?{_REGION}\s?){{2,4}}(?:[{_HAN}A-Za-z\d]{{1,10}}?{_ROAD}\s?){{0,2}}(?:{_NUMBER}{_HOUSE}){{0,5}}"
    rf"|(?:[{_HAN}]{{2,5}}?(?:省|(?<![城超门股夜])市)\s?)(?:[{_HAN}A-Za-z\d]{{1,8}}?(?:路|街|道|巷|弄|镇|乡|村))"
    rf"|(?:[{_HAN}]{{2,6}}?[\d{_ZH_DIGIT}十]{{1,2}}区)?(?:[A-Za-z\d{_ZH_DIGIT}十甲乙丙丁]{{1,4}}(?:号楼|栋|幢|座|单元)\s?){{1,3}}"
    rf"[\d{_ZH_DIGIT}]{{2,5}}\s?(?:室|号|户)?"
)
# In front of an address, as a part of its first word: kept.
ADDRESS_CUES = re.compile(
    "(?:收货)?地址(?:已经?)?(?:改成|改为|换成|是|为|在|[:：])|改成|改为|改到|换成|换到|寄到|寄往|寄去|送到|送往|送至|发到|发往|"
    "派送到|快递到|邮寄到|位于|住在|搬到|搬去|家在|公司在|投递到|上门到|放到|放在|就是|已到|到了"
)

_NUMBERS = (
    r"(?P<keep>(?:尾号|末四位|后四位|尾数|ending(?:\s(?:in|with))?|last\s(?:four|4)(?:\sdigits)?|验证码|密码|pin|code)"
    rf"(?:\s?(?:是|为|[:：]|is|are))?\s?)(?P<gone>[\d{_ZH_DIGIT}](?:\s?[\d{_ZH_DIGIT}]){{2,7}})"
    r"|(?<![A-Za-z0-9])\+?[(（]?\d(?:[\s()（）.-]{0,2}\d){6,}[Xx]?(?:\s?(?:转|分机|ext\.?|extension)\s?\d{1,6})?(?![A-Za-z0-9])"
    rf"|\b(?i:(?:{_DIGIT_EN})[\s,-]+){{4,}}(?i:{_DIGIT_EN})\b"
    r"|(?<![A-Za-z0-9])(?=[A-Z0-9-]{0,40}\d)(?=[A-Z0-9-]{0,40}[A-Z])[A-Z0-9](?:-?[A-Z0-9]){5,}(?![A-Za-z0-9])"
    r"|(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?:\s?[A-Z0-9]{4}){3,}(?:\s?[A-Z0-9]{1,4})?"
    r"|(?<![A-Za-z0-9])[A-Z]{1,4}[ -]?\d(?:[ -]?\d){4,}(?:[ -]?[A-Z]{1,2})?(?![A-Za-z0-9])"
    r"|(?<![A-Za-z0-9])#?[A-Za-z]{1,4}[-_]?\d{4,}[A-Za-z0-9-]*"
    r"|(?<!\d)\d{5,}(?!\d)"
    rf"|[{_ZH_DIGIT}](?:[\s-]?[{_ZH_DIGIT}]){{5,}}"
    r"|(?P<keep2>(?:订单|单号|运单|快递单?号?|工号|房号|order|number|no\.|parcel|ticket|case|reference|ref\.?)"
    r"\s?(?:号码?|编号|number|no\.?)?\s?(?:是|为|[:：#]|is)?\s?#?)(?P<gone2>\d{4,})"
)

FORMS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("email", re.compile(_E_MAIL, re.IGNORECASE | re.ASCII)),
    ("link", re.compile(_LINK, re.IGNORECASE | re.ASCII)),
    ("account", re.compile(_HANDLE, re.IGNORECASE | re.ASCII)),
    ("account", re.compile(_BARE_HANDLE, re.IGNORECASE | re.ASCII)),
    ("number", re.compile(_PLATE)),
    ("number", re.compile(_PLATE_CUED, re.IGNORECASE)),
    ("address", re.compile(_ADDRESS_EN)),
    ("address", re.compile(_ADDRESS_ZH)),
    ("date", re.compile(_DATE, re.IGNORECASE)),
    ("amount", re.compile(_AMOUNT, re.IGNORECASE)),
    ("number", re.compile(_NUMBERS)),
)


def found(kind: str, pattern: re.Pattern[str], text: str) -> Iterator[tuple[int, int]]:
    """Where there is something to take out: from, to."""
    for match in pattern.finditer(text):
        groups = match.groupdict()
        name = next((name for name in ("gone", "gone2") if groups.get(name)), 0)
        start, end = match.span(name)
        if kind == "address":
            cues = [cue.end() for cue in ADDRESS_CUES.finditer(text, start, end)]
            start = next((at for at in reversed(cues) if at < end - 2), start)
        yield start, end
