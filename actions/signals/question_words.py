"""The vocabulary of questions: synonyms in both languages, and the names that tell two questions apart."""

# ruff: noqa: E501 (a class of words is one line; wrapped, it is hard to read and to compare)

from actions.signals.nlp import word_list


def _by_word(classes: dict[str, str]) -> dict[str, str]:
    """Return word → class; `_` stands for a blank within a phrase, `+` joins two classes."""
    return {word.replace("_", " "): name for name, line in classes.items() for word in line.split()}


# How something is asked. Light: they weigh less than what is asked about.
LIGHT = _by_word(
    {
        "?how": "怎么 怎样 怎么样 如何 咋 咋样 怎么弄 怎么办 怎么操作 怎么搞 流程 步骤 方法 操作 how how_do how_can how_to procedure steps",
        "?when": "什么时候 啥时候 何时 几时 多久 多长时间 几天 几日 几年 几个月 几号 哪天 几点 什么时间 时间 几个工作日 when how_long how_soon what_time how_many_days eta days what_day which_day which_date what_date",
        "?where": "哪 哪里 哪儿 在哪 在哪里 到哪 到哪了 哪去 何处 什么地方 什么位置 位置 where whereabouts where's location",
        "?how much": "多少 多少钱 价格 价钱 费用 收费 怎么算 怎么收 几块 贵 手续费 几多 how_much cost costs price charge fee fees",
        "?why": "为什么 为啥 为何 咋回事 怎么回事 什么原因 原因 凭什么 why how_come reason",
        "?who": "谁 哪个 who whom",
    }
)

# What is asked about or done with it.
CONCEPTS = _by_word(
    {
        "order": "订单 单子 定单 我的单 order orders purchase",
        "parcel": "快递 包裹 货 货物 东西 物流 件 快件 运单 宝贝 parcel package shipment packet goods stuff delivery_status",
        "number": "单号 订单号 编号 号码 号 number no no. id",
        "arrive": "到 到账 到达 到货 送到 收到 寄到 运到 送达 抵达 收货 拿到 回来 退回来 退回 没到 配送 送货 送 arrive arrived arriving receive received deliver delivered delivery come_in get_here got_it land",
        "send": "发货 发 寄 寄出 发出 寄送 send ship shipped shipping sent dispatch dispatched",
        "signed": "签收 妥投 signed marked_as_delivered",
        "missing": "没收到 没拿到 未收到 丢 丢失 不见 遗失 丢件 丢了 lost missing lose never_got never_received not_here disappeared",
        "stuck": "没动 没动静 不动 没更新 卡住 停滞 停 没有更新 stuck moving update updated",
        "check": "查 查询 查一下 查下 查看 看看 看 看到 check look look_up track tracking see find view",
        "refund": "退款 退钱 返款 退货款 退费 钱 退的钱 refund refunded refunds money money_back reimburse reimbursement",
        "return": "退货 退 退掉 退换 寄回 退货退款 return returned send_back bring_back",
        "exchange": "换 换货 调换 换个 更换 exchange swap replace replacement",
        "status": "进度 状态 进展 情况 哪一步 处理 审核 status progress processed processing process going_on",
        "invoice": "发票 票 票据 invoice invoices receipt",
        "vat": "专票 增值税 专用发票 增值税专用发票 增值税发票 专用 vat",
        "issue": "开 开具 补开 提供 issue",
        "title": "抬头 税号 公司名 title tax_number company_name",
        "coupon": "优惠券 券 代金券 红包 优惠码 折扣码 折扣券 满减 抵用券 coupon voucher promo promo_code discount discount_code code_promo coupon_code",
        "use": "用 使用 兑换 抵扣 抵 花 用掉 生效 填 输入 redeem use using apply enter spend",
        "use+fail": "用不了 不能用 使用不了 没法用",
        "issue+invoice": "开发票 开票",
        "get": "领 领取 获取 获得 得到 赚 攒 拿 earn claim obtain collect",
        "fail": "失败 不成功 没成功 报错 出错 不行 有问题 fail failed failing failure declined doesn't_work not_working not_work rejected not_accepted error decline",
        "expire": "过期 有效期 到期 失效 截止 expire expiry valid validity expiration expires",
        "points": "积分 点数 成长值 points point rewards reward",
        "membership": "会员 会员卡 vip membership member loyalty",
        "upgrade": "升级 提升 提高 提额 升 upgrade raise increase",
        "free": "免费 包邮 免运费 免邮 free",
        "shipping fee": "运费 邮费 快递费 配送费 邮费用 shipping_fee shipping_cost shipping_costs shipping_charge postage delivery_fee delivery_cost shipping_price",
        "pay": "付款 支付 付 付钱 结账 买单 付费 刷 pay payment payments paying checkout paid",
        "open hours": "上班 营业 开门 下班 关门 营业时间 上班时间 工作时间 打烊 休息 open opening_hours close closing hours opening opens closes closed shut shuts",
        "address": "地址 收货地址 address addresses another_address",
        "change": "改 修改 变更 更改 换成 改成 填错 写错 改一下 change modify update_my correct edit wrong_address",
        "cancel": "取消 撤销 撤掉 撤单 不要了 不想要 不要 cancel cancelled cancellation stop don't_want call_off",
        "loan": "贷款 借款 贷 借 借钱 loan loans borrow lend",
        "conditions": "条件 要求 资格 门槛 资料 材料 条款 condition conditions requirement requirements documents need qualify eligible eligibility criteria",
        "interest": "利率 利息 年化 息 interest rate apr rates",
        "repay": "还款 还 还钱 还贷 还清 repay repayment pay_off pay_back repayments instalment",
        "minimum": "最低 最少 minimum min least",
        "early": "提前 早 early",
        "stock": "有货 现货 补货 到货通知 库存 没货 缺货 断货 还有货 有没有货 stock in_stock available availability out_of_stock restock restocked sold_out back_in_stock",
        "size": "尺码 码 码数 号码大小 多大 大小 大号 大一号 小一号 哪个码 什么码 穿多大 size sizes sizing fit fits larger smaller bigger larger_size",
        "genuine": "正品 真的 真货 假货 假 真假 保真 genuine authentic fake original authenticity real_one counterfeit",
        "warranty": "保修 质保 保修期 三包 warranty guarantee",
        "repair": "维修 修 维修点 修理 返修 repair fix mend",
        "log in": "登录 登陆 登入 登 登不上 登不进 进不去 进去 登录不了 log_in login sign_in signin log_on let_me_in logged_in",
        "password": "密码 忘记密码 忘了密码 password passcode pin",
        "code": "验证码 code verification otp",
        "account": "账户 账号 帐号 帐户 户头 account accounts profile",
        "close account": "注销 销户 删号 删除账号 close_my_account delete_my_account",
        "open account": "开户 开卡 办卡 办一张 办理 open_an_account open_account",
        "register": "注册 入会 成为会员 加入会员 register sign_up become_a_member",
        "strange": "异常 可疑 陌生 不是我 盗 盗刷 被盗 别人 有人 suspicious strange hacked unauthorised unauthorized someone_else stolen fraud",
        "card": "卡 银行卡 信用卡 储蓄卡 借记卡 卡片 card cards",
        "block": "挂失 冻结 锁 封 止付 block freeze frozen locked blocked",
        "limit": "额度 限额 上限 limit limits",
        "transfer": "转账 汇款 转钱 汇 transfer wire remittance transfers",
        "store": "门店 店 网点 实体店 店铺 分店 专卖店 branch store shop outlet branches stores",
        "broken": "坏 碎 破 裂 损坏 破损 坏了 摔坏 瑕疵 broken damaged cracked smashed defective faulty torn",
        "wrong": "发错 错 错了 不对 少发 漏发 少件 wrong incorrect",
        "price drop": "降价 保价 价保 差价 价格保护 买贵 price_drop price_match price_protection cheaper price_dropped difference",
        "charged twice": "扣两次 重复扣款 多扣 扣款 扣 扣了 charged_twice double_charged charged",
        "complaint": "投诉 举报 意见 complaint complain",
        "service": "服务 态度 service attitude",
        "delete": "删 删除 delete remove",
        "off": "关 关闭 关掉 停用 解除 switch_off turn_off disable deactivate off",
        "on": "打开 开启 开通 启用 switch_on turn_on enable activate",
        "merge": "合并 一起 合到一起 merge combine together",
        "split": "拆 拆开 分开 split separately separate",
        "pick up": "自提 自取 上门取 pick_up pick_it_up pickup collect_it",
        "automatic": "自动 auto automatic automatically",
    }
)

# Ordinary words with several spellings. They tell two questions apart, but say little by themselves: a turn with
# one of them need not be about anything that the bot serves.
ORDINARY = _by_word(
    {
        "product": "商品 产品 item items product products",
        "phone": "电话 手机号 telephone",
        "phone+number": "手机号码 电话号码 phone_number mobile_number",
        "e-mail": "邮箱 邮件 email emails e_mail mail inbox",
        "app": "应用 客户端 软件 app apps",
        "bank": "银行 bank banks",
        "courier": "快递员 派件员 骑手 司机 courier driver postman",
        "bill": "账单 bill bills statement statements",
        "late": "逾期 晚 迟 late overdue",
        "due date": "账单日 due_date",
        "repay+due date": "还款日",
        "balance": "余额 balance",
        "income": "收入 工资 月薪 income salary wage wages",
        "approve": "批 审批 批准 通过 approve approved approval",
        "precheck": "预审 评估 测 测算 试算 estimate calculate calculator precheck",
        "credit record": "征信 信用记录",
        "amount": "金额 amount amounts",
        "gift": "礼物 礼品 gift gifts present",
        "birthday": "生日 birthday",
        "sale": "打折 促销 特价 活动 sale sales",
        "packaging": "包装 盒子 box boxes packaging",
        "colour": "颜色 colour colours color colors",
        "near": "附近 最近 near nearest nearby closest",
        "atm": "取款机 提款机 atm",
        "forget": "忘 忘记 忘了 forget forgot forgotten",
        "refuse": "拒 拒绝 被拒 refuse refused refuses",
        "accept": "接受 accept accepts accepted",
        "online": "网上 线上 online",
        "link": "链接 link",
    }
)

# Names that make it another question. They count as words of the question as well.
NAMES = {
    "place": word_list(
        "北京 上海 广州 深圳 天津 重庆 成都 杭州 武汉 西安 南京 苏州 郑州 长沙 东莞 沈阳 青岛 合肥 佛山 宁波 昆明 大连 厦门 福州 济南 哈尔滨 长春 石家庄 太原 南昌 南宁 贵阳 海口 三亚 兰州 银川 西宁 乌鲁木齐 拉萨 呼和浩特 无锡 温州 泉州 珠海 中山 惠州 "
        "新疆 西藏 内蒙古 内蒙 宁夏 青海 甘肃 云南 贵州 四川 广东 广西 海南 福建 江西 浙江 江苏 安徽 山东 山西 河南 河北 湖南 湖北 陕西 辽宁 吉林 黑龙江 香港 澳门 台湾 台北 高雄 九龙 新界 国外 海外 日本 韩国 美国 英国 德国 法国 加拿大 澳洲 澳大利亚 新加坡 马来西亚 泰国 俄罗斯 欧洲 "
        "london berlin paris madrid rome dublin manchester leeds york birmingham glasgow edinburgh bristol liverpool cardiff belfast sydney melbourne toronto vancouver chicago boston seattle texas california florida "
        "france germany spain italy ireland england scotland wales uk usa us america canada australia japan china korea singapore malaysia thailand india brazil mexico netherlands belgium poland sweden norway denmark finland switzerland austria europe abroad overseas beijing shanghai hongkong taiwan"
    ),
    "day": word_list(
        "周一 周二 周三 周四 周五 周六 周日 周天 周末 星期一 星期二 星期三 星期四 星期五 星期六 星期日 星期天 礼拜一 礼拜二 礼拜三 礼拜四 礼拜五 礼拜六 礼拜天 礼拜日 今天 今晚 明天 后天 "
        "春节 过年 除夕 元旦 清明 五一 端午 中秋 国庆 国庆节 双十一 圣诞 节假日 中午 晚上 早上 "
        "monday tuesday wednesday thursday friday saturday sunday mondays tuesdays wednesdays thursdays fridays saturdays sundays weekend weekends today tonight tomorrow christmas easter thanksgiving holiday holidays"
    ),
    "colour": word_list(
        "红色 红 黑色 黑 白色 白 蓝色 蓝 绿色 绿 黄色 黄 粉色 粉 紫色 紫 灰色 灰 棕色 米色 橙色 银色 金色 咖啡色 卡其色 藏青 red black white blue green yellow pink purple grey gray brown beige orange silver gold navy"
    ),
    "fit": word_list("大码 中码 小码 均码 加大码 small medium large"),
    "method": word_list(
        "支付宝 微信 微信支付 花呗 白条 信用卡 银联 云闪付 货到付款 分期 借记卡 储蓄卡 现金 对公 数字人民币 paypal visa mastercard amex klarna cash credit debit bitcoin crypto cheque check alipay wechat afterpay apple_pay google_pay apple google"
    ),
    "product": word_list(
        "房贷 车贷 消费贷 信用贷 经营贷 公积金 公积金贷款 助学贷款 装修贷 抵押贷 信用卡 储蓄卡 借记卡 贷款 花呗 "
        "car mortgage home student business personal auto credit debit loan savings saving deposit 存款 定期"
    ),
}

# In questions with a wide meaning (coupons, membership …) these tell which one is meant.
ASPECTS = frozenset(
    [
        "?when",
        "?where",
        "?how much",
        *word_list("use get expire upgrade change cancel title minimum early limit repair issue fail free"),
        *word_list("register late gift"),
    ]
)

_STOP_ZH = word_list(
    "我 我们 你 你们 您 咱 他 她 它 这 那 这个 那个 这些 那些 这件 那件 这张 这双 这款 此 个 的 了 吗 呢 吧 啊 呀 么 嘛 哦 噢 哈 啦 呗 额 呃 嗯 是 不是 是不是 在 有 没 没有 有没有 还 还有 还是 也 就 都 又 再 才 只 到底 究竟 现在 目前 已经 "
    "一直 老是 总是 老 怎么还 怎么老 要 想 想要 需要 需 要不要 能 能不能 可以 可不可以 可 会 会不会 行 行不行 应该 该 得 给 帮 帮我 帮忙 把 被 让 叫 和 跟 与 或 或者 但 但是 可是 如果 要是 因为 所以 那么 然后 从 对 为 比 里 里面 上 下 中 内 外 一 一个 一下 一点 点 些 "
    "请 请问 麻烦 你好 您好 谢谢 哥 姐 亲 问 问问 问一下 想问 想知道 知道 说 说说 讲 告诉 东西 什么 啥 哪些 几 急 急死 好 很 太 真 非常 快 快点 赶紧 赶快 马上 尽快 支持 支持不支持 你家 我家 我的 你的 的话 或是 一般 大概 大约 左右 以后 之后 之前 以前 前 后 时 时候 去 来 走 做 弄 搞 进行 申请 根本 购买 下单 但我 显示 说了 遍 多少遍 买 不 别 算 有些 哪种 选 穿 填 双 件 张 根 岁 年 月 天 日 小时 分钟 女朋友 男朋友 老婆 老公 钱 想着 一步 不了"
)
_STOP_EN = word_list(
    "i i'm i'd i've i'll me my mine we our us you your u ur they them their it its it's this that these those there here the a an is are was were be been being am do does did done doing don don't doesn't didn't can can't cannot could would will won't shall should may might must have has had having "
    "not n't no nor and or but if so because then than as at by for from in into of on onto to with without about up out over just still even ever never yet already now again too very really so also only any some all more most much many one ones what what's which whose please pls plz thanks thank hello hi hey "
    "want wanna need like'd like would get got go going gone come comes came coming take takes taking took make made let tell told know knows say says said ask asked asking give gave put keep keeps kept try tried trying think thought mean meant show help keep 's 'm 're 've 'd 'll ca wo do n't today's instead first second it'd order's card's there's exactly actually anyway ok okay well um uh hm dear sir madam team guys possible possibly able offer offers month months year years week weeks buy buys bought buying long soon far ever once whether each other another else own same new old big good bad hello per via back work works working"
)
STOP = frozenset(_STOP_ZH) | frozenset(_STOP_EN)

# One name for all spellings of it in both languages; a weekend is two days.
SAME_NAME = _by_word(
    {
        "monday": "周一 星期一 礼拜一 mondays",
        "tuesday": "周二 星期二 礼拜二 tuesdays",
        "wednesday": "周三 星期三 礼拜三 wednesdays",
        "thursday": "周四 星期四 礼拜四 thursdays",
        "friday": "周五 星期五 礼拜五 fridays",
        "saturday": "周六 星期六 礼拜六 saturdays",
        "sunday": "周日 周天 星期日 星期天 礼拜天 礼拜日 sundays",
        "saturday+sunday": "周末 weekend weekends",
        "today": "今天",
        "tonight": "今晚",
        "tomorrow": "明天",
        "christmas": "圣诞",
        "holiday": "节假日 holidays",
        "new year": "春节 过年 除夕",
        "国庆": "国庆节",
        "red": "红色 红",
        "black": "黑色 黑",
        "white": "白色 白",
        "blue": "蓝色 蓝",
        "green": "绿色 绿",
        "yellow": "黄色 黄",
        "pink": "粉色 粉",
        "purple": "紫色 紫",
        "grey": "灰色 灰 gray",
        "brown": "棕色",
        "beige": "米色",
        "orange": "橙色",
        "silver": "银色",
        "gold": "金色",
        "navy": "藏青",
        "large": "大码",
        "medium": "中码",
        "small": "小码",
        "alipay": "支付宝",
        "wechat": "微信 微信支付",
        "credit": "信用卡",
        "debit": "借记卡 储蓄卡",
        "cash": "现金",
        "apple pay": "apple apple_pay",
        "google pay": "google google_pay",
        "cheque": "check",
        "mortgage": "房贷 home",
        "car": "车贷 auto",
        "student": "助学贷款",
        "business": "经营贷",
        "personal": "消费贷 信用贷",
        "公积金": "公积金贷款",
        "savings": "saving deposit 存款 定期",
        "uk": "英国",
        "usa": "美国 us america",
        "france": "法国",
        "germany": "德国",
        "canada": "加拿大",
        "australia": "澳洲 澳大利亚",
        "japan": "日本",
        "korea": "韩国",
        "singapore": "新加坡",
        "malaysia": "马来西亚",
        "thailand": "泰国",
        "europe": "欧洲",
        "abroad": "国外 海外 overseas",
        "内蒙古": "内蒙",
        "beijing": "北京",
        "shanghai": "上海",
        "hongkong": "香港",
        "taiwan": "台湾",
    }
)

# What people say to be polite, to hold the line or to agree. A turn of these alone asks nothing.
COURTESIES = frozenset(
    word_list(
        "谢谢 谢 谢谢你 谢谢您 谢了 多谢 感谢 辛苦 辛苦了 好 好的 好吧 好滴 行 行吧 可以 嗯 嗯嗯 恩 哦 噢 哦哦 喔 啊 呃 额 对 对的 是 是的 没错 没事 没事了 没关系 不客气 你好 您好 哈喽 嗨 喂 在 在吗 在么 在不在 有人吗 再见 拜拜 晚安 早 早上好 下午好 晚上好 请问 麻烦 麻烦了 打扰 打扰了 不好意思 抱歉 知道 知道了 明白 明白了 了解 收到 懂了 "
        "找到 找到了 看到了 搞定 搞定了 懂 清楚 清楚了 嘞 好嘞 好哒 哒 得嘞 妥 妥了 成 收到了 知道啦 原来如此 这样啊 那行 那好 没啥 没啥事 稍等 稍 等 等下 等等 等一下 等会 稍后 找 找找 找一下 看看 看 一下 马上 我 你 您 了 啦 吧 哈 哈哈 呀 呢 吗 的 那 就 先 都 也 真 很 太 已经 亲 棒 不错 厉害 不 不用 不用了 没有 没 没有了 不是 不要 算了 "
        "thanks thank thx ty tks cheers you u so much a lot very many ok okay k kk okey alright right sure yes yep yeah yup ya no nope nah fine good great nice cool perfect awesome lovely super hello hi hey hiya morning afternoon evening bye goodbye cya see got it i've understood understand know i see noted please pls plz sorry excuse me "
        "hold wait one moment second sec minute min just give let me check look find on a an the is that's that this all now for your help bit appreciate appreciated oh ah um uh hmm haha lol done welcome there anyone anybody day have found makes sense sorted clear gotcha roger brilliant danke dank vielen bitte merci beaucoup gracias muchas grazie mille obrigado obrigada arigato hola hallo bonjour ciao guten tag"
    )
)

# A bare number comes with these.
NAMING_A_NUMBER = frozenset({"order", "number", "parcel", "card"})
