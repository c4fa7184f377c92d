//! English: answers, the owner's answers, and the words around a video.

use super::Lines;

pub const TO_QUESTION: Lines = &[
    "[yes|yep|yeah], [works|worked] [fine|great|for me] with the {gear2} [too|as well], [just|you only have to] [mind|adjust] {part}",
    "they [answer|talk about|explain] [that|this] at {min} [I think|if I remember right|]",
    "[no|nope], [don't bother|not needed], the {gear2} is [enough|fine] [to start|for most people|]",
    "[same question|I was wondering the same|following|also curious]",
    "[check|it's in] the description, [third|second|last] link [I think|]",
    "[for me|in my case] it was {part}. [fixed that|once I changed it] and {win}",
    "[I'd|I would] go with the {gear}, [had both|owned both for years|the other one broke on me]",
    "[took|it took] me [about|roughly] {n} [tries|weeks], [don't give up|be patient|you'll get there]",
    "[depends|it depends] on {part} [tbh|honestly|really]. [what are you using now|which one do you have]?",
    "[pretty sure|I'm fairly sure] it's the {gear}, [looks|sounds] [just|exactly] like mine",
    "[try|start with] {detail} first, [everything else|the rest] [comes after|is secondary]",
    "[good question|great question], [would love|I'd like] to know [too|as well]",
    "[got mine|bought it] [used|on sale|at a flea market] for [half|{nn}], [keep an eye out|worth waiting]",
    "mine did that [too|as well] until I [paid attention to|took care of|read about] {detail}",
    "[not|it's not] [really|that] [important|a big deal] [at the beginning|if you ask me]",
];

pub const TO_TROUBLE: Lines = &[
    "[same here|same|me too], [thought|I thought] I was the [only one|problem]",
    "did you try [writing to them|the contact form|asking on instagram]? [got an answer|they replied] in {n} days",
    "[works|worked] [fine|perfectly] for me, [maybe|perhaps] it's {part}?",
    "[bit|that's a bit] harsh, [no|isn't it]? [it's free|nobody forces you to watch]",
    "[agree|agreed|exactly|this], [somebody|someone] had to say it",
    "[that's|it's] [literally|] explained at {min}",
    "[sorry to hear that|that sucks|ugh, annoying], mine [was fine|came last week|{woe} as well]",
    "[hope|I hope] {host} [sees|reads|answers] this",
    "[give|maybe give] it [another go|a second try], mine {woe} the first time [too|as well]",
    "[I|we] [don't|didn't] have [that|this] problem, [which|what] {gear} [do you use|is it]?",
    "[can confirm|unfortunately true], [happened|same thing happened] to {who}",
    "[calm down|easy], [people make mistakes|it's a {topic} video|they're a small team]",
    "[up|bump], [still|also] waiting [here|for an answer]",
];

pub const TO_REST: Lines = &[
    "[so true|this|exactly|couldn't agree more|100%]",
    "[haha|lol|lmao], [same|that was me {when}|{who} said exactly that]",
    "[which|what] {gear} [do you have|did you use]? [thinking of getting one|mine {woe}|]",
    "[really?|wait, really?|seriously?] [I had|mine was] the opposite [experience|]",
    "[good|great] [point|tip], [never thought|hadn't thought] of {detail} [like that|]",
    "[how did it go|how did yours turn out|any update]?",
    "[well said|nicely put|beautifully said]",
    "[I'd|I would] say {part} [matters more|is overrated] but [each to their own|fair enough|]",
    "[did|tried] that too, {win}",
    "[where|whereabouts] in {where}? [small world|I'm from there|we should start a {topic} club]",
    "[best|favourite] comment [here|so far|of the day]",
    "[thanks|thank you], [will try|trying] [that|it] [tonight|tomorrow|this weekend]",
    "[you|you two] [should|need to] [start|make] a channel [lol|]",
    "[respect|good for you|happy for you|love that]!",
    "[me neither|me too|me in a nutshell]",
    "[ok|okay] but the {gear2} [is better|exists|costs half] [though|]",
];

pub const ASKER: Lines = &[
    "[that|this] [worked|did it|was it], {thanks}! {win}",
    "[ah|oh|ahh], [that makes sense|now I get it|makes sense], {thanks}",
    "[ok|okay], [will try|trying] [that|it] [tonight|tomorrow|this weekend|next time]",
    "[update|edit]: {win}",
    "[wow|oh], didn't expect [an answer|a reply], {thanks}!",
    "[still|hm, still] [no luck|stuck], mine {woe} again [lol|]",
    "[you're all|everyone here is] so [helpful|kind], {thanks}",
    "[bought|ordered] the {gear} in the end, [will report back|fingers crossed|no regrets so far]",
    "[found it|solved it] [myself|in the end], it was {part}",
];

pub const OWNER_TO_QUESTION: Lines = &[
    "[great|good|fair] question[ {name}|]! [yes|short answer: yes], it works with the {gear2} too, just [watch|keep an eye on] {part}.",
    "[hi|hey] {name}, [I'd|we would] [start with|go for] the {gear} [if you're unsure|for most people]. {detail} [matters more than the price|is what you'll notice first].",
    "[in my experience|for me], about {n} [tries|rounds], [then|after that] {detail} [becomes second nature|just happens].",
    "[it's|you'll find it] in the description now, [thanks for the nudge|sorry, forgot to add it]!",
    "[working on|filming] [exactly that|a follow up on this|that one] [right now|as we speak], [stay tuned|so good timing]!",
    "[no need|you don't need] to upgrade. [the|your] {gear2} is [plenty|more than enough] for {topic}.",
    "[that usually|nine times out of ten that] means {part} is [off|the culprit]. [change one thing at a time|start there] and [let me know how it goes|report back].",
    "[we|I] [restock|expect more] [at the end of the month|in about {n} days]. [the newsletter|the shop page] [knows first|will say so].",
    "[yes|we do], [we ship|shipping] [there|worldwide] [too|now], [it takes|allow] about {nn} days.",
    "[at|have a look at] {min}, I [show|go through] {detail} [there|step by step]. [shout|ask away] if [it's still unclear|anything is missing].",
    "[honestly|truthfully]? [both|either] will do. I [reach for|use] the {gear} [most days|more often] because of {part}.",
    "[good catch|you're right to ask]. I [skipped over|glossed over] {detail}, [will cover it|I'll put it] in the next one.",
    "[for two people|on a budget|at the start] I'd [keep it simple|skip the extras] and [spend|put] the [time|effort] on {part}.",
    "[not at all|no dumb questions here]! [the reason is|it's] {part}: [everything else|the rest] follows from it.",
];

pub const OWNER_TO_COMPLAINT: Lines = &[
    "[fair point|fair enough|that's fair] {name}, {detail} [deserved more time|could have been clearer]. [noted|I'll do better in the next one].",
    "[sorry to hear that|sorry about that|that's annoying], [which|what] {gear} [are you using|do you have]? [happy to help|let's figure it out].",
    "[thanks for|appreciate] the honest feedback. [the audio|the mix] at {min} [is on me|slipped through], [fixed|sorted] for the next upload.",
    "[I hear you|understood]. [the sponsor pays|sponsors pay] for [the testing|the time], but [I'll keep it shorter|point taken].",
    "[oh no|ouch]! [could you|would you] write to hello@ with your order number? [we'll|I'll] [make it right|sort it out] [this week|today].",
    "[you're right|good catch], the [number|figure] at {min} is wrong. [pinned a correction|corrected in the description], thanks.",
    "[we may|I guess we] [disagree|see it differently] [there|on this one], [but|and] that's [fine|what the comments are for]. [what would you do instead|how do you do it]?",
    "[the link|that link] is [fixed now|working again]. [sorry|thanks for telling me]!",
    "[hm|hmm], that [shouldn't|should not] happen. [try|start with] {part} and [tell me|let me know] [how it goes|if it helps].",
    "I didn't [delete|remove] anything, [the filter|the spam filter] [can be|is] [overeager|strict]. [please|feel free to] post it again.",
];

pub const OWNER_TO_INCIDENT: Lines = &[
    "[I'm|we're] [so|really] sorry {name}. [this batch|this shipment] went wrong on our side. [write to|mail] hello@ with your order number and we [refund or replace|replace] it, [no questions|no return needed].",
    "[not good enough from us|that's on us], sorry. [replacements|new boxes] [leave|go out] on [Monday|Thursday], [you'll get|everyone affected gets] a mail.",
    "[the double charge|the payment issue] is [being reversed|confirmed], [it takes|allow] {n} working days. sorry for the [scare|mess].",
    "[we|our two person team] [got buried|fell behind] in [messages|mail], [that's no excuse|and I'm sorry]. [I've got|found] yours now, [reply is on its way|answer today].",
    "[thanks for your patience|you've been very patient]. [there's|I pinned] an update [at the top|with dates], and [yes|of course], [refunds are fine too|a refund is fine any time|no hard feelings].",
];

pub const OWNER_TO_REST: Lines = &[
    "[thank you|thanks] {name}! [comments like this make|that makes] [the editing worth it|my day|it all worth it].",
    "[so happy|really glad] [it helped|it clicked|to hear that]! [let me know|tell us] how the next one [goes|turns out].",
    "[haha|ha], [you noticed|busted|I hoped nobody would notice]. [the cat|the dog] [gets half the credit|says hi].",
    "[love|I love] that! {who} would [approve|be jealous].",
    "[great idea|good idea|ooh, I like that], [added|it goes] to the list. [no promises on the date|maybe sooner than you think].",
    "[welcome|welcome aboard] to the {topic} [club|rabbit hole]! [there's no way back|your wallet has my apologies].",
    "[wow|that's lovely], {n} [years|months] already? [thank you for sticking around|that means a lot].",
    "[hello|greetings|hi] back[ {name}|]! [never been|would love to visit|it's on my list].",
    "[yes|exactly]! {detail} is [so underrated|the thing nobody talks about|half of it].",
    "[that|this] [story|comment] [made me smile|is brilliant], [thanks for sharing|thank you].",
    "[a|the] {gear} vs {gear2} [test|video] is [half filmed|in the works] [already|]. [good timing|you read my mind].",
    "[appreciate it|cheers|much appreciated]! [see you|catch you] [next week|in the next one].",
    "coming from a {pro}, [that's high praise|that means a lot]. thank you!",
    "[third try is the charm|practice pays off], [well done|congratulations]!",
];

pub const INCIDENT_TITLES: Lines =
    &["Your {merch} is here! Packing {n},000 orders by hand", "We made our own {merch} (and packed every single one)"];

pub const DESCRIPTIONS: Lines = &[
    "[Today|In this video|This week] we [look at|go through|talk about] {topic}: {detail}, {part} and [why|how] it all [fits together|matters]. [Shown|Used] in the video: {gear} and {gear2}.",
    "[Everything I know|All you need to know] about {topic} in one [place|video]. [I tested|We tried] the {gear} [for {n} weeks|against the {gear2}] and [bought everything at full price|wrote down every result].",
    "[You asked|Many of you asked] for {topic}, so here it is. [Jump|Skip] to {min} if you only [want|came for] {detail}.",
    "{topic} [without the fuss|, step by step|for people with little time]. [Tell me|Let me know] in the comments how you [handle|do] {part}.",
    "[A closer look|An honest look] at {topic}, with the {gear}. [No sponsor on this one|This video is not sponsored].",
];

pub const SIGN_OFFS: Lines = &[
    "New videos every other day. Thanks for being here!",
    "Subscribe if this helped, and ask your questions below: I read them all.",
    "Music: our own. Filmed and edited by {host}.",
    "Questions about your {merch}? Write to hello@ or leave a comment.",
];
