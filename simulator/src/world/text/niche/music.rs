//! Music.

use super::{NicheWords, Topic};
use crate::world::text::grammar::Table;

pub const WORDS: NicheWords = NicheWords {
    topics: &[
        Topic::new("fingerpicking", "the thumb pattern|the nail length|the Travis roll|the slow count"),
        Topic::new("modal jazz", "the Dorian lick|the quartal voicing|the empty bar|the So What chord"),
        Topic::new("lo-fi", "the vinyl noise|the swung hats|the tape wobble|the sleepy chord"),
        Topic::new("synthwave", "the gated snare|the arpeggio|the chorus patch|the bass saw"),
        Topic::new("slap bass", "the thumb bounce|the pop angle|the muting|the ghost note"),
        Topic::new("sidechain", "the pump|the release time|the kick trigger|the bass ducking"),
        Topic::new("mixing", "the low cut|the vocal chain|the mono check|the bus compression"),
        Topic::new("mastering", "the limiter|the loudness target|the reference track|the last half dB"),
        Topic::new("drop D", "the one finger chord|the riff|the string buzz|the tuning stability"),
        Topic::new("12-bar blues", "the turnaround|the shuffle feel|the call and response|the blue note"),
        Topic::new("polyrhythm", "the three over four|the nine syllable trick|the clave|the foot tapping"),
        Topic::new("vocal layering", "the double take|the whisper layer|the panning|the breath edit"),
        Topic::new("field recording", "the wind shield|the rain loop|the train sample|the gain setting"),
        Topic::new("ear training", "the minor sixth|the singing first rule|the daily ten minutes|the interval song"),
        Topic::new("looping", "the first layer|the clean stop|the beatbox base|the foot timing"),
        Topic::new("songwriting", "the second verse|the hook|the rhyme trick|the voice memo"),
        Topic::new("home recording", "the closet booth|the mic distance|the blanket|the buffer size")
            .local("Homerecording|grabar en casa|home studio|gravar em casa|registrare a casa"),
        Topic::new("guitar tone", "the pick angle|the pedal order|the amp mids|the dead string")
            .local("Gitarrensound|tono de guitarra|son de guitare|timbre de guitarra|suono di chitarra"),
    ],
    gear: "Nimbus 6|Caster 52|Loopbox 2|Terra Bass|Solo 2i2|Orion SM7|Tapeworm Delay|Drumlet|Rhodia 73|Velvet Fuzz|Pocket Keys",
    emoji: "🎸|🎹|🎶|🥁|🎧|🎤",
    tags: "music|guitar|producer|music theory|home studio|tutorial|songwriting|mixing",
    channel: "{host}: songs, sounds and the theory behind them, played slowly enough to steal.",
    titles: &[
        "{topic}: {n} mistakes [killing your sound|I made for years|beginners make]",
        "[Learn|Understand] {topic} in {nn} minutes",
        "I wrote a song to learn {topic} [with the {gear}|in a day|]",
        "{gear} vs {gear2}: [can you hear it|blind test]",
        "The [secret|trick|theory] behind {topic}",
        "{topic} for [beginners|tired producers|people who can't sing]",
        "{nn} days of {topic}",
        "{topic} with a [cheap|broken] {gear}",
        "Why {topic} sounds [so good|so sad|better on tape]",
    ],
    praise: &[
        "{detail} at {min} gave me [goosebumps|chills], [played|looped] it {times}, [neighbours hate me|worth it]",
        "[finally|after {n} years] {topic} [clicked|makes sense], [slow|patient] [teaching|explanation] and no [ego|shredding]",
        "[please|pls] [release|put out] the track at {min}, [I need it|full version please|that's an album opener]",
        "[recorded|finished] my [first|own] [song|EP] {when} with your {topic} tips, {win}",
    ],
    question: &[
        "[what|which] [tuning|key|BPM] is [this|the bit at {min}]?",
        "is there a [tab|sheet|preset|stem] for the [part|riff] at {min}?",
        "[what's|what is] in the chain [before|after] the {gear}? that [low end|tone] is [huge|so warm]",
        "[how long|how many months] until {detail} [feels natural|stops being hard]?",
    ],
    story: &[
        "[played|I played] in a [wedding|cover|punk] band in {where} for {n} years, {detail} was [our whole act|the only thing we could do]",
        "[picked up|started] {topic} at {nn} after [a stroke|retirement|my dad died], {win}",
        "[pawned|sold] my {gear} in 20[08|12|20], bought it back {when}. [same sticker|cried a bit|not selling again]",
    ],
    complaint: &[
        "that's not {topic}, {detail} is [straight|just wrong]. [learn the basics|ask any {pro}]",
        "you [talk|talked] for {nn} minutes [before|until] playing a [single|] note. [timestamps please|play already]",
        "[bought|got] the [presets|pack] and [half|most] of it [doesn't load|is stock sounds]. [refund|not worth it]",
    ],
    words: [EN, DE, ES, FR, PT, IT],
};

const EN: &[Table] = &[
    ("part", "the rhythm|the tone|the groove|the phrasing|the mix|the practice routine|the arrangement|the low end"),
    ("act", "practising scales|recording at home|learning by ear|making beats|playing after work"),
    (
        "woe",
        "sounds like mud|buzzes on every fret|clips constantly|drifts out of tune|lags behind the click|sounds thin",
    ),
    (
        "win",
        "played it clean at full speed|first song finished|the mix finally breathes|band loved it|calluses and all, got it",
    ),
    ("pro", "session drummer|sound engineer|music teacher|church organist|luthier"),
    ("merch", "sample pack|tab book|pick tin"),
];
const DE: &[Table] = &[
    ("part", "die Rhythmik|die Klangfarbe|das Timing|die Mischung|die Übung|das Arrangement"),
    ("act", "Tonleitern üben|zu Hause aufnehmen"),
    ("woe", "klingt matschig|schnarrt überall|übersteuert ständig|verstimmt sich dauernd"),
    ("win", "sauber im vollen Tempo gespielt|erster Song fertig|die Band war begeistert"),
    ("pro", "Tontechniker|Musiklehrerin|Schlagzeuger"),
    ("merch", "Plektren-Box|Noten-Box"),
];
const ES: &[Table] = &[
    ("part", "el ritmo|el tono|la mezcla|el fraseo|el arreglo|la práctica"),
    ("act", "practicar escalas|grabar en casa"),
    ("woe", "suena embarrado|trastea en todos lados|satura siempre|se desafina"),
    ("win", "me salió limpio a tempo|primera canción terminada|a la banda le encantó"),
    ("pro", "técnico de sonido|profe de música|baterista"),
    ("merch", "caja de púas|libreta de tablaturas"),
];
const FR: &[Table] = &[
    ("part", "le rythme|le son|le mix|le phrasé|l'arrangement"),
    ("act", "bosser mes gammes|enregistrer chez moi"),
    ("woe", "sonne brouillon|frise partout|sature tout le temps"),
    ("win", "joué propre à tempo|premier morceau terminé|le groupe a adoré"),
    ("pro", "ingé son|prof de musique|batteur"),
    ("merch", "boîte de médiators|méthode"),
];
const PT: &[Table] = &[
    ("part", "o ritmo|o timbre|a mixagem|o fraseado|o arranjo"),
    ("act", "treinar escala|gravar em casa"),
    ("woe", "ficou embolado|trasteja em tudo|satura sempre"),
    ("win", "toquei limpo no tempo|primeira música pronta|a banda amou"),
    ("pro", "técnico de som|professora de música|baterista"),
    ("merch", "caixa de palhetas|apostila"),
];
const IT: &[Table] = &[
    ("part", "la ritmica|la dinamica|la pratica|la melodia"),
    ("act", "studiare le scale|registrare a casa"),
    ("woe", "suona impastato|frigge ovunque|satura sempre"),
    ("win", "suonato pulito a tempo|primo brano finito|la band è impazzita"),
    ("pro", "fonico|insegnante di musica|batterista"),
    ("merch", "scatola di plettri|raccolta di tab"),
];
