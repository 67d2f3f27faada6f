"""Words, emoticons and emoji that lean to one side in English, ten times as many as `sentiment_words` has.

They are evidence, no verdict: the classifier learns how far each class is to be trusted, so a word that no
text learnt from has counts as well. How strong a feeling is, `sentiment_words` alone says.
"""

# ruff: noqa: E501 (classes of words are blocks; one word a line would be hard to read)

from actions.signals.nlp import word_list

BLAME, PRAISE, TROUBLE = "blame", "praise", "trouble"

_WORDS = {
    BLAME: (  # what nobody says of a thing that pleases
        "abhor abhorrent abominable abusive abysmal aggravated aggravating agony amateurish anger angry annoy annoyance annoying appalled "
        "appalling appals argh arrogant ashamed ass asshole atrocious awful bad badly baffling bastard betrayal betrayed bitch blah bland "
        "blatant bogus bollocks bored boring botched bs bullied bullshit bully bungled careless catastrophe catastrophic chaos chaotic "
        "cheap cheat cheated clogged clown clownish clowns clueless clumsy clunky cockroach condescending contempt corrupt crammed cramped "
        "crap crappiest crappy crashes criminal crooks cruel cursed damn damned dangerous deceitful deceived deception deceptive defective "
        "deplorable despicable despise detest dirty disappoint disappointed disappointing disappointment disaster disastrous disgrace "
        "disgraceful disgust disgusted disgusting dishonest dismal dismissive disorganised disorganized disregard disrespect disrespected "
        "disrespectful dissatisfaction dissatisfied distasteful distress dread dreadful dull dumb dumbest dump dumpster dysfunctional "
        "embarrassed embarrassing embarrassment enraged epicfail exhausted exhausting extortion facepalm fail fails failure farce fault "
        "faulty fiasco filthy flawed fleece foul fraud fraudulent frustrate frustrated frustrating frustration fuck fucked fucking fuming "
        "furious garbage gaslighting gouging greed greedy grim gross grossly grr gutted hassle hate hated hateful hates hating heartless "
        "hell hellish hideous hopeless horrendous horrible horribly horrid horrific horrified horror horrors hostile humiliated humiliating "
        "hypocrite idiot idiotic idiots ignorant ignored ignoring impersonal impolite inadequate incompetence incompetent inconsiderate "
        "inconvenienced inedible ineffective inefficient inept inexcusable inferior infuriated infuriating inhumane insane insensitive "
        "insufferable insult insulted insulting intolerable irate irresponsible irritated irritating jerk jerks joke lame laughable lazy "
        "letdown liar liars lied lies livid loathe lousy ludicrous lying mad maddening mediocre meh mess messed miserable miserably misery "
        "misinformed mislead misleading misled mistreated mocking mold moldy monopoly moron morons mould mouldy nasty neglect neglected "
        "negligence negligent nickled nightmare nonexistent nonsense obnoxious offended offensive outrage outraged outrageous overcharged "
        "overpriced painful painfully pathetic patronising patronizing peeved pissed pisses pointless poor poorly predatory preposterous "
        "punished rage rant ranting ridiculous ridiculously ripoff robbed robbery robbing rotten rubbish rude rudely rudeness ruin ruined "
        "ruining ruins sad sadly scam scammed scammers scandal scandalous screwed scum seething shabby shady shambles shambolic shame "
        "shameful shameless shit shite shitshow shitty shocked shocking shoddy sick sickening sketchy slack slop sloppy sluggish smdh "
        "smelly smh smug snarky sneaky snobby soggy sour spiteful squalid stale stank stink stinks stinky stole stolen stranded stressed "
        "stressful stupid stupidity subpar suck sucked sucks sucky suffer suffering swindle swindled tacky tasteless terrible terribly "
        "thief thievery thieves thoughtless torture trapped trash trick tricked ugh ugly unacceptable unapologetic unbearable uncaring "
        "unclean uncomfortable undercooked underwhelmed underwhelming unethical unfair unfriendly unhappy unhelpful unhygienic unimpressed "
        "uninterested unjust unkind unprepared unprofessional unreachable unreasonable unreliable unresponsive unsafe unsanitary "
        "unsatisfactory unsatisfied untrustworthy unusable unwelcoming upset upsets upsetting useless vile violated vomit waste wasted "
        "wasting weak weary wicked woeful worse worsen worst worthless wreck wretched wrong wrongly wtf yikes yuck yucky zero"
    ),
    TROUBLE: (  # what goes wrong, told with blame or without
        "abandoned absent ache alarming bankrupt blame blocked breakage breaks broke broken bug buggy bumped burnt cancel canceled "
        "cancellation cancellations cancelled cancelling chipped clog collapse complain complained complaining complaint complaints "
        "confused confusing confusion corrupted cracked crash crashed crashing cut damage damaged dead declined delay delayed delaying "
        "delays denied denies denying deteriorated died dies disconnected disconnects discontinued dispute disrupted disruption diverted "
        "doubt downgraded downtime dropped dropping drops error errors excuse excuses expensive expired failed failing fake fee fees forced "
        "forever forgets forgot forgotten freezes froze frozen glitch glitches glitchy grounded hacked hangs harassed hold hours hung hurt "
        "inaccurate incomplete inconsistent inconvenience inconvenient incorrect insufficient invalid issue issues jammed kicked lack "
        "lacking lacks lagging laggy late leak leaking leaks lose loses losing lost malfunction mangled misconnect misplaced miss missed "
        "misses missing mistake mistakes mixup negative neglects never nobody noise noisy nothing obsolete outage outages overbooked "
        "overcharge overcooked overdue overheats oversold peeling peels penalty pending poisoning postponed problem problems punish refuse "
        "refused refuses refusing reject rejected repeatedly rerouted ripped rust rusted scratched scratches screamed scuffed shattered "
        "shortage shouted shrank shrunk sitting sleeping slow slower slowest smashed smell smells snapped spilled split spoiled stained "
        "stains stalled stalling standstill stop stopped stops struggle struggled struggling stuck suspended tear threw throttled thrown "
        "tired tore torn tried trouble twice unable unanswered unauthorized unavailable unavoidable understaffed unexpected unexplained "
        "unfortunately unnecessary unplayable unresolved unstable unwanted upsell violation wait waited waiting warped weeks wobbly worn "
        "worry yelled"
    ),
    PRAISE: (
        "accommodating ace addictive adorable adore affordable amazed amazes amazing amazingly angel angels appealing appetising appetizing "
        "appreciate appreciated appreciates appreciation appreciative attentive awesome awesomeness beautiful beautifully best better bless "
        "blessed bliss blissful bravo breathtaking breeze bright brill brilliant brilliantly calm caring champ champion charm charming "
        "cheerful cheers class classy clean clever comfortable comfortably comfy commend commended compassionate compliment compliments "
        "congrats congratulations considerate convenient cool cosy courteous cozy crisp cute dazzling delicious delight delighted "
        "delightful dependable divine dream dreamy easily easy ecstatic effective efficient efficiently effortless elated elegant "
        "empathetic encouraging enjoy enjoyable enjoyed enjoying enjoys epic exceeded exceeds excellence excellent exceptional "
        "exceptionally excited exciting exemplary exquisite fab fabulous fair fan fantastic fantastically fast faultless fave favorite "
        "favourite fine flattered flawless flawlessly forgiving fresh friendliest friendly fun funny gem generous generously genius gentle "
        "gentleman glad gladly glorious godsend good goodness gorgeous gracious grateful gratified gratitude great greatest greatly happier "
        "happiest happily happy harmless heartwarming heavenly helpful helps hero heroes heroic hilarious honest honored hooked hooray "
        "hospitable hospitality hurray ideal immaculate impeccable impressed impresses impressive improved improvement incredible "
        "incredibly intuitive inviting joy joyful keeper kind kindest kindly kindness kudos legend legendary legends lifesaver like liked "
        "likes love loved lovely loves lovin loving luckily lucky luxurious magic magical magnificent marvellous marvelous masterpiece "
        "memorable mint neat nice nicely nicer nicest nifty outstanding painless paradise patient peaceful perfect perfection perfectly "
        "phenomenal phew pleasant pleasantly pleased pleasing pleasure polite politely praise precious priceless professional "
        "professionally prompt promptly props proud punctual quick quickest quickly quiet radiant reasonable reassured reassuring recommend "
        "recommended recommending refreshing rejoice relaxed relaxing reliable relief relieved remarkable resolved respectful responsive "
        "rewarding rock rocked rocks safe satisfied satisfying saved saver saves savior saviour scenic seamless seamlessly sensational "
        "serene shines simple sincere slick smart smile smiled smiles smiling smooth smoother smoothest smoothly solved spacious sparkling "
        "spectacular speedy splendid spotless star stellar stoked straightforward stunning sturdy stylish sublime succulent super superb "
        "superior supportive supreme surprised sweet sweetest sweetheart swift swiftly tasty terrific thank thankful thankfully thanks "
        "thanx thoughtful thrilled thrilling thx tidy timely topnotch transparent treasure treat tremendous trust trusted trustworthy "
        "trusty truthful ty unbeatable unforgettable unmatched upgrade upgraded useful valued versatile warm warmest warmly welcome "
        "welcomed welcoming well whoop win winner winning wins wonderful wonderfully woohoo woot worth worthwhile worthy wow xoxo yay yess "
        "yippee yum yummy"
    ),
}
_EMOTICONS = {
    BLAME: ":( :-( :'( :/ :-/ >:( :| :-| -_- -.- :[ =( ;(",
    PRAISE: ":) :-) :d :-d =) ;) ;-) <3 ^_^ :p :-p (: :')",
}
_EMOJI = {
    BLAME: "😡😠🤬😤😒🙄😞😔😟😕🙁☹😣😖😫😩😢😭😱😓😑😐🤦🖕👎💩🤮🤢💔👿🤡😾🗑😰😨🥵🥶😪",
    PRAISE: "😀😃😄😁😆😊🙂😍🥰😘😎🤩🥳🤗👍👏🙌🙏❤💕💖💗💙💚💛💜🧡💯🎉🎊✨🌟⭐🏆👌💪🤘😻🌹💐🥂🍾😇😋🤤",
}

LEANINGS = {
    word: side
    for written in (_WORDS, _EMOTICONS)
    for side, words in written.items()
    for word in word_list(words)
} | {symbol: side for side, symbols in _EMOJI.items() for symbol in symbols}
