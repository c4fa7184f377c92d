//! Beauty.

use super::{NicheWords, Topic};
use crate::world::text::grammar::Table;

pub const WORDS: NicheWords = NicheWords {
    topics: &[
        Topic::new("retinol", "the sandwich method|the purging phase|the pea size rule|the eye area"),
        Topic::new("niacinamide", "the layering order|the ten percent myth|the pilling|the pore test"),
        Topic::new("SPF", "the two finger rule|the white cast|the reapplying over makeup|the flash test"),
        Topic::new("slugging", "the damp skin trick|the pillow problem|the breakout risk|the morning after"),
        Topic::new("skin cycling", "the recovery night|the exfoliation night|the calendar|the barrier repair"),
        Topic::new("glass skin", "the toner layers|the ice roller|the dewy finish|the setting mist"),
        Topic::new("double cleansing", "the oil step|the emulsifying|the water temperature|the towel swap"),
        Topic::new("contouring", "the cheek placement|the blending direction|the nose line|the undertone"),
        Topic::new("blush draping", "the temple sweep|the colour choice|the lifted effect|the cream to powder step"),
        Topic::new("eyeliner", "the wing angle|the tape trick|the hooded eye hack|the smudge test"),
        Topic::new("lip liner", "the overlining|the shade match|the blot trick|the lasting test"),
        Topic::new("curly hair", "the squish to condish|the diffuser|the cast scrunching|the pineapple sleep")
            .local("Locken|pelo rizado|cheveux bouclés|cabelo cacheado|capelli ricci"),
        Topic::new("hair oiling", "the scalp massage|the rosemary mix|the overnight wrap|the double wash")
            .local("Haaröl-Kur|aceite capilar|bain d'huile|umectação|impacco all'olio"),
        Topic::new("gel nails", "the base coat|the cuticle prep|the lamp time|the safe removal")
            .local("Gelnägel|uñas de gel|ongles en gel|unhas em gel|unghie in gel"),
        Topic::new("vitamin C", "the oxidised bottle|the morning routine|the tingle|the brown spot update")
            .local("Vitamin C|vitamina C|vitamine C|vitamina C|vitamina C"),
        Topic::new("K-beauty", "the cushion|the sheet mask|the price per ml|the ten step routine"),
        Topic::new("no-makeup makeup", "the skin tint|the brushed brow|the concealer spots|the cream blush"),
        Topic::new("perfume layering", "the vanilla base|the dry down|the pulse points|the budget dupe")
            .local("Parfum-Layering|mezclar perfumes|layering de parfum|mistura de perfumes|layering di profumi"),
    ],
    gear: "Velva tint|Lune serum|Petal blush|Noor kohl|Silk primer|Dewdrop SPF|Aurea palette|Cloud cushion|Hera brush|Mira curler|Moss cleanser",
    emoji: "💄|💅|✨|🧴|💕|🌸",
    tags: "beauty|makeup tutorial|skincare|drugstore|grwm|makeup tips|review|routine",
    channel: "{host} reads the ingredient list so you don't have to. Skincare and make-up for real skin, no filters.",
    titles: &[
        "{topic}: {n} mistakes [holding you back|I made at 20|I see every day]",
        "[I tried|We tested] {topic} for {nn} days, [no filter|honest results]",
        "{gear} vs {gear2}: [worth the hype|which one wins|wear test]",
        "[The only|My 5 minute|A dermatologist reacts to my] {topic} [routine|tutorial]",
        "{topic} for [beginners|over 40s|sensitive skin|lazy girls]",
        "[Full face|First impression]: {gear} and {gear2}",
        "Stop doing this with your {topic}",
        "{topic} on a [student|drugstore] budget",
        "GRWM: {topic} and [a life update|your questions|an overdue rant]",
    ],
    praise: &[
        "[thank you|bless you] for showing [real|textured|acne prone] skin [without|with no] filter, {detail} [finally looks achievable|gave me hope]",
        "[tried|did] {detail} before [a wedding|date night|work], got [{n}|so many] compliments [and one number|from {who}]",
        "as a [hooded eye|oily skin|deep skin tone|rosacea] girl, [I feel seen|finally a tutorial for us|thank you for this]",
        "the [before and after|close up] at {min} [sold me|has me speechless|?? magic]",
    ],
    question: &[
        "[does|will] the {gear} [oxidise|pill|break out] on [oily|sensitive|dry] skin?",
        "what shade [are you wearing|is that] at {min}? [obsessed|need it|it's not listed]",
        "[can|should] I [use|mix] {topic} with [an acid|benzoyl peroxide|my prescription cream]?",
        "is {topic} [safe|okay|recommended] [in pregnancy|for a 15 year old|with eczema]?",
    ],
    story: &[
        "[had|I had] cystic acne for {n} years. {topic}, [patience|a good derm|less product], and now: {win}",
        "[worked|I worked] at a counter in {where} for {n} years and [everyone|customers] got {detail} wrong",
        "{who} [caught|saw] me doing {detail} and now [my {gear} is gone|we do it together|that routine beats mine]",
    ],
    complaint: &[
        "the {gear} [burned my face|gave me hives|broke me out] and you [call|called] it [gentle|for all skin types]. [be careful what you promote|not ok]",
        "[only {n} shades|what a shade range]? not even a mention of deep skin. [disappointed|do better]",
        "[filter|there is a filter] at {min}, we can [see|tell]. [don't lie|just be honest]",
    ],
    words: [EN, DE, ES, FR, PT, IT],
};

const EN: &[Table] = &[
    (
        "part",
        "the skin prep|the blending|the shade match|the ingredient list|the finish|the wear time|the routine|the order of steps",
    ),
    ("act", "layering serums|doing my own nails|practising eyeliner|skin cycling"),
    (
        "woe",
        "pilled under foundation|broke me out|went orange by noon|creased in an hour|stung like crazy|turned patchy",
    ),
    (
        "win",
        "skin hasn't been this calm in years|got compliments all day|lasted a ten hour shift|my wings finally match|no more patches|glowing without highlighter",
    ),
    ("pro", "make-up artist|dermatology nurse|hairdresser|nail tech|cosmetic chemist"),
    ("merch", "brush set|travel pouch|skincare box"),
];
const DE: &[Table] = &[
    (
        "part",
        "die Hautvorbereitung|die Reihenfolge|die Farbwahl|das Verblenden|die Haltbarkeit|die Inhaltsstoffe-Liste",
    ),
    ("act", "Seren schichten|Nägel selbst machen"),
    ("woe", "krümelt unter der Foundation|wurde mittags orange|hat total gebrannt|ist nach einer Stunde verrutscht"),
    (
        "win",
        "so ruhig war meine Haut lange nicht|den ganzen Tag Komplimente|hält zehn Stunden|endlich zwei gleiche Lidstriche",
    ),
    ("pro", "Visagistin|Kosmetikerin|Friseurin"),
    ("merch", "Pinsel-Box|Beauty-Box"),
];
const ES: &[Table] = &[
    ("part", "la preparación de la piel|el difuminado|el tono|el orden|la duración|el acabado"),
    ("act", "hacer mi rutina|pintarme las uñas"),
    ("woe", "me hizo pelotitas|se puso naranja|me irritó la cara|se cuarteó en una hora"),
    ("win", "la piel más tranquila en años|piropos todo el día|aguantó diez horas|por fin dos rabillos iguales"),
    ("pro", "maquilladora|esteticista|peluquera"),
    ("merch", "caja de brochas|caja de belleza"),
];
const FR: &[Table] = &[
    ("part", "la préparation de la peau|l'ordre|la teinte|la tenue|le fini"),
    ("act", "faire ma routine|poser mon vernis"),
    ("woe", "peluche sous le fond de teint|a viré orange|pique énormément|a filé en une heure"),
    ("win", "une peau enfin apaisée|des compliments toute la journée|tenue de dix heures"),
    ("pro", "maquilleuse|esthéticienne|coiffeuse"),
    ("merch", "box beauté|trousse"),
];
const PT: &[Table] = &[
    ("part", "a preparação da pele|a ordem|o tom|a durabilidade|o acabamento"),
    ("act", "fazer skincare|fazer as unhas"),
    ("woe", "esfarelou|ficou laranja|ardeu muito|craquelou em uma hora"),
    ("win", "pele calma como nunca|elogios o dia todo|durou dez horas"),
    ("pro", "maquiadora|esteticista|cabeleireira"),
    ("merch", "caixa de pincéis|nécessaire"),
];
const IT: &[Table] = &[
    ("part", "la preparazione della pelle|la tonalità|la durata|la sfumatura"),
    ("act", "fare la skincare|farmi le unghie"),
    ("woe", "fa i pallini|è diventato arancione|brucia da morire|è sparito in un'ora"),
    ("win", "pelle calma come non mai|complimenti tutto il giorno|ha retto dieci ore"),
    ("pro", "truccatrice|estetista|parrucchiera"),
    ("merch", "trousse|scatola di pennelli"),
];
