//! Lifestyle.

use super::{NicheWords, Topic};
use crate::world::text::grammar::Table;

pub const WORDS: NicheWords = NicheWords {
    topics: &[
        Topic::new("bullet journal", "the monthly spread|the habit tracker|the ugly first page|the index"),
        Topic::new("capsule wardrobe", "the colour palette|the hanger trick|the one in one out rule|the winter swap"),
        Topic::new("slow living", "the phone basket|the bread day|the empty Sunday|the morning walk"),
        Topic::new("minimalism", "the maybe box|the kitchen drawer|the sentimental stuff|the bare shelf"),
        Topic::new("morning routine", "the snooze ban|the lemon water cliché|the ten minute stretch|the phone rule")
            .local("Morgenroutine|rutina de mañana|routine du matin|rotina matinal|routine del mattino"),
        Topic::new("decluttering", "the donation pile|the before picture|the one drawer rule|the regret list")
            .local("Ausmisten|ordenar la casa|grand tri|destralhe|decluttering"),
        Topic::new("hygge", "the candle corner|the wool socks|the soup night|the low light"),
        Topic::new("digital detox", "the grey screen trick|the first 48 hours|the boredom|the paper map"),
        Topic::new("thrifting", "the fabric check|the haggling|the tailor trick|the smell removal")
            .local("Secondhand-Shopping|ropa de segunda mano|chine|brechó|usato"),
        Topic::new("plant care", "the watering mistake|the root check|the fungus gnats|the window direction")
            .local("Pflanzenpflege|cuidado de plantas|soin des plantes|cuidado com plantas|cura delle piante"),
        Topic::new("budgeting", "the envelope method|the coffee argument|the sinking fund|the payday ritual")
            .local("Haushaltsbudget|presupuesto|budget|orçamento|budget"),
        Topic::new("journaling", "the three pages|the prompt list|the blank page fear|the evening question"),
        Topic::new("no-buy year", "the exceptions list|the birthday problem|the relapse|the final sum"),
        Topic::new("Sunday reset", "the laundry order|the fridge clear out|the calendar check|the fresh sheets"),
        Topic::new("small flat living", "the fold down desk|the under bed storage|the mirror trick|the bike problem")
            .local("Leben auf kleinem Raum|vivir en pocos metros|vivre petit|morar pequeno|vivere in piccolo"),
        Topic::new("zero waste", "the bulk shop|the jar collection|the compost|the bathroom swap"),
        Topic::new("cold showers", "the breathing|the thirty seconds|the winter morning|the first scream")
            .local("Kaltduschen|duchas frías|douches froides|banho frio|docce fredde"),
        Topic::new("working from home", "the fake commute|the lunch walk|the door sign|the ironing myth")
            .local("Homeoffice|teletrabajo|télétravail|home office|smart working"),
    ],
    gear: "Lumo lamp|Papyr planner|Nest basket|Fjell blanket|Ivy planner|Kanso bag|Hobb airfryer|Sora candle|Tidy box|Moss kettle",
    emoji: "🌿|🕯️|☀️|📓|🪴|🧺",
    tags: "lifestyle|routine|home|productivity|vlog|organization|minimalism|self care",
    channel: "{host}: small habits, small flat, honest results. A calm quarter of an hour every other day.",
    titles: &[
        "{topic}: {n} [habits|rules|lessons] that [stuck|changed my weeks|actually work]",
        "[I tried|One month of] {topic}: [the honest truth|what nobody shows]",
        "[A realistic|My imperfect|A quiet] {topic} [day|vlog]",
        "{topic} on a [tiny|tight] budget",
        "[Why|How] I [quit|started|restarted] {topic}",
        "{gear} vs {gear2}: [one year later|what I'd buy again]",
        "What {nn} days of {topic} taught me",
        "{topic} for [lazy people|parents|beginners|renters]",
        "[Things|{n} things] I no longer [buy|do] since {topic}",
    ],
    praise: &[
        "[started|did] {detail} [after|because of] this and [slept through the night|my flat feels twice as big|{who} noticed before I did]",
        "[so nice|refreshing] to see a [real|messy|normal] home and not a [beige museum|showroom]. {detail} [felt so honest|is so us]",
        "[put this on|watch this] [every Sunday|when I'm anxious|while I clean], [instant calm|like therapy|works every time]",
        "{detail} [is such|, such] a [simple|gentle] idea. [already on my fridge|trying tomorrow|why did nobody tell me]",
    ],
    question: &[
        "how do you [keep up|manage] {topic} with [kids|a night shift job|ADHD|a messy partner]?",
        "[what brand is the|where did you get the] [jumper|shelf|lamp|rug] at {min}? [need it|asking for my living room|it's so pretty]",
        "what [about|do you do with] [gifts|sentimental things|old photos]? [the hardest part for me|always stops me|]",
        "[does|did] {detail} [last|stick] or [is it|was it] just [January energy|for the video]?",
    ],
    story: &[
        "[after|since] my burnout in 20[19|21|23] {topic} [pulled me out|became my lifeline]. {win}",
        "[grew up|I grew up] with {n} siblings in {where}, {detail} was [called being poor|just Tuesday] [haha|]",
        "{who} and I [tried|started] {topic} [on New Year's|after the move], one of us lasted {n} days, {win} though",
    ],
    complaint: &[
        "[easy|it's easy] to do {topic} when you [don't have kids|have money|work from home]. [privileged|tone deaf]",
        "[zero waste|minimalism] and then a {gear} haul? [make up your mind|hypocritical|come on]",
        "[another|yet another] [planner|candle] [ad|code] at {min}. [weren't we buying less|miss the old videos]",
    ],
    words: [EN, DE, ES, FR, PT, IT],
};

const EN: &[Table] = &[
    (
        "part",
        "the routine|the planning|the mindset|the first step|the storage|the evening part|the motivation|the cost",
    ),
    ("act", "journaling every night|decluttering room by room|getting up at six|cutting screen time"),
    ("woe", "lasted three days|ended in a bigger mess|stressed me out more|died within a week|got mouldy"),
    (
        "win",
        "slept better than in years|the flat finally feels like home|saved enough for a holiday|my mornings are calm now|thirty days in a row",
    ),
    ("pro", "nurse|professional organiser|therapist|florist|teacher"),
    ("merch", "planner|candle set|habit calendar"),
];
const DE: &[Table] = &[
    ("part", "die Routine|die Planung|die Umsetzung|die Motivation|das Aufräumen"),
    ("act", "abends Tagebuch schreiben|früh aufstehen"),
    ("woe", "hielt genau drei Tage|hat mich nur gestresst|war nach einer Woche tot|endete im Chaos"),
    ("win", "so gut geschlafen wie lange nicht|die Wohnung fühlt sich endlich nach Zuhause an|dreißig Tage am Stück"),
    ("pro", "Krankenpflegerin|Therapeut|Floristin"),
    ("merch", "Planer-Box|Kerzen-Box"),
];
const ES: &[Table] = &[
    ("part", "la rutina|la organización|el primer paso|la motivación|el orden"),
    ("act", "escribir cada noche|madrugar"),
    ("woe", "duró tres días|me estresó más|se murió en una semana|acabó en desastre"),
    ("win", "duermo como nunca|la casa por fin parece un hogar|treinta días seguidos"),
    ("pro", "enfermera|terapeuta|florista"),
    ("merch", "agenda|caja de velas"),
];
const FR: &[Table] = &[
    ("part", "la routine|l'organisation|le premier pas|la motivation|le rangement"),
    ("act", "écrire chaque soir|me lever tôt"),
    ("woe", "a duré trois jours|m'a stressée encore plus|est mort en une semaine"),
    ("win", "je dors enfin bien|la maison respire|trente jours d'affilée"),
    ("pro", "infirmière|thérapeute|fleuriste"),
    ("merch", "boîte de bougies|carte des habitudes"),
];
const PT: &[Table] = &[
    ("part", "a rotina|a organização|o primeiro passo|a motivação|a arrumação"),
    ("act", "escrever toda noite|acordar cedo"),
    ("woe", "durou três dias|me estressou mais|morreu em uma semana"),
    ("win", "durmo como nunca|a casa finalmente parece lar|trinta dias seguidos"),
    ("pro", "enfermeira|terapeuta|florista"),
    ("merch", "agenda|caixa de velas"),
];
const IT: &[Table] = &[
    ("part", "la routine|la costanza|la motivazione|la pianificazione"),
    ("act", "scrivere ogni sera|alzarmi presto"),
    ("woe", "è durato tre giorni|mi ha stressata di più|è morto in una settimana"),
    ("win", "dormo come mai prima|la casa finalmente respira|trenta giorni di fila"),
    ("pro", "infermiera|terapeuta|fiorista"),
    ("merch", "agenda|scatola di candele"),
];
