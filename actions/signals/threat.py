"""Does the customer threaten to go to a regulator, the police, a lawyer or the press?"""

# ruff: noqa: E501 (a phrase or a class of words is one line; wrapped, it is hard to read and to compare)

from typing import Any

from actions.signals import nlp
from actions.signals.negation import is_denied
from actions.signals.nlp import word_list
from actions.signals.phrases import Phrases, teach_later
from actions.signals.reading import Reading
from actions.signals.whose import is_reported

_REGULATORS = word_list(
    "工商 工商局 消协 消费者协会 消保会 消委会 消基会 消费者委员会 金管会 消保委 消委会 市场监管 市场监管局 市场监督管理局 市监局 银保监 银保监会 "
    "银监会 保监会 金监局 金融监管局 金融监管总局 监管 监管局 监管部门 监管机构 证监会 人民银行 央行 人行 "
    "法院 法庭 派出所 公安 公安局 警方 警察局 网警 质监局 信访 信访局 信访办 黑猫 黑猫投诉 工信部 物价局 "
    "网信办 315 消费者权益保护"
)
teach_later(_REGULATORS)
# Words that begin or end like a threat and are none.
teach_later(word_list("报警器 烟雾报警器 报警灯 律师证 媒体中心 自媒体 曝光度 曝光率 曝光量"))

_ZH = Phrases(
    nlp.chinese,
    {
        "other": [
            "订单|订单号|单号|编号|运单|运单号|快递|尾号|号码 _{0,2} $hotline",
            "我 是 _{0,2} 律师|记者|警察",
            "发|发到|晒|晒到|放 到? $social _{0,4} 返现|有奖|奖励|集赞|优惠|优惠券|红包|积分|打卡|推荐|分享|种草",
            "律师函|律师信|仲裁|起诉|维权|诉讼|打官司 模板|范本|多少钱|费用|费|怎么写|流程|怎么收费",
            "律师函|律师信|仲裁|起诉|维权|诉讼 是 什么|啥|干什么|干嘛",
            "$hotline 是|属于|算|归",
            "什么|啥 是|叫 $hotline",
            "律师|警察 专业|考试|证|书|服|资格",
            "相机|镜头|照片|拍照 _{0,3} 曝光",
            "曝光 补偿|时间|参数",
        ],
        "threat": [
            "投诉|举报|打|拨打|致电|找|联系 _{0,2} $hotline",
            "$hotline",
            "打|拨打|投诉|致电 _{0,2} 12345",
            "投诉|举报|反映|告|找|去|打|联系|致电|上报|上诉|捅|闹|上 _{0,3} $regulator",
            "向|到|给|跟 $regulator _{0,2} 投诉|举报|反映|告",
            "$regulator _{0,2} 见|投诉|申诉|举报|告|反映|介入",
            "报警|报案|报公安|报警察",
            "叫|找|喊|联系 _{0,2} 警察|警方",
            "律师函|律师信|起诉|法院见|法庭见|打官司|诉诸法律|诉诸公堂|提起诉讼|走诉讼|申请仲裁|劳动仲裁|仲裁|公堂",
            "走|通过|采取|用 _{0,1} 法律|司法 _{0,1} 途径|程序|手段|武器|渠道",
            "告 你们|你|死|上 _{0,2}",
            "告 到|上? 法院|法庭",
            "找|请|联系|咨询|委托|我|叫|让 _{0,2} 律师",
            "律师 会|来|找|联系|跟|告",
            "曝光 _{0,2} 你们|你|出去|到|给|他们|这",
            "全网|网上|微博|抖音|小红书|朋友圈|快手|知乎 上? 曝光|避雷|爆料|骂",
            "$social 上? 挂 你们|你|出来",
            "发|发到|上 $social 曝光",
            "发|发到|放|放到|传|传到 $social _{0,3} 让|给 大家|网友|所有人 _{0,1} 看看|评评理|评理|避雷|知道",
            "发|发到 $social _{0,3} 曝光|嘴脸|避雷|看看 你们?",
            "让|去|要|就|会|给|把|媒体|记者|网上|微博|抖音|小红书|热搜 _{0,3} 曝光",
            "找|联系|告诉|告知|发|爆料|捅|通知 _{0,2} $press",
            "$press _{0,2} 曝光|爆料|报道|采访",
            "挂|曝|发|放|晒|传|捅 到? $social",
            "上 热搜|315|三一五|315晚会",
            "维权",
            "去|要|就|申请|发起|提|走|做|让 _{0,5} chargeback|拒付",
        ],
    },
    {
        "hotline": word_list("12315 12378 12363 12300 12381 12321"),
        "regulator": _REGULATORS,
        "press": word_list("媒体 记者 电视台 报社 新闻 电台"),
        "social": word_list("网上 微博 抖音 小红书 热搜 知乎 快手 头条 b站 贴吧 朋友圈 全网 网络 网络上"),
    },
)
_EN = Phrases(
    nlp.english,
    {
        "other": [
            "name is|'s sue",
            "i|this am|'m|is a? sue|lawyer|solicitor|attorney|journalist",
            "my|a sister|brother|wife|husband|friend|dad|father|mum|mom|mother|son|daughter|boss is|was a? lawyer|attorney|solicitor",
            "lawyer|attorney|solicitor 's? book|costume|letter|office|joke|jokes|movie|film|show",
            "can|could|may|how i|to|do|we i? share|post _{0,3} $social",
            "regulated|authorised|authorized|licensed|licenced|registered|approved|covered|protected _{0,3} ombudsman|regulator|fca|cfpb|ftc|fos|accc|asic|finra",
            "are|is you|u|this|it fca|cfpb|ftc|finra",
            "ombudsman|fca|regulator scheme|regulated|authorised|authorized|number|register|registration|website|approved",
            "police uniform|costume|helmet|badge|hat|car|lego",
            "order|tracking|number|parcel no|number? #? 12315",
            "news letter|feed|app",
            "power of attorney",
            "voltage|pressure|gas|heat|current|temperature|flow|speed|fan regulator|regulators",
            "what|who is|are|does _{0,1} ombudsman|regulator|watchdog",
        ],
        "threat": [
            "12315|12378",
            "sue you|ya|your|u|them|this|the|for|if|over",
            "will|'ll|gon|going|gonna|to|can|could|might sue",
            "see|take|taking|drag _{0,3} court|tribunal",
            "see you in court",
            "small claims",
            "file|filing|do|doing|start|starting|request|requesting|initiate|issue|go|going|for|raise|raising _{0,2} chargeback",
            "dispute|disputing the|this|that|your charge|charges|payment|transaction _{0,2} bank|card",
            "dispute|disputing it|this|that with|through my|the bank|card",
            "have|get _{0,3} charged back",
            "lawsuit|litigation|lawyer|lawyers|attorney|solicitor|solicitors|barrister",
            "legal action|steps|proceedings|advice|team|route",
            "taking|take this|it legal",
            "call|calling|contact|contacting|tell|inform|involve|involving|go|going|report|reporting|file|get|notify _{0,5} police|cops",
            "call|calling|contact|contacting|get|getting|hire|hiring|see|involve|involving|consult|speak|talk _{0,4} lawyer|lawyers|attorney|solicitor",
            "police report",
            "ombudsman|regulator|regulators|watchdog|fca|cfpb|ftc|bbb|fos|accc|asic|occ|finra",
            "trading standards",
            "consumer protection|affairs|council|association|rights|watchdog",
            "better business bureau",
            "citizens advice",
            "attorney general",
            "financial conduct|services authority|commission|ombudsman",
            "report|reporting|reported you|your|u|this|them _{0,3} to",
            "go|going|take|taking|tell|telling|contact|contacting|expose|write|speak|talk _{0,5} press|media|newspaper|newspapers|journalist|journalists|reporter|tv",
            "press|media|newspaper|newspapers|papers|reporters _{0,1} hear|hears|learn|learns|find|finds",
            "expose|exposing you|this|your|u|them",
            "name and shame",
            "going|goes|go|posting|post|posted|put|putting|be _{0,3} all over $social",
            "post|posting|put|share|blast this|about|it|everything|you _{0,5} $social",
            "go|going viral|public",
        ],
    },
    {
        "social": word_list(
            "twitter x facebook instagram tiktok reddit youtube linkedin online everywhere media weibo"
        )
    },
)
# Saying that one will not do it takes the threat away, too.
_ALSO_DENY_ZH = frozenset(word_list("不会 不可能 不至于 没 没有 不敢"))
_ALSO_DENY_EN = frozenset({"hate"})


def threat(reading: Reading) -> tuple[bool, str | None]:
    """Return whether the customer threatens, and with which words."""
    for doc, phrases, english, also in (
        (reading.zh, _ZH, False, _ALSO_DENY_ZH),
        (reading.en, _EN, True, _ALSO_DENY_EN),
    ):
        span = None if doc is None else _phrase(doc, phrases, english, also)
        if span is not None:
            return True, f"threatens: {span}"
    return False, None


def _phrase(doc: Any, phrases: Phrases, english: bool, also: frozenset[str]) -> str | None:
    for found in phrases.find(doc):
        if found.label != "threat" or is_denied(doc, found.start, english=english, also=also):
            continue
        if not is_reported(doc, found.start, english=english):
            return found.text
    return None
