//! Advertising, in the ways that comment sections know. Every address in it is reserved for examples and leads nowhere.

use super::choose;
use super::grammar::{self, Slots, Table};
use crate::world::Language;
use crate::world::dice::Dice;

/// Spam knows nothing of the video: that is how it reads.
pub fn write(bag: u64, slots: Slots<'_>, dice: &mut Dice) -> String {
    let text = grammar::grow(choose(&[LINES], bag), &Slots { tables: [SLOTS, &[]], ..slots }, dice);
    grammar::finish(&text, Language::En)
}

const SLOTS: &[Table] = &[
    ("mentor", "Mrs. {given} {family}|Mr. {given} {family}|coach {given}|{given} {family}|Sir {given} {family}"),
    ("given", "Patricia|Raymond|Elena|Douglas|Vivian|Howard|Bernice|Clifford|Marlene|Gerald"),
    ("family", "Thornbury|Kessler|Ashdown|Whitlock|Carmody|Hollis|Brandvold|Pennywell|Stanhope"),
    ("sum", "$2,{nn}0|${n},400|$1{n}k|€{n},{nn}0|{n} BTC|$48{n}|$32,0{nn}"),
    (
        "link",
        "win-{nn}{n}.example|claim{nn}.example/go|bonus-{n}{n}.example|promo{n}{nn}.example/yt|get{nn}.example/free",
    ),
    ("app", "Telegram|WhatsApp|t e l e g r a m|Whats App|Signal"),
    ("at", "@{given}_fx{nn}|@{family}trades|@{given}{family}{nn}|+1 (555) 01{nn}"),
];

const LINES: &[&str] = &[
    "I [started|began] with [just|only] $500 and [made|earned] {sum} in [two|three|six] weeks thanks to {mentor} on {app} {at} [🙏|📈|💰|]",
    "[Congratulations|CONGRATS|Congrats] 🎉 you [have been|are] selected as one of our winners! [Message|Text|DM] me on {app} {at} to claim your [prize|gift|reward]",
    "FREE [gift cards|iPhones|followers] [here|today only|now] 👉 {link} 👈 [hurry|only {nn} left|limited]",
    "Who else [wants|needs] {n}k subscribers [fast|this week|overnight]? [Check|See|Visit] {link} [it really works|no survey|100% safe] [✅|🚀|]",
    "My [new|latest] video will change your life, [check|come see] my channel [❤️|🙏|🔥] I [follow|sub] back everyone",
    "sub4sub? I sub back in {nn} minutes, [promise|100%] [🔁|🤝|✅]",
    "Financial freedom is [possible|real] in 2026. {mentor} [changed|turned around] my [life|finances], write {at} on {app}",
    "[Single|Lonely|Bored] tonight? [Meet|Chat with] [people|locals] near you 💋 {link}",
    "I was [broke|in debt] last year, now I make {sum} [a month|every week|per day] with [forex|crypto|options]. [Ask|Contact] {at} [on {app}|]",
    "EARN {sum} [DAILY|PER DAY|WEEKLY] FROM HOME!!! [NO EXPERIENCE|START TODAY|NO FEES] {link}",
    "This [trick|loophole|hidden app] pays {sum} [a day|per hour], [banks|they] don't want you to know: {link}",
    "Thanks to {mentor} my [debt|bad luck|back pain|credit score] is [gone|cured|fixed], [reach|contact] on {app} {at}",
    "[Don't|Do not] buy [likes|views] anywhere else, {link} gives {n}00 [for free|as a trial] [🔥|⚡|]",
    "Hello dear, I have a [business proposal|project] of {sum} for you. [Reply|Write] to {at} [for details|urgently]",
    "[Cheap|Discount|Wholesale] [watches|sneakers|handbags|sunglasses] {nn}% off → {link} [free shipping|use code SAVE{nn}|today only]",
    "Is anyone else [trading|investing] with {mentor}? [Just withdrew|Cashed out] {sum} [today|yesterday|this morning] 😱 {app}: {at}",
    "Your channel could get [a lot|way] more views. We do [promotion|SEO|thumbnails] from ${nn}, [write|mail] {at}",
    "🎁 GIVEAWAY 🎁 first {nn} people on {link} get a [gift card|new phone|console] [🎁|‼️]",
    "I can recover [lost|stolen|hacked] [accounts|wallets|coins], [ask|text] {at} on {app}, [legit|trusted] since 2015",
    "[Best|Cheapest] [IPTV|VPN|streaming] [deal|offer] {n},99/month all channels 👉 {link}",
    "[Casino|Slots|Betting] bonus {nn}0% [for new players|no deposit]: {link} [18+|good luck|]",
    "[Bro|Guys|Everyone], don't scroll! {link} [paid me|sent me] {sum} [in 2 days|already|last night]",
    "Promote it on {link} [⭐|📈|] [your views will explode|grow {n}x faster]",
    "Assignment help, [essays|theses|exams] written by experts, {nn}% off first order, {app} {at}",
];
