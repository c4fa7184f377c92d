//! Travel.

use super::{NicheWords, Topic};
use crate::world::text::grammar::Table;

pub const WORDS: NicheWords = NicheWords {
    topics: &[
        Topic::new("van life", "the water tank|the free parking|the wet dog problem|the bed conversion"),
        Topic::new("solo travel", "the first dinner alone|the hostel dorm|the safety routine|the airport at night"),
        Topic::new("slow travel", "the monthly rent trick|the local market|the visa run|the doing nothing day"),
        Topic::new("Interrail", "the seat reservation|the missed connection|the couchette|the route planning"),
        Topic::new("island hopping", "the ferry timetable|the seasickness|the quiet beach|the scooter rental")
            .local("Inselhüpfen|ruta por islas|tour des îles|rota pelas ilhas|giro delle isole"),
        Topic::new("night trains", "the top bunk|the border check|the breakfast box|the earplugs")
            .local("Nachtzüge|trenes nocturnos|trains de nuit|trens noturnos|treni notturni"),
        Topic::new("Porto", "the tiled station|the port cellar|the bridge at sunset|the steep alley"),
        Topic::new("Kyoto", "the empty temple|the bamboo grove at six|the bus pass|the tofu lunch"),
        Topic::new("Oaxaca", "the mole tasting|the mezcal tour|the market stall|the weaving village"),
        Topic::new("Tbilisi", "the sulphur bath|the cable car|the khinkali rule|the courtyard balcony"),
        Topic::new("Madeira", "the levada hike|the cloud sunrise|the runway landing|the fish market"),
        Topic::new("Hanoi", "the egg coffee|the street crossing|the train street|the plastic stool dinner"),
        Topic::new("Ljubljana", "the dragon bridge|the riverside market|the day trip to the lake|the castle path"),
        Topic::new("Medellín", "the cable car|the comuna tour|the coffee farm|the eternal spring thing"),
        Topic::new("carry-on only", "the packing list|the shoe problem|the laundry trick|the budget airline check")
            .local("Reisen mit Handgepäck|solo equipaje de mano|bagage cabine|só mala de mão|solo bagaglio a mano"),
        Topic::new("street food", "the long queue rule|the stomach ache|the price board|the night market"),
        Topic::new("hostel life", "the snorer|the kitchen shelf|the locker|the common room"),
        Topic::new("the Camino", "the blisters|the first albergue|the stamp book|the rain stage")
            .local("Jakobsweg|el Camino|le Camino|o Caminho|il Cammino"),
    ],
    gear: "Trekka 40|Loam boots|Drift tent|Nomad eSIM|Aero poncho|Kip liner|Orbit adapter|Cubo packing set|Vista lens|Fold bag|Pebble stove",
    emoji: "✈️|🌍|🏝️|🎒|🚆|🌅",
    tags: "travel|travel vlog|backpacking|budget travel|travel tips|itinerary|food tour|packing",
    channel: "{host} takes the slow train. Honest prices, real mistakes, no drone shots of pools.",
    titles: &[
        "{topic}: {n} things [nobody tells you|I'd do differently|locals told me]",
        "[What|How much] {topic} really costs in 2026",
        "{nn} [hours|days] of {topic} [alone|on a budget|without a plan]",
        "{topic}: [worth it|overrated|don't go before watching this]?",
        "I packed only the {gear} for {topic}",
        "{gear} vs {gear2}: [tested on the road|one survived]",
        "[The honest|A slow|My favourite] {topic} guide",
        "Everything that went wrong: {topic}",
        "{topic} with [kids|my mum|zero savings]",
    ],
    praise: &[
        "[booked|just booked] flights [because of|after] this. [see you there|{who} is thrilled|my boss isn't]",
        "I [live|grew up] in {where} and this is the [first|only] {topic} video that [gets it right|doesn't feel like an ad]",
        "[did|followed] your [route|list] {when}, {detail} was [the highlight|magical|exactly as you said]",
        "the [silence|light|old man|sunset] at {min}. [I teared up|that's why I travel|wow]",
    ],
    question: &[
        "[is|was] {topic} [safe|okay] for [a woman alone|a family with a toddler|someone with bad knees]?",
        "[how much|what] did [you spend|it cost] [per day|in total], roughly?",
        "[which|what] month [was this|did you go]? {detail} looks [so empty|perfect]",
        "did you [book|need to book] anything [in advance|weeks before], or just [show up|wing it]?",
    ],
    story: &[
        "[proposed|I proposed] to my [now husband|now wife] on a trip like this {n} years ago, [rained the whole day|lost the ring for an hour|still married]",
        "[we got|got] [lost|stuck|soaked] on our first {topic} trip in 20[09|14|18], [best|worst] [week|story] of my life",
        "[my|our] [train|ferry] was {n} hours late in {where}, [made friends for life|played cards with strangers|slept on the floor]",
    ],
    complaint: &[
        "[please stop|stop] [showing|geotagging] places like [this|the one at {min}], [locals can't afford rent|it's overrun already|you are part of the problem]",
        "[prices|the prices] at {min} are [from years ago|way off], we paid [double|three times that] {when}",
        "[drone|you flew a drone] at {min}, that's [illegal|forbidden] there. [great example|not cool]",
    ],
    words: [EN, DE, ES, FR, PT, IT],
};

const EN: &[Table] = &[
    ("part", "the route|the budget|the packing|the food|the booking|the timing|the weather|the local transport"),
    ("act", "travelling alone|planning by train|living out of a backpack|saving for a trip"),
    (
        "woe",
        "fell apart at the airport|got rained out|was fully booked|cost double|ripped on day two|ended in food poisoning",
    ),
    (
        "win",
        "best trip of my life|everything fit in one bag|saved half the budget|found that tiny restaurant|caught every connection|sunrise all to ourselves",
    ),
    ("pro", "tour guide|flight attendant|hostel owner|train driver|travel agent"),
    ("merch", "packing cube set|map print|travel journal"),
];
const DE: &[Table] = &[
    ("part", "die Route|das Budget|die Packliste|das Essen|die Buchung|das Wetter"),
    ("act", "allein reisen|mit dem Zug planen"),
    ("woe", "ist am zweiten Tag gerissen|war komplett ausgebucht|hat das Doppelte gekostet|fiel ins Wasser"),
    ("win", "schönste Reise überhaupt|alles passte in einen Rucksack|halbes Budget gespart|alle Anschlüsse bekommen"),
    ("pro", "Reiseleiterin|Flugbegleiter|Lokführer"),
    ("merch", "Packtaschen-Box|Reise-Box"),
];
const ES: &[Table] = &[
    ("part", "la ruta|el presupuesto|la maleta|la comida|la reserva|el clima"),
    ("act", "viajar sola|planear en tren"),
    ("woe", "se rompió al segundo día|estaba todo lleno|costó el doble|acabó pasado por agua"),
    ("win", "el mejor viaje de mi vida|todo en una mochila|la mitad del presupuesto|el amanecer para nosotros solos"),
    ("pro", "guía|azafata|maquinista"),
    ("merch", "caja de organizadores|libreta de viaje"),
];
const FR: &[Table] = &[
    ("part", "l'itinéraire|le budget|le sac|la réservation|la météo"),
    ("act", "voyager seule|voyager en train"),
    ("woe", "a lâché le deuxième jour|était complet|a coûté le double"),
    ("win", "plus beau voyage de ma vie|tout dans un seul sac|budget divisé par deux"),
    ("pro", "guide|hôtesse de l'air|conducteur de train"),
    ("merch", "trousse de voyage|box de rangement"),
];
const PT: &[Table] = &[
    ("part", "o roteiro|o orçamento|a mala|a comida|a reserva"),
    ("act", "viajar sozinha|viajar de trem"),
    ("woe", "rasgou no segundo dia|estava lotado|custou o dobro"),
    ("win", "melhor viagem da vida|tudo numa mochila só|gastamos metade"),
    ("pro", "guia|comissária|maquinista"),
    ("merch", "caixa de organizadores|bolsa de viagem"),
];
const IT: &[Table] = &[
    ("part", "la rotta|la spesa|la valigia|la prenotazione"),
    ("act", "viaggiare da sola|viaggiare in treno"),
    ("woe", "si è rotto il secondo giorno|era tutto pieno|è costato il doppio"),
    ("win", "il viaggio più bello di sempre|tutto in uno zaino|speso la metà"),
    ("pro", "guida|hostess|macchinista"),
    ("merch", "borsa da viaggio|scatola organizer"),
];
