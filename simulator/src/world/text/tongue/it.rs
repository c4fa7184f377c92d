//! Italian.

use super::{Lines, Tongue};
use crate::world::Language;
use crate::world::text::grammar::Table;

pub const TONGUE: Tongue = Tongue {
    language: Language::It,
    praise: PRAISE,
    question: QUESTION,
    purchase: PURCHASE,
    suggestion: SUGGESTION,
    story: STORY,
    remark: REMARK,
    complaint: COMPLAINT,
    incident: INCIDENT,
    safety: &[
        "attenzione a {min}, mi sono [bruciata|fatto male] provandoci, [finito al pronto soccorso|mettete un avviso]",
    ],
    answers: [TO_QUESTION, TO_TROUBLE, TO_REST, ASKER],
    owner: [OWNER_TO_QUESTION, OWNER_TO_COMPLAINT, OWNER_TO_INCIDENT, OWNER_TO_REST],
    titles: TITLES,
    incident_titles: &["È arrivata la nostra {merch}! {n}.000 ordini a mano", "Abbiamo fatto la nostra {merch}"],
    descriptions: &[
        "[Oggi|Questa settimana] si parla di {topic}: {part} e {part}. Attrezzatura: {gear}, {gear2}.",
        "Me l'avete chiesto: {topic}. Chi ha fretta salti a {min}.",
    ],
    sign_offs: &["Un video ogni due giorni. Grazie di esserci!", "Domande? Nei commenti, li leggo tutti."],
    intro: "Introduzione",
    channel: "{host}: provato con calma, raccontato senza fronzoli. Un video ogni due giorni.",
    slots: SLOTS,
};

const SLOTS: &[Table] = &[
    ("thanks", "grazie|grazie mille|mille grazie|grazie davvero"),
    ("good", "bellissimo|ottimo|fantastico|utilissimo|stupendo|top"),
    ("who", "mia moglie|mio marito|mio padre|mia mamma|mia sorella|un collega|mia nonna|il mio coinquilino"),
    ("when", "stamattina|ieri sera|domenica|nel weekend|ieri|poco fa"),
    ("where", "Bologna|Palermo|Torino|Lugano|Bari|Verona|Cagliari|Genova"),
];

const PRAISE: Lines = &[
    "[finalmente|era ora], qualcuno che spiega {part} [come si deve|senza giri di parole]. {thanks}!",
    "provato {when}: {win}! {thanks}",
    "il trucco a {min} [vale oro|mi ha cambiato la vita|è geniale]",
    "[saluti|un saluto|ciao] da {where}! [non me ne perdo uno|canale stupendo|sempre un piacere]",
    "{good} [come sempre|anche questo|], [continua così|ancora]",
    "sbagliavo da {n} anni, {part} [era tutto lì|chi l'avrebbe detto]",
    "{who} non ne può più di sentirmi parlare di {topic} [ahah|, colpa tua|]",
    "spieghi meglio [del mio prof|di qualsiasi libro|di tutti gli altri]",
    "da {pro} [confermo tutto|ti faccio i complimenti]. {good}",
    "[proprio|esattamente] quello che cercavo [oggi|da mesi]",
    "la faccia a {min} [ahahah|mi ha steso]",
];
const QUESTION: Lines = &[
    "funziona anche con {gear2}?",
    "che [modello|impostazione] usi a {min}?",
    "{gear} o {gear2} per [iniziare|chi spende poco]?",
    "qualcuno sa perché il mio {woe}? [ho fatto tutto uguale|]",
    "{part}: [è davvero così importante|si può saltare]?",
    "puoi rispiegare cosa succede a {min}? [mi sono persa|]",
    "ci sarà una seconda parte su {topic}?",
];
const PURCHASE: Lines = &[
    "dove [trovo|hai preso] {gear}? [esaurito ovunque|]",
    "la {merch} la spedite in [Svizzera|Sicilia|Sardegna]?",
    "c'è un codice sconto per {gear}?",
];
const SUGGESTION: Lines = &[
    "un video [intero|solo] su {topic} per [principianti|chi ha poco tempo], [per favore|dai]",
    "idea: {gear} contro {gear2}, [alla cieca|stesse condizioni]",
    "la musica a {min} è [troppo alta|un po' forte], il resto perfetto",
];
const STORY: Lines = &[
    "{who} mi ha regalato {gear} e [non mi fermo più|da lì è iniziato tutto]",
    "il primo {woe}, [il secondo|il terzo]: {win}",
    "ho fatto il {pro} per {n} anni a {where}, {part} [era sacra|si faceva uguale]",
];
const REMARK: Lines = &[
    "chi lo guarda alle {n} di notte?",
    "il [gatto|cane] a {min} [è la vera star|ahah]",
    "team {gear} [presente|sempre]",
    "[prima|tra i primi]!",
    "ero qui solo per {part} e [sono passate due ore|ho visto tutto]",
];
const COMPLAINT: Lines = &[
    "[scusa ma|sinceramente] {part} non si fa così, [chiedi a qualsiasi {pro}|informati meglio]",
    "seguito tutto e il mio {woe}. [che delusione|tempo perso|mai più]",
    "{nn} minuti per dire questo... [troppe chiacchiere|vai al punto]",
    "ormai solo pubblicità a {gear}. [tolgo l'iscrizione|peccato]",
    "l'audio a {min} è [pessimo|inascoltabile]",
    "{n} settimane senza risposta per la mia {merch}. [non è serio|delusa]",
];
const INCIDENT: Lines = &[
    "la mia {merch} è arrivata [rotta|aperta|mezza vuota] e da {n} giorni nessuno risponde",
    "{n} settimane che aspetto la {merch}, [tracking fermo|ancora niente]",
    "addebitato due volte! [voglio|dov'è] il rimborso",
    "invece di fare video, [rispondete|pensate] a chi ha pagato la {merch}",
];
const TO_QUESTION: Lines = &[
    "sì, [va benissimo|funziona], occhio solo a un punto: {part}",
    "è in descrizione[, secondo link|]",
    "io prenderei {gear}, [li ho avuti entrambi|dura anni]",
    "[stessa domanda|me lo chiedo anch'io]",
];
const TO_TROUBLE: Lines = &[
    "[anche a me|uguale qui], [pensavo di essere solo io|che rabbia]",
    "a me funziona, [forse è|sarà] {part}",
    "[un po' duro|calma], è gratis",
];
const TO_REST: Lines = &[
    "[verissimo|esatto|proprio così|concordo]",
    "ahah [io {when}|lo dice anche {who}]",
    "[bel|ottimo] consiglio, provo",
    "e [com'è venuto|alla fine]?",
];
const ASKER: Lines =
    &["[grazie|grazie mille], [era quello|provo stasera]", "ah ecco, [ora è chiaro|tutto torna]", "aggiorno: {win}"];

const OWNER_TO_QUESTION: Lines = &[
    "[bella|ottima] domanda[ {name}|]! Sì, va anche con {gear2}, tieni d'occhio una cosa: {part}.",
    "guarda a {min}, lo mostro [con calma|passo passo].",
    "[aggiunto|ora è] in descrizione, grazie!",
];
const OWNER_TO_COMPLAINT: Lines = &[
    "[grazie per la sincerità|hai ragione], [farò meglio|me lo segno].",
    "[mi dispiace|accidenti]! Scrivi a hello@ con il numero d'ordine e [sistemiamo|ci penso io].",
];
const OWNER_TO_INCIDENT: Lines = &[
    "[scusa davvero|mi dispiace molto] {name}. Una mail a hello@ e [sostituiamo|rimborsiamo] senza domande.",
    "il rimborso è partito, servono {n} giorni. [scusa ancora|]",
];
const OWNER_TO_REST: Lines = &[
    "grazie {name}! [mi fai felice|lo faccio per questo].",
    "[bella idea|segnato], va in lista!",
    "che bello che [sia servito|funzioni]! [fammi sapere|]",
    "[esatto|proprio così]: {part} [è sottovalutata|fa metà del lavoro].",
];
const TITLES: Lines = &[
    "{topic}: {n} errori che [fanno tutti|ho fatto per anni]",
    "{gear} o {gear2}? [Il confronto onesto|{n} settimane dopo]",
    "{topic} [spiegato bene|in {n} minuti|per principianti]",
    "{topic} con {gear}: [ne vale la pena|sì o no]?",
    "Ho provato {topic} per {nn} giorni",
    "Smettila di fare questo con {topic}",
];
