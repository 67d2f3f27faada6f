"""Words that carry feeling, by strength. Positive strengths please, negative ones do not.

0.75 and more is an outburst by itself, 0.5 clear displeasure, 0.3 discomfort that a calm customer voices as well.
A problem ("damaged", 坏了) is not yet a feeling and weighs little.
"""

# ruff: noqa: E501 (a phrase or a class of words is one line; wrapped, it is hard to read and to compare)

ZH: dict[float, str] = {
    -0.85: (
        "操 傻逼 煞笔 沙比 他妈的 妈的 tmd 草泥马 操你 去死 滚蛋 王八蛋 混蛋 畜生 人渣 脑残 智障 弱智 狗屁 狗屎 不要脸 无耻 无赖 流氓 忍无可忍 气死 "
        "气死我了 气炸 气炸了 垃圾公司 垃圾平台 垃圾客服 骗子公司 黑店 烂透了 恶心 缺德 丧尽天良 欺人太甚 草菅人命 强盗"
    ),
    -0.72: "垃圾 骗子 骗人 坑人 坑爹 坑钱 黑心 废物 愤怒 恶劣 卑鄙 下流 滚 欺骗 欺诈 霸王条款 糊弄鬼 糊弄人 恨 受够了 受够 耍猴 恶心人",
    -0.55: (
        "差劲 失望 生气 火大 糟糕 烂 差评 敷衍 忽悠 推脱 推诿 踢皮球 不负责任 不负责 态度差 受不了 烦死 烦死了 烦人 崩溃 过分 离谱 可笑 荒唐 "
        "不满意 难用 浪费时间 折腾 折腾人 讨厌 破公司 什么玩意 没人管 没人理 耍我 扯淡 愚蠢 蠢 气人 心寒 闹心 坑 无语 寒心 窝火 恼火 上火 发火 "
        "太差 很差 真差 好差 差死了 太坑 不像话 没完没了 火冒三丈 欺负 糊弄 骂人 投诉无门 烂摊子 不爽 抓狂 气愤 蛮横 冷漠 傲慢 忘恩负义 "
        "不可理喻 莫名其妙 鬼话 瞎扯 胡扯 搪塞 毫无诚意 差得很 没良心 良心被狗吃了 店大欺客 无良 不作为"
    ),
    -0.4: "差 慢 久 烦 墨迹 磨叽 磨蹭 拖延 推来推去 呵呵 搞笑 笨 傻 不合理 醉了 服了 难受 伤心 难过 不开心 郁闷 扫兴 白等 白跑 说话不算话 不靠谱 不专业 不耐烦 ",
    -0.2: "后悔 别再 不满 不行 没用 不好 着急 急 担心 麻烦死 坏 错 拖 延迟 贵 不方便 投诉 不对 脏 失效 故障 怎么还 一直没 迟迟 到底 白 难 害怕 焦虑 可惜 不清楚 为什么还",
    0.2: "谢谢 谢 感谢 多谢 好的 辛苦 辛苦了 嗯嗯 可以 方便 及时 明白了 知道了 解决了",
    0.45: "很好 不错 还不错 挺好 喜欢 开心 高兴 贴心 耐心 优秀 好评 靠谱 放心 专业 周到 热情 厉害 太好了 好用 舒服 惊喜 实惠 给力 细心 点赞",
    0.65: "满意 非常好 完美 棒 赞 超赞 太棒了 爱了 爱死 感激 好极了 五星好评 一流",
}

EN: dict[float, str] = {
    -0.85: (
        "fuck fucking fucked fuckin wtf bullshit asshole assholes bastard bastards motherfucker scam scammers scammer crooks thieves pathetic disgusting "
        "appalling outrageous disgraceful disgrace despicable shitty furious livid enraged cunts idiots moron morons shameful"
    ),
    -0.72: "worst hate shit crap garbage liar liars idiot stupidest ripoff horrendous abysmal atrocious infuriating lying cheated robbed dumbest screw",
    -0.55: (
        "terrible awful horrible useless ridiculous unacceptable angry disappointed disappointing annoyed annoying frustrated frustrating "
        "incompetent rude nonsense stupid dumb rubbish trash sucks suck lousy absurd waste lies misleading dissatisfied unhappy upset mad pissed "
        "nightmare unprofessional clueless damn bloody poor disrespectful insulting hopeless laughable ashamed fed"
    ),
    -0.4: "joke bad disappoint annoy frustrate unhelpful slow sad confusing ignoring ignored ugh meh wasted neglected unfair",
    -0.2: (
        "tired sick stuck incorrect late wrong broken delayed delay confused worried problem unfortunately expensive complain complaint damaged fail failed failing missing "
        "still again waiting error defective issue"
    ),
    0.2: "thanks thank thx ty ok okay cool fine quick fast easy solved helps sure",
    0.45: "good nice happy helpful appreciate glad satisfied better clear friendly works smooth convenient",
    0.65: "great love perfect excellent awesome amazing wonderful fantastic brilliant superb best outstanding impressed delighted",
}

EMOJI: dict[str, float] = {
    "🤬": -0.85, "💩": -0.6, "😡": -0.65, "👿": -0.6, "🖕": -0.9, "😠": -0.5, "😤": -0.5, "👎": -0.5, "🤮": -0.6, "😒": -0.4, "🙄": -0.4,
    "😭": -0.3, "😢": -0.3, "😞": -0.4, "😔": -0.3, "💔": -0.4, "😩": -0.4, "😫": -0.4, "🤡": -0.5, "🙂": 0.0, "👍": 0.4, "❤": 0.5, "🥰": 0.6,
    "😊": 0.4, "😄": 0.4, "😀": 0.4, "😁": 0.4, "🎉": 0.5, "😍": 0.6, "🙏": 0.1, "🌹": 0.4, "💪": 0.2, "😘": 0.4, "👏": 0.5,
    "[怒]": -0.6, "[发怒]": -0.6, "[抓狂]": -0.5, "[鄙视]": -0.5, "[吐]": -0.6, "[弱]": -0.5, "[白眼]": -0.4, "[流泪]": -0.3, "[大哭]": -0.3,
    "[炸弹]": -0.5, "[强]": 0.4, "[赞]": 0.4, "[玫瑰]": 0.4, "[微笑]": 0.0, "[爱心]": 0.5, "[呲牙]": 0.3,
}  # fmt: skip

# What makes the next feeling stronger, or weaker.
ZH_DEGREE: dict[float, str] = {
    1.4: "太 很 非常 特别 超 超级 极其 十分 实在 简直 完全 真是 真的 真 巨 贼 相当 最 好 这么 那么 如此 越来越 尤其 真他妈 全是 一群 死",
    0.6: "有点 有些 稍微 一点 略 略微 还算 稍 不太 不怎么 不是很 不够",
}
EN_DEGREE: dict[float, str] = {
    1.35: "very so really extremely absolutely totally completely such too utterly incredibly damn beyond fucking freaking bloody most super",
    0.6: "bit slightly somewhat little kinda fairly quite",
}

# Words and short phrases of their own strength, also 0 for those whose parts would be read wrongly.
ZH_FIXED: dict[str, float] = {
    "等了半天": -0.5,
    "等了这么久": -0.5,
    "等了好久": -0.45,
    "等这么久": -0.5,
    "等到什么时候": -0.5,
    "还要等多久": -0.45,
    "什么态度": -0.65,
    "什么服务": -0.55,
    "什么垃圾": -0.8,
    "什么破": -0.6,
    "什么鬼": -0.5,
    "怎么回事": -0.15,
    "有完没完": -0.65,
    "有没有搞错": -0.55,
    "搞什么": -0.5,
    "开什么玩笑": -0.55,
    "凭什么": -0.5,
    "当我傻": -0.65,
    "把我当": -0.5,
    "说话不算": -0.5,
    "一直不": -0.3,
    "没有一个人": -0.45,
    "谢谢你全家": -0.8,
    "再也不": -0.6,
    "再也不会": -0.6,
    "不想再说": -0.45,
    "说了多少遍": -0.6,
    "说了几遍": -0.55,
    "问了多少遍": -0.6,
    "麻烦你": 0.0,
    "麻烦您": 0.0,
    "不好意思": 0.0,
    "不好说": 0.0,
    "好久不见": 0.1,
    "没问题": 0.2,
    "不客气": 0.2,
    "多久": 0.0,
    "最好": 0.0,
    "你好": 0.0,
    "您好": 0.0,
    "到底是": -0.2,
    "快点": -0.2,
    "不急": 0.1,
    "不着急": 0.1,
    "不错": 0.45,
    "差不多": 0.0,
    "差价": 0.0,
    "差额": 0.0,
    "时差": 0.0,
    "出差": 0.0,
    "尽快": 0.0,
    "烂尾": -0.3,
    "火大": -0.55,
}
EN_FIXED: dict[str, float] = {
    "thanks|thank for nothing": -0.65,
    "no thanks|thank": 0.0,
    "thank you? very? much?": 0.25,
    "fed up": -0.6,
    "sick of|and": -0.55,
    "tired of": -0.45,
    "waste of _{0,2} time|money": -0.65,
    "what a joke": -0.65,
    "what the hell|heck": -0.7,
    "are you kidding|serious|joking": -0.55,
    "you must be joking|kidding": -0.55,
    "how many times": -0.55,
    "for|since hours|days|weeks|ages": -0.35,
    "still waiting": -0.35,
    "been waiting": -0.4,
    "no one|body cares|responds|answers|replies|helps": -0.5,
    "nobody cares|responds|answers|replies|helps": -0.5,
    "rip off|ripped": -0.7,
    "ripped me? off": -0.75,
    "never again": -0.6,
    "not acceptable|ok|okay|good|happy|impressed|satisfied": -0.5,
    "i am|'m done with": -0.4,
    "come on": -0.3,
    "shame on": -0.7,
    "screw you": -0.85,
    "go to hell": -0.85,
    "tell|know|say me? a|any joke|jokes": 0.0,
    "too late": -0.2,
    "no problem|problems|issue|worries": 0.2,
    "not bad": 0.35,
    "last mile": 0.0,
    "bad debt|credit": 0.0,
    "good morning|afternoon|evening|day": 0.1,
    "as well as": 0.0,
    "in order": 0.0,
    "best price|seller|way|loan|rate|option": 0.0,
    "better rate|price|option": 0.0,
    "later on": 0.0,
    "works? for me": 0.2,
}
