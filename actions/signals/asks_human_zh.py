"""How customers ask for a person in Chinese (and in pinyin), as phrases."""

# ruff: noqa: E501 (a phrase or a class of words is one line; wrapped, it is hard to read and to compare)

from actions.signals import nlp
from actions.signals.nlp import word_list
from actions.signals.phrases import Phrases, teach_later

# 人工 also begins words that have nothing to do with people at a desk; taught to jieba they stay whole.
_OTHER_WORDS = word_list(
    "人工智能 人工智慧 人工费 人工成本 人工湖 人工草坪 人工授精 人工呼吸 人工降雨 人工养殖 人工合成 "
    "人工关节 人工耳蜗 人工泪液 人工皮革 人工翻译 人工审核 人工复核 人工质检 人工检测 人工安装 人工搬运 "
    "人工分拣 人工打包 人工包装 人工审批 人工打磨 人工成本费 人工晶体 真人秀 真人版 真人照片 真人头像 "
    "真人发 真人模特 客服电话 经理人 收货人 收件人 联系人 持卡人 借款人 担保人 申请人 大家 人家"
)
teach_later(_OTHER_WORDS)

_NOBODY = [word for word in _OTHER_WORDS if word.startswith(("人工", "真人"))]

# Words that reach the desk only when nothing else is said.
ALONE = frozenset(word_list("客服 换人 要人 接线员 转接 kefu"))
MAY_STAND_WITH_ALONE = frozenset(word_list("转 快 我 要 来 了 吧 请"))

_WORDS = {
    # Certainly a person at the desk, whoever mentions one.
    "person": word_list(
        "人工 人工客服 人工服务 人工坐席 人工座席 人工热线 真人 真人客服 活人 大活人 真客服 客服人员 "
        "客服专员 接线员 话务员 人工台 人工席位 真的人 human humans agent agents operator rengong"
    ),
    # Someone at the desk only when called for.
    "staff": word_list(
        "客服 小二 经理 主管 领导 负责人 老板 店长 工作人员 上级 上司 主任 专员 顾问 坐席 座席 客服经理 "
        "值班经理"
    ),
    "nobody": _NOBODY,
    "alone": ALONE,
    "verb": word_list(
        "转 转接 转到 转给 转成 转去 转入 接 接通 接入 接到 换 换成 换个 换到 找 找个 找下 叫 喊 请 要 "
        "想要 需要 寻 寻个 求 召唤 呼叫 联系 连线 连接 给 给我 派 来 来个 来位 切 切换 切到 要求 有 没有 有没有 "
        "没 申请 进 进入 去 上 transfer"
    ),
    "calling": word_list(
        "转 转接 转到 换 换个 见 找 找个 找下 叫 喊 呼叫 联系 连线 接通 接 让 把 请 派 安排 要求 转给 要 "
        "想要 换成"
    ),
    "filler": word_list(
        "一下 一下子 下 个 位 名 一个 一位 一名 到 给 成 你们 你 您 我 我们 你们的 的 你家 至 为 去 过来 "
        "番 返 们 这边 那边 那个 那位 真正 正常 在线 live real human"
    ),
    "with": word_list("和 跟 与 同 和你们 跟你们"),
    "talk": word_list("说 说话 聊 聊聊 谈 谈谈 沟通 对话 讲 讲话 交流 通话 对接 联系 说清楚 反映"),
    "act": word_list(
        "介入 处理 解决 接手 接管 回复 回答 帮忙 帮我 帮 来 给我 快来 出来 服务 接待 接听 跟进 协助 说话 "
        "回我 对接 受理 过来 速来 支持 谢谢 快点 快 速度"
    ),
    # "Are you a person?": what may surround the person in it.
    "identity": word_list(
        "一个 个 真 真的 真正 的 在线 在 都 也 到底 客服 回复 回 说话 跟 我 聊 聊天 服务 在跟我"
    ),
    "past": word_list("昨天 前天 上次 之前 刚才 刚刚 刚 上回 已经 早上 上午 下午 早就"),
    "since": word_list("我 就 都 有 给 帮 你们 已经 也 给我 帮我"),
    "ask": word_list("吗 么 嘛 没 不 吧"),
    "one": word_list("人 个人 真人 活人 大活人 真的人"),
}

PHRASES = Phrases(
    nlp.chinese,
    {
        # Mentions that ask for nobody. They come first: what they cover is not looked at again.
        "mention": [
            "几点|几时|周末|节假日|晚上|时间 _{0,3} $verb _{0,1} $person",
            "$person _{0,3} 不同|区别|差别|不一样",
            "$nobody",
            "是|不是|是不是 你|您|这|那? $identity{0,3} $person $identity{0,3} 吗|么|嘛|?|呢|吧",
            "是|不是|是不是 $identity{0,2} $person",
            "$person 还是 机器人|机器|ai|智能|系统",
            "机器人|机器|ai|智能|系统 还是 $identity{0,2} $person",
            "$person $identity{0,2} 几点|上班|下班|时间|工作时间|服务时间|电话|收费|多少钱|费用|号码|热线|态度|工资",
            "什么 是|叫 $verb{0,1} $person",
            "$verb $person 是 什么",
            "$person 是 什么",
            "$past $since{0,3} $calling 了|过|的? $filler{0,2} $person",
            "$past $since{0,3} $calling 了|过|的? $filler{0,2} $staff",
            "转过|找过|问过|联系过 $filler{0,2} $person",
            "$calling 了|过 $filler{0,2} $person",
            "$calling 了|过 $filler{0,2} $staff",
            "$verb $filler{0,2} $staff 的? 电话|号码|热线|微信",
            "朋友|同事|家人|老公|老婆|妈妈|爸爸|别人|人家 _{0,1} 说? 让|叫|要 我? $calling $filler{0,2} $staff",
            "朋友|同事|家人|老公|老婆|妈妈|爸爸|别人|人家 _{0,1} 说? 让|叫|要 我? $calling $filler{0,2} $person",
            "收货人|收件人|联系人|持卡人|借款人 _{0,3} 换|找 个? 人|个人",
            "找|换|来 个人 贷款|信贷|信息|账户|中心|资料|征信|业务|住房|消费",
            "真人 _{0,1} 试穿|试戴|上身|出镜|实拍|拍|拍摄|展示|演示|图|图片|照|照片|视频",
            "有没有人 买|用|知道|试|收到|遇到|觉得",
        ],
        "ask": [
            "$verb $filler{0,3} $person",
            "$calling $filler{0,3} $staff",
            "$with $filler{0,3} $person $talk",
            "$with $filler{0,3} $staff $talk",
            "$with $filler{0,4} 人 $talk",
            "要 人 来|处理|回|说|接|跟|帮|解决",
            "叫|喊|派|换 人 _{0,1} 来|回|处理|接|说",
            "$calling 人员",
            "$person $filler{0,1} $act",
            "让|请|叫|喊 $filler{0,3} $person",
            "让|请|叫|喊 $filler{0,3} $staff",
            "让|叫|喊 你们|你 _{0,1} $staff",
            "你们|你 $staff 呢",
            "换|找|叫|派|来|喊 个|一个|位 $one",
            "换|找|叫|派|来|喊 个人",
            "换个|找个|来个|叫个|派个 $one",
            "换|找|叫|派 人 来|吧|处理|解决",
            "安排|派|叫|找|请|让 $filler{0,2} 同事|专人|专员|人 _{0,1} 处理|跟进|回电|介入|接手",
            "安排|派|叫|找|请|让 $filler{0,2} 同事|专人|专员|人 联系|回|帮|回复|打给 我|我们",
            "升级|升级到 $filler{0,2} $staff",
            "升级|升级到 $filler{0,2} $person",
            "$verb $filler{0,2} 活|活着 的 客服|人",
            "找|跟|和|与|同 你们 的? 人 $talk",
            "有|没|没有|有没有|就没 个? $one 管|来|理|回|处理|解决|帮|帮我|帮忙|负责",
            "有|没|没有|有没有|就没 个? $one 能|可以 _{0,2} 管|理|回|处理|解决|帮|帮我|帮忙|负责|说|聊|沟通|答|接",
            "找|换|来|派|叫|给我找|找个|换个|来个|派个|叫个 个? 能|会|懂|懂行|管事|靠谱|明白|正常 _{0,3} 的? 人",
            "不要|不用|别用|不想|不想要|讨厌 用? 机器人|智能客服|机器客服",
            "有没有人 管|理|能|可以|来|帮|帮忙|在|值班|回|回复",
            "有人 管|理|能|可以",
            "$person 在|在线|有 $ask{0,1}",
        ],
        # Who turns the bot down wants someone else.
        "bot": [
            "$with 机器人|机器|机器客服|ai|智能客服 $talk",
            "要|用|想要|让|听 机器人|机器|机器客服|智能客服",
        ],
        # Says so only when nothing else is said.
        "whole": [
            "你们? 没|没有 人 了|在? 吗|么|啊|呀",
            "没人 了|在? 吗|么|啊|呀",
            "有没有 人 在? 啊|吗|呀|呢",
            "有没有 客服",
            "找|来|叫 人",
            "人 呢",
        ],
        "person": ["$person", "$alone"],
        # Says something only when it is denied: 不用转了, 不用叫人.
        "denied": ["转|转接|转给|找人|叫人|接客服|转过去", "找|叫|换 人"],
        # After asking: taken back.
        "decline_after": [
            "就? 不用|不必|不需要|不要|免|算|没必要 了",
            "就? 不用|不必|不需要|算了|免了|不用了|不必了|没必要",
        ],
        "retraction": ["算了|不用了|不必了|免了|没事了|不找了|不转了|当我没说"],
    },
    _WORDS,
)

# A clause of these alone, with a person among them, is a request: 人工! 我要人工 人工快点 真人呢
MAY_STAND_WITH_PERSON = frozenset(
    word_list(
        "我 请 谢谢 快 快点 麻烦 麻烦你 帮我 啊 吧 呢 呀 哦 嘛 了 的 一下 你好 您好 直接 马上 立刻 就 只 "
        "速度 喂 哈 啦 要 需要 转 给我 please now plz pls"
    )
)
PERSON = frozenset(_WORDS["person"])
teach_later(PERSON)
