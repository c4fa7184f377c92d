//! Comedy.

use super::{NicheWords, Topic};
use crate::world::text::grammar::Table;

pub const WORDS: NicheWords = NicheWords {
    topics: &[
        Topic::new("stand-up", "the heckler|the callback|the opening line|the awkward silence"),
        Topic::new("improv", "the yes-and moment|the fake accent|the corpsing|the audience suggestion"),
        Topic::new("open mic", "the bombing|the one laugh|the host's face|the stolen joke"),
        Topic::new("office humour", "the muted microphone|the reply-all|the birthday cake scene|the printer rage").local("Bürohumor|humor de oficina|humour de bureau|humor de escritório|umorismo da ufficio"),
        Topic::new("dating app chaos", "the first message|the fish photo|the split bill|the bathroom escape").local("Dating-App-Chaos|caos de las apps de citas|chaos des applis de rencontre|caos do app de namoro|caos da app di incontri"),
        Topic::new("wedding season", "the best man speech|the drunk aunt|the seating plan|the DJ request").local("Hochzeitssaison|temporada de bodas|saison des mariages|temporada de casamentos|stagione dei matrimoni"),
        Topic::new("flatmate drama", "the dishes note|the labelled milk|the thermostat war|the mystery stain").local("WG-Drama|drama de piso|drame de coloc|drama de república|dramma tra coinquilini"),
        Topic::new("airport chaos", "the security tray|the gate change|the armrest fight|the delayed announcement").local("Flughafen-Chaos|caos en el aeropuerto|chaos à l'aéroport|caos no aeroporto|caos in aeroporto"),
        Topic::new("gym humour", "the mirror guy|the unsolicited advice|the protein fart|the locker room").local("Fitnessstudio-Humor|humor de gimnasio|humour de salle|humor de academia|umorismo da palestra"),
        Topic::new("family dinner", "the politics question|the gravy incident|the kids' table|the grandma roast").local("Familienessen|cena familiar|repas de famille|jantar de família|cena di famiglia"),
        Topic::new("self checkout", "the bagging area|the age check|the avocado scam|the red light").local("SB-Kasse|autocobro|caisse automatique|caixa automático|cassa automatica"),
        Topic::new("group chat drama", "the wrong chat|the silent admin|the thumbs up|the twelve minute voice note").local("Gruppenchat-Drama|drama del grupo|drame du groupe|drama do grupo|dramma del gruppo"),
        Topic::new("therapy talk", "the couch joke|the mother question|the invoice|the breakthrough").local("Therapie-Talk|charla de terapia|humour de psy|papo de terapia|chiacchiere da terapia"),
        Topic::new("landlord humour", "the mould scene|the deposit|the surprise visit|the luxury cupboard").local("Vermieter-Humor|humor de caseros|humour de proprio|humor de senhorio|umorismo da padrone di casa"),
        Topic::new("road trip chaos", "the wrong exit|the playlist fight|the gas station snack|the toll booth").local("Roadtrip-Chaos|caos en la carretera|chaos de road trip|caos na estrada|caos in viaggio"),
        Topic::new("crowd work", "the front row couple|the accountant|the latecomer|the dad in the back"),
        Topic::new("prank calls", "the pizza order|the confused florist|the hang up|the plot twist"),
    ],
    gear: "rubber chicken|Brenda wig|fake moustache|green screen|puppet|boom mic|whoopee cushion|lav mic|banana costume|kazoo",
    emoji: "😂|🤣|💀|😭|🎤|🍿",
    tags: "comedy|sketch|funny|stand up|relatable|skit|humor|parody",
    channel: "{host} makes short sketches about long days. New ones every other day, no laugh track.",
    titles: &[
        "{topic} be like",
        "[When|Every time] {topic} [goes wrong|happens to you|gets personal]",
        "{topic}: [the sequel nobody asked for|part {n}|director's cut]",
        "[POV|Day {nn}]: {topic} with a {gear}",
        "[My worst|The most awkward|An honest] {topic} [story|sketch]",
        "{topic}, but [everyone is honest|it's a horror film|with a {gear}]",
        "I tried {topic} for the first time",
        "{topic}: the {n} types of people",
        "{topic} in {n} minutes (live)",
    ],
    praise: &[
        "{detail} [killed me|sent me|has me on the floor|ruined my mascara] [😂|💀|], [watched it {times}|showed {who}|I'm at work]",
        "[the|that] [pause|eye twitch|delivery] at {min} [is an Oscar|should be studied|lives in my head]",
        "[how did you|who let you] [film|get footage of] my [family|office|ex]? {detail} is [too real|literally us]",
        "[spat out|choked on] my [coffee|soup|toothpaste] at {min}, [you owe me a keyboard|worth it]",
    ],
    question: &[
        "[is|was] {detail} [improvised|scripted]? you [nearly break|almost lose it] at {min}",
        "[when|where] are you [on tour|performing] [next|]? please come to {where}!",
        "who [plays|is] the [boss|aunt|neighbour] at {min}? [need more|give them a raise]",
        "how many takes did {detail} [need|take]?",
    ],
    story: &[
        "[this|exactly this] happened to me [at work|at my wedding|in {where}], {detail} and all. [still in therapy|never lived it down]",
        "[quoted|I quoted] {detail} in a [meeting|job interview] {when}. [silence|got the job|nobody laughed]",
        "[saw|I saw] you live in {where}, {detail} [got a standing ovation|made {who} cry laughing]",
    ],
    complaint: &[
        "[not funny|wasn't funny], {detail} is [punching down|an old joke|stolen from a tweet]. [do better|lazy]",
        "[used to be|you were] [funnier|better] before the [ads|{gear} phase]. [miss the old sketches|unsubscribed]",
        "[paid|I paid] {nn} for a ticket and you did {nn} minutes [of this|of {topic}]. [short set|felt cheated]",
    ],
    words: [EN, DE, ES, FR, PT, IT],
};

const EN: &[Table] = &[
    (
        "part",
        "the timing|the delivery|the ending|the writing|the facial expression|the accent|the punchline|the editing",
    ),
    ("act", "writing jokes|doing open mics|quoting this|binge watching sketches"),
    ("woe", "got zero laughs|fell flat|got me uninvited|ended in silence|offended my aunt"),
    (
        "win",
        "laughed till it hurt|whole office is quoting it|got my first laugh on stage|best five minutes of my week|mum finally smiled",
    ),
    ("pro", "teacher|waiter|HR manager|comedian|call centre agent"),
    ("merch", "tour T-shirt|sticker pack|mug"),
];
const DE: &[Table] = &[
    ("part", "das Timing|die Pointe|die Mimik|das Ende|die Betonung"),
    ("act", "Witze schreiben|Sketche suchten"),
    ("woe", "hat keinen zum Lachen gebracht|ging voll daneben|endete in Stille"),
    ("win", "Tränen gelacht|das ganze Büro zitiert es|beste fünf Minuten der Woche"),
    ("pro", "Lehrerin|Kellner|Comedian"),
    ("merch", "Sticker-Box|Tasse"),
];
const ES: &[Table] = &[
    ("part", "el remate|el ritmo|la cara|el final|el acento"),
    ("act", "escribir chistes|ver sketches"),
    ("woe", "no hizo reír a nadie|acabó en silencio|ofendió a mi tía"),
    ("win", "lloré de risa|toda la oficina lo cita|los mejores cinco minutos de la semana"),
    ("pro", "profe|camarero|cómica"),
    ("merch", "camiseta|taza"),
];
const FR: &[Table] = &[
    ("part", "la chute|le rythme|la tête|l'accent|le timing"),
    ("act", "écrire des blagues|binger les sketchs"),
    ("woe", "est tombé à plat|a fini en silence|a vexé ma tante"),
    ("win", "pleuré de rire|tout le bureau le cite|mes cinq meilleures minutes de la semaine"),
    ("pro", "prof|serveur|humoriste"),
    ("merch", "tasse|casquette"),
];
const PT: &[Table] = &[
    ("part", "o timing|a piada final|a cara|o sotaque|o final"),
    ("act", "escrever piada|maratonar esquetes"),
    ("woe", "ninguém riu|acabou em silêncio|ofendeu minha tia"),
    ("win", "chorei de rir|o escritório inteiro repete|melhores cinco minutos da semana"),
    ("pro", "professora|garçom|humorista"),
    ("merch", "camiseta|caneca"),
];
const IT: &[Table] = &[
    ("part", "la battuta finale|la faccia|la pronuncia|la scena"),
    ("act", "scrivere battute|guardare sketch"),
    ("woe", "non ha fatto ridere nessuno|è finito nel silenzio|ha offeso mia zia"),
    ("win", "riso fino alle lacrime|tutto l'ufficio lo cita|i cinque minuti migliori della settimana"),
    ("pro", "prof|cameriere|comica"),
    ("merch", "maglietta|tazza"),
];
