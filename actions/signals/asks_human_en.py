"""How customers ask for a person in English, as phrases."""

# ruff: noqa: E501 (a phrase or a class of words is one line; wrapped, it is hard to read and to compare)

from actions.signals import nlp
from actions.signals.nlp import word_list
from actions.signals.phrases import Phrases

# Words that reach the desk only when nothing else is said.
ALONE = frozenset({"service", "support", "kefu"})
MAY_STAND_WITH_ALONE = frozenset(word_list("customer live please pls plz"))

_WORDS = {
    # Certainly a person at the desk.
    "person": word_list(
        "human humans agent agents representative representatives rep reps operator operators person "
        "manager supervisor advisor adviser csr representive representitve represenative 人工 真人 客服 rengong zhenren hooman"
    ),
    "alone": ALONE,
    # Someone at the desk only with a verb that calls for one.
    "anyone": word_list(
        "someone somebody anyone anybody staff specialist associate service support care team expert boss "
        "colleague employee employees teammate banker executive"
    ),
    "det": word_list(
        "a an the your ur some any one of real live actual human proper different another customer service "
        "support care sales senior - breathing living from in at on with flesh and blood bank shop"
    ),
    "me": word_list("me us this it my call chat conversation issue case over through on to with up along in"),
    "talk": word_list("talk speak chat communicate deal talking speaking chatting converse"),
    "colleague": word_list(
        "colleagues colleague people staff team guys coworkers humans folks advisers advisors experts"
    ),
    "pass": word_list(
        "transfer connect escalate forward route redirect switch pass hand put patch send move "
        "passing putting handing sending moving transferred connected escalated forwarded transferring connecting"
    ),
    "get": word_list("get give find bring fetch gimme gimmie"),
    "want": word_list("want need like require prefer demand wanna request requesting wanting needing"),
    "help": word_list("help assist call contact answer respond reply handle join take step talk speak look"),
}

PHRASES = Phrases(
    nlp.english,
    {
        "mention": [
            "spoke|spoken|talked|chatted to|with $det{0,4} $person",
            "spoke|spoken|talked|chatted to|with $det{0,4} $anyone",
            "when|hours|hour|time|until|till|days _{0,5} $person",
            "when|hours|hour|time|until|till|days _{0,5} customer service|support|care",
            "when|hours|hour|time|until|till|days _{0,4} someone|somebody|anyone|staff _{0,1} available|there|online",
            "$person _{0,2} or $det{0,2} robot|bot|machine|ai|computer|chatbot",
            "robot|bot|machine|ai|computer|chatbot or $det{0,2} $person",
            "am|are|is i|we|this|you|it|u $talk to|with $det{0,4} $person",
            "i|we am|are|'m|'re $talk to|with $det{0,4} $person",
            "am|are|is|r|'re|was|were you|u|this|it|that|i really|actually|just|even|talking|speaking|to{0,2} $det{0,4} $person",
            "is|are|was $det{0,3} $person ai|robot|bot|automated|real|fake|human",
            "travel|estate|insurance|delivery|shipping|cleaning|ticket|booking|letting|shopping|user|bleaching|wetting|sales agent|agents",
            "agent|agents|representative fee|fees|commission|commissions|code|number|id|salary|account|portal",
            "travel|estate agent|agents _{0,1} fee|fees",
            "a $person 's name|address|phone|number|details",
            "human|humans resources|rights|error|hair|body|size|intelligence|nature|readable|made",
            "per|in|each|contact|missing|third|every person",
            "rengong zhineng",
            "ren gong zhi neng",
            "person|people who|that _{0,1} ordered|paid|received|delivered|sent|signed|called|named",
            "phone|mobile|network|system|mail|courier operator",
            "operator|agent|manager licence|license|licenses|manual|guide|certificate|training|course",
        ],
        "ask": [
            "$talk to|with|2|w $det{0,5} $person",
            "$talk to|with|2|w $det{0,5} $anyone",
            "$talk to|with|2|w $det{0,5} people",
            "$talk to|with|2|w _{0,3} in charge",
            "word with|2|w $det{0,5} $person",
            "word with|2|w $det{0,5} $anyone",
            "asked|asking for $det{0,4} $person",
            "$want $det{0,2} callback|call back? from|by $det{0,4} $person",
            "$want $det{0,2} callback|call back? from|by $det{0,4} $anyone",
            "$pass $me{0,4} $det{0,5} $person",
            "$get someone|somebody|anyone _{0,4} call|help|contact|talk|answer",
            "$pass $me{0,4} $det{0,5} $anyone",
            "transfer|escalate|connect|forward me|us|this|it",
            "transfer|escalate please|now|pls|plz",
            "please|pls|plz transfer|escalate|connect",
            "transfer|escalate my? call|chat|conversation|case|issue",
            "$get me|us|my $det{0,4} $person",
            "$get me|us $det{0,4} $anyone",
            "$get me|us on|through|over _{0,2} $person",
            "get|getting hold|ahold|through of|to $det{0,4} $person",
            "get|getting through|hold to|of $det{0,4} $person",
            "get|getting through|hold to|of $det{0,4} $anyone",
            "$get $det{0,4} $person",
            "$want $det{0,4} $person",
            "$want some|any? human|real|live|actual help|support|assistance|contact|being|person|customer|agent",
            "$want someone|somebody real|human|else|alive|to",
            "$want $det{0,2} customer service|support|care",
            "contact|reach|call|find|see $det{0,4} $person",
            "contact|reach|call customer|live|human service|support|care|chat|agent",
            "can|could|may|will|would $det{0,3} $person _{0,2} $help",
            "can|could|will|would|may someone|somebody|anyone from|at|on your|ur|the team|staff|side|shop|company|office|end $help",
            "can|could|will|would someone|somebody|anyone _{0,1} real|human|alive|please? $help",
            "have|let $det{0,3} $person $help",
            "let me|us have|get|see $det{0,4} $person",
            "who can|could|do i|we $talk to|with",
            "$get $det{0,3} $anyone on|over here|the|this|it",
            "someone|somebody|anyone who|that|i|to|else? can|could|who? $talk",
            "have someone|somebody $help me|us",
            "is|are there $det{0,4} $person _{0,3} $talk",
            "is|are there $det{0,4} $anyone _{0,5} $talk",
            "someone|somebody|anyone|anybody|person|human here|there? i|we can|could|may actually|really|just? $talk",
            "can|could|would|will|may one|any|some|someone|somebody of your|the $colleague _{0,1} $help",
            "have|let|ask|get one|any|some|someone|somebody of your|the $colleague",
            "rather|prefer|like|want|need to? deal|discuss|sort|handle _{0,3} with $det{0,4} $person",
            "rather|prefer|like|want|need to? deal|discuss|sort|handle _{0,3} with $det{0,4} someone|somebody|staff",
            "rather|prefer|sooner have|have|use|get $det{0,4} $person",
            "is|are there|any|a|an $det{0,3} $person here|there|available|online|around|free|i",
            "someone|somebody|anyone|anybody real|human|alive",
            "put me through|on",
            "hand me over",
            "any|a|live|real $det{0,2} $person here|there|available|online|around|free",
            "$person please|pls|plz|now|immediately|asap",
            "please|pls|plz $det{0,3} $person",
            "real|live|actual|human person|human|agent|representative|operator|rep|chat please|pls|now",
            "customer|human service|support|care please|pls|plz|now|agent|representative|rep",
            "speak|talk human|agent|representative",
            "zhuan|zhao|yao|jie|huan ren gong",
            "zhuan|zhao|yao|jie|huan|jiao rengong|zhenren|huoren|kefu|zhongjie",
            "zhuanrengong|zhaorengong|zhaozhenren",
            "ren gong",
            "rengong kefu",
        ],
        # Who turns the bot down wants someone else.
        "bot": [
            "$talk to|with|2|w $det{0,3} bot|bots|robot|robots|machine|machines|chatbot|ai|computer",
            "$want $det{0,2} bot|robot|machine|chatbot",
        ],
        # "Not a bot." said by itself; "you are not a bot" is no call for anybody.
        "whole_bot": ["not|no $det{0,3} bot|bots|robot|robots|machine|machines|chatbot|chatbots|ai|computer"],
        "whole": ["is? no one|anyone|anybody there", "is anyone|anybody|someone alive|human"],
        "person": ["$person", "$alone"],
        # Says something only when it is denied: don't transfer, no staff needed, don't get anyone involved.
        "denied": [
            "transfer|transferring|connect|escalate|handover|handoff",
            "hand me|this|it over",
            "staff|people|anyone|anybody",
        ],
        "decline_after": [
            "is|are? not|n't _{0,1} needed|necessary|required",
            "not needed|necessary|required",
        ],
        "retraction": ["never mind|nvm|nevermind", "never mind", "forget it", "changed my mind"],
    },
    _WORDS,
)

MAY_STAND_WITH_PERSON = frozenset(
    word_list(
        "please pls plz now a an the real live actual hello hi hey ok just me i want need immediately asap "
        "mean said cust customer service support yes - to only again right away thanks some give damn fucking bloody "
        "freaking"
    )
)
PERSON = frozenset(_WORDS["person"])
