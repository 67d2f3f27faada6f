"""The words by which a customer's own case shows in talk about a loan, Chinese and English side by side."""

# ruff: noqa: E501 (a class of words is one line; wrapped, it is hard to read and to compare)

import re

# What decides whether and how somebody should borrow, and no form asks.
LIFE = re.compile(
    r"失业|下岗|待业|裁员|被裁|裁了|辞职|离职|跳槽|换了?(?:份|个)?新?工作|没有?(?:固定|稳定|正式)?(?:工作|收入|单位|流水)|没有?单位|没上班|试用期|刚(?:毕业|工作|上班|入职|转正)|"
    r"个体户?|自由职业|(?:做|跑).{0,4}(?:生意|买卖)|生意(?:失败|不好|难做|亏|赔)|开(?:了|着|一?[个家间]).{0,6}(?:店|馆|厂|公司)|创业|(?:跑|开)(?:外卖|网约车|滴滴|出租|货车|车)|送外卖|打零?工|工地|种地|务农|兼职|退休|病假|停薪|降薪|现金发|我是?(?:在校|学生|军人|老师|公务员|农民|外国人|外籍|单身|单亲)|(?:生意|店里|厂里|公司|收入).{0,4}(?:淡|差|不好|下滑|亏|倒闭|快不行)|亏了|赔了|窟窿|"
    r"(?:收入|工资).{0,6}(?:不稳|不固定|时高时低|有高有低|波动|降|少了|砍)|"
    r"负债|欠|债(?!券)|逾期(?!费)|呆账|坏账|失信|断供|断缴|断了|停还|还不[上起了清]|没还[完清上]|没结清|担保过|做过?.{0,2}担保|被.{0,6}拒|拒了|黑名单|"
    r"征信.{0,4}(?:花|不好|有|差|黑|不行|白户|没|查询)|(?:[批贷借]不(?:下来|到|了))|最低还款|交不[齐起上出]|作保|"
    r"(?:交|缴|没|没有|断).{0,8}(?:社保|公积金)|(?:社保|公积金).{0,3}(?:交|缴|断|没)|外地户口|农村户口|"
    r"离婚|分居|单亲|刚结婚|新婚|怀孕|产假|二胎|得了.{0,3}病|重病|(?:孩子|小孩|儿子|女儿|老人|爸|妈|老公|老婆|老伴|爱人|家人|家里人).{0,8}(?:出国|上学|大学|学费|结婚|住院|病|手术|没工作|没收入|没上班|失业|要用钱|不上班)|住院|看病|手术|"
    r"(?:就|只有|只剩)?(?:我|他|她)?一个人(?:上班|还|挣|养|赚|扛|工作)|养家|"
    r"(?:[一二两三四几\d]套|有|没有?|只有).{0,4}(?:房(?!贷|租)|车(?!贷|险))|(?:手里|手上|手头|名下|家里|账上|卡里).{0,6}(?:存款|积蓄|万|公司|房(?!贷)|车(?!贷)|钱)|没有?(?:抵押|存款|积蓄|资产|首付)|首付.{0,4}(?:差|缺|不够)|(?:差|缺).{0,6}(?:首付|万)|积蓄|"
    r"(?:已经|已|还有|现在有|手上有|背着|还着|现在还|在还|每月还|每个月还).{0,8}(?:贷|[一二三四五六七八九两\d][千万元])|在还贷|"
    r"手头紧|紧巴|资金链|周转|缺钱|急用钱|急需|撑不下去|揭不开锅|经济困难|困难|压力(?:很|太|好|有点|挺)?大|吃力|吃不消|撑不住|月光|"
    r"我(?:今年|都|已经|快|才)*(?:[2-7]\d|[二三四五六七]十[一二三四五六七八九]?)(?:岁|了|多岁|好几)|"
    r"(?:我|咱)(?:们|家)?(?:的|这|这种|这个|这样的?|自己的?){1,2}(?:情况|条件|收入|处境|家庭)|像(?:我|咱)|"
    r"\b(?:unemployed|jobless|laid off|made redundant|redundancy|(?:lost|losing|quit|quitting|changed|switched|changing) (?:my |our |his |her )?(?:jobs?|work)|between jobs|out of work|on probation|new job|just (?:started|graduated)|"
    r"self[- ]?employed|freelanc\w*|contractor|zero[- ]hours?|gig work|sole trader|my own (?:business|shop|company)|(?:run|own|have) (?:a|an|my|our|two|three) (?:small |little )?(?:\w+ )?(?:business|shop|store|bakery|restaurant|cafe|company|stall|salon|farm)|business is (?:slow|bad|down)|payroll|market stall|"
    r"retired|pension|on (?:sick|parental|unpaid) leave|half pay|hourly (?:wages?|pay)|(?:i'm|i am|we're|we are) (?:\w+ ){0,2}(?:student|nurse|teacher|driver|farmer|soldier|citizen|single|married|newly married)\b|newly ?(?:married|weds?)|payslips?|off the books|paid in cash|proof of (?:employment|income)|"
    r"(?:drive|driving|deliver|delivering|work|working) (?:for uber|for lyft|part[- ]time|shifts|nights)|(?:income|hours|salary|wages?) (?:goes|go|is|are|was) (?:up and down|irregular|unstable|cut|low|down)|no (?:regular |steady )?income|"
    r"debts?|owe|owes|owing|owed|(?:sales|orders|takings|business|revenue|income) (?:have |has )?(?:dried up|dropped|fell|fallen|collapsed|halved|slowed)|barely (?:cover|make|pay|manage)|lost (?:\w+ ){1,3}(?:on|in|at) (?:shares|stocks|crypto|gambling|the market)|paying (?:only |just )?the minimum|fill (?:the|a) hole|in arrears|behind on|default(?:s|ed)?|bankruptcy|bankrupt|(?:missed|skipped|late|paused) (?:\w+ ){0,2}(?:payments?|repayments?|instal?lments?)|(?:missed|paused|skipped) (?:one|two|three|a few|some|several)|payday (?:loans?|lenders?)|maxed out|"
    r"credit (?:score|history|rating|record|file) (?:is|isn't|was|has|looks)|(?:bad|poor|terrible|no|low|good|thin) credit|co-?signed|stood surety|"
    r"(?:turn(?:s|ed)?|knocked) (?:me|us) (?:down|away)|enquir(?:y|ies) on my|inquir(?:y|ies) on my|guarantor for (?:my|a)|(?:was|were|been|got) (?:refused|rejected|declined|turned down)|(?:refused|rejected|declined) (?:me|us)|(?:banks?|lenders?) said no|said no (?:already|to me|to us)|"
    r"divorc\w*|separated|pregnant|maternity|newborn|dependants?|(?:my|our) (?:kids?|son|daughter|child|children|baby) (?:starts?|is|are|has|need|needs|wants)|in hospital|surgery|an operation|(?:seriously|very|chronically) ill|medical bills?|(?:only|sole) (?:earner|income)|paying alone|on my own|single (?:mum|mom|dad|parent|mother|father)|(?:husband|wife|partner) (?:does not|doesn't|isn't|is not|lost|stopped|can't)|"
    r"(?:work|student|spouse) visa|no (?:house|home|car|collateral|savings|deposit|job|payslips?|property)|nothing (?:to put up|for security)|all (?:we|i) have|(?:own|owns|have|got) (?:a|an|the|our|two|three|one|some)? ?(?:small )?(?:flats?|house|houses|home|apartments?|property|properties|land)|"
    r"(?:savings|saved up|saved)|rent is|\d+ (?:in )?rent\b|\d+ after tax|short (?:on|of)|tide (?:me|us) over|(?:already|still|currently) (?:paying|have|repaying|owe)|"
    r"can(?:'t|not| not) (?:keep up|afford|pay|make)|struggl\w*|money is tight|tight on money|cash[- ]strapped|"
    r"(?:i'm|i am|i turned|i just turned|we're) (?:only |already |nearly |almost )?(?:[2-7]\d)(?! ?(?:cm|kg|k\b|km))(?: years old)?)\b",
)

# What the pre-check asks for: alone it is an application, beside a question about a loan a case.
MONEY = re.compile(
    r"(?:收入|工资|月薪|年薪|薪水|薪资|月入|年入|退休金|养老金)(?!证明|卡|流水)|存款(?!利|多少)|月供.{0,3}[\d一二三四五六七八九两]|"
    r"\b(?:(?:my|our) (?:monthly |annual |current |net |gross )?(?:income|salary|wages?|rent|budget)|(?:i|we) (?:only |currently |just )?(?:earn|make|bring home|take home) (?:about |around |roughly |some |only )?[$€£¥]?\d|(?:salary|income|wages?) (?:of |is |about |around )?[$€£¥]?\d)"
)

# A clause that asks or wants to know states nothing.
ASKS = re.compile(
    r"[?吗么呢]|什么|怎么|怎样|如何|多少|多久|几(?!个月|年前|次|家|万|千|百|十|乎)|哪|是否|能不能|能否|可不可以|可以不|要不要|会不会|有没有|是不是|需不需要|该不该|想(?:了解|问|知道|咨询)|请问|问一下|了解一下|一般|为什么|比如|例如|假如|如果|的话|"
    r"^\W*(?:(?:and|so|but|then|hi|hello|ok|also) )*(?:what|which|how|when|where|who|why|do|does|did|is|are|am|was|can|could|would|will|should|shall|may|if)\b|"
    r"\b(?:like to know|want to know|wonder(?:ing)?|curious|know (?:if|whether|more)|tell me (?:if|whether|what|how|about)|in general|for example|hypothetically)\b"
)
# … unless it ties the fact to the one who asks. Nothing may stand between that asks for the fact itself.
TIED = re.compile(
    r"(?:我|咱|俺|本人|自己)(?:们|家)?[^怎如什哪查办用想要能可贷改换交]{0,4}$|"
    r"\b(?:i|we)(?:'m|'ve|'re| am| are| have| had| got| was| were| just| only| still| also| a| an| my| no){0,4} ?$|"
    r"\b(?:with|given|considering|despite|after|because of|for|on|as|like) (?:(?:me|someone|somebody)(?: with| on)?(?: my| our| an?| no)?|my|our|an?|no) ?$"
)

FIRST_PERSON = re.compile(
    r"我|咱|俺|本人|自己|手里|手上|手头|\b(?:i|i'm|i'd|i've|i'll|we|we're|we've|we'd|my|our|me|us)\b"
)
_DONE_AT_A_COUNTER = "带|交|签|填|去|提供|准备|找|在|到|上传|联系|打印|怎么"
_DONE_AT_A_COUNTER_EN = (
    "bring|send|sign|fill|submit|go|call|upload|provide|come|click|enter|wait|write|need|do next|expect"
)
_FOR_ANYBODY = (
    r"该不该|应不应该|值不值|划不划算|帮我.{0,2}(?:分析|规划|评估|参考|算算|看看)|还得起|还不还得起|供得起|哪[种个款].{0,3}(?:合适|划算|好[吗呢些?]?$)|建议|推荐|征信.{0,3}(?:花|不好|差|黑)|不良记录|"
    r"\b(?:advice|advise|recommendation)\b"
)
# Judgement that makes a case of it whoever asks, and judgement that does when it is about themselves.
JUDGE_FOR_ANYBODY = re.compile(_FOR_ANYBODY)
JUDGE = re.compile(
    _FOR_ANYBODY + "|"
    rf"(?:应该|该|要不要)(?!{_DONE_AT_A_COUNTER}|自己)|值得|[换转].{0, 4}值[吗不么]|先.{1, 10}还是先|明智|靠谱|可行|行得通|划算|合算|合适|适合|还是.{{0,12}}好|好还是|[你您]觉得|[你您]看|会不会(?:太|被拒|影响)|会受?影响|压力|够不够|"
    r"(?:还有|有没有|有多大)(?:机会|希望|办法|戏)|怎么(?:安排|规划|选)|选哪|哪[种个款].{0,6}(?:好|合适|划算|适合)|能[批贷借](?:吗|么|下|给我)|[批贷借]得?(?:的)?下来|下得来|会被拒|行不行|"
    rf"\b(?:should|shall) (?:i|we) (?!{_DONE_AT_A_COUNTER_EN})|\b(?:would|do|could|can) you (?:recommend|advise|suggest|think|go for|turn (?:me|us))|"
    r"\b(?:best|better|right|suitable|suits?|good|wise|sensible|affordable|realistic|risky|too much|too old|too risky|enough) (?:\w+ ){0,3}(?:me|us|somebody like me|someone like me)\b|\b(?:sensible|worth it|worth doing|a good idea|a bad idea|a good plan|daft|foolish|too risky)\b|\bworth (?:\w+ing|it)\b|\b(?:or|and) (?:the |my )?[\w ]{3,20} first\b|"
    r"\b(?:can|could) (?:i|we) (?:\w+ )?(?:afford|qualify|manage|carry|still|ever|put up)\b|\b(?:am|are|would|will) (?:i|we) (?:be )?(?:eligible|able|qualify|get approved|be approved|be refused)|"
    r"\bmakes? (?:any )?sense (?:\w+ ){0,2}me\b|\bmy (?:options|chances|odds|case|situation|circumstances)\b|\ba chance\b|\bwould (?:anybody|anyone|you|a bank) (?:\w+ )?(?:lend|approve|accept|consider)\b|"
    r"\bhow (?:should|will|would|can|could) (?:i|we) (?:finance|manage|cope|structure|plan|get out)\b|\bhow much (?:can|could|should) (?:i|we) afford\b|"
    r"\b(?:hurt|affect|count against|ruin|damage) (?:me|my (?!credit|score))|\bi'm (?:worried|afraid|unsure|not sure (?:if|whether) (?:i|it))"
)
SUM = re.compile(
    r"(?:能|可以|能够)[贷批借](?:到|出|下来)?.{0,2}(?:多少|几万|下来)|\b(?:can|could) (?:i|we) (?:get|borrow)\b|"
    r"\d[\d,.]{0,20}\s?(?:万|千|元|块|w\b|k\b|rmb|usd|eur|dollars?|euros?|pounds?|yuan)|[$€£¥]\s*\d|\d{4,}|[一二两三四五六七八九几]?十?[一二两三四五六七八九十几][万千]"
)
# "I'd like to apply for a loan please": nothing is left of it when these are taken away.
BARE_WISH = re.compile(
    r"贷款|借款|借钱|房贷|车贷|按揭|[贷借]|你好|您好|我们?|想|要|需要|打算|准备|申请|办理?|做|了解|知道|咨询|问|一下|下|关于|有关|相关|业务|产品|情况|信息|事|更多|[个笔点些的请可以能吗]|"
    r"\b(?:hi|hello|i|we|'d|'m|am|would|like|want|need|to|know|learn|hear|ask|more|something|about|get|have|take|out|apply|applying|for|an?|some|the|your|loans?|mortgages?|credit|borrow|"
    r"money|please|information|info|details|on|interested|in|looking|thinking|of)\b|\W"
)
